/* SPDX-License-Identifier: Apache-2.0 */
/* The compiled programs of bpf/, embedded at build time (embedded.c.in). */
#ifndef EMBEDDED_H
#define EMBEDDED_H

/* The bytes of an ELF file, static. end: behind the last. */
struct bpf_object_file {
	const unsigned char *start;
	const unsigned char *end;
};

extern const struct bpf_object_file bpf_object_5_12;
extern const struct bpf_object_file bpf_object_before_5_12; /* see bpf/inflight.h */
extern const struct bpf_object_file bpf_object_stubs;
extern const struct bpf_object_file bpf_object_grace;

#endif
