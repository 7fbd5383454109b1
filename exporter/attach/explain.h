/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a mode does not work here: turns an error number and the state of the
 * machine into a cause and a cure that a person can act on. All knowledge of
 * what differs between kernels in this respect is in explain.c.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "common/diagnosis.h"
#include "exporter/attach/mode.h"

#define ERROR_TEXT_MAX 128

/* error: a positive errno, of the kernel, or of libbpf (LIBBPF_ERRNO__*), which are no errno. */
const char *error_text(int error, char ret_text[ERROR_TEXT_MAX]);

/* error: a positive errno of loading the program. */
void explain_load(enum bind_mode mode, int error, struct diagnosis *ret_diagnosis);

/* error: a positive errno of attaching it. */
void explain_attach(enum bind_mode mode, int error, struct diagnosis *ret_diagnosis);

/* error: a positive errno of pinning it, or of what is pinned already. */
void explain_pin(int error, struct diagnosis *ret_diagnosis);

/* error: what bind_source_selfcheck() returned, positive. */
void explain_selfcheck(enum bind_mode mode, int error, struct diagnosis *ret_diagnosis);

/* modules: those that are active, separated by commas; NULL: not known. */
void explain_silent_lsm(const char *modules, struct diagnosis *ret_diagnosis);

#endif
