// SPDX-License-Identifier: Apache-2.0
/* Makes test_live one executable that runs anywhere. The build passes the paths. */
#include "tests/live/embedded.h"

#include "common/embed.h"

EMBED(noise_object, NOISE_OBJECT);
EMBED(bind32, BIND32_PROGRAM);
