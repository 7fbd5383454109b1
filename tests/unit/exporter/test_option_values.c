// SPDX-License-Identifier: Apache-2.0
#include "exporter/option_values.h"

#include <stddef.h>

#include "bpf/abi/bind_abi.h"
#include "tests/unit/exporter/options_fixture.h"
#include "tests/unit/suite.h"

#define HOUR_NS 3600000000000

START_TEST(takes_values)
{
	const struct options options =
		options_of("--bpf.attach=kprobe --bpf.btf=/b --bpf.results=none "
			   "--bpf.pin-path=/sys/fs/bpf/x --comm.source=thread "
			   "--collect.interval=0 --selfcheck.interval=1s "
			   "--metrics.max-series=10000 --metrics.container-logs=/l "
			   "--web.listen-address=:1 --web.listen-address=[::1]:2 "
			   "--web.telemetry-path=/m --web.max-requests 0 "
			   "--web.config.file=web.yml --log.level=error --log.format json");

	ck_assert_int_eq(options.attach_mode, BIND_MODE_KPROBE);
	ck_assert_str_eq(options.btf_path, "/b");
	ck_assert(!options.results);
	ck_assert_str_eq(options.pin_path, "/sys/fs/bpf/x");
	ck_assert(options.comm_of_thread);
	ck_assert_uint_eq(options.collect_interval_ns, 0);
	ck_assert_uint_eq(options.selfcheck_interval_ns, 1000000000);
	ck_assert_uint_eq(options.max_series, 10000);
	ck_assert_str_eq(options.container_logs, "/l");
	ck_assert_uint_eq(options.listen_count, 2);
	ck_assert_str_eq(options.listen_addresses[1], "[::1]:2");
	ck_assert_str_eq(options.telemetry_path, "/m");
	ck_assert_uint_eq(options.max_requests, 0);
	ck_assert_str_eq(options.web_config, "web.yml");
	ck_assert_int_eq(options.log_level, LOG_LEVEL_ERROR);
	ck_assert_int_eq(options.log_format, LOG_FORMAT_JSON);
	ck_assert(!options.unpin && !options.check_web_config);
}
END_TEST

START_TEST(takes_the_last_value)
{
	const struct options options =
		options_of("--bpf.attach=lsm --bpf.attach=auto --bpf.results=none "
			   "--bpf.results=auto --comm.source=thread --comm.source=process "
			   "--web.config.file=web.yml --web.config.file=");

	ck_assert_int_eq(options.attach_mode, BIND_MODES);
	ck_assert(options.results);
	ck_assert(!options.comm_of_thread);
	ck_assert_ptr_null(options.web_config);
}
END_TEST

#define FLAG(line, field, value)                             \
	{                                                    \
		line, offsetof(struct options, field), value \
	}

static const struct {
	const char *line;
	size_t field;
	bool value;
} flags[] = {
	FLAG("--once", once, true),
	FLAG("--bpf.stats", bpf_stats, true),
	FLAG("--bpf.stats --no-bpf.stats", bpf_stats, false),
	FLAG("--metrics.last-attempt", last_attempt, true),
	FLAG("--metrics.last-attempt --no-metrics.last-attempt", last_attempt, false),
	FLAG("--privileges.keep", keep_privileges, true),
	FLAG("--privileges.keep --no-privileges.keep", keep_privileges, false),
	FLAG("--web.disable-exporter-metrics", exporter_metrics, false),
	FLAG("--web.disable-exporter-metrics --no-web.disable-exporter-metrics", exporter_metrics,
	     true),
	FLAG("--web.openmetrics-created", created, true),
	FLAG("--web.openmetrics-created --no-web.openmetrics-created", created, false),
	FLAG("--web.systemd-socket", systemd_socket, true),
	FLAG("--web.systemd-socket --no-web.systemd-socket", systemd_socket, false),
};

START_TEST(takes_flags)
{
	const struct options options = options_of(flags[_i].line);

	ck_assert_int_eq(*(const bool *)((const char *)&options + flags[_i].field),
			 flags[_i].value);
}
END_TEST

static const struct {
	const char *list;
	uint32_t labels;
} labels[] = {
	{"--metrics.labels=comm,port,family,category,uid", BIND_LABEL_PORT | BIND_LABEL_UID},
	{"--metrics.labels=category,family,comm,port --metrics.labels=category,family,comm", 0},
};

START_TEST(takes_what_is_counted)
{
	ck_assert_uint_eq(options_of(labels[_i].list).labels, labels[_i].labels);
}
END_TEST

