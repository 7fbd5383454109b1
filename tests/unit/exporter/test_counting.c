// SPDX-License-Identifier: Apache-2.0
/* The counting side over a fake kernel. Privileges are not dropped. */
#include "exporter/counting.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "common/diagnosis.h"
#include "common/page.h"
#include "common/units.h"
#include "exporter/collect/collector.h"
#include "exporter/pins/dir.h"
#include "exporter/settings.h"
#include "metrics/rows/snapshot.h"
#include "tests/lib/captured.h"
#include "tests/lib/scratch.h"
#include "tests/unit/exporter/fake_bpf.h"
#include "tests/unit/suite.h"
#include "version.h"

static struct options options;
static struct counting counting;
static char pin_path[FAKE_PATH_MAX + 8];
static char text[8192]; /* the log of the last step */
static int descriptors; /* open at the beginning */
static int threads;     /* when privileges were dropped; 0: they were not */

static void count_threads(void)
{
	threads = scratch_count("/proc/self/task");
}

static void begin(void)
{
	fake_bpf_begin();
	fake.dropping = count_threads;
	snprintf(pin_path, sizeof(pin_path), "%s/pins", fake_bpf_fs);
	options = (struct options){
		.attach_mode = BIND_MODES,
		.results = true,
		.collect_interval_ns = 60 * SECOND_NS,
		.selfcheck_interval_ns = 60 * SECOND_NS,
		.container_logs = "/nonexistent/containers",
		.max_series = SNAPSHOT_MAX_ROWS_MIN,
		.telemetry_path = "/metrics",
		.exporter_metrics = true,
	};
	counting = (struct counting){.options = &options};
	descriptors = scratch_count("/proc/self/fd");
}

static void end(void)
{
	counting_stop(&counting);
	ck_assert_int_eq(scratch_count("/proc/self/fd"), descriptors);
	ck_assert_int_eq(scratch_await_count("/proc/self/task", 1), 1);
	ck_assert_int_eq(fake_attachments(), 0);
	fake_bpf_end();
}

static int logged(int (*step)(struct counting *counting))
{
	int error;

	capture(text, error = step(&counting));
	return error;
}

START_TEST(opens_no_pins_without_a_path)
{
	begin();
	ck_assert_int_eq(logged(counting_open), 0);
	ck_assert_ptr_null(counting.pins);
	ck_assert_str_eq(text, "");
	end();
}
END_TEST

START_TEST(opens_pins)
{
	begin();
	options.pin_path = pin_path;
	ck_assert_int_eq(logged(counting_open), 0);
	ck_assert_ptr_nonnull(counting.pins);
	end();
}
END_TEST

START_TEST(refuses_to_pin_elsewhere)
{
	begin();
	options.pin_path = pin_path;
	fake.other_file_system = true;
	ck_assert_int_eq(logged(counting_open), -ENODEV);
	ck_assert_ptr_null(counting.pins);
	assert_captured(text, "level=ERROR msg=\"cannot use pinned counters\" reason=");
	assert_captured(text, "is not on a BPF file system");
	assert_captured(text, "cure=\"mount -t bpf");
	end();
}
END_TEST

/* Another exporter uses the pins, and a signal comes: a failure only if a page was wanted. */
START_TEST(is_told_to_end_while_it_waits)
{
	struct diagnosis diagnosis;
	struct pins *pins;
	bool once = _i;

	begin();
	options.pin_path = pin_path;
	options.once = once;
	ck_assert_int_eq(pins_open(pin_path, &pins, &diagnosis), 0);
	fake.signal = SIGTERM;
	ck_assert_int_eq(logged(counting_open), once ? -ENODEV : -EINTR);
	ck_assert((strstr(text, "cannot use pinned counters") != NULL) == once);
	pins_close(pins);
	end();
}
END_TEST

