/* SPDX-License-Identifier: Apache-2.0 */
/* Whether there is type information of the kernel (BTF), without which no program is loaded. */
#ifndef BTF_CHECK_H
#define BTF_CHECK_H

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"

struct diagnosis;

/* path: that of --bpf.btf; NULL: the kernel's own. 0, or -errno with the reason in ret_diagnosis.
 */
int btf_check(const char *path, struct diagnosis *ret_diagnosis);

#endif
