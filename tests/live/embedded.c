// SPDX-License-Identifier: Apache-2.0
/* So that test_live can be run anywhere as one executable. The build gives the paths. */
#include "embedded.h"

#include "common/embed.h"

EMBED(noise_object, NOISE_OBJECT);
EMBED(bind32, BIND32_PROGRAM);
