// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/exporter/source/bind_source_fixture.h"

#include <string.h>

#include "exporter/pins/resume.h"
#include "tests/lib/captured.h"
#include "tests/lib/scratch.h"
#include "tests/unit/suite.h"

struct bind_source *source;
struct reader_source reader;
struct diagnosis diagnosis;
char source_log[8192];

static int descriptors; /* open at the beginning */

void source_begin(bool pinned)
{
	pins_fixture_begin();
	pins_config.results = true;
	if (!pinned)
		pins_config.pins = NULL;
	descriptors = scratch_count("/proc/self/fd");
}

void source_close(void)
{
	bind_source_close(source);
	source = NULL;
	ck_assert_int_eq(scratch_count("/proc/self/fd"), descriptors);
	ck_assert_int_eq(fake_attachments(), 0);
}

void source_end(void)
{
	source_close();
	pins_fixture_end();
}

static int resume_and_open(enum bind_mode mode)
{
	struct resume *resume = NULL;
	int error = 0;

	if (pins_config.pins)
		error = resume_begin(pins, &resume, &diagnosis);
	if (!error)
		error = bind_source_open(mode, &pins_config, resume, &source, &diagnosis);
	resume_end(resume);
	return error;
}

int source_open(enum bind_mode mode)
{
	int error;

	diagnosis = (struct diagnosis){"", ""};
	capture(source_log, error = resume_and_open(mode));
	if (!error)
		reader = bind_source_reader(source);
	return error;
}

void source_open_well(enum bind_mode mode)
{
	ck_assert_int_eq(source_open(mode), 0);
	ck_assert_str_eq(diagnosis.reason, "");
}

struct bind_view source_view(void)
{
	struct bind_view view;

	memset(&view, 0xff, sizeof(view));
	ck_assert_int_eq(reader.view(reader.context, &view), 0);
	return view;
}

struct bind_control *source_control(void)
{
	return (struct bind_control *)source_view().control;
}
