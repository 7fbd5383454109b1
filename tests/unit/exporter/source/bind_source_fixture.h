/* SPDX-License-Identifier: Apache-2.0 */
/* A source over a fake kernel (fake_bpf.h), with pinned counters (pins_fixture.h) or without. */
#ifndef UNIT_BIND_SOURCE_FIXTURE_H
#define UNIT_BIND_SOURCE_FIXTURE_H

#include "common/diagnosis.h"
#include "exporter/collect/reader.h"
#include "exporter/source/bind_source.h"
#include "metrics/rows/view.h"
#include "tests/unit/exporter/pins/pins_fixture.h"

extern struct bind_source *source; /* NULL: it is not open */
extern struct reader_source reader;
extern struct diagnosis diagnosis;
extern char source_log[8192]; /* of the last start */

/* The settings are pins_config, with results; pinned: false: without its pins. */
void source_begin(bool pinned);

/* Closes too. Fails if a descriptor or a program is left of what was opened. */
void source_end(void);
void source_close(void);

/* Does what choose_source() does with one mode. 0 or -errno. */
int source_open(enum bind_mode mode);

/* The same, which must work without a diagnosis. */
void source_open_well(enum bind_mode mode);

/* What the reader is shown, which must work. */
struct bind_view source_view(void);

/* What programs write to. */
struct bind_control *source_control(void);

#endif