static const struct {
	const char *line;
	uint64_t ns;
} idle_timeouts[] = {
	{"--series.idle-timeout=1h30m", HOUR_NS + HOUR_NS / 2},
	{"--series.idle-timeout=0", 0},
	{"--series.idle-timeout=1s", 1000000000},
};

START_TEST(takes_idle_timeouts)
{
	ck_assert_uint_eq(options_of(idle_timeouts[_i].line).idle_timeout_ns, idle_timeouts[_i].ns);
}
END_TEST

/* The order of globs and labels does not matter. */
START_TEST(takes_units_that_are_one)
{
	const struct options options =
		options_of("--metrics.unit-fold=session-*.scope --metrics.unit-fold=*.scope "
			   "--metrics.labels=category,family,comm,unit");

	ck_assert_uint_eq(options.unit_fold.count, 2);
	ck_assert_str_eq(options.unit_fold.globs[0], "session-*.scope");
	ck_assert_str_eq(options.unit_fold.globs[1], "*.scope");
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

START_TEST(takes_globs)
{
	const struct options options = options_of(filtered[_i].line);

	ck_assert(filter_passes(&options.filter, filtered[_i].comm, filtered[_i].family) ==
		  filtered[_i].passes);
}
END_TEST

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
	const struct options options = options_of(owned[_i].line);

	ck_assert(filter_passes_owner(&options.filter, owned[_i].unit, owned[_i].namespace) ==
		  owned[_i].passes);
}
END_TEST

static const struct refused_line refused[] = {
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
	{TEN("--web.listen-address=:1 --web.listen-address=:2 --web.listen-address=:3 "
	     "--web.listen-address=:4 --web.listen-address=:5 --web.listen-address=:6 "
	     "--web.listen-address=:7 "),
	 "--web.listen-address=:2: too many addresses, the limit is 64"},
	{"--metrics.labels=category,family,comm,pods", "at most once: category, family, comm, "},
	{"--metrics.labels=category,family,comm,uid,uid", "repeated label \"uid\""},
	{"--metrics.labels=category,family,uid", "the label comm is missing"},
	{"--metrics.container-logs=logs", "not an absolute path"},
	{"--metrics.unit-fold=", "--metrics.unit-fold=: the glob is empty"},
	{"--metrics.unit-fold=\xff", "use at most 123 bytes of UTF-8"},
	{TEN("--metrics.unit-fold=a --metrics.unit-fold=b --metrics.unit-fold=c "
	     "--metrics.unit-fold=d --metrics.unit-fold=e --metrics.unit-fold=f "
	     "--metrics.unit-fold=g "),
	 "--metrics.unit-fold=b: too many globs, the limit is 64"},
	{"--metrics.labels=", "unknown label \"\""},
	{"--series.idle-timeout=999ms", "--series.idle-timeout=999ms: too short; use 1s or more"},
	{"--series.idle-timeout=1d", "not a duration"},
	{"--bpf.results=all", "unknown mode; use auto or none"},
	{"--bpf.pin-path=socket_bind", "not an absolute path"},
	{"--bpf.pin-path=", "not an absolute path"},
	{"--comm.include=", "--comm.include=: the glob is empty"},
	{"--comm.exclude=", "--comm.exclude=: the glob is empty"},
	{"--family.include=", "--family.include=: the glob is empty"},
	{OWNED "--unit.include=", "--unit.include=: the glob is empty"},
	{OWNED "--namespace.exclude=", "--namespace.exclude=: the glob is empty"},
	{"--family.include=ipv4", "matches no family; use one glob, for example inet"},
	{"--family.exclude=inet,inet6", "repeat the option"},
	{TEN("--comm.exclude=a --comm.exclude=b --comm.exclude=c --comm.exclude=d "
	     "--comm.exclude=e --comm.exclude=f --comm.exclude=g ") "--comm.exclude=h",
	 "--comm.exclude=b: too many globs, the limit is 64"},
	{"--log.level=" TEN("0123456789012345678901234567890123456789012345678901234567890"),
	 ": unknown level; use debug, info, warn or error"},
};

START_TEST(refuses_values)
{
	options_check_refusal(&refused[_i]);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{takes_values, 0},
		{takes_the_last_value, 0},
		{takes_flags, ARRAY_SIZE(flags)},
		{takes_what_is_counted, ARRAY_SIZE(labels)},
		{takes_idle_timeouts, ARRAY_SIZE(idle_timeouts)},
		{takes_units_that_are_one, 0},
		{takes_globs, ARRAY_SIZE(filtered)},
		{takes_globs_of_owners, ARRAY_SIZE(owned)},
		{refuses_values, ARRAY_SIZE(refused)},
	};

	return run_suite("option_values", tests, ARRAY_SIZE(tests));
}