static const struct {
	int error, signal;
	const char *logged; /* NULL: it is not cancelled */
} cancellations[] = {
	{0, 0, NULL},
	{0, SIGTERM, "level=INFO msg=stopping signal=Terminated\n"},
	{0, SIGINT, "level=INFO msg=stopping signal=Interrupt\n"},
	{-EINTR, SIGTERM, "level=INFO msg=stopping signal=Terminated\n"},
	{-ENODEV, SIGTERM, NULL},
};

START_TEST(is_cancelled)
{
	bool cancelled;

	begin();
	fake.signal = cancellations[_i].signal;
	capture(text, cancelled = counting_is_cancelled(cancellations[_i].error));
	ck_assert(cancelled == (cancellations[_i].logged != NULL));
	if (cancelled)
		assert_captured(text, cancellations[_i].logged);
	else
		ck_assert_str_eq(text, "");
	end();
}
END_TEST

static const struct {
	enum bind_mode requested;
	bool results, sees_denials;
	const char *mode;
} modes[] = {
	{BIND_MODES, true, true, "lsm"},
	{BIND_MODES, false, false, "lsm"},
	{BIND_MODE_KPROBE, true, false, "kprobe"},
	{BIND_MODE_TRACEPOINT, true, false, "tracepoint"},
};

START_TEST(counts_in_a_mode)
{
	const struct exporter_identity *identity = &counting.identity;
	struct utsname host;
	struct page *page;
	char line[64];

	begin();
	ck_assert_int_eq(uname(&host), 0);
	options.attach_mode = modes[_i].requested;
	options.results = modes[_i].results;
	ck_assert_int_eq(logged(counting_start), 0);
	ck_assert_int_eq(threads, 1); /* those that start later have fewer privileges too */
	snprintf(line, sizeof(line), "\"counting binds\" version=%s mode=%s\n", VERSION,
		 modes[_i].mode);
	assert_captured(text, line);
	assert_captured(text, "\"privileges dropped\" capabilities=none seccomp=on\n");
	ck_assert_str_eq(identity->mode, modes[_i].mode);
	ck_assert(identity->sees_denials == modes[_i].sees_denials);
	ck_assert_str_eq(identity->version, VERSION);
	ck_assert_str_eq(identity->node, host.nodename);
	ck_assert_str_eq(identity->kernel, host.release);
	ck_assert_str_eq(identity->telemetry_path, "/metrics");
	ck_assert_uint_eq(identity->max_rows, SNAPSHOT_MAX_ROWS_MIN);
	ck_assert_uint_ge(identity->map_count, 9);
	ck_assert_ptr_null(collector_unready(counting.collector));
	page = collector_page(counting.collector, PAGE_TEXT);
	ck_assert_ptr_nonnull(page);
	ck_assert_ptr_nonnull(memmem(page_data(page), page_length(page), "socket_bind_", 12));
	page_unref(page);
	end();
}
END_TEST

static const struct {
	bool exporter_metrics, once, process_metrics;
} pages[] = {{true, false, true}, {true, true, false}, {false, false, false}};

START_TEST(adds_metrics_of_its_process)
{
	static const char process[] = "process_cpu_seconds_total";
	struct page *page;

	begin();
	options.exporter_metrics = pages[_i].exporter_metrics;
	options.once = pages[_i].once;
	ck_assert_int_eq(logged(counting_start), 0);
	page = collector_page(counting.collector, PAGE_TEXT);
	ck_assert_ptr_nonnull(page);
	ck_assert((memmem(page_data(page), page_length(page), process, sizeof(process) - 1) !=
		   NULL) == pages[_i].process_metrics);
	page_unref(page);
	end();
}
END_TEST

START_TEST(goes_on_with_pinned_counters)
{
	begin();
	options.pin_path = pin_path;
	for (int start = 0; start < 2; start++) {
		counting = (struct counting){.options = &options};
		ck_assert_int_eq(logged(counting_open), 0);
		ck_assert_int_eq(logged(counting_start), 0);
		assert_captured(text, start ? "resumed pinned counters" : "counters pinned");
		counting_stop(&counting);
	}
	counting = (struct counting){.options = &options};
	end();
}
END_TEST

