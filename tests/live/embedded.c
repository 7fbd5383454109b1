// SPDX-License-Identifier: Apache-2.0
/* So that test_live can be run anywhere as one executable. The build gives the paths. */
#include "embedded.h"

#include "embed.h"

#ifndef BIND32_PROGRAM
#define BIND32_PROGRAM "/dev/null"
#endif

EMBED(noise_object, NOISE_OBJECT);
EMBED(bind32, BIND32_PROGRAM);
