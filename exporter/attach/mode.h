/* SPDX-License-Identifier: Apache-2.0 */
/* The attach modes: which hook of the kernel counts, and what differs between them. Pure. */
#ifndef MODE_H
#define MODE_H

#include <stdbool.h>

/* In the order of preference: exactness first. */
enum bind_mode {
	BIND_MODE_LSM,
	BIND_MODE_KPROBE,
	BIND_MODE_FENTRY,
	BIND_MODE_TRACEPOINT,
	BIND_MODES,
};

/* The first kernel that pins a link of a mode. All zero: every supported kernel does. */
struct bind_mode_pinnable {
	unsigned int major, minor;
};

struct bind_mode_facts {
	const char *name;      /* the value of --bpf.attach and of the label mode */
	const char *program;   /* the one that counts, in the BPF object */
	bool needs_kernel_btf; /* attaches by the kernel's own BTF, not an external file */
	bool uses_perf;        /* attaches through perf_event_open(2), which accepts no BPF token */
	struct bind_mode_pinnable pinnable_from;
};

/* mode: below BIND_MODES. Static. */
const struct bind_mode_facts *bind_mode_facts(enum bind_mode mode);

/* The name among these facts. */
const char *bind_mode_name(enum bind_mode mode);

#endif
