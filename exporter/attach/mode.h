/* SPDX-License-Identifier: Apache-2.0 */
/* The attach modes: which hook of the kernel counts. Pure. */
#ifndef MODE_H
#define MODE_H

/* In the order of preference: exactness first. */
enum bind_mode {
	BIND_MODE_LSM,
	BIND_MODE_KPROBE,
	BIND_MODE_FENTRY,
	BIND_MODE_TRACEPOINT,
	BIND_MODES,
};

/* The value of --bpf.attach and of the label mode. Static. */
const char *bind_mode_name(enum bind_mode mode);

#endif
