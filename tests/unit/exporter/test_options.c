// SPDX-License-Identifier: Apache-2.0
#include "exporter/options.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/exporter/options_fixture.h"
#include "tests/unit/suite.h"
#include "version.h"

#define HOUR_NS 3600000000000

START_TEST(has_defaults)
{
	const struct options options = options_of("");

	ck_assert_int_eq(options.attach_mode, BIND_MODES);
	ck_assert_ptr_null(options.btf_path);
	ck_assert(options.results);
	ck_assert_ptr_null(options.pin_path);
	ck_assert(!options.unpin);
	ck_assert(!options.once);
	ck_assert(!options.created);
	ck_assert(!options.bpf_stats);
	ck_assert(!options.comm_of_thread);
	ck_assert(filter_passes(&options.filter, "nginx", "inet"));
	ck_assert_uint_eq(options.collect_interval_ns, 1000000000);
	ck_assert_uint_eq(options.selfcheck_interval_ns, 60000000000);
	ck_assert_uint_eq(options.idle_timeout_ns, 24 * HOUR_NS);
	ck_assert_uint_eq(options.unit_fold.count, 0);
	ck_assert_uint_eq(options.labels, 0);
	ck_assert_str_eq(options.container_logs, "/var/log/containers");
	ck_assert(!options.last_attempt);
	ck_assert_uint_eq(options.max_series, 2000);
	ck_assert_uint_eq(options.listen_count, 1);
	ck_assert_str_eq(options.listen_addresses[0], ":10068");
	ck_assert(!options.systemd_socket);
	ck_assert_ptr_null(options.web_config);
	ck_assert(!options.check_web_config);
	ck_assert_str_eq(options.telemetry_path, "/metrics");
	ck_assert(options.exporter_metrics);
	ck_assert_uint_eq(options.max_requests, 40);
	ck_assert(!options.keep_privileges);
	ck_assert_int_eq(options.log_level, LOG_LEVEL_INFO);
	ck_assert_int_eq(options.log_format, LOG_FORMAT_LOGFMT);
}
END_TEST

/* getopt_long(3) takes the beginning of a name if it is unambiguous. */
START_TEST(takes_abbreviations)
{
	const struct options options =
		options_of("--bpf.att=kprobe --log.lev debug --onc --web.sys --no-web.sys");

	ck_assert_int_eq(options.attach_mode, BIND_MODE_KPROBE);
	ck_assert_int_eq(options.log_level, LOG_LEVEL_DEBUG);
	ck_assert(options.once);
	ck_assert(!options.systemd_socket);
}
END_TEST

/* The order does not matter, although --unpin needs --bpf.pin-path. */
START_TEST(takes_pins)
{
	const struct options options = options_of("--unpin --bpf.pin-path=/sys/fs/bpf/x");

	ck_assert_str_eq(options.pin_path, "/sys/fs/bpf/x");
	ck_assert(options.unpin);
}
END_TEST

START_TEST(takes_a_web_configuration)
{
	const struct options options = options_of("--web.config.check --web.config.file=web.yml");

	ck_assert_str_eq(options.web_config, "web.yml");
	ck_assert(options.check_web_config);
}
END_TEST

static const struct refused_line refused[] = {
	{"--metrics.unit-fold=x",
	 "--metrics.unit-fold: rows have no label unit; add it to --metrics.labels, for example "
	 "--metrics.labels=category,family,comm,unit"},
	{"--metrics.unit-fold=x --metrics.labels=category,family,comm,pod", "have no label unit"},
	{"--unpin", "add --bpf.pin-path=DIR"},
	{"--web.config.check", "add --web.config.file=FILE"},
	{"--unit.include=a --unit.exclude=b",
	 "--unit.include: rows have no label unit; add it to --metrics.labels, for example "
	 "--metrics.labels=category,family,comm,unit"},
	{"--unit.exclude=b --metrics.labels=category,family,comm,namespace",
	 "--unit.exclude: rows have no label unit"},
	{"--namespace.include=a --metrics.labels=category,family,comm,pod,unit",
	 "--namespace.include: rows have no label namespace; add it to --metrics.labels"},
	{"--namespace.exclude=a", "--namespace.exclude: rows have no label namespace"},
};

