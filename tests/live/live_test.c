/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/live_test.h"

#include <errno.h>
#include <glob.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/lib/http_client.h"
#include "tests/lib/page_reader.h"
#include "tests/lib/scratch.h"

#define FLAGS_MAX 16

struct live live;

const char *live_comm(const char *suffix, char ret_comm[COMM_SIZE])
{
	snprintf(ret_comm, COMM_SIZE, "%s%s", live.tag, suffix);
	return ret_comm;
}

/* The logs of exporters that this process started; of any process if own is false. */
static void for_each_log(bool own, void (*visit)(const char *path))
{
	char pattern[128];
	glob_t logs;
	size_t i;

	if (own)
		snprintf(pattern, sizeof(pattern), "%s/log-%d-*", live.scratch, getpid());
	else
		snprintf(pattern, sizeof(pattern), "%s/log-*", live.scratch);
	if (glob(pattern, 0, NULL, &logs))
		return;
	for (i = 0; i < logs.gl_pathc; i++)
		visit(logs.gl_pathv[i]);
	globfree(&logs);
}

static void print_log(const char *path)
{
	size_t length;
	char *text;

	if (scratch_read(path, &text, &length))
		return;
	fprintf(stderr, "the log of an exporter in a failed test:\n%s", text);
	free(text);
}

static void remove_log(const char *path)
{
	unlink(path);
}

void live_print_logs(void)
{
	for_each_log(false, print_log);
}

/*
 * A failed test's process ends at once, and its exporter is killed a moment later. So the port may
 * not be free yet.
 */
void live_await_port(void)
{
	int tries, fd;

	for (tries = 0; tries < 500; tries++) {
		fd = http_connect(AF_INET, EXPORTER_PORT);
		if (fd < 0)
			return;
		close(fd);
		usleep(10000);
	}
}

/* Reached only if the test has passed. */
static void after_test(void)
{
	for_each_log(true, remove_log);
}

void sleep_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

TCase *live_tcase(const char *name, double timeout)
{
	TCase *tcase = tcase_create(name);

	tcase_set_timeout(tcase, timeout);
	tcase_add_checked_fixture(tcase, live_await_port, after_test);
	return tcase;
}

void live_start_as(struct exporter *exporter, struct exporter_setup *setup)
{
	const char *flags[FLAGS_MAX + 3] = {live.attach_flag, "--collect.interval=0"};
	struct exporter_exit end = {0};
	size_t n;
	int error;

	for (n = 0; setup->flags && setup->flags[n] && n < FLAGS_MAX; n++)
		flags[n + 2] = setup->flags[n];
	setup->scratch = live.scratch;
	setup->flags = flags;
	error = exporter_spawn(setup, exporter);
	setup->flags = NULL;
	ck_assert_msg(!error, "the exporter cannot be started: %s", strerror(-error));
	error = exporter_wait_ready(exporter, &end);
	ck_assert_msg(error != -ECHILD,
		      "the exporter ended with status %d instead of becoming ready", end.status);
	ck_assert_msg(!error, "the exporter does not become ready: %s", strerror(-error));
}

void live_start(struct exporter *exporter, const char *const *flags)
{
	struct exporter_setup setup = {.flags = flags};

	live_start_as(exporter, &setup);
}

void live_stop(struct exporter *exporter)
{
	struct exporter_exit end = {0};

	ck_assert_int_eq(exporter_stop(exporter, SIGTERM, &end), 0);
	ck_assert_msg(end.status == 0, "status %d after SIGTERM", end.status);
}

static char *fetch(uint16_t port, const char *path)
{
	struct http_response response;
	char *body;
	int error = http_request(port, "GET", path, &response);

	ck_assert_msg(!error, "no answer to GET %s: %s", path, strerror(-error));
	ck_assert_msg(response.status == 200, "GET %s: status %d:\n%s", path, response.status,
		      response.body);
	body = response.body;
	response.body = NULL;
	http_response_done(&response);
	return body;
}

/* Attempts that the kernel skipped are shown as missed after four collections. */
#define SETTLED_PAGES 4

char *live_page(const struct exporter *exporter)
{
	char *page = fetch(exporter->port, "/metrics");
	char problem[512];

	for (int i = 1; i < SETTLED_PAGES; i++) {
		free(page);
		page = fetch(exporter->port, "/metrics");
	}

	ck_assert_msg(!page_problem(page, problem, sizeof(problem)), "%s", problem);
	return page;
}

int live_status(uint16_t port, const char *method, const char *path)
{
	struct http_response response;
	int error = http_request(port, method, path, &response);
	int status;

	ck_assert_msg(!error, "no answer to %s %s: %s", method, path, strerror(-error));
	status = response.status;
	http_response_done(&response);
	return status;
}

const char *attempts_series(const char *category, const char *family, const char *comm,
			    char ret_series[SERIES_MAX])
{
	snprintf(ret_series, SERIES_MAX,
		 "socket_bind_attempts_total{category=\"%s\",family=\"%s\",comm=\"%s\"}", category,
		 family, comm);
	return ret_series;
}

uint64_t attempts_of(const char *page, const char *category, const char *family, const char *comm)
{
	char series[SERIES_MAX];
	uint64_t value = 0;
	int error = page_value(page, attempts_series(category, family, comm, series), &value);

	ck_assert_msg(!error || error == -ENOENT, "%s: %s", series, strerror(-error));
	return value;
}

uint64_t attempts_of_comm(const char *page, const char *comm)
{
	char label[SERIES_MAX];

	snprintf(label, sizeof(label), ",comm=\"%s\"}", comm);
	return page_sum(page, "socket_bind_attempts_total", label, NULL);
}

uint64_t missed_attempts(const char *page)
{
	return page_sum(page, "socket_bind_exporter_missed_attempts_total", NULL);
}

uint64_t live_missed(const struct exporter *exporter)
{
	char *page = live_page(exporter);
	uint64_t missed = missed_attempts(page);

	free(page);
	return missed;
}

uint64_t exporter_value(const char *page, const char *metric)
{
	uint64_t value = 0;
	int error = page_value(page, metric, &value);

	ck_assert_msg(!error, "%s: %s", metric, strerror(-error));
	return value;
}

void assert_exact(const char *what, uint64_t counted, uint64_t missed, uint64_t made)
{
	bool tracepoint = !strcmp(live.mode, "tracepoint");
	bool fentry = !strcmp(live.mode, "fentry");

	if (counted != made)
		fprintf(stderr,
			"%s: %" PRIu64 " made, %" PRIu64 " counted, %" PRIu64 " missed (%s)\n",
			what, made, counted, missed, live.mode);
	if (fentry || (tracepoint && live.preempts && live.counts_skips))
		ck_assert_msg(counted + missed == made,
			      "%s: %" PRIu64 " counted and %" PRIu64 " missed of %" PRIu64, what,
			      counted, missed, made);
	else if (tracepoint && live.preempts)
		ck_assert_msg(counted >= made / 2 && counted <= made,
			      "%s: %" PRIu64 " counted of %" PRIu64, what, counted, made);
	else
		ck_assert_msg(counted == made, "%s: %" PRIu64 " counted of %" PRIu64, what, counted,
			      made);
}

void live_promise(const char *promise, const char *missing)
{
	const char *path = getenv("SBE_PROMISES");
	FILE *file = path ? fopen(path, "ae") : NULL;

	ck_assert_msg(file || !path, "%s: %s", path, strerror(errno));
	if (!file)
		return;
	fprintf(file, "%s\t%s\t%s\n", live.mode, promise, missing ? missing : "kept");
	fclose(file);
}

void live_skip(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fputs("skipped: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
}
