/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A source of counts over a fake kernel, with a ledger of two copies, for tests of the reader and
 * the collector. It fails and hangs on demand.
 */
#ifndef UNIT_SOURCE_FIXTURE_H
#define UNIT_SOURCE_FIXTURE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "exporter/collect/reader.h"
#include "tests/lib/fake_kernel.h"

extern struct fake_kernel kernel;
extern const struct reader_source source;
extern atomic_uint source_views; /* calls of view() */
extern unsigned int source_turns;

/* Results of the calls. The collector's thread reads the first two at any time. */
extern atomic_int source_view_error, source_selfcheck_error;
extern int source_turn_error, source_settle_error;

extern atomic_bool source_hangs;                 /* in view() */
extern uint64_t source_settle_ns;                /* duration of settle() */
extern void (*source_meanwhile)(bool before_it); /* called before and after a turn */

/* A kernel with BIND_TABLE_BITS_MIN, two CPUs, and no counts; max_rows: of the ledger. */
void source_begin(uint32_t max_rows);
void source_end(void);

#endif
