// SPDX-License-Identifier: Apache-2.0
/* Opening a source, being refused, and closing; test_bind_source_reader.c reads it. */
#include "exporter/source/bind_source.h"

#include <errno.h>
#include <string.h>

#include "exporter/pins/pin_owner.h"
#include "metrics/pages/exporter_metrics.h"
#include "tests/lib/captured.h"
#include "tests/unit/exporter/source/bind_source_fixture.h"
#include "tests/unit/suite.h"

static const struct {
	enum bind_mode mode;
	bool results;
	int attachments;
	const char *first, *last;
} own[] = {
	{BIND_MODE_LSM, true, 3, "exit_socket_bind", "lsm_socket_bind"},
	{BIND_MODE_LSM, false, 1, "lsm_socket_bind", "lsm_socket_bind"},
	{BIND_MODE_KPROBE, true, 3, "exit_sys_bind", "kprobe_socket_bind"},
	{BIND_MODE_FENTRY, true, 3, "exit_socket_bind", "fentry_socket_bind"},
	{BIND_MODE_TRACEPOINT, true, 2, "tracepoint_exit_bind", "tracepoint_enter_bind"},
	{BIND_MODE_TRACEPOINT, false, 2, "tracepoint_exit_bind", "tracepoint_enter_bind"},
};

START_TEST(attaches_and_detaches)
{
	bool results = own[_i].results;

	source_begin(/* pinned= */ false);
	pins_config.results = results;
	source_open_well(own[_i].mode);
	ck_assert_int_eq(fake_attachments(), own[_i].attachments);
	ck_assert_int_ge(fake_attached(own[_i].first), 0);
	ck_assert_int_ge(fake_attached(own[_i].last), 0);
	ck_assert(bind_source_sees_results(source) == results);
	ck_assert(source_view().results == results);
	/* Every call that leaves the hook has passed the counting program. */
	ck_assert_uint_eq(source_control()->exit_fallback, results);
	ck_assert_int_eq(pins_count(""), 0);
	source_end();
	bind_source_close(NULL);
}
END_TEST

/* Statistics are on while the source is open; they only add to the page. */
START_TEST(enables_statistics)
{
	bool refused = _i;

	source_begin(/* pinned= */ false);
	pins_config.stats = true;
	if (refused)
		fake_failure("bpf_enable_stats", EPERM);
	source_open_well(BIND_MODE_LSM);
	ck_assert_uint_eq(source_view().program_count, refused ? 0 : 3);
	ck_assert((strstr(source_log, "cannot enable BPF statistics") != NULL) == refused);
	source_end();
}
END_TEST

START_TEST(describes_its_maps)
{
	struct exporter_map maps[EXPORTER_MAPS_MAX];
	uint32_t count;

	source_begin(_i);
	source_open_well(BIND_MODE_LSM);
	count = bind_source_maps(source, maps, EXPORTER_MAPS_MAX);
	ck_assert_uint_ge(count, 9);
	ck_assert_str_eq(maps[0].name, "table");
	ck_assert_uint_eq(maps[0].capacity, 2U << BIND_TABLE_BITS_MIN);
	ck_assert_uint_gt(maps[0].bytes, 0);
	ck_assert_uint_eq(bind_source_maps(source, maps, 2), 2);
	source_end();
}
END_TEST

static const struct {
	enum bind_mode mode;
	const char *function;
	int error;
	bool locked_down;
	const char *reason, *cure; /* parts of them */
} refusals[] = {
	{BIND_MODE_LSM, "bpf_object__load", EPERM, true, "lockdown is in confidentiality mode",
	 "lockdown=integrity"},
	{BIND_MODE_FENTRY, "bpf_object__load", EPERM, false, "forbidden by this kernel",
	 "another attach mode"},
	{BIND_MODE_FENTRY, "bpf_program__attach", EPERM, false, "attaching the fentry program", ""},
	{BIND_MODE_LSM, "selfcheck", ENODATA, false, "attached, but", ""},
	{BIND_MODE_KPROBE, "selfcheck", ENODATA, false, "did not see the exporter's own bind",
	 "tracing is on"},
	{BIND_MODE_TRACEPOINT, "bpf_object__load", EINVAL, false, "loading the tracepoint program",
	 "--log.level=debug"},
	{BIND_MODE_TRACEPOINT, "perf_event", ENOENT, false, "attaching the tracepoint program", ""},
	{BIND_MODE_TRACEPOINT, "bpf_program__attach", EBUSY, false, "attaching the tracepoint", ""},
};

/* Without results it would not work either: the failure, of one call only, is final. */
START_TEST(is_refused)
{
	source_begin(/* pinned= */ false);
	fake_failure(refusals[_i].function, refusals[_i].error);
	fake.locked_down = refusals[_i].locked_down;
	ck_assert_int_eq(source_open(refusals[_i].mode), -refusals[_i].error);
	ck_assert_ptr_null(source);
	ck_assert_msg(strstr(diagnosis.reason, refusals[_i].reason), "%s", diagnosis.reason);
	ck_assert_msg(strstr(diagnosis.cure, refusals[_i].cure), "%s", diagnosis.cure);
	source_end();
}
END_TEST

static const struct {
	enum bind_mode mode;
	int error;
	const char *function;
} without[] = {
	{BIND_MODE_KPROBE, EPERM, "bpf_object__load"},
	{BIND_MODE_LSM, EINVAL, "bpf_object__load"},
	{BIND_MODE_FENTRY, EOPNOTSUPP, "bpf_program__attach"},
	{BIND_MODE_KPROBE, EIO, "bpf_obj_get_info_by_fd"},
	{BIND_MODE_LSM, ENOMSG, "selfcheck"},
};

