/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a mode does not work here: turns an error number and the state of the
 * machine into a cause and a cure that a person can act on. All knowledge of
 * what differs between kernels in this respect is in refusal.c.
 */
#ifndef REFUSAL_H
#define REFUSAL_H

#include <stdbool.h>

#include "bind_source.h"

struct bind_refusal {
	char reason[256];
	char cure[256];
};

#define ERROR_TEXT_MAX 128

/* error: a positive errno, of the kernel, or of libbpf (LIBBPF_ERRNO__*), which are no errno. */
const char *error_text(int error, char ret_text[ERROR_TEXT_MAX]);

/* Loads of BPF programs need these; true, or false with the refusal filled in. */
bool refusal_check_capabilities(struct bind_refusal *ret_refusal);

/* Of labels by cgroup: that processes are in a hierarchy of version 2. As above. */
bool refusal_check_cgroups(struct bind_refusal *ret_refusal);

/* Of pinned counters: that this is the initial user namespace. As above. */
bool refusal_check_pinning(struct bind_refusal *ret_refusal);

/* Whether the running kernel's release is below major.minor. */
bool kernel_older_than(unsigned int major, unsigned int minor);

/* error: a positive errno of loading the program. */
void refusal_of_load(enum bind_mode mode, int error, struct bind_refusal *ret_refusal);

/* error: a positive errno of attaching it. */
void refusal_of_attach(enum bind_mode mode, int error, struct bind_refusal *ret_refusal);

/* error: a positive errno of pinning it, or of what is pinned already. */
void refusal_of_pin(int error, struct bind_refusal *ret_refusal);

/* error: what bind_source_selfcheck() returned, positive. */
void refusal_of_selfcheck(enum bind_mode mode, int error, struct bind_refusal *ret_refusal);

/* modules: those that are active, separated by commas; NULL: not known. */
void refusal_of_silent_lsm(const char *modules, struct bind_refusal *ret_refusal);

__attribute__((format(printf, 2, 3))) void refusal_reason(struct bind_refusal *refusal,
							  const char *format, ...);
__attribute__((format(printf, 2, 3))) void refusal_cure(struct bind_refusal *refusal,
							const char *format, ...);

#endif
