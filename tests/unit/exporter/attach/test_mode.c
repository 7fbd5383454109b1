// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/mode.h"

#include <string.h>

#include "tests/unit/suite.h"

static const struct {
	const char *name, *program;
	bool needs_kernel_btf, uses_perf;
	unsigned int major, minor;
} modes[BIND_MODES] = {
	{"lsm", "lsm_socket_bind", true, false, 0, 0},
	{"kprobe", "kprobe_socket_bind", false, true, 5, 15},
	{"fentry", "fentry_socket_bind", true, false, 0, 0},
	{"tracepoint", "tracepoint_enter_bind", false, true, 5, 15},
};

START_TEST(has_its_facts)
{
	const struct bind_mode_facts *facts = bind_mode_facts(_i);

	ck_assert_str_eq(bind_mode_name(_i), modes[_i].name);
	ck_assert_str_eq(facts->name, modes[_i].name);
	ck_assert_str_eq(facts->program, modes[_i].program);
	ck_assert_int_eq(facts->needs_kernel_btf, modes[_i].needs_kernel_btf);
	ck_assert_int_eq(facts->uses_perf, modes[_i].uses_perf);
	ck_assert_uint_eq(facts->pinnable_from.major, modes[_i].major);
	ck_assert_uint_eq(facts->pinnable_from.minor, modes[_i].minor);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{has_its_facts, ARRAY_SIZE(modes)},
	};

	return run_suite("mode", tests, ARRAY_SIZE(tests));
}