START_TEST(refuses_what_does_not_fit_together)
{
	options_check_refusal(&refused[_i]);
}
END_TEST

/* Captures the output with these arguments. The process must exit with 0. */
static void capture(const char *line, char *ret_output, size_t size)
{
	char error[OPTIONS_ERROR_MAX];
	struct options options;
	int ends[2], status;
	size_t length = 0;
	ssize_t got;

	ck_assert_int_eq(pipe(ends), 0);
	if (fork() == 0) {
		dup2(ends[1], STDOUT_FILENO);
		options_parse_line(line, &options, error);
		_exit(99);
	}
	close(ends[1]);
	while ((got = read(ends[0], ret_output + length, size - 1 - length)) > 0)
		length += got;
	ret_output[length] = '\0';
	close(ends[0]);
	wait(&status);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}

static const char *const listed[] = {
	"--bpf.attach=MODE",
	"--bpf.btf=FILE",
	"--bpf.pin-path=DIR",
	"--bpf.results=MODE",
	"--bpf.stats",
	"--unpin",
	"--once",
	"--comm.source=SOURCE",
	"--comm.include=GLOB",
	"--comm.exclude=GLOB",
	"--family.include=GLOB",
	"--family.exclude=GLOB",
	"--unit.include=GLOB",
	"--unit.exclude=GLOB",
	"--namespace.include=GLOB",
	"--namespace.exclude=GLOB",
	"--collect.interval=DURATION",
	"--selfcheck.interval=DURATION",
	"--series.idle-timeout=DURATION",
	"--metrics.labels=LIST",
	"--metrics.unit-fold=GLOB",
	"--metrics.container-logs=DIR",
	"--metrics.last-attempt",
	"--metrics.max-series=N",
	"--web.listen-address=ADDRESS",
	"--web.systemd-socket",
	"--web.config.file=FILE",
	"--web.config.check",
	"--web.telemetry-path=PATH",
	"--web.disable-exporter-metrics",
	"--web.openmetrics-created",
	"--web.max-requests=N",
	"--privileges.keep",
	"--log.level=LEVEL",
	"--log.format=FORMAT",
	"-h, --help",
	"-V, --version",
};

START_TEST(help_is_complete)
{
	char help[16384], line[64];
	size_t count = 0;

	capture(_i ? "-h" : "--help", help, sizeof(help));
	for (size_t i = 0; i < ARRAY_SIZE(listed); i++) {
		/* At its place: argp breaks some lines badly, depending on lengths of words. */
		snprintf(line, sizeof(line), "\n%s%s", listed[i][1] == '-' ? "      " : "  ",
			 listed[i]);
		ck_assert_msg(strstr(help, line), "no line of %s in --help", listed[i]);
	}
	for (const char *at = help; (at = strchr(at, '\n')); at++)
		count += !strncmp(at, "\n      --", 9) || !strncmp(at, "\n  -", 4);
	ck_assert_uint_eq(count, ARRAY_SIZE(listed));
	/* These are at the end, in lines that argp fills. */
	ck_assert_ptr_nonnull(strstr(strstr(help, "Documentation: "), "socket_bind_exporter(8)"));
	ck_assert_ptr_nonnull(strstr(help, "/usr/share/doc/socket-bind-exporter"));
}
END_TEST

START_TEST(tells_its_version)
{
	char version[1024];

	capture("--version", version, sizeof(version));
	ck_assert_ptr_eq(strstr(version, "socket_bind_exporter, version "), version);
	/* The builder is shown only if the build was configured with a name. */
	ck_assert(*VERSION_BUILD_USER
			  ? !!strstr(version, "\n  build user:       " VERSION_BUILD_USER "\n")
			  : !strstr(version, "build user"));
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{has_defaults, 0},
		{takes_abbreviations, 0},
		{takes_pins, 0},
		{takes_a_web_configuration, 0},
		{refuses_what_does_not_fit_together, ARRAY_SIZE(refused)},
		{help_is_complete, 2},
		{tells_its_version, 0},
	};

	return run_suite("options", tests, ARRAY_SIZE(tests));
}
