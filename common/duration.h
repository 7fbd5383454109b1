/* SPDX-License-Identifier: Apache-2.0 */
/* Durations as Go and Prometheus write them: "200ms", "1.5s", "1h30m", "0". */
#ifndef DURATION_H
#define DURATION_H

#include <stdint.h>

/* 0 and nanoseconds; -EINVAL: not a duration; -ERANGE: more than 290 years. */
int duration_parse(const char *string, uint64_t *ret_ns);

#endif
