/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exporter from its users' point of view: the real program on the running kernel, scraped over
 * HTTP, while a known number of binds is made.
 *
 * Exit status: 0 all passed, 1 some failed, 77 it cannot run here (not root, no bpf(2), no
 * namespaces), with the reason on stderr. Settings, all optional:
 *
 *	SOCKET_BIND_EXPORTER  the executable
 *	SOCKET_BIND_EXPORTER_NEXT  another build of it, to upgrade to
 *	SBE_MODE              lsm, kprobe, fentry, tracepoint; default: the result of auto
 *	SBE_EXPECT_MODE       the mode that auto must choose here
 *	SBE_EXPECT_REFUSED    modes that auto must refuse here, separated by commas
 *	SBE_STORM_BINDS       binds of every thread in the test case storm; 2,000
 *	CK_RUN_CASE           one of the test cases: counting, oddities, races, ...
 *	CK_TIMEOUT_MULTIPLIER for slow machines
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/lib/http_client.h"
#include "tests/lib/scratch.h"
#include "tests/live/live_test.h"
#include "tests/live/sandbox.h"

#define EXIT_SKIP 77

/* Digits and letters that differ from run to run. */
static void make_tag(char ret_tag[TAG_LENGTH + 1])
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	struct timespec now;
	uint64_t number;
	int i;

	clock_gettime(CLOCK_REALTIME, &now);
	number = (uint64_t)now.tv_nsec / 1000 + (uint64_t)now.tv_sec * 1000000;
	number = (number ^ (uint64_t)getpid() << 20) * 0x9e3779b97f4a7c15U >> 32;
	for (i = 0; i < TAG_LENGTH; i++, number /= 36)
		ret_tag[i] = digits[number % 36];
	ret_tag[TAG_LENGTH] = '\0';
}

static int skip(const char *reason, int error)
{
	fprintf(stderr, "test skipped: %s: %s\n", reason, strerror(-error));
	return EXIT_SKIP;
}

static bool counts_skips(void)
{
	unsigned int major = 0, minor = 0;
	struct utsname kernel;

	uname(&kernel);
	sscanf(kernel.release, "%u.%u", &major, &minor);
	return major > 6 || (major == 6 && minor >= 7);
}

/*
 * Copies it to a directory that an unprivileged child can reach: home directories are often closed
 * to it.
 */
static int copy_exporter(const char *path)
{
	char copy[SCRATCH_SIZE + sizeof("/socket_bind_exporter")], *bytes;
	size_t length;
	int error = scratch_read(path, &bytes, &length);

	if (error)
		return error;
	snprintf(copy, sizeof(copy), "%s/socket_bind_exporter", live.scratch);
	error = scratch_write(copy, bytes, length);
	free(bytes);
	if (!error && (chmod(copy, 0755) || setenv("SOCKET_BIND_EXPORTER", copy, 1)))
		error = -errno;
	return error;
}

/* 0, or the exit status to end with. */
static int prepare(void)
{
	char path[EXPORTER_PATH_MAX];
	const char *mode = getenv("SBE_MODE"), *source;
	int error;

	if (geteuid())
		return skip("the live tests must run as root", -EPERM);
	error = sandbox_probe_bpf();
	if (error)
		return skip("bpf(2) cannot be used here", error);
	error = sandbox_enter_network();
	if (error)
		return skip("no network namespace can be made here", error);
	error = exporter_path(path);
	if (error) {
		fprintf(stderr, "%s: %s (set SOCKET_BIND_EXPORTER)\n", path, strerror(-error));
		return EXIT_FAILURE;
	}
	make_tag(live.tag);
	live.preempts = sandbox_kernel_preempts(&source);
	live.counts_skips = counts_skips();
	snprintf(live.attach_flag, sizeof(live.attach_flag), "--bpf.attach=%s",
		 mode && *mode ? mode : "auto");
	error = scratch_make(live.scratch);
	if (error)
		return skip("no temporary directory", error);
	error = copy_exporter(path);
	if (error)
		return skip("the exporter cannot be copied", error);
	printf("kernel %s inside (known from %s), processes named %s…\n",
	       live.preempts ? "pre-empts" : "does not pre-empt", source, live.tag);
	return 0;
}

