// SPDX-License-Identifier: Apache-2.0
#include "exporter/options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bpf/abi/bind_abi.h"
#include "tests/unit/suite.h"
#include "version.h"

#define ARGUMENTS_MAX 80
#define HOUR_NS       3600000000000

static char error[OPTIONS_ERROR_MAX];

/* Arguments separated by single blanks. */
static int parse(const char *line, struct options *ret_options)
{
	static char words[2048];
	char *arguments[ARGUMENTS_MAX + 1] = {(char *)"socket_bind_exporter"};
	int count = 1;

	snprintf(words, sizeof(words), "%s", line);
	for (char *word = strtok(words, " "); word && count < ARGUMENTS_MAX;
	     word = strtok(NULL, " "))
		arguments[count++] = word;
	return options_parse(count, arguments, ret_options, error);
}

START_TEST(has_defaults)
{
	struct options options;

	ck_assert_int_eq(parse("", &options), 0);
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

START_TEST(takes_every_option)
{
	struct options options;

	ck_assert_int_eq(parse("--bpf.attach=kprobe --bpf.btf=/b --comm.source=thread "
			       "--collect.interval=0 --selfcheck.interval=1s "
			       "--metrics.max-series=10000 --web.listen-address=:1 "
			       "--web.listen-address=[::1]:2 --web.telemetry-path=/m",
			       &options),
			 0);
	ck_assert_int_eq(options.attach_mode, BIND_MODE_KPROBE);
	ck_assert_str_eq(options.btf_path, "/b");
	ck_assert(options.comm_of_thread);
	ck_assert_uint_eq(options.collect_interval_ns, 0);
	ck_assert_uint_eq(options.selfcheck_interval_ns, 1000000000);
	ck_assert_uint_eq(options.max_series, 10000);
	ck_assert_uint_eq(options.listen_count, 2);
	ck_assert_str_eq(options.listen_addresses[1], "[::1]:2");
	ck_assert_str_eq(options.telemetry_path, "/m");
	ck_assert_int_eq(parse("--web.disable-exporter-metrics --web.max-requests 0 "
			       "--log.level=error --log.format json",
			       &options),
			 0);
	ck_assert(!options.exporter_metrics);
	ck_assert_uint_eq(options.max_requests, 0);
	ck_assert_int_eq(options.log_level, LOG_LEVEL_ERROR);
	ck_assert_int_eq(options.log_format, LOG_FORMAT_JSON);
	ck_assert_int_eq(
		parse("--web.disable-exporter-metrics --no-web.disable-exporter-metrics", &options),
		0);
	ck_assert(options.exporter_metrics);
	ck_assert_int_eq(parse("--web.systemd-socket", &options), 0);
	ck_assert(options.systemd_socket);
	ck_assert_int_eq(parse("--web.systemd-socket --no-web.systemd-socket", &options), 0);
	ck_assert(!options.systemd_socket);
	ck_assert_int_eq(parse("--once --web.openmetrics-created", &options), 0);
	ck_assert(options.once);
	ck_assert(options.created);
	ck_assert_int_eq(parse("--web.openmetrics-created --no-web.openmetrics-created", &options),
			 0);
	ck_assert(!options.created);
	ck_assert_int_eq(parse("--privileges.keep", &options), 0);
	ck_assert(options.keep_privileges);
	ck_assert_int_eq(parse("--privileges.keep --no-privileges.keep", &options), 0);
	ck_assert(!options.keep_privileges);
	ck_assert_int_eq(parse("--bpf.attach=lsm --bpf.attach=auto", &options), 0);
	ck_assert_int_eq(options.attach_mode, BIND_MODES);
}
END_TEST

/* getopt_long(3) takes the beginning of a name if it is unambiguous. */
START_TEST(takes_abbreviations)
{
	struct options options;

	ck_assert_int_eq(
		parse("--bpf.att=kprobe --log.lev debug --onc --web.sys --no-web.sys", &options),
		0);
	ck_assert_int_eq(options.attach_mode, BIND_MODE_KPROBE);
	ck_assert_int_eq(options.log_level, LOG_LEVEL_DEBUG);
	ck_assert(options.once);
	ck_assert(!options.systemd_socket);
}
END_TEST

START_TEST(takes_what_is_counted)
{
	struct options options;

	ck_assert_int_eq(parse("--metrics.labels=comm,port,family,category,uid "
			       "--metrics.last-attempt --series.idle-timeout=1h30m "
			       "--bpf.results=none --bpf.stats",
			       &options),
			 0);
	ck_assert_uint_eq(options.labels, BIND_LABEL_PORT | BIND_LABEL_UID);
	ck_assert(options.last_attempt);
	ck_assert_uint_eq(options.idle_timeout_ns, HOUR_NS + HOUR_NS / 2);
	ck_assert(!options.results);
	ck_assert(options.bpf_stats);
	ck_assert_int_eq(parse("--metrics.labels=category,family,comm,port "
			       "--metrics.labels=category,family,comm --metrics.last-attempt "
			       "--no-metrics.last-attempt --series.idle-timeout=0 "
			       "--bpf.results=none --bpf.results=auto --bpf.stats --no-bpf.stats",
			       &options),
			 0);
	ck_assert_uint_eq(options.labels, 0);
	ck_assert(!options.last_attempt);
	ck_assert_uint_eq(options.idle_timeout_ns, 0);
	ck_assert(options.results);
	ck_assert(!options.bpf_stats);
	ck_assert_int_eq(parse("--series.idle-timeout=1s", &options), 0);
	ck_assert_uint_eq(options.idle_timeout_ns, 1000000000);
}
END_TEST

/* The order does not matter, although --unpin needs --bpf.pin-path. */
START_TEST(takes_pins)
{
	struct options options;

	ck_assert_int_eq(parse("--bpf.pin-path=/sys/fs/bpf/x", &options), 0);
	ck_assert_str_eq(options.pin_path, "/sys/fs/bpf/x");
	ck_assert(!options.unpin);
	ck_assert_int_eq(parse("--unpin --bpf.pin-path=/sys/fs/bpf/x", &options), 0);
	ck_assert(options.unpin);
}
END_TEST

START_TEST(takes_a_web_configuration)
{
	struct options options;

	ck_assert_int_eq(parse("--web.config.file=web.yml", &options), 0);
	ck_assert_str_eq(options.web_config, "web.yml");
	ck_assert(!options.check_web_config);
	ck_assert_int_eq(parse("--web.config.file=web.yml --web.config.file=", &options), 0);
	ck_assert_ptr_null(options.web_config);
	ck_assert_int_eq(parse("--web.config.check --web.config.file=web.yml", &options), 0);
	ck_assert(options.check_web_config);
}
END_TEST

static const struct {
	const char *line;
	const char *comm, *family;
	bool passes;
} filtered[] = {
	{"--comm.include=ng* --comm.include=a,b", "nginx", "inet", true},
	{"--comm.include=ng* --comm.include=a,b", "a,b", "inet", true},
	{"--comm.include=ng* --comm.include=a,b", "a", "inet", false},
	{"--comm.exclude=ng*", "nginx", "inet", false},
	{"--comm.exclude=ng*", "sshd", "inet", true},
	{"--family.include=inet*", "sshd", "inet6", true},
	{"--family.include=inet*", "sshd", "unix", false},
	{"--family.exclude=netlink", "sshd", "netlink", false},
	{"--family.exclude=netlink", "sshd", "inet", true},
};

START_TEST(takes_units_that_are_one)
{
	struct options options;

	/* The order of globs and labels does not matter. */
	ck_assert_int_eq(parse("--metrics.unit-fold=session-*.scope --metrics.unit-fold=*.scope "
			       "--metrics.labels=category,family,comm,unit",
			       &options),
			 0);
	ck_assert_uint_eq(options.unit_fold.count, 2);
	ck_assert_str_eq(options.unit_fold.globs[0], "session-*.scope");
	ck_assert_str_eq(options.unit_fold.globs[1], "*.scope");
}
END_TEST

START_TEST(takes_globs)
{
	struct options options;

	ck_assert_int_eq(parse(filtered[_i].line, &options), 0);
	ck_assert(filter_passes(&options.filter, filtered[_i].comm, filtered[_i].family) ==
		  filtered[_i].passes);
}
END_TEST

#define TEN(text) text text text text text text text text text text

#define OWNED "--metrics.labels=category,family,comm,namespace,unit "

static const struct {
	const char *line;
	const char *unit, *namespace;
	bool passes;
} owned[] = {
	{OWNED "--unit.include=ssh* --unit.include=cron.service", "cron.service", "", true},
	{"--unit.include=ssh* --metrics.labels=category,family,comm,unit", "nginx.service", "",
	 false},
	{OWNED "--unit.exclude=ssh*", "ssh.service", "", false},
	{OWNED "--unit.exclude=ssh*", "", "shop", true},
	{OWNED "--namespace.include=shop", "", "shop", true},
	{OWNED "--namespace.include=shop", "shop", "", false},
	{OWNED "--namespace.exclude=kube-*", "", "kube-system", false},
	{OWNED "--namespace.exclude=kube-*", "", "shop", true},
};

START_TEST(takes_globs_of_owners)
{
	struct options options;

	ck_assert_int_eq(parse(owned[_i].line, &options), 0);
	ck_assert(filter_passes_owner(&options.filter, owned[_i].unit, owned[_i].namespace) ==
		  owned[_i].passes);
}
END_TEST

static const struct {
	const char *line;
	const char *names; /* the message must contain it */
} wrong[] = {
	{"--bpf.attach=perf", "unknown mode; use auto, lsm, kprobe, fentry or tracepoint"},
	{"--comm.source=parent", "unknown source; use process or thread"},
	{"--collect.interval=5", "200ms"},
	{"--collect.interval=999us", "1ms or more"},
	{"--collect.interval=-1s", "not a duration"},
	{"--selfcheck.interval=0", "100ms or more"},
	{"--selfcheck.interval=x", "not a duration"},
	{"--metrics.max-series=255", "from 256 to 100000"},
	{"--metrics.max-series=100001", "from 256 to 100000"},
	{"--metrics.max-series=1e3", "from 256 to 100000"},
	{"--metrics.max-series=+300", "from 256 to 100000"},
	{"--metrics.max-series=18446744073709551617", "from 256 to 100000"},
	{"--web.max-requests=-1", "--web.max-requests=-1"},
	{"--web.telemetry-path=metrics", "start it with /"},
	{"--web.telemetry-path=/a\"b", "letters"},
	{"--web.telemetry-path=/-/ready", "health checks"},
	{"--log.level=verbose", "debug, info, warn or error"},
	{"--log.format=xml", "unknown format; use logfmt or json"},
	{"--no-such-option", "--no-such-option: unknown option; see --help"},
	{"--no-such-option=3", "--no-such-option=3: unknown option; see --help"},
	{"--log.level=info --no-such-option --log.format=json", "--no-such-option: unknown option"},
	{"--log.level info argument --no-such-option", "--no-such-option: unknown option"},
	{"--log.level=info --bpf.attach",
	 "--bpf.attach: this option needs a value; write --bpf.attach=MODE"},
	{"--web.listen-address",
	 "--web.listen-address: this option needs a value; write --web.listen-address=ADDRESS"},
	{"--web.listen", "--web.listen-address: this option needs a value"},
	{"--once=1", "--once=1: this option takes no value; write --once"},
	{"--help=1", "--help=1: this option takes no value; write --help"},
	{"--metrics.last=false", "--metrics.last=false: this option takes no value; write "
				 "--metrics.last-attempt or --no-metrics.last-attempt"},
	{"--no-bpf.stats=1", "takes no value; write --bpf.stats or --no-bpf.stats"},
	{"--web.config=web.yml", "--web.config=web.yml: ambiguous, 2 options begin like this; "},
	{"--no-web.s --no-web", "--no-web: ambiguous, 3 options begin like this"},
	{"-x", "-x: unknown option; see --help"},
	{"-web.telemetry-path=/m", "=/m: unknown option; long options begin with two dashes"},
	{"argument", "argument: unexpected argument; use options only, see --help"},
	{"-- --once", "--once: unexpected argument"},
	{TEN("--web.listen-address=:1 --web.listen-address=:2 --web.listen-address=:3 "
	     "--web.listen-address=:4 --web.listen-address=:5 --web.listen-address=:6 "
	     "--web.listen-address=:7 "),
	 "--web.listen-address=:2: too many addresses, the limit is 64"},
	{"--metrics.labels=category,family,comm,pods", "at most once: category, family, comm, "},
	{"--metrics.labels=category,family,comm,uid,uid", "repeated label \"uid\""},
	{"--metrics.labels=category,family,uid", "the label comm is missing"},
	{"--metrics.container-logs=logs", "not an absolute path"},
	{"--metrics.unit-fold=x",
	 "--metrics.unit-fold: rows have no label unit; add it to --metrics.labels, for example "
	 "--metrics.labels=category,family,comm,unit"},
	{"--metrics.unit-fold=x --metrics.labels=category,family,comm,pod", "have no label unit"},
	{"--metrics.unit-fold=", "--metrics.unit-fold=: the glob is empty"},
	{"--metrics.unit-fold=\xff", "use at most 123 bytes of UTF-8"},
	{TEN("--metrics.unit-fold=a --metrics.unit-fold=b --metrics.unit-fold=c "
	     "--metrics.unit-fold=d --metrics.unit-fold=e --metrics.unit-fold=f "
	     "--metrics.unit-fold=g "),
	 "--metrics.unit-fold=b: too many globs, the limit is 64"},
	{"--metrics.labels=", "unknown label \"\""},
	{"--metrics.last-attempt=yes", "--metrics.last-attempt=yes: this option takes no value"},
	{"--series.idle-timeout=999ms", "--series.idle-timeout=999ms: too short; use 1s or more"},
	{"--series.idle-timeout=1d", "not a duration"},
	{"--bpf.results=all", "unknown mode; use auto or none"},
	{"--bpf.pin-path=socket_bind", "not an absolute path"},
	{"--bpf.pin-path=", "not an absolute path"},
	{"--unpin", "add --bpf.pin-path=DIR"},
	{"--web.config.check", "add --web.config.file=FILE"},
	{"--comm.include=", "--comm.include=: the glob is empty"},
	{"--comm.exclude=", "--comm.exclude=: the glob is empty"},
	{"--family.include=", "--family.include=: the glob is empty"},
	{OWNED "--unit.include=", "--unit.include=: the glob is empty"},
	{OWNED "--namespace.exclude=", "--namespace.exclude=: the glob is empty"},
	{"--unit.include=a --unit.exclude=b",
	 "--unit.include: rows have no label unit; add it to --metrics.labels, for example "
	 "--metrics.labels=category,family,comm,unit"},
	{"--unit.exclude=b --metrics.labels=category,family,comm,namespace",
	 "--unit.exclude: rows have no label unit"},
	{"--namespace.include=a --metrics.labels=category,family,comm,pod,unit",
	 "--namespace.include: rows have no label namespace; add it to --metrics.labels"},
	{"--namespace.exclude=a", "--namespace.exclude: rows have no label namespace"},
	{"--family.include=ipv4", "matches no family; use one glob, for example inet"},
	{"--family.exclude=inet,inet6", "repeat the option"},
	{TEN("--comm.exclude=a --comm.exclude=b --comm.exclude=c --comm.exclude=d "
	     "--comm.exclude=e --comm.exclude=f --comm.exclude=g ") "--comm.exclude=h",
	 "--comm.exclude=b: too many globs, the limit is 64"},
	{"--log.level=" TEN("0123456789012345678901234567890123456789012345678901234567890"),
	 ": unknown level; use debug, info, warn or error"},
	{TEN("0123456789012345678901234567890123456789012345678901234567890"), "see --help"},
	{"--" TEN("0123456789012345678901234567890123456789012345678901234567890"), "see --help"},
	{"--once=" TEN("0123456789012345678901234567890123456789012345678901234567890"),
	 "write --once"},
	{"--web.c" TEN("0123456789012345678901234567890123456789012345678901234567890"),
	 "see --help"},
};

START_TEST(refuses_in_one_line)
{
	struct options options;

	ck_assert_int_eq(parse(wrong[_i].line, &options), -EINVAL);
	ck_assert_msg(strstr(error, wrong[_i].names), "%s: %s", wrong[_i].line, error);
	ck_assert_ptr_null(strchr(error, '\n'));
}
END_TEST

/* Captures the output with these arguments. The process must exit with 0. */
static void capture(const char *line, char *ret_output, size_t size)
{
	struct options options;
	int ends[2], status;
	size_t length = 0;
	ssize_t got;

	ck_assert_int_eq(pipe(ends), 0);
	if (fork() == 0) {
		dup2(ends[1], STDOUT_FILENO);
		parse(line, &options);
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

START_TEST(help_is_complete)
{
	const char *const options[] = {
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
	char help[16384], line[64];
	size_t count = 0;

	capture(_i ? "-h" : "--help", help, sizeof(help));
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		/* At its place: argp breaks some lines badly, depending on lengths of words. */
		snprintf(line, sizeof(line), "\n%s%s", options[i][1] == '-' ? "      " : "  ",
			 options[i]);
		ck_assert_msg(strstr(help, line), "no line of %s in --help", options[i]);
	}
	for (const char *at = help; (at = strchr(at, '\n')); at++)
		count += !strncmp(at, "\n      --", 9) || !strncmp(at, "\n  -", 4);
	ck_assert_uint_eq(count, ARRAY_SIZE(options));
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
		{takes_every_option, 0},
		{takes_abbreviations, 0},
		{takes_what_is_counted, 0},
		{takes_pins, 0},
		{takes_a_web_configuration, 0},
		{takes_units_that_are_one, 0},
		{takes_globs, ARRAY_SIZE(filtered)},
		{takes_globs_of_owners, ARRAY_SIZE(owned)},
		{refuses_in_one_line, ARRAY_SIZE(wrong)},
		{help_is_complete, 2},
		{tells_its_version, 0},
	};

	return run_suite("options", tests, ARRAY_SIZE(tests));
}