/* The programs that see results do not work, and the others do. */
START_TEST(counts_without_results)
{
	source_begin(/* pinned= */ false);
	fake_failure(without[_i].function, without[_i].error);
	ck_assert_int_eq(source_open(without[_i].mode), 0);
	ck_assert_uint_eq(fake.countdown, 0);
	ck_assert_int_ne(diagnosis.reason[0], '\0');
	ck_assert_int_ne(diagnosis.cure[0], '\0');
	ck_assert(!bind_source_sees_results(source));
	ck_assert(!source_view().results);
	ck_assert_int_eq(fake_attachments(), 1);
	ck_assert_uint_eq(source_control()->exit_fallback, 0);
	source_end();
}
END_TEST

/* The diagnosis is of the second try. */
START_TEST(works_neither_with_results_nor_without)
{
	source_begin(/* pinned= */ false);
	fake_failure("selfcheck", EIO);
	fake.selfcheck = -EACCES;
	ck_assert_int_eq(source_open(BIND_MODE_LSM), -EIO);
	ck_assert_ptr_null(source);
	ck_assert_ptr_nonnull(strstr(diagnosis.reason, strerror(EACCES)));
	source_end();
}
END_TEST

static const char *const later[] = {"bpf_object__load", "bpf_program__attach", "selfcheck",
				    "bpf_obj_get_info_by_fd", "bpf_enable_stats"};

/* Whatever fails, and however late, nothing stays open. */
START_TEST(leaves_nothing_open)
{
	unsigned int call = 0;
	bool failed;

	do {
		source_begin(/* pinned= */ false);
		pins_config.results = false;
		pins_config.stats = true;
		fake_failure(later[_i], EIO);
		fake.countdown = ++call;
		if (source_open(BIND_MODE_TRACEPOINT))
			ck_assert_int_ne(diagnosis.reason[0], '\0');
		failed = !fake.countdown;
		source_end();
	} while (failed);
	ck_assert_uint_gt(call, 1);
}
END_TEST

/* Nothing is loaded. */
START_TEST(is_refused_beforehand)
{
	source_begin(_i);
	fake.missing = "/sys/bus/event_source/devices/kprobe";
	fake_failure("bpf_object__load", EIO);
	ck_assert_int_eq(source_open(BIND_MODE_KPROBE), -ENOENT);
	ck_assert_str_eq(diagnosis.reason, "the kernel has no kprobes");
	ck_assert_uint_eq(fake.countdown, 1);
	source_end();
}
END_TEST

/* Pinned programs go on after the source is closed. */
START_TEST(pins_and_resumes)
{
	source_begin(/* pinned= */ true);
	source_open_well(BIND_MODE_LSM);
	assert_captured(source_log, "counters pinned");
	ck_assert_int_eq(fake_attachments(), 0); /* dispatchers have their own links */
	ck_assert_int_eq(pins_count(PIN_SET), 1);
	ck_assert_int_eq(pins_count(PIN_HOOK), 3);
	ck_assert(bind_source_sees_results(source));
	*(uint64_t *)source_view().attempts = 7;
	source_close();
	ck_assert_int_eq(pins_count(PIN_HOOK), 3);
	source_open_well(BIND_MODE_LSM);
	assert_captured(source_log, "resumed pinned counters");
	ck_assert_uint_eq(*source_view().attempts, 7);
	ck_assert_uint_eq(source_control()->exit_fallback, 1);
	source_end();
}
END_TEST

/* With new settings, counters are new too: what was counted is carried over to the ledger. */
START_TEST(pins_anew)
{
	source_begin(/* pinned= */ true);
	source_open_well(BIND_MODE_LSM);
	source_close();
	pins_config.max_rows++;
	source_open_well(BIND_MODE_LSM);
	assert_captured(source_log, "carried pinned counters over");
	ck_assert_int_eq(pins_count(PIN_SET), 1);
	source_end();
}
END_TEST

START_TEST(pins_without_results)
{
	source_begin(/* pinned= */ true);
	fake.results_unseen = true;
	ck_assert_int_eq(source_open(BIND_MODE_LSM), 0);
	ck_assert_int_ne(diagnosis.reason[0], '\0');
	ck_assert(!bind_source_sees_results(source));
	ck_assert_int_eq(pins_count(PIN_SET), 1);
	ck_assert_int_eq(pins_count(PIN_HOOK), 1);
	source_end();
}
END_TEST

START_TEST(pins_nothing_when_refused)
{
	source_begin(/* pinned= */ true);
	fake.selfcheck = -ENODATA;
	ck_assert_int_eq(source_open(BIND_MODE_LSM), -ENODATA);
	ck_assert_ptr_null(source);
	ck_assert_int_eq(pins_count(""), 0);
	source_end();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{attaches_and_detaches, ARRAY_SIZE(own)},
		{enables_statistics, 2},
		{describes_its_maps, 2},
		{is_refused, ARRAY_SIZE(refusals)},
		{counts_without_results, ARRAY_SIZE(without)},
		{works_neither_with_results_nor_without, 0},
		{leaves_nothing_open, ARRAY_SIZE(later)},
		{is_refused_beforehand, 2},
		{pins_and_resumes, 0},
		{pins_anew, 0},
		{pins_without_results, 0},
		{pins_nothing_when_refused, 0},
	};

	return run_suite("bind_source", tests, ARRAY_SIZE(tests));
}
