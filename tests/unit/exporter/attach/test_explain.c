// SPDX-License-Identifier: Apache-2.0
/* The machine is a fake: its functions are defined here, so those of attach are not linked. */
#include "exporter/attach/explain.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "exporter/attach/machine.h"
#include "exporter/attach/tracefs.h"
#include "tests/unit/suite.h"

#define NOT_SUPPORTED 524 /* the kernel's ENOTSUPP */

/* A longer list than any kernel has. */
#define ALL_MODULES                                                                              \
	"lockdown,capability,landlock,yama,loadpin,safesetid,selinux,smack,tomoyo,apparmor,ipe," \
	"ima,evm,and,some,that,are,not,known,yet"

struct machine {
	unsigned int minor; /* the kernel is 5.minor */
	bool locked_down, in_user_namespace, capable;
	const char *paranoid, *modules; /* NULL: unreadable */
	int event;                      /* -errno of reading the id of the tracepoint */
};

static struct machine here;

bool kernel_older_than(unsigned int major, unsigned int minor)
{
	return major > 5 || (major == 5 && here.minor < minor);
}

bool machine_has_capability(unsigned int capability)
{
	(void)capability;
	return here.capable;
}

bool machine_is_locked_down(void)
{
	return here.locked_down;
}

bool machine_in_user_namespace(void)
{
	return here.in_user_namespace;
}

bool machine_setting(const char *path, char *ret_line, int size)
{
	const char *line = strstr(path, "paranoid") ? here.paranoid : here.modules;

	if (line)
		snprintf(ret_line, (size_t)size, "%s", line);
	return line != NULL;
}

int tracefs_event_id(const char *event)
{
	ck_assert_str_eq(event, "syscalls/sys_enter_bind");
	return here.event ? here.event : 1;
}

/* A machine on which nothing explains EPERM. */
#define MACHINE .minor = 11

struct refusal {
	enum bind_mode mode;
	int error;
	struct machine machine;
	const char *reason, *cure;
};

static void check(const struct diagnosis *diagnosis, const struct refusal *expected)
{
	ck_assert_msg(strstr(diagnosis->reason, expected->reason), "%s", diagnosis->reason);
	ck_assert_msg(strstr(diagnosis->cure, expected->cure), "%s", diagnosis->cure);
	ck_assert_uint_lt(strlen(diagnosis->reason), sizeof(diagnosis->reason) - 1);
	ck_assert_uint_lt(strlen(diagnosis->cure), sizeof(diagnosis->cure) - 1);
}

/* The soft limit of a test process, which may always become lower. */
static void limit_locked_memory(void)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_MEMLOCK, &limit), 0);
	if (limit.rlim_cur == RLIM_INFINITY)
		limit.rlim_cur = 65536;
	ck_assert_int_eq(setrlimit(RLIMIT_MEMLOCK, &limit), 0);
}

static const struct refusal loads[] = {
	{BIND_MODE_LSM,
	 EPERM,
	 {MACHINE, .locked_down = true},
	 "loading the lsm program is forbidden: kernel lockdown is in confidentiality mode",
	 "boot with lockdown=integrity"},
	{BIND_MODE_KPROBE,
	 EINVAL,
	 {MACHINE, .locked_down = true},
	 "kernel lockdown",
	 "boot with lockdown=integrity"},
	{BIND_MODE_KPROBE,
	 EINVAL,
	 {MACHINE},
	 "loading the kprobe program failed: Invalid argument",
	 "run with --log.level=debug"},
	{BIND_MODE_FENTRY, EPERM, {.minor = 10}, "RLIMIT_MEMLOCK is too low", "LimitMEMLOCK="},
	{BIND_MODE_FENTRY,
	 EPERM,
	 {.minor = 10, .capable = true},
	 "by this kernel although",
	 "allow it in that policy"},
	{BIND_MODE_FENTRY,
	 EPERM,
	 {MACHINE, .in_user_namespace = true},
	 "loading the fentry program is forbidden: in a user namespace",
	 "use Linux 6.9 or newer"},
	{BIND_MODE_KPROBE,
	 EACCES,
	 {MACHINE, .in_user_namespace = true},
	 "perf_event_open(2)",
	 "use --bpf.attach=lsm or fentry"},
	{BIND_MODE_TRACEPOINT,
	 EACCES,
	 {MACHINE},
	 "loading the tracepoint program is forbidden by this kernel although",
	 "allow it in that policy"},
	{BIND_MODE_LSM, ESRCH, {MACHINE}, "no BPF LSM hook socket_bind", "CONFIG_BPF_LSM=y"},
	{BIND_MODE_FENTRY,
	 ESRCH,
	 {MACHINE},
	 "BTF does not contain security_socket_bind",
	 "CONFIG_DEBUG_INFO_BTF=y"},
	{BIND_MODE_FENTRY,
	 E2BIG,
	 {MACHINE},
	 "loading the fentry program failed: Argument list",
	 "libbpf and the verifier"},
};

