/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are embedded at build time (embedded.c). */
#ifndef LIVE_EMBEDDED_H
#define LIVE_EMBEDDED_H

extern const unsigned char noise_object_start[]; /* the compiled noise.bpf.c */
extern const unsigned char noise_object_end[];
extern const unsigned char bind32_start[]; /* the 32-bit program bind32.c; empty except on x86 */
extern const unsigned char bind32_end[];

#endif
