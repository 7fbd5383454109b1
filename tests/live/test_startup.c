/* SPDX-License-Identifier: Apache-2.0 */
/* How the exporter handles its command line and the available modes. */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "exporter/attach/mode.h"
#include "tests/lib/http_client.h"
#include "tests/lib/page_reader.h"
#include "tests/live/live_test.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Takes a port in this process. Its bind does not matter here. */
static int listen_on(uint16_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	return fd;
}

START_TEST(port_in_use)
{
	struct exporter_setup setup = {0};
	int fd = listen_on(EXPORTER_PORT);
	char *log = live_refused(&setup);

	ck_assert_msg(log_lines(log, "level=ERROR", "in use", "10068", "cure=", NULL) == 1,
		      "cause and cure are not in one line:\n%s", log);
	free(log);
	close(fd);
}
END_TEST

/* One line names the flag. There is no usage text to hide it, and no start with another value. */
static const char *const bad_flags[] = {
	"--bpf.attach=nonsense",
	"--bpf.attach=",
	"--comm.source=nobody",
	"--collect.interval=banana",
	"--collect.interval=5",
	"--collect.interval=-1s",
	"--selfcheck.interval=0",
	"--metrics.max-series=0",
	"--metrics.max-series=255",
	"--metrics.max-series=2000x",
	"--metrics.max-series=99999999999999999999",
	"--web.telemetry-path=metrics",
	"--web.max-requests=-1",
	"--log.level=loud",
	"--log.format=xml",
	"--no-such-flag",
	"--bpf.attach",
	"stray",
};

START_TEST(bad_flag)
{
	const char *const flags[] = {bad_flags[_i], NULL};
	struct exporter_setup setup = {.scratch = live.scratch, .flags = flags};
	struct exporter_exit end = {0};
	struct exporter exporter = {0};
	char name[64], *log;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(bad_flags[_i], "="), bad_flags[_i]);
	ck_assert_int_eq(exporter_spawn(&setup, &exporter), 0);
	if (exporter_wait_exit(&exporter, 10000, &end))
		exporter_stop(&exporter, SIGKILL, &end);
	log = exporter_log(&exporter);
	ck_assert_msg(end.status == 1, "%s: status %d:\n%s", bad_flags[_i], end.status, log);
	ck_assert_msg(log_lines(log, NULL) == 1, "%s: not one line:\n%s", bad_flags[_i], log);
	ck_assert_msg(strstr(log, name), "the line does not name %s:\n%s", name, log);
	free(log);
}
END_TEST

/* Values that are refused only when they are used. */
static const struct {
	const char *flag;
	const char *cause; /* a part of the line */
} bad_values[] = {
	{"--web.listen-address=nonsense", "nonsense"},
	{"--web.listen-address=127.0.0.1:99999", "choose a port of at most 65535"},
	{"--web.listen-address=192.0.2.1:10069", "192.0.2.1"},
	{"--bpf.btf=/nonexistent", "/nonexistent"},
	{"--bpf.btf=/proc/version", "/proc/version"},
	{"--bpf.pin-path=/nonexistent/pins", "parent directory of /nonexistent/pins"},
	{"--web.listen-address=no..name:10069", "or a name that this machine can resolve"},
};

START_TEST(bad_value)
{
	const char *const flags[] = {bad_values[_i].flag, NULL};
	struct exporter_setup setup = {.flags = flags};
	char *log = live_refused(&setup);

	ck_assert_msg(log_lines(log, "level=ERROR", bad_values[_i].cause, "cure=", NULL) == 1,
		      "cause and cure are not in one line:\n%s", log);
	free(log);
}
END_TEST

static char *output_of(const char *flag)
{
	const char *const flags[] = {flag, NULL};
	struct exporter_setup setup = {
		.scratch = live.scratch, .flags = flags, .own_address = true};
	struct exporter_exit end = {0};
	struct exporter exporter = {0};

	ck_assert_int_eq(exporter_spawn(&setup, &exporter), 0);
	ck_assert_int_eq(exporter_wait_exit(&exporter, 10000, &end), 0);
	ck_assert_int_eq(end.status, 0);
	return exporter_log(&exporter);
}

