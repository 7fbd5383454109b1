/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks that the kernel's type information (BTF) can be read: no program loads without it. Reads
 * files, and calls no bpf(2).
 */
#ifndef BTF_CHECK_H
#define BTF_CHECK_H

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"

struct diagnosis;

/*
 * path: the file of --bpf.btf; NULL: the kernel's own BTF. 0, or -errno with reason and cure in
 * ret_diagnosis.
 */
int btf_check(const char *path, struct diagnosis *ret_diagnosis);

#endif
