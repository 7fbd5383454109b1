// SPDX-License-Identifier: Apache-2.0
/* The collector is a fake, defined here. What HTTP does is tested in tests/unit/web/http. */
#include "exporter/serving.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/page.h"
#include "common/signals.h"
#include "common/text.h"
#include "common/units.h"
#include "exporter/collect/collector.h"
#include "tests/lib/captured.h"
#include "tests/lib/http_client.h"
#include "tests/lib/scratch.h"
#include "tests/unit/suite.h"
#include "web/http/listener.h"

#define COLLECTOR ((struct collector *)&page)

static struct page *page;
static const char *problem; /* why the collector is not ready; NULL: it is */

struct page *collector_page(struct collector *collector, enum page_kind kind)
{
	ck_assert_ptr_eq(collector, COLLECTOR);
	ck_assert_int_eq(kind, PAGE_TEXT);
	return page_ref(page);
}

const char *collector_unready(struct collector *collector)
{
	ck_assert_ptr_eq(collector, COLLECTOR);
	return problem;
}

int __real_close(int descriptor);

/* Descriptors that were not open, and may have been another's; in any thread. */
static atomic_int closed_twice;

int __wrap_close(int descriptor)
{
	int result = __real_close(descriptor);

	if (result < 0)
		atomic_fetch_add(&closed_twice, 1);
	return result;
}

static void end(void)
{
	ck_assert_int_eq(atomic_load(&closed_twice), 0);
}

static char scratch[SCRATCH_SIZE];

#define HUNDRED                                              \
	"12345678901234567890123456789012345678901234567890" \
	"12345678901234567890123456789012345678901234567890"

static const struct {
	const char *address;
	int error;
	const char *logged;
} refused[] = {
	{"nonsense", -EINVAL, "not a valid listen address"},
	{":65536", -ERANGE, "the port is above 65535"},
	{"unix:/nonexistent/socket", -ENOENT, "create the socket's directory first"},
	{"unix:/dev/null", -ENOTSOCK, "the path exists and is not a socket"},
	{"unix:/" HUNDRED "1234567", -ENAMETOOLONG, "choose a path of at most 107 bytes"},
};

START_TEST(refuses_addresses)
{
	const struct options options = {.listen_addresses = {refused[_i].address},
					.listen_count = 1};
	struct serving *serving = NULL;
	char log[1024];

	capture(log, ck_assert_int_eq(serving_open(&options, &serving), refused[_i].error));
	ck_assert_ptr_null(serving);
	assert_captured(log, "cannot listen");
	assert_captured(log, refused[_i].address);
	assert_captured(log, refused[_i].logged);
}
END_TEST

/* The most frequent mistake. */
START_TEST(needs_a_free_address)
{
	struct listener other;
	struct options options = {.listen_count = 1};
	struct serving *serving = NULL;
	char log[1024];

	ck_assert_int_eq(listener_open("127.0.0.1:0", &other), 0);
	options.listen_addresses[0] = other.address;
	capture(log, ck_assert_int_eq(serving_open(&options, &serving), -EADDRINUSE));
	ck_assert_ptr_null(serving);
	assert_captured(log, other.address);
	assert_captured(log, strerror(EADDRINUSE));
	assert_captured(log, "stop the program that uses the address");
	close(other.socket);
}
END_TEST

/* The second address fails, and the first is closed: it can be opened again. */
START_TEST(closes_listeners)
{
	char address[SCRATCH_SIZE + 16], log[1024];
	struct options options = {.listen_addresses = {address, "nonsense"}, .listen_count = 2};
	struct serving *serving = NULL;

	ck_assert_int_eq(scratch_make(scratch), 0);
	snprintf(address, sizeof(address), "unix:%s/socket", scratch);
	capture(log, ck_assert_int_eq(serving_open(&options, &serving), -EINVAL));
	options.listen_count = 1;
	for (int i = 0; i < 2; i++) {
		capture(log, ck_assert_int_eq(serving_open(&options, &serving), 0));
		ck_assert_str_eq(log, "");
		ck_assert(!serving_lost(serving));
		serving_close(serving);
	}
	serving_close(NULL);
	scratch_remove(scratch);
}
END_TEST

START_TEST(needs_sockets_from_systemd)
{
	const struct options options = {.systemd_socket = true};
	struct serving *serving = NULL;
	char log[1024];

	unsetenv("LISTEN_FDS");
	capture(log, ck_assert_int_eq(serving_open(&options, &serving), -ENOENT));
	assert_captured(log, "no socket activation file descriptors found");
}
END_TEST

START_TEST(checks_the_web_configuration_first)
{
	const struct options options = {.web_config = "/nonexistent/web.yml",
					.listen_addresses = {"nonsense"},
					.listen_count = 1};
	struct serving *serving = NULL;
	char log[1024];

	capture(log, ck_assert_int_lt(serving_open(&options, &serving), 0));
	assert_captured(log, "web configuration is invalid");
	assert_captured(log, "/nonexistent/web.yml");
	assert_not_captured(log, "cannot listen");
}
END_TEST

static int get(uint16_t port, const char *path, const char *body)
{
	struct http_response response = {.body = NULL};
	int status;

	ck_assert_int_eq(http_request(port, "GET", path, &response), 0);
	if (body)
		ck_assert_str_eq(response.body, body);
	status = response.status;
	http_response_done(&response);
	return status;
}

