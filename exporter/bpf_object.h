/* SPDX-License-Identifier: Apache-2.0 */
/* The compiled bpf/socket_bind.bpf.c, embedded at build time (bpf_object.S). */
#ifndef BPF_OBJECT_H
#define BPF_OBJECT_H

extern const unsigned char bpf_object_start[];
extern const unsigned char bpf_object_end[];

#endif