/* Reads the mode from the page. The tests check the rest of the page. */
static int find_mode(const struct exporter *exporter)
{
	struct http_response page;
	int error = http_request(exporter->port, "GET", "/metrics", &page);
	const char *series;

	if (error)
		return error;
	series = strstr(page.body, "\nsocket_bind_exporter_attach_info{mode=\"");
	if (series)
		sscanf(strchr(series, '"'), "\"%15[^\"]", live.mode);
	http_response_done(&page);
	printf("mode %s\n", *live.mode ? live.mode : "unknown");
	return *live.mode ? 0 : -ENODATA;
}

/* If the exporter does not start, every test would fail for the same reason. */
static int try_exporter(void)
{
	const char *const flags[] = {live.attach_flag, NULL};
	struct exporter_setup setup = {.scratch = live.scratch, .flags = flags};
	struct exporter exporter = {0};
	struct exporter_exit end = {0};
	int error = exporter_spawn(&setup, &exporter);
	char *log;

	if (!error)
		error = exporter_wait_ready(&exporter, &end);
	if (!error)
		error = find_mode(&exporter);
	if (error) {
		log = exporter_log(&exporter);
		fprintf(stderr, "the exporter does not start: %s\n%s",
			error == -ECHILD ? "it ended by itself" : strerror(-error), log ? log : "");
		free(log);
	}
	if (exporter.pid)
		exporter_stop(&exporter, SIGTERM, NULL);
	unlink(exporter.log);
	return error ? EXIT_FAILURE : 0;
}

/* Only the tests of the matrix in docs/kernels.md. */
static void add_promises(Suite *suite)
{
	TCase *tcase = live_tcase("matrix", 180);

	counting_promises(tcase);
	denial_promises(tcase);
	storm_promises(tcase);
	overflow_promises(tcase);
	series_promises(tcase);
	pin_promises(tcase);
	suite_add_tcase(suite, tcase);
	suite_add_tcase(suite, way_tests());
}

static void add_all(Suite *suite)
{
	suite_add_tcase(suite, counting_tests());
	suite_add_tcase(suite, oddity_tests());
	suite_add_tcase(suite, way_tests());
	suite_add_tcase(suite, result_tests());
	suite_add_tcase(suite, denial_tests());
	suite_add_tcase(suite, race_tests());
	suite_add_tcase(suite, storm_tests());
	suite_add_tcase(suite, overflow_tests());
	suite_add_tcase(suite, series_tests());
	suite_add_tcase(suite, owner_tests());
	suite_add_tcase(suite, health_tests());
	suite_add_tcase(suite, startup_tests());
	suite_add_tcase(suite, place_tests());
	suite_add_tcase(suite, pin_tests());
	suite_add_tcase(suite, shared_pin_tests());
	suite_add_tcase(suite, http_tests());
	suite_add_tcase(suite, web_tests());
	suite_add_tcase(suite, privilege_tests());
	suite_add_tcase(suite, supervisor_tests());
	suite_add_tcase(suite, waiting_tests());
}

static int run_all(void)
{
	Suite *suite = suite_create("live");
	SRunner *runner;
	int failed;

	if (getenv("SBE_PROMISES"))
		add_promises(suite);
	else
		add_all(suite);
	runner = srunner_create(suite);
	/* A failed check must not end the others, nor leave processes behind. */
	srunner_set_fork_status(runner, CK_FORK);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	if (failed)
		live_print_logs();
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static pid_t suite_pid;

static void pass_on(int signal)
{
	kill(suite_pid, signal);
}

/*
 * Runs the suite in a child, so that this process can tidy up when a signal ends the suite. On that
 * signal, Check itself ends the running test.
 */
static int run_supervised(void)
{
	int status = 0;

	fflush(NULL);
	suite_pid = fork();
	if (suite_pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		status = try_exporter();
		exit(status ? status : run_all());
	}
	if (suite_pid < 0)
		return EXIT_FAILURE;
	signal(SIGINT, pass_on);
	signal(SIGTERM, pass_on);
	while (waitpid(suite_pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(void)
{
	int status;

	setvbuf(stdout, NULL, _IOLBF, 0);
	status = prepare();
	if (status)
		return status;
	status = run_supervised();
	scratch_remove(live.scratch);
	return status;
}
