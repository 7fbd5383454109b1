/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of the kernel side -> label values. All results are static strings. */
#ifndef BIND_NAMES_H
#define BIND_NAMES_H

#include <stdint.h>

#include "bind_abi.h"

/* Families that have a name of their own; all others are "other". */
#define BIND_NAMED_FAMILIES 45

/* category: an enum bind_category. */
const char *bind_category_name(uint8_t category);

/* family: as sk_family. AF_INET6 -> "inet6"; without a name here: "other". */
const char *bind_family_name(uint16_t family);

/* reason: an enum bind_missed; NULL for a slot that means nothing yet. */
const char *bind_missed_name(unsigned int reason);

#endif
