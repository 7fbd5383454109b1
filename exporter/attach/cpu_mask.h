/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CPU_MASK_H
#define CPU_MASK_H

#include <stdint.h>

/*
 * The highest CPU number in a file like /sys/devices/system/cpu/possible ("0-63", "0,2-3"), plus 1.
 * Not their number (libbpf_num_possible_cpus()): there may be holes. 0, or -errno; -EIO: it is no
 * such file.
 */
int cpu_mask_end(const char *path, uint32_t *ret_end);

#endif