START_TEST(explains_loading)
{
	struct diagnosis diagnosis = {"", ""};

	limit_locked_memory();
	here = loads[_i].machine;
	explain_load(loads[_i].mode, loads[_i].error, &diagnosis);
	check(&diagnosis, &loads[_i]);
}
END_TEST

#define NO_TRAMPOLINES "the kernel has no BPF trampolines for this function"

static const struct refusal attachments[] = {
	{BIND_MODE_LSM,
	 EPERM,
	 {MACHINE, .paranoid = "4"},
	 "attaching the lsm program is forbidden",
	 "allow it in that policy"},
	{BIND_MODE_KPROBE,
	 EACCES,
	 {MACHINE, .paranoid = "3"},
	 "kernel.perf_event_paranoid is 3",
	 "sysctl kernel.perf_event_paranoid=2"},
	{BIND_MODE_KPROBE,
	 EACCES,
	 {MACHINE, .paranoid = "2"},
	 "attaching the kprobe program is",
	 "allow it in that policy"},
	{BIND_MODE_KPROBE,
	 EACCES,
	 {MACHINE, .paranoid = NULL},
	 "attaching the kprobe program is",
	 "allow it in that policy"},
	{BIND_MODE_KPROBE,
	 EACCES,
	 {MACHINE, .paranoid = "3", .capable = true},
	 "attaching the kprobe program is",
	 "allow it in that policy"},
	{BIND_MODE_KPROBE,
	 EACCES,
	 {MACHINE, .paranoid = "3", .in_user_namespace = true},
	 "perf_event_open(2)",
	 "use --bpf.attach=lsm or fentry"},
	{BIND_MODE_TRACEPOINT,
	 EPERM,
	 {MACHINE, .paranoid = "3"},
	 "perf_event_paranoid is 3",
	 "sysctl kernel.perf_event_paranoid=2"},
	{BIND_MODE_TRACEPOINT,
	 EIO,
	 {MACHINE, .event = -EPERM},
	 "tracefs is not mounted",
	 "mount -t tracefs"},
	{BIND_MODE_TRACEPOINT,
	 EIO,
	 {MACHINE, .event = -EACCES},
	 "tracefs is not readable",
	 "CAP_DAC_READ_SEARCH"},
	{BIND_MODE_TRACEPOINT,
	 EIO,
	 {MACHINE, .event = -ENOENT},
	 "no system-call tracepoints (tracefs: No such file",
	 "CONFIG_FTRACE_SYSCALLS=y"},
	{BIND_MODE_FENTRY, NOT_SUPPORTED, {MACHINE}, NO_TRAMPOLINES, "on aarch64: Linux 6.4"},
	{BIND_MODE_LSM, EOPNOTSUPP, {MACHINE}, NO_TRAMPOLINES, "CONFIG_FUNCTION_TRACER=y"},
	{BIND_MODE_FENTRY, EINVAL, {MACHINE}, NO_TRAMPOLINES, "CONFIG_FUNCTION_TRACER=y"},
	{BIND_MODE_KPROBE, NOT_SUPPORTED, {MACHINE}, NO_TRAMPOLINES, "CONFIG_FUNCTION_TRACER=y"},
	{BIND_MODE_KPROBE,
	 EINVAL,
	 {MACHINE},
	 "attaching the kprobe program failed: Invalid",
	 "to see the messages of libbpf"},
	{BIND_MODE_LSM,
	 EBUSY,
	 {MACHINE},
	 "attaching the lsm program failed: Device or resource",
	 "to see the messages of libbpf"},
};

START_TEST(explains_attaching)
{
	struct diagnosis diagnosis = {"", ""};

	here = attachments[_i].machine;
	explain_attach(attachments[_i].mode, attachments[_i].error, &diagnosis);
	check(&diagnosis, &attachments[_i]);
}
END_TEST

static const struct refusal pins[] = {
	{.error = EEXIST, .reason = "do not all belong to one exporter", .cure = "run --unpin"},
	{.error = EROFS,
	 .reason = "pinning under --bpf.pin-path failed: Read-only file system",
	 .cure = "make that directory writable"},
};

