// SPDX-License-Identifier: Apache-2.0
/* Words that are no option, and options without their value or with one that they do not take. */
#include "exporter/option_refusal.h"

#include "tests/unit/exporter/options_fixture.h"
#include "tests/unit/suite.h"

#define LONG TEN("0123456789012345678901234567890123456789012345678901234567890")

static const struct refused_line refused[] = {
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
	{"--metrics.last-attempt=yes", "--metrics.last-attempt=yes: this option takes no value"},
	{"--no-bpf.stats=1", "takes no value; write --bpf.stats or --no-bpf.stats"},
	{"--web.config=web.yml", "--web.config=web.yml: ambiguous, 2 options begin like this; "},
	{"--no-web.s --no-web", "--no-web: ambiguous, 3 options begin like this"},
	{"-x", "-x: unknown option; see --help"},
	{"-web.telemetry-path=/m", "=/m: unknown option; long options begin with two dashes"},
	{"argument", "argument: unexpected argument; use options only, see --help"},
	{"-- --once", "--once: unexpected argument"},
	{LONG, "see --help"},
	{"--" LONG, "see --help"},
	{"--once=" LONG, "write --once"},
	{"--web.c" LONG, "see --help"},
};

START_TEST(refuses_in_one_line)
{
	options_check_refusal(&refused[_i]);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{refuses_in_one_line, ARRAY_SIZE(refused)},
	};

	return run_suite("option_refusal", tests, ARRAY_SIZE(tests));
}
