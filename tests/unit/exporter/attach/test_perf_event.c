// SPDX-License-Identifier: Apache-2.0
/* perf_event_open(2) and tracefs are fakes: syscall() and tracefs_event_id() are defined here. */
#include "exporter/attach/perf_event.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "exporter/attach/tracefs.h"
#include "tests/unit/suite.h"

#define KPROBES    "/sys/bus/event_source/devices/kprobe/type"
#define ID         301
#define DESCRIPTOR 17

static int event_id = ID, open_error;
static struct perf_event_attr opened;

int tracefs_event_id(const char *event)
{
	ck_assert_str_eq(event, "syscalls/sys_enter_bind");
	return event_id;
}

long syscall(long sysno, ...)
{
	va_list arguments;

	ck_assert_int_eq(sysno, SYS_perf_event_open);
	va_start(arguments, sysno);
	opened = *va_arg(arguments, struct perf_event_attr *);
	ck_assert_int_eq(va_arg(arguments, int), -1); /* all processes */
	ck_assert_int_eq(va_arg(arguments, int), 0);  /* CPU */
	ck_assert_int_eq(va_arg(arguments, int), -1); /* no group */
	ck_assert(va_arg(arguments, unsigned long) == PERF_FLAG_FD_CLOEXEC);
	va_end(arguments);
	errno = open_error;
	return open_error ? -1 : DESCRIPTOR;
}

START_TEST(opens_a_tracepoint)
{
	ck_assert_int_eq(perf_event_of_tracepoint("syscalls/sys_enter_bind"), DESCRIPTOR);
	ck_assert_uint_eq(opened.type, PERF_TYPE_TRACEPOINT);
	ck_assert_uint_eq(opened.config, ID);
	ck_assert_uint_eq(opened.size, sizeof(opened));
	open_error = EACCES;
	ck_assert_int_eq(perf_event_of_tracepoint("syscalls/sys_enter_bind"), -EACCES);
}
END_TEST

START_TEST(needs_the_number_of_a_tracepoint)
{
	event_id = -ENOENT;
	ck_assert_int_eq(perf_event_of_tracepoint("syscalls/sys_enter_bind"), -ENOENT);
	ck_assert_uint_eq(opened.size, 0);
}
END_TEST

/* A kernel without kprobes has no such file. */
START_TEST(opens_a_kprobe)
{
	const char *function;

	if (access(KPROBES, R_OK)) {
		ck_assert_int_lt(perf_event_of_kprobe("security_socket_bind"), 0);
		ck_assert_uint_eq(opened.size, 0);
		return;
	}
	ck_assert_int_eq(perf_event_of_kprobe("security_socket_bind"), DESCRIPTOR);
	memcpy(&function, &opened.kprobe_func, sizeof(function));
	ck_assert_str_eq(function, "security_socket_bind");
	ck_assert_uint_ne(opened.type, PERF_TYPE_HARDWARE);
	open_error = EPERM;
	ck_assert_int_eq(perf_event_of_kprobe("security_socket_bind"), -EPERM);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{opens_a_tracepoint, 0},
		{needs_the_number_of_a_tracepoint, 0},
		{opens_a_kprobe, 0},
	};

	return run_suite("perf_event", tests, ARRAY_SIZE(tests));
}
