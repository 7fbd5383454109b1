/* SPDX-License-Identifier: Apache-2.0 */
/* Whether there is type information of the kernel (BTF), without which no program is loaded. */
#ifndef BTF_CHECK_H
#define BTF_CHECK_H

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"

struct bind_refusal;

/* path: that of --bpf.btf; NULL: the kernel's own. 0, or -errno with the reason in ret_refusal. */
int btf_check(const char *path, struct bind_refusal *ret_refusal);

#endif
