// SPDX-License-Identifier: Apache-2.0
/*
 * Checks whether an exporter counts in a mode, whatever built it: all attempts and failures of a
 * small load. Also prints its cost: the instructions that the kernel's verifier processed (5.16 or
 * newer), and the time that counting adds to a bind, in nanoseconds. These are instructions on a
 * machine that counts instructions (tests/vm/run --icount).
 *
 *	try_exporter MODE [FLAG]...      one line; exit status 1: it does not count
 *
 * The executable is $SOCKET_BIND_EXPORTER. Needs root.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/lib/http_client.h"
#include "tests/lib/page_reader.h"
#include "tests/lib/scratch.h"
#include "tests/live/bind_cases.h"
#include "tests/live/bind_load.h"
#include "tests/live/exporter_process.h"

#define COMM      "try_load"
#define CASES_MAX 16
#define FLAGS_MAX 16
#define EACH      10 /* attempts of each case */
#define ROUNDS    3  /* the minimum of them is the result */
#define BINDS     1000

struct load {
	const struct bind_case *cases[CASES_MAX];
	size_t cases_n;
	uint64_t made, failing;
};

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Lets the kernel finish freeing memory, so that it is not measured. */
static void settle(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
}

/* The socket is bound already, so the hook runs and the bind fails with EINVAL. */
static double ns_per_bind(void)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(8080),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int bound = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	double least = 0;

	for (int round = 0; round <= ROUNDS; round++) {
		double begin = seconds_now(), ns;

		for (int i = 0; i < BINDS; i++)
			bind(bound, (const struct sockaddr *)&address, sizeof(address));
		ns = (seconds_now() - begin) * 1e9 / BINDS;
		/* The first round only fills caches. */
		if (round == 1 || (round > 1 && ns < least))
			least = ns;
	}
	close(bound);
	return least;
}

/* Of all programs in the kernel; 0 if it does not report this. */
static uint64_t verified_instructions(void)
{
	uint64_t sum = 0;
	__u32 id = 0;

	while (bpf_prog_get_next_id(id, &id) == 0) {
		struct bpf_prog_info info = {0};
		__u32 size = sizeof(info);
		int program = bpf_prog_get_fd_by_id(id);

		if (program < 0)
			continue;
		if (bpf_obj_get_info_by_fd(program, &info, &size) == 0)
			sum += info.verified_insns;
		close(program);
	}
	return sum;
}

static int run_load(struct load *load)
{
	struct bind_load binds = {.comm = COMM, .cases = load->cases, .count = EACH};
	uint64_t made[CASES_MAX] = {0};
	int error;

	for (; load->cases_n < bind_results_n && load->cases_n < CASES_MAX; load->cases_n++)
		load->cases[load->cases_n] = &bind_results[load->cases_n];
	binds.cases_n = load->cases_n;
	error = bind_load_run(&binds, made);
	for (size_t i = 0; i < load->cases_n; i++) {
		load->made += made[i];
		load->failing += load->cases[i]->error ? made[i] : 0;
	}
	return error;
}

/* The first problem of the page after the load, or NULL. */
static const char *problem_of(const char *page, const char *mode, const struct load *load,
			      bool results)
{
	static char problem[256];
	char label[64];
	uint64_t attempts = page_sum(page, "socket_bind_attempts_total", "comm=\"" COMM "\"", NULL);
	uint64_t failures = page_sum(page, "socket_bind_failures_total", "comm=\"" COMM "\"", NULL);

	snprintf(label, sizeof(label), "mode=\"%s\",results=\"%s\"", mode,
		 results ? "all" : "none");
	if (page_problem(page, problem, sizeof(problem)))
		return problem;
	if (!page_count(page, "socket_bind_exporter_attach_info", label, NULL))
		snprintf(problem, sizeof(problem), "it is not %s", label);
	else if (attempts != load->made || failures != (results ? load->failing : 0))
		snprintf(problem, sizeof(problem),
			 "%" PRIu64 " attempts and %" PRIu64 " failures of %" PRIu64
			 " and %" PRIu64,
			 attempts, failures, load->made, load->failing);
	else
		return NULL;
	return problem;
}

static bool wants_results(char **flags)
{
	while (*flags)
		if (!strcmp(*flags++, "--bpf.results=none"))
			return false;
	return true;
}

static const char *check_counting(const struct exporter *exporter, const char *mode, char **flags)
{
	struct http_response page;
	struct load load = {.made = 0};
	const char *problem;
	int error = run_load(&load);

	if (!error)
		error = http_request(exporter->port, "GET", "/metrics", &page);
	if (error)
		return strerror(-error);
	problem = problem_of(page.body, mode, &load, wants_results(flags));
	http_response_done(&page);
	return problem;
}

/* Prints the log's line with the error, or the end of the log. */
static void print_cause(const struct exporter *exporter)
{
	char *log = exporter_log(exporter), *line, *rest = log, *said = NULL;

	while (rest && (line = strsep(&rest, "\n")))
		if (*line && (!said || !strstr(said, "level=ERROR")))
			said = line;
	fprintf(stderr, "%s\n", said ? said : "it says nothing");
	free(log);
}

static int try(const char *scratch, const char *mode, char **given)
{
	char attach[64];
	const char *flags[FLAGS_MAX + 4] = {attach, "--collect.interval=0",
					    "--selfcheck.interval=1h"};
	struct exporter_setup setup = {.scratch = scratch, .flags = flags};
	struct exporter exporter = {0};
	struct exporter_exit end = {0};
	const char *problem = NULL;
	uint64_t verified;
	double ns;
	int error;

	settle();
	verified = verified_instructions();
	ns = ns_per_bind();
	snprintf(attach, sizeof(attach), "--bpf.attach=%s", mode);
	for (int i = 0; i < FLAGS_MAX && given[i]; i++)
		flags[i + 3] = given[i];
	error = exporter_spawn(&setup, &exporter);
	if (!error)
		error = exporter_wait_ready(&exporter, &end);
	if (error) {
		print_cause(&exporter);
	} else {
		problem = check_counting(&exporter, mode, given);
		settle();
		printf("%s\t%" PRIu64 "\t%.0f\n", problem ? problem : "counts",
		       verified_instructions() - verified, ns_per_bind() - ns);
	}
	if (exporter.pid)
		exporter_stop(&exporter, SIGTERM, NULL);
	return error || problem ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	char scratch[SCRATCH_SIZE];
	int status, error = argc < 2 ? -EINVAL : scratch_make(scratch);

	if (error) {
		fprintf(stderr, "%s\n",
			argc < 2 ? "a mode is missing: try_exporter MODE [FLAG]..."
				 : strerror(-error));
		return EXIT_FAILURE;
	}
	status = try(scratch, argv[1], argv + 2);
	scratch_remove(scratch);
	return status;
}