START_TEST(serves_pages)
{
	static const char line[] = "level=INFO msg=listening address=127.0.0.1:";
	const struct options options = {.listen_addresses = {"127.0.0.1:0"},
					.listen_count = 1,
					.telemetry_path = "/m",
					.max_requests = 40};
	struct serving *serving = NULL;
	struct text text = {0};
	char log[1024], url[64];
	const char *found;
	uint16_t port;

	text_append_string(&text, "a_metric 1\n");
	page = page_new(&text);
	capture(log, ck_assert_int_eq(serving_open(&options, &serving), 0));
	capture(log, ck_assert_int_eq(serving_start(serving, COLLECTOR), 0));
	found = strstr(log, line);
	ck_assert_msg(found, "%s", log);
	port = (uint16_t)strtoul(found + strlen(line), NULL, 10);
	snprintf(url, sizeof(url), " url=http://127.0.0.1:%u/m\n", port);
	assert_captured(log, url);
	ck_assert_int_eq(get(port, "/m", "a_metric 1\n"), 200);
	ck_assert_int_eq(get(port, "/metrics", NULL), 404);
	ck_assert_int_eq(get(port, "/-/ready", NULL), 200);
	problem = "collection fails";
	ck_assert_int_eq(get(port, "/-/ready", NULL), 503);
	ck_assert(!serving_lost(serving));
	serving_close(serving);
	ck_assert_int_eq(http_connect(AF_INET, port), -ECONNREFUSED);
	page_unref(page);
}
END_TEST

/* The listening socket of this process at a path; nothing else gets at it. */
static int find_listener(const char *path)
{
	for (int descriptor = 0; descriptor < 1024; descriptor++) {
		struct sockaddr_un name = {.sun_family = AF_UNSPEC};
		socklen_t length = sizeof(name);

		if (getsockname(descriptor, (struct sockaddr *)&name, &length) == 0 &&
		    name.sun_family == AF_UNIX && strcmp(name.sun_path, path) == 0)
			return descriptor;
	}
	return -1;
}

/* The kernel does not let a UNIX socket listen again. The thread that started it is told. */
START_TEST(tells_that_a_listener_is_lost)
{
	char address[SCRATCH_SIZE + 16], log[1024];
	const struct options options = {.listen_addresses = {address},
					.listen_count = 1,
					.telemetry_path = "/metrics",
					.max_requests = 40};
	struct serving *serving = NULL;
	int received;

	signals_hold();
	ck_assert_int_eq(scratch_make(scratch), 0);
	snprintf(address, sizeof(address), "unix:%s/socket", scratch);
	capture(log, ck_assert_int_eq(serving_open(&options, &serving), 0));
	capture(log, ck_assert_int_eq(serving_start(serving, COLLECTOR), 0));
	assert_captured(log, address);
	assert_not_captured(log, "url=");
	ck_assert_int_eq(capture_begin(), 0);
	ck_assert_int_eq(shutdown(find_listener(address + strlen("unix:")), SHUT_RDWR), 0);
	received = signals_wait(10 * SECOND_NS);
	capture_end(log, sizeof(log));
	ck_assert_int_eq(received, SIGINT);
	ck_assert(serving_lost(serving));
	serving_close(serving);
	scratch_remove(scratch);
}
END_TEST

START_TEST(reloads)
{
	char web_config[SCRATCH_SIZE + 16], log[1024];
	struct options options = {.listen_addresses = {"127.0.0.1:0"},
				  .listen_count = 1,
				  .telemetry_path = "/metrics",
				  .max_requests = 40};
	bool configured = _i;
	struct serving *serving = NULL;

	ck_assert_int_eq(scratch_make(scratch), 0);
	snprintf(web_config, sizeof(web_config), "%s/web.yml", scratch);
	ck_assert_int_eq(scratch_write(web_config, "", 0), 0);
	if (configured)
		options.web_config = web_config;
	capture(log, ck_assert_int_eq(serving_open(&options, &serving), 0));
	capture(log, ck_assert_int_eq(serving_start(serving, COLLECTOR), 0));
	capture(log, serving_reload(serving));
	ck_assert((strstr(log, "nothing to reload") == NULL) == configured);
	serving_close(serving);
	scratch_remove(scratch);
}
END_TEST

/* Readable with the privileges that the program has at first, and not with those that are left. */
START_TEST(needs_the_web_configuration_later)
{
	char web_config[SCRATCH_SIZE + 16], address[SCRATCH_SIZE + 16], log[1024];
	const struct options options = {.listen_addresses = {address},
					.listen_count = 1,
					.web_config = web_config,
					.telemetry_path = "/metrics"};
	struct serving *serving = NULL;

	ck_assert_int_eq(scratch_make(scratch), 0);
	snprintf(web_config, sizeof(web_config), "%s/web.yml", scratch);
	snprintf(address, sizeof(address), "unix:%s/socket", scratch);
	ck_assert_int_eq(scratch_write(web_config, "", 0), 0);
	capture(log, ck_assert_int_eq(serving_open(&options, &serving), 0));
	ck_assert_int_eq(unlink(web_config), 0);
	capture(log, ck_assert_int_eq(serving_start(serving, COLLECTOR), -ENOENT));
	assert_captured(log, "web configuration is invalid");
	assert_captured(log, "readable by the exporter's user");
	serving_close(serving);
	ck_assert_int_eq(find_listener(address + strlen("unix:")), -1);
	scratch_remove(scratch);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{refuses_addresses, ARRAY_SIZE(refused)},
		{needs_a_free_address, 0},
		{closes_listeners, 0},
		{needs_sockets_from_systemd, 0},
		{checks_the_web_configuration_first, 0},
		{serves_pages, 0},
		{tells_that_a_listener_is_lost, 0},
		{reloads, 2},
		{needs_the_web_configuration_later, 0},
	};

	return run_suite_around("serving", /* begin= */ NULL, end, tests, ARRAY_SIZE(tests));
}