START_TEST(names_owners)
{
	begin();
	options.labels = _i ? BIND_LABELS_OWNER : BIND_LABEL_PORT;
	ck_assert_int_eq(logged(counting_start), 0);
	ck_assert((counting.owners != NULL) == _i);
	ck_assert((counting.container_logs != NULL) == _i);
	end();
}
END_TEST

int __real_inotify_init1(int flags);

static int inotify_error;

int __wrap_inotify_init1(int flags)
{
	errno = inotify_error;
	return inotify_error ? -1 : __real_inotify_init1(flags);
}

START_TEST(needs_inotify_for_owners)
{
	begin();
	options.labels = BIND_LABELS_OWNER;
	inotify_error = EMFILE;
	ck_assert_int_eq(logged(counting_start), -EMFILE);
	assert_captured(text, "level=ERROR msg=\"cannot resolve pod names\" "
			      "reason=\"Too many open files\"");
	assert_captured(text, "max_user_instances");
	ck_assert_int_eq(fake_attachments(), 0);
	ck_assert_int_eq(threads, 0);
	end();
}
END_TEST

START_TEST(needs_a_source)
{
	begin();
	fake.unprivileged = true;
	ck_assert_int_eq(logged(counting_start), -ENODEV);
	assert_captured(text, "level=ERROR msg=\"cannot count binds on this machine\"");
	assert_captured(text, "CAP_BPF and CAP_PERFMON");
	assert_not_captured(text, "counting binds");
	ck_assert_int_eq(threads, 0);
	end();
}
END_TEST

/* It does not go on with privileges that were to be dropped. */
START_TEST(needs_to_drop_privileges)
{
	begin();
	fake_failure("privileges_drop", EPERM);
	ck_assert_int_eq(logged(counting_start), -EPERM);
	assert_captured(text,
			"level=ERROR msg=\"cannot drop privileges\" "
			"reason=\"fake: Operation not permitted\" cure=\"drop no privileges\"");
	assert_not_captured(text, "privileges dropped");
	ck_assert_ptr_null(counting.collector);
	end();
}
END_TEST

START_TEST(keeps_privileges)
{
	begin();
	options.keep_privileges = true;
	ck_assert_int_eq(logged(counting_start), 0);
	ck_assert_int_eq(threads, 0);
	assert_captured(text, "level=WARN msg=\"privileges kept\" reason=--privileges.keep");
	end();
}
END_TEST

START_TEST(warns_of_a_missing_filter)
{
	begin();
	fake.unfiltered = true;
	ck_assert_int_eq(logged(counting_start), 0);
	assert_captured(text, "level=WARN msg=\"privileges dropped\" "
			      "capabilities=none seccomp=off");
	assert_captured(text, "CONFIG_SECCOMP_FILTER=y");
	end();
}
END_TEST

/* The next call is the collector's, which reads for the first time. */
static void fail_to_read(void)
{
	fake_failure("bpf_obj_get_info_by_fd", EIO);
}

START_TEST(needs_a_first_collection)
{
	begin();
	fake.dropping = fail_to_read;
	ck_assert_int_eq(logged(counting_start), -EIO);
	assert_captured(text, "level=ERROR msg=\"cannot start collection\" "
			      "reason=\"Input/output error\"");
	ck_assert_ptr_null(counting.collector);
	end();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{opens_no_pins_without_a_path, 0},
		{opens_pins, 0},
		{refuses_to_pin_elsewhere, 0},
		{is_told_to_end_while_it_waits, 2},
		{is_cancelled, ARRAY_SIZE(cancellations)},
		{counts_in_a_mode, ARRAY_SIZE(modes)},
		{adds_metrics_of_its_process, ARRAY_SIZE(pages)},
		{goes_on_with_pinned_counters, 0},
		{names_owners, 2},
		{needs_inotify_for_owners, 0},
		{needs_a_source, 0},
		{needs_to_drop_privileges, 0},
		{keeps_privileges, 0},
		{warns_of_a_missing_filter, 0},
		{needs_a_first_collection, 0},
	};

	return run_suite("counting", tests, ARRAY_SIZE(tests));
}