START_TEST(help_is_complete)
{
	static const char *const flags[] = {
		"--bpf.attach",
		"--bpf.btf",
		"--bpf.results",
		"--bpf.pin-path",
		"--unpin",
		"--once",
		"--bpf.stats",
		"--comm.source",
		"--comm.include",
		"--comm.exclude",
		"--family.include",
		"--family.exclude",
		"--unit.include",
		"--unit.exclude",
		"--namespace.include",
		"--namespace.exclude",
		"--collect.interval",
		"--selfcheck.interval",
		"--series.idle-timeout",
		"--metrics.labels",
		"--metrics.unit-fold",
		"--metrics.container-logs",
		"--metrics.last-attempt",
		"--metrics.max-series",
		"--web.listen-address",
		"--web.telemetry-path",
		"--web.disable-exporter-metrics",
		"--web.openmetrics-created",
		"--web.max-requests",
		"--privileges.keep",
		"--log.level",
		"--log.format",
		"--version",
		"--help",
	};
	char *help = output_of("--help"), *version = output_of("--version");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++)
		ck_assert_msg(strstr(help, flags[i]), "--help does not mention %s", flags[i]);
	ck_assert_msg(strstr(version, "socket_bind_exporter"), "%s", version);
	free(help);
	free(version);
}
END_TEST

static bool is_attached(const char *page, const char *mode)
{
	char label[64];

	snprintf(label, sizeof(label), "{mode=\"%s\",results=\"all\"}", mode);
	return page_sum(page, "socket_bind_exporter_attach_info", label, NULL) == 1;
}

static bool is_in_list(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (; list && *list; list += strcspn(list, ","), list += *list == ',')
		if (!strncmp(list, word, length) && (list[length] == ',' || !list[length]))
			return true;
	return false;
}

/* Every mode before the working one, in the order of auto, has one line with cause and cure. */
static void check_refusals(const char *log, const char *chosen)
{
	const char *expected = getenv("SBE_EXPECT_REFUSED");
	bool reached = false;
	char field[32];

	for (enum bind_mode mode = 0; mode < BIND_MODES; mode++) {
		const char *name = bind_mode_name(mode);
		unsigned int lines;

		snprintf(field, sizeof(field), " mode=%s ", name);
		lines = log_lines(log, "level=WARN", "msg=\"attach mode unavailable\"", field,
				  "reason=", "cure=", NULL);
		reached = reached || !strcmp(name, chosen);
		ck_assert_msg(lines == !reached, "%u lines of refusal of %s:\n%s", lines, name,
			      log);
		if (is_in_list(expected, name))
			ck_assert_msg(lines == 1, "%s was to be refused:\n%s", name, log);
		if (is_in_list(expected, "lsm") && !strcmp(name, "lsm"))
			ck_assert_msg(log_lines(log, field, "lsm=", NULL) == 1,
				      "the refusal of lsm does not mention lsm=:\n%s", log);
	}
}

/*
 * One line for mode tracepoint, with a cure that does not name a mode that auto has just refused.
 */
static void check_best_effort(const char *log, const char *chosen, const char *cure)
{
	unsigned int expected = !strcmp(chosen, "tracepoint");

	ck_assert_msg(log_lines(log, "counting is best effort", NULL) == expected &&
			      log_lines(log, "level=WARN msg=\"counting is best effort\" ",
					" mode=tracepoint reason=\"", cure, NULL) == expected,
		      "not %u lines with %s:\n%s", expected, cure, log);
}

START_TEST(auto_says_what_it_does)
{
	const char *const flags[] = {"--bpf.attach=auto", NULL};
	const char *expected = getenv("SBE_EXPECT_MODE");
	struct exporter exporter = {0};
	const char *chosen = NULL;
	char *log, *page;

	live_start(&exporter, flags);
	page = live_page(&exporter);
	log = exporter_log(&exporter);
	ck_assert_uint_eq(page_count(page, "socket_bind_exporter_attach_info", NULL), 1);
	for (enum bind_mode mode = 0; mode < BIND_MODES; mode++)
		if (is_attached(page, bind_mode_name(mode)))
			chosen = bind_mode_name(mode);
	ck_assert_ptr_nonnull(chosen);
	printf("auto yields %s\n", chosen);
	check_refusals(log, chosen);
	check_best_effort(log, chosen, " cure=\"apply the cure of another attach mode ");
	if (expected && *expected)
		ck_assert_str_eq(chosen, expected);
	ck_assert_uint_eq(log_lines(log, "level=ERROR", NULL), 0);
	free(log);
	free(page);
	live_stop(&exporter);
}
END_TEST

