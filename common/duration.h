/* SPDX-License-Identifier: Apache-2.0 */
/* Parses durations in the notation of Go and Prometheus: "200ms", "1.5s", "1h30m", "0". */
#ifndef DURATION_H
#define DURATION_H

#include <stdint.h>

/*
 * 0 with nanoseconds in ret_ns; -EINVAL: string is not a duration; -ERANGE: it is longer than
 * 290 years (INT64_MAX nanoseconds).
 */
int duration_parse(const char *string, uint64_t *ret_ns);

#endif
