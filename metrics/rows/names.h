/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of the kernel's numbers, as label values. A result is a static string, or lies in the
 * caller's scratch. None needs escaping.
 */
#ifndef BIND_NAMES_H
#define BIND_NAMES_H

#include <stdint.h>

#include "bpf/abi/bind_abi.h"

/* Families that have a name of their own; all others are "other". */
#define BIND_NAMED_FAMILIES 45

/* category: an enum bind_category. */
const char *bind_category_name(uint8_t category);

/* family: as sk_family. AF_INET6 -> "inet6"; without a name here: "other". */
const char *bind_family_name(uint16_t family);

/* scope: an enum bind_scope. "" for 0 and unknown values. */
const char *bind_scope_name(uint8_t scope);

#define BIND_NAME_SCRATCH 24 /* TEXT_NUMBER_MAX */

/*
 * protocol: as sk_protocol of inet and inet6 sockets. Returns the keyword of /etc/protocols
 * ("icmpv6" for its "ipv6-icmp"); the file is not read, since a label must not depend on the
 * machine. Without a name here: the number. 0 (no protocol): "".
 */
const char *bind_protocol_name(uint16_t protocol, char scratch[BIND_NAME_SCRATCH]);

#define BIND_ANY_ERROR UINT32_MAX /* failures with an errno that has no row of its own */

/*
 * error: a positive errno of the kernel. 98 -> "EADDRINUSE"; without a name: the number.
 * BIND_ANY_ERROR -> "(other)".
 */
const char *bind_errno_name(uint32_t error, char scratch[BIND_NAME_SCRATCH]);

/* reason: an enum bind_missed. NULL: it is not a reason of missed attempts. */
const char *bind_missed_name(unsigned int reason);

#endif
