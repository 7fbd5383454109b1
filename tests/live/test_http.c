/* SPDX-License-Identifier: Apache-2.0 */
/* Every path with every method, and clients that misbehave. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/http_client.h"
#include "tests/lib/page_reader.h"
#include "tests/live/live_test.h"

#define IDLE_CLIENTS 10

static const struct {
	const char *path;
	const char *content_type; /* its beginning; NULL: there is no such path */
	const char *contents;     /* a part of the body */
} paths[] = {
	{"/metrics", "text/plain; version=0.0.4", "\nsocket_bind_exporter_up 1\n"},
	{"/", "text/html", "/metrics"},
	{"/-/healthy", "text/plain", ""},
	{"/-/ready", "text/plain", ""},
	{"/nonexistent", NULL, NULL},
	{"/metrics/", NULL, NULL},
	{"/-/", NULL, NULL},
	{"/metricsx", NULL, NULL},
};

static void ask(const char *method, const char *path, struct http_response *ret_response)
{
	int error = http_request(EXPORTER_PORT, method, path, ret_response);

	ck_assert_msg(!error, "%s %s: %s", method, path, strerror(-error));
}

static void check_status(const struct http_response *response, int expected, const char *method,
			 const char *path)
{
	ck_assert_msg(response->status == expected, "%s %s: status %d, not %d", method, path,
		      response->status, expected);
}

static void check_reading(const char *method, size_t index)
{
	const char *path = paths[index].path, *expected = paths[index].content_type;
	struct http_response response;
	char type[128] = "";

	ask(method, path, &response);
	check_status(&response, expected ? 200 : 404, method, path);
	http_header(&response, "Content-Type", type, sizeof(type));
	if (expected)
		ck_assert_msg(!strncmp(type, expected, strlen(expected)), "%s %s is of type %s",
			      method, path, type);
	if (expected && !strcmp(method, "GET"))
		ck_assert_msg(strstr(response.body, paths[index].contents), "%s lacks %s", path,
			      paths[index].contents);
	if (!strcmp(method, "HEAD"))
		ck_assert_msg(http_header(&response, "Content-Length", type, sizeof(type)) &&
				      (!expected || atoi(type) > 0),
			      "HEAD %s does not tell the length", path);
	http_response_done(&response);
}

static void check_writing(const char *method, size_t index)
{
	const char *path = paths[index].path;
	struct http_response response;
	char allow[64] = "";

	ask(method, path, &response);
	check_status(&response, paths[index].content_type ? 405 : 404, method, path);
	http_header(&response, "Allow", allow, sizeof(allow));
	if (paths[index].content_type)
		ck_assert_msg(strstr(allow, "GET") && strstr(allow, "HEAD"), "%s %s: Allow is '%s'",
			      method, path, allow);
	http_response_done(&response);
}

START_TEST(paths_and_methods)
{
	static const char *const writing[] = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"};
	struct exporter exporter = {0};
	size_t i, j;

	live_start(&exporter, NULL);
	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		check_reading("GET", i);
		check_reading("HEAD", i);
		for (j = 0; j < ARRAY_SIZE(writing); j++)
			check_writing(writing[j], i);
	}
	/* A query is not part of the path. */
	ck_assert_int_eq(live_status(EXPORTER_PORT, "GET", "/metrics?collect=all"), 200);
	live_stop(&exporter);
}
END_TEST

START_TEST(without_exporter_metrics)
{
	const char *const flags[] = {"--web.disable-exporter-metrics", NULL};
	struct exporter exporter = {0};
	char *page;

	live_start(&exporter, flags);
	page = live_page(&exporter);
	ck_assert(!strstr(page, "socket_bind_exporter_"));
	ck_assert(!strstr(page, "process_"));
	ck_assert(strstr(page, "# TYPE socket_bind_attempts_total counter\n"));
	free(page);
	live_stop(&exporter);
}
END_TEST

/* The metrics that the contract promises. */
START_TEST(promised_metrics)
{
	static const char *const metrics[] = {
		"socket_bind_exporter_build_info",
		"socket_bind_exporter_attach_info",
		"socket_bind_exporter_up",
		"socket_bind_exporter_selfcheck_success",
		"socket_bind_exporter_selfcheck_timestamp_seconds",
		"socket_bind_exporter_collect_duration_seconds",
		"socket_bind_exporter_collect_timestamp_seconds",
		"socket_bind_exporter_collect_errors_total",
		"socket_bind_exporter_series",
		"socket_bind_exporter_series_limit",
		"socket_bind_exporter_map_entries",
		"socket_bind_exporter_map_capacity",
		"socket_bind_exporter_map_bytes",
		"socket_bind_exporter_overflow_attempts_total",
		"socket_bind_exporter_missed_attempts_total",
		"process_cpu_seconds_total",
		"process_open_fds",
		"process_max_fds",
		"process_resident_memory_bytes",
		"process_virtual_memory_bytes",
		"process_start_time_seconds",
	};
	struct exporter exporter = {0};
	char help[128], *page;
	size_t i;

	live_start(&exporter, NULL);
	page = live_page(&exporter);
	for (i = 0; i < ARRAY_SIZE(metrics); i++) {
		snprintf(help, sizeof(help), "# HELP %s ", metrics[i]);
		ck_assert_msg(page_count(page, metrics[i], NULL), "%s is missing", metrics[i]);
		ck_assert_msg(strstr(page, help), "%s has no HELP", metrics[i]);
	}
	free(page);
	live_stop(&exporter);
}
END_TEST

/* Some clients connect and send nothing, some send nonsense. The next one is still served. */
START_TEST(misbehaving_clients)
{
	static const char nonsense[] = "\x16\x03\x01 what?\r\n\r\n";
	int idle[IDLE_CLIENTS], i;
	struct exporter exporter = {0};
	struct http_response response = {0};

	live_start(&exporter, NULL);
	for (i = 0; i < IDLE_CLIENTS; i++) {
		idle[i] = http_connect(AF_INET, EXPORTER_PORT);
		ck_assert_int_ge(idle[i], 0);
	}
	/* An answer, if there is one, is not a success. */
	if (!http_exchange(AF_INET, EXPORTER_PORT, nonsense, sizeof(nonsense) - 1, false,
			   &response))
		ck_assert_int_ge(response.status, 400);
	http_response_done(&response);
	ck_assert_int_eq(live_status(EXPORTER_PORT, "GET", "/metrics"), 200);
	ck_assert_int_eq(live_status(EXPORTER_PORT, "GET", "/-/ready"), 200);
	for (i = 0; i < IDLE_CLIENTS; i++)
		close(idle[i]);
	live_stop(&exporter);
}
END_TEST

TCase *http_tests(void)
{
	TCase *tcase = live_tcase("http", 60);

	tcase_add_test(tcase, paths_and_methods);
	tcase_add_test(tcase, without_exporter_metrics);
	tcase_add_test(tcase, promised_metrics);
	tcase_add_test(tcase, misbehaving_clients);
	return tcase;
}
