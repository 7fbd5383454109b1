/* SPDX-License-Identifier: Apache-2.0 */
/* Machines on which something is missing: privileges, BTF, tracefs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/scratch.h"
#include "tests/live/bind_load.h"
#include "tests/live/live_test.h"
#include "tests/live/log_checks.h"
#include "tests/live/sandbox.h"

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"

/* Checks that it is attached and counts: a few binds are counted as they were made. */
static void check_counting(const struct exporter *exporter, const char *name)
{
	char comm[COMM_SIZE], *page;
	uint64_t made;

	ck_assert_int_eq(bind_load_simple(live_comm(name, comm), "inet_port_80", 8, &made), 0);
	page = live_page(exporter);
	ck_assert_uint_eq(attempts_of(page, "well_known", "inet", comm), made);
	free(page);
}

START_TEST(unprivileged)
{
	const char *const flags[] = {live.attach_flag, NULL};
	struct exporter_setup setup = {.flags = flags, .prepare = sandbox_become_nobody};

	assert_refused(&setup, "CAP_BPF", "");
}
END_TEST

/* --help and --version are for everyone. */
START_TEST(unprivileged_help)
{
	const char *const flags[] = {_i ? "--help" : "--version", NULL};
	struct exporter_setup setup = {
		.flags = flags,
		.prepare = sandbox_become_nobody,
	};

	free(log_of_run(&setup, EXIT_SUCCESS));
}
END_TEST

START_TEST(without_btf)
{
	const char *const flags[] = {live.attach_flag, NULL};
	struct exporter_setup setup = {.flags = flags, .prepare = sandbox_hide_btf};

	assert_refused(&setup, "CONFIG_DEBUG_INFO_BTF", "");
}
END_TEST

/* Copies the kernel's BTF. ret_flag: the flag with the path of the copy. */
static void copy_btf(char *ret_flag, size_t size)
{
	char path[128], *text;
	size_t length;

	snprintf(path, sizeof(path), "%s/btf-%d", live.scratch, getpid());
	snprintf(ret_flag, size, "--bpf.btf=%s", path);
	ck_assert_int_eq(scratch_read(KERNEL_BTF, &text, &length), 0);
	ck_assert_int_eq(scratch_write(path, text, length), 0);
	free(text);
}

/* The kernel verifies lsm and fentry against its own BTF. The other modes work without it. */
static const char *mode_without_btf(void)
{
	return strcmp(live.mode, "tracepoint") ? "--bpf.attach=kprobe" : "--bpf.attach=tracepoint";
}

START_TEST(external_btf)
{
	char btf[160];
	const char *const flags[] = {mode_without_btf(), btf, NULL};
	struct exporter_setup setup = {.flags = flags, .prepare = sandbox_hide_btf};
	struct exporter exporter = {0};

	copy_btf(btf, sizeof(btf));
	live_start_as(&exporter, &setup);
	check_counting(&exporter, "btf");
	live_stop(&exporter);
}
END_TEST

/*
 * If a named mode does not work, the exporter ends, even if another mode would work: lsm and fentry
 * with nothing but an external file.
 */
START_TEST(no_fallback)
{
	static const char *const modes[] = {"--bpf.attach=lsm", "--bpf.attach=fentry"};
	char btf[160];
	const char *const flags[] = {modes[_i], btf, NULL};
	struct exporter_setup setup = {.flags = flags, .prepare = sandbox_hide_btf};

	copy_btf(btf, sizeof(btf));
	assert_refused(&setup, strchr(modes[_i], '=') + 1, "");
}
END_TEST

/* The kernel has BTF as well. The external file is used instead, and works in every mode. */
START_TEST(external_btf_beside)
{
	char btf[160];
	const char *const flags[] = {btf, NULL};
	struct exporter exporter = {0};

	copy_btf(btf, sizeof(btf));
	live_start(&exporter, flags);
	check_counting(&exporter, "both");
	live_stop(&exporter);
}
END_TEST

static char *mounts_of_the_host(void)
{
	size_t length;
	char *text;

	ck_assert_int_eq(scratch_read("/proc/self/mountinfo", &text, &length), 0);
	return text;
}

/* tracefs is not mounted. The exporter mounts it for itself only. */
START_TEST(without_tracefs)
{
	const char *const flags[] = {"--bpf.attach=tracepoint", NULL};
	struct exporter_setup setup = {
		.flags = flags,
		.prepare = _i ? sandbox_unmount_tracefs : NULL,
	};
	char *before = mounts_of_the_host(), *while_running, *after;
	struct exporter exporter = {0};

	live_start_as(&exporter, &setup);
	check_counting(&exporter, "trace");
	while_running = mounts_of_the_host();
	live_stop(&exporter);
	after = mounts_of_the_host();
	ck_assert_str_eq(before, while_running);
	ck_assert_str_eq(before, after);
	free(before);
	free(while_running);
	free(after);
}
END_TEST

TCase *place_tests(void)
{
	TCase *tcase = live_tcase("places", 60);

	tcase_add_test(tcase, unprivileged);
	tcase_add_loop_test(tcase, unprivileged_help, 0, 2);
	tcase_add_test(tcase, without_btf);
	tcase_add_test(tcase, external_btf);
	tcase_add_loop_test(tcase, no_fallback, 0, 2);
	tcase_add_test(tcase, external_btf_beside);
	tcase_add_loop_test(tcase, without_tracefs, 0, 2);
	return tcase;
}
