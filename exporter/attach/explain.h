/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Explains why a mode does not work here: turns an error number and the state of the machine into
 * a reason and a cure that a person can act on. Whatever kernels do differently when they refuse
 * is in explain.c. Reads files in /proc and /sys.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "common/diagnosis.h"
#include "exporter/attach/mode.h"

#define ERROR_TEXT_MAX 128

/*
 * error: a positive errno of the kernel, or a number of libbpf (LIBBPF_ERRNO__*). Returns static
 * text or ret_text.
 */
const char *error_text(int error, char ret_text[ERROR_TEXT_MAX]);

/* error: a positive errno of loading the program. */
void explain_load(enum bind_mode mode, int error, struct diagnosis *ret_diagnosis);

/* error: a positive errno of attaching the program. */
void explain_attach(enum bind_mode mode, int error, struct diagnosis *ret_diagnosis);

/* error: a positive errno of pinning programs and maps, or of checking those pinned earlier. */
void explain_pin(int error, struct diagnosis *ret_diagnosis);

/* error: the result of selfcheck(), positive. */
void explain_selfcheck(enum bind_mode mode, int error, struct diagnosis *ret_diagnosis);

/* modules: the active security modules, separated by commas; NULL: unknown. */
void explain_silent_lsm(const char *modules, struct diagnosis *ret_diagnosis);

#endif
