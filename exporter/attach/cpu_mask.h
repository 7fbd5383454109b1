/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the kernel's lists of CPUs (sysfs). */
#ifndef CPU_MASK_H
#define CPU_MASK_H

#include <stdint.h>

/*
 * Gives the highest CPU number in a file like /sys/devices/system/cpu/possible ("0-63", "0,2-3"),
 * plus 1. libbpf_num_possible_cpus() counts the CPUs instead, which is less where numbers are
 * missing. 0 or -errno; -EIO: the file holds no such list.
 */
int cpu_mask_end(const char *path, uint32_t *ret_end);

#endif