START_TEST(explains_pinning)
{
	struct diagnosis diagnosis = {"", ""};

	explain_pin(pins[_i].error, &diagnosis);
	check(&diagnosis, &pins[_i]);
}
END_TEST

static const struct refusal selfchecks[] = {
	{BIND_MODE_LSM,
	 EACCES,
	 {MACHINE},
	 "could not bind an abstract UNIX socket: Permission",
	 "RestrictAddressFamilies="},
	{BIND_MODE_KPROBE,
	 ENOMSG,
	 {MACHINE},
	 "could not bind an abstract UNIX socket: No message",
	 "allow the exporter to bind"},
	{BIND_MODE_LSM,
	 ENODATA,
	 {MACHINE, .modules = NULL},
	 "lsm cannot be read here)",
	 "boot with bpf added"},
	{BIND_MODE_LSM,
	 ENODATA,
	 {MACHINE, .modules = "lockdown,yama"},
	 "bpf is missing from the active security modules (lsm=lockdown,yama)",
	 "boot with bpf added"},
	{BIND_MODE_LSM,
	 ENODATA,
	 {MACHINE, .modules = "lockdown,bpf"},
	 "although bpf is active",
	 "let that module allow"},
	{BIND_MODE_FENTRY,
	 ENODATA,
	 {MACHINE},
	 "did not see the exporter's own bind",
	 "check that tracing is on"},
};

START_TEST(explains_the_selfcheck)
{
	struct diagnosis diagnosis = {"", ""};

	here = selfchecks[_i].machine;
	explain_selfcheck(selfchecks[_i].mode, selfchecks[_i].error, &diagnosis);
	check(&diagnosis, &selfchecks[_i]);
}
END_TEST

static void check_words(int error)
{
	char text[ERROR_TEXT_MAX];
	const char *words = error_text(error, text);

	ck_assert_msg(*words && !strstr(words, "Unknown") && !strstr(words, "null"), "%d: %s",
		      error, words);
}

/* The last number is one more than this libbpf has: the exporter may run with a newer one. */
START_TEST(has_words_for_every_number)
{
	for (int error = __LIBBPF_ERRNO__START; error <= __LIBBPF_ERRNO__END; error++)
		check_words(error);
	check_words(NOT_SUPPORTED);
	check_words(EPERM);
}
END_TEST

static const int numbers[] = {LIBBPF_ERRNO__RELOC, NOT_SUPPORTED};

START_TEST(refuses_in_words)
{
	struct diagnosis diagnosis[4];
	int error = numbers[_i];

	explain_load(BIND_MODE_FENTRY, error, &diagnosis[0]);
	explain_attach(BIND_MODE_KPROBE, error, &diagnosis[1]);
	explain_pin(error, &diagnosis[2]);
	explain_selfcheck(BIND_MODE_FENTRY, error, &diagnosis[3]);
	for (size_t i = 0; i < ARRAY_SIZE(diagnosis); i++)
		ck_assert_msg(!strstr(diagnosis[i].reason, "Unknown"), "%s", diagnosis[i].reason);
}
END_TEST

static const struct {
	const char *modules, *reason, *cure;
} silences[] = {
	{NULL, "lsm cannot be read here)", "lsm= on the kernel's command line"},
	{ALL_MODULES, "bpf is missing from the active security modules (lsm=lockdown,",
	 "lsm= on the kernel's command line"},
	{ALL_MODULES ",bpf", "another security module may have denied that bind first (lsm=lock",
	 "let that module allow the exporter"},
};

/* A long list of modules is cut, the sentence around it is not. */
START_TEST(says_why_lsm_is_silent)
{
	struct diagnosis diagnosis = {"", ""};

	explain_silent_lsm(silences[_i].modules, &diagnosis);
	ck_assert_msg(strstr(diagnosis.reason, silences[_i].reason), "%s", diagnosis.reason);
	ck_assert_msg(diagnosis.reason[strlen(diagnosis.reason) - 1] == ')', "%s",
		      diagnosis.reason);
	ck_assert_msg(strstr(diagnosis.cure, silences[_i].cure), "%s", diagnosis.cure);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{explains_loading, ARRAY_SIZE(loads)},
		{explains_attaching, ARRAY_SIZE(attachments)},
		{explains_pinning, ARRAY_SIZE(pins)},
		{explains_the_selfcheck, ARRAY_SIZE(selfchecks)},
		{has_words_for_every_number, 0},
		{refuses_in_words, ARRAY_SIZE(numbers)},
		{says_why_lsm_is_silent, ARRAY_SIZE(silences)},
	};

	return run_suite("explain", tests, ARRAY_SIZE(tests));
}