START_TEST(named_mode_is_used)
{
	struct exporter exporter = {0};
	char flag[32], *log, *page;

	snprintf(flag, sizeof(flag), "--bpf.attach=%s", live.mode);
	live_start(&exporter, (const char *const[]){flag, NULL});
	page = live_page(&exporter);
	log = exporter_log(&exporter);
	ck_assert(is_attached(page, live.mode));
	ck_assert_uint_eq(log_lines(log, "attach mode unavailable", NULL), 0);
	check_best_effort(log, live.mode, " cure=\"use --bpf.attach=lsm, kprobe or fentry ");
	ck_assert_msg(log_lines(log, "level=INFO", "msg=listening", "address=127.0.0.1:10068",
				"url=http://127.0.0.1:10068/metrics", NULL) +
				      log_lines(log, "level=INFO", "msg=\"listening\"",
						"address=127.0.0.1:10068",
						"url=http://127.0.0.1:10068/metrics", NULL) ==
			      1,
		      "no line says where it listens:\n%s", log);
	free(log);
	free(page);
	live_stop(&exporter);
}
END_TEST

/* Without a flag, it listens on port 10068 of IPv4 and IPv6. */
START_TEST(default_address)
{
	struct exporter_setup setup = {.own_address = true};
	struct http_response response;
	struct exporter exporter = {0};
	static const int families[] = {AF_INET, AF_INET6};
	int i;

	live_start_as(&exporter, &setup);
	for (i = 0; i < 2; i++) {
		ck_assert_int_eq(
			http_request_on(families[i], EXPORTER_PORT, "GET", "/metrics", &response),
			0);
		ck_assert_int_eq(response.status, 200);
		http_response_done(&response);
	}
	live_stop(&exporter);
}
END_TEST

START_TEST(several_addresses)
{
	const char *const flags[] = {
		"--web.listen-address=[::1]:10069",
		"--web.listen-address=127.0.0.1:10070",
		"--web.telemetry-path=/binds",
		NULL,
	};
	struct exporter exporter = {0};
	struct http_response response;

	live_start(&exporter, flags);
	ck_assert_int_eq(live_status(EXPORTER_PORT, "GET", "/binds"), 200);
	ck_assert_int_eq(live_status(10070, "GET", "/binds"), 200);
	ck_assert_int_eq(live_status(10070, "GET", "/metrics"), 404);
	ck_assert_int_eq(http_request_on(AF_INET6, 10069, "GET", "/binds", &response), 0);
	ck_assert_int_eq(response.status, 200);
	http_response_done(&response);
	live_stop(&exporter);
	ck_assert_int_eq(http_connect(AF_INET6, 10069), -ECONNREFUSED);
}
END_TEST

static unsigned int lines_of(const struct exporter *exporter, const char *words)
{
	char *log = exporter_log(exporter);
	unsigned int lines = log_lines(log, words, NULL);

	free(log);
	return lines;
}

/*
 * Without a web configuration file, every hangup logs that, and the exporter continues as before.
 */
START_TEST(hangup_without_a_file)
{
	static const char words[] = "level=INFO msg=\"nothing to reload\" reason=\"there is no "
				    "--web.config.file\"";
	struct exporter exporter = {0};

	live_start(&exporter, NULL);
	ck_assert_uint_eq(lines_of(&exporter, "nothing to reload"), 0);
	for (unsigned int sent = 1; sent <= 2; sent++) {
		ck_assert_int_eq(kill(exporter.pid, SIGHUP), 0);
		for (int i = 0; i < 1000 && lines_of(&exporter, words) < sent; i++)
			usleep(10000);
		ck_assert_uint_eq(lines_of(&exporter, words), sent);
	}
	ck_assert_int_eq(live_status(EXPORTER_PORT, "GET", "/metrics"), 200);
	live_stop(&exporter);
}
END_TEST

START_TEST(json_log)
{
	const char *const flags[] = {"--log.format=json", "--log.level=debug", NULL};
	struct exporter exporter = {0};
	char *log;

	live_start(&exporter, flags);
	live_stop(&exporter);
	log = exporter_log(&exporter);
	ck_assert_uint_gt(log_lines(log, NULL), 1);
	ck_assert_msg(log_lines(log, NULL) ==
			      log_lines(log, "{\"time\":\"", "\"level\":\"", "\"}", NULL),
		      "not only objects:\n%s", log);
	free(log);
}
END_TEST

TCase *startup_tests(void)
{
	TCase *tcase = live_tcase("startup", 60);

	tcase_add_test(tcase, port_in_use);
	tcase_add_loop_test(tcase, bad_flag, 0, ARRAY_SIZE(bad_flags));
	tcase_add_loop_test(tcase, bad_value, 0, ARRAY_SIZE(bad_values));
	tcase_add_test(tcase, help_is_complete);
	tcase_add_test(tcase, auto_says_what_it_does);
	tcase_add_test(tcase, named_mode_is_used);
	tcase_add_test(tcase, default_address);
	tcase_add_test(tcase, several_addresses);
	tcase_add_test(tcase, hangup_without_a_file);
	tcase_add_test(tcase, json_log);
	return tcase;
}
