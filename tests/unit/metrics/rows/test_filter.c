// SPDX-License-Identifier: Apache-2.0
#include "metrics/rows/filter.h"

#include <errno.h>

#include "tests/unit/suite.h"

#define GLOBS 3

static const struct {
	const char *what;
	const char *globs[FILTER_LISTS][GLOBS];
	const char *comm, *family;
	bool passes;
} cases[] = {
	{"no globs", {{0}}, "nginx", "inet", true},
	{"no globs, empty comm", {{0}}, "", "inet", true},
	{"included", {{"nginx"}}, "nginx", "inet", true},
	{"not included", {{"nginx"}}, "sshd", "inet", false},
	{"the whole name, not its start", {{"ngin"}}, "nginx", "inet", false},
	{"the whole name, not its end", {{"ginx"}}, "nginx", "inet", false},
	{"case matters", {{"Nginx"}}, "nginx", "inet", false},
	{"the second include", {{"nginx", "ssh*"}}, "sshd", "inet", true},
	{"none of two includes", {{"nginx", "ssh*"}}, "named", "inet", false},
	{"*", {{"*"}}, "nginx", "inet", true},
	{"* matches nothing, too", {{"*"}}, "", "inet", true},
	{"?", {{"ngin?"}}, "nginx", "inet", true},
	{"? is not nothing", {{"nginx?"}}, "nginx", "inet", false},
	{"brackets", {{"php[0-9]"}}, "php8", "inet", true},
	{"brackets, not in them", {{"php[!0-9]"}}, "php8", "inet", false},
	{"a slash is a character", {{"kworker*"}}, "kworker/0:1", "inet", true},
	{"a dot is a character", {{"*"}}, ".hidden", "inet", true},
	{"a comma is a character", {{"a,b"}}, "a,b", "inet", true},
	{"a comma does not separate", {{"a,b"}}, "a", "inet", false},
	{"two bytes of UTF-8", {{"??"}}, "\xc3\xa9", "inet", true},
	{"bytes that were not UTF-8", {{"a\xef\xbf\xbd*"}}, "a\xef\xbf\xbdz", "inet", true},
	{"before escaping", {{"a\"b"}}, "a\"b", "inet", true},
	{"what did not fit", {{"(other)"}}, "(other)", "inet", true},
	{"a process of that name", {{"\\\\(other)"}}, "\\(other)", "inet", true},
	{"it is not what did not fit", {{"(other)"}}, "\\(other)", "inet", false},
	{"excluded", {{0}, {"nginx"}}, "nginx", "inet", false},
	{"not excluded", {{0}, {"nginx"}}, "sshd", "inet", true},
	{"the last exclude", {{0}, {"a", "b", "s*"}}, "sshd", "inet", false},
	{"included and excluded", {{"ssh*"}, {"sshd"}}, "sshd", "inet", false},
	{"included, not excluded", {{"ssh*"}, {"sshd"}}, "ssh", "inet", true},
	{"family included", {{0}, {0}, {"inet*"}}, "nginx", "inet6", true},
	{"family not included", {{0}, {0}, {"inet*"}}, "nginx", "netlink", false},
	{"family excluded", {{0}, {0}, {0}, {"netlink"}}, "nginx", "netlink", false},
	{"family not excluded", {{0}, {0}, {0}, {"netlink"}}, "nginx", "inet", true},
	{"family included and excluded", {{0}, {0}, {"inet*"}, {"inet"}}, "x", "inet", false},
	{"comm and family", {{"nginx"}, {0}, {"inet"}}, "nginx", "inet", true},
	{"comm, but not family", {{"nginx"}, {0}, {"inet"}}, "nginx", "unix", false},
	{"family, but not comm", {{"nginx"}, {0}, {"inet"}}, "sshd", "inet", false},
	{"comm is not family", {{"inet"}}, "nginx", "inet", false},
	{"of owners nothing is known yet",
	 {[FILTER_UNIT_INCLUDE] = {"a"}, [FILTER_NAMESPACE_INCLUDE] = {"b"}},
	 "nginx",
	 "inet",
	 true},
};

START_TEST(passes_or_not)
{
	struct filter filter = {0};

	for (enum filter_list list = 0; list < FILTER_LISTS; list++)
		for (int i = 0; i < GLOBS && cases[_i].globs[list][i]; i++)
			ck_assert_int_eq(filter_add(&filter, list, cases[_i].globs[list][i]), 0);
	ck_assert_msg(filter_passes(&filter, cases[_i].comm, cases[_i].family) == cases[_i].passes,
		      "%s", cases[_i].what);
}
END_TEST

static const struct {
	const char *what;
	const char *globs[FILTER_LISTS][GLOBS];
	const char *unit, *namespace;
	bool passes;
} owners[] = {
	{"no globs", {{0}}, "nginx.service", "", true},
	{"unit included", {[FILTER_UNIT_INCLUDE] = {"nginx.*"}}, "nginx.service", "", true},
	{"unit not included", {[FILTER_UNIT_INCLUDE] = {"nginx.*"}}, "ssh.service", "", false},
	{"no unit, not included", {[FILTER_UNIT_INCLUDE] = {"nginx.*"}}, "", "", false},
	{"no unit, * matches nothing, too", {[FILTER_UNIT_INCLUDE] = {"*"}}, "", "", true},
	{"no unit, ?* does not", {[FILTER_UNIT_INCLUDE] = {"?*"}}, "", "", false},
	{"some unit, ?* matches", {[FILTER_UNIT_INCLUDE] = {"?*"}}, "cron.service", "", true},
	{"unit excluded", {[FILTER_UNIT_EXCLUDE] = {"session-*"}}, "session-3.scope", "", false},
	{"no unit, not excluded", {[FILTER_UNIT_EXCLUDE] = {"session-*"}}, "", "", true},
	{"unit included and excluded",
	 {[FILTER_UNIT_INCLUDE] = {"*.service"}, [FILTER_UNIT_EXCLUDE] = {"a.*"}},
	 "a.service",
	 "",
	 false},
	{"namespace included", {[FILTER_NAMESPACE_INCLUDE] = {"shop", "web"}}, "", "web", true},
	{"namespace not included", {[FILTER_NAMESPACE_INCLUDE] = {"shop"}}, "", "shops", false},
	{"namespace excluded", {[FILTER_NAMESPACE_EXCLUDE] = {"kube-*"}}, "", "kube-system", false},
	{"namespace not excluded", {[FILTER_NAMESPACE_EXCLUDE] = {"kube-*"}}, "", "shop", true},
	{"a namespace is no unit", {[FILTER_UNIT_INCLUDE] = {"shop"}}, "", "shop", false},
	{"of both",
	 {[FILTER_UNIT_INCLUDE] = {"*"}, [FILTER_NAMESPACE_INCLUDE] = {"*"}},
	 "ssh.service",
	 "",
	 true},
	{"of one only",
	 {[FILTER_UNIT_INCLUDE] = {"ssh*"}, [FILTER_NAMESPACE_INCLUDE] = {"shop"}},
	 "ssh.service",
	 "",
	 false},
	{"comm and family are others' affair",
	 {[FILTER_COMM_INCLUDE] = {"a"}, [FILTER_FAMILY_EXCLUDE] = {"*"}},
	 "ssh.service",
	 "shop",
	 true},
};

START_TEST(passes_by_owner_or_not)
{
	struct filter filter = {0};

	for (enum filter_list list = 0; list < FILTER_LISTS; list++)
		for (int i = 0; i < GLOBS && owners[_i].globs[list][i]; i++)
			ck_assert_int_eq(filter_add(&filter, list, owners[_i].globs[list][i]), 0);
	ck_assert_msg(filter_passes_owner(&filter, owners[_i].unit, owners[_i].namespace) ==
			      owners[_i].passes,
		      "%s", owners[_i].what);
}
END_TEST

static const struct {
	const char *glob;
	enum filter_list list;
	int expected;
} added[] = {
	{"", FILTER_COMM_INCLUDE, -EINVAL},
	{"", FILTER_COMM_EXCLUDE, -EINVAL},
	{"", FILTER_FAMILY_INCLUDE, -EINVAL},
	{"", FILTER_FAMILY_EXCLUDE, -EINVAL},
	{"", FILTER_UNIT_INCLUDE, -EINVAL},
	{"", FILTER_NAMESPACE_EXCLUDE, -EINVAL},
	{"nothing-is-called-so", FILTER_UNIT_INCLUDE, 0},
	{"nothing-is-called-so", FILTER_NAMESPACE_EXCLUDE, 0},
	{"nobody-is-called-so", FILTER_COMM_INCLUDE, 0},
	{"inet", FILTER_FAMILY_INCLUDE, 0},
	{"mctp", FILTER_FAMILY_INCLUDE, 0}, /* the last of all families */
	{"other", FILTER_FAMILY_INCLUDE, 0},
	{"?ns*", FILTER_FAMILY_EXCLUDE, -ENOENT},
	{"*", FILTER_FAMILY_EXCLUDE, 0},
	{"ipv4", FILTER_FAMILY_INCLUDE, -ENOENT},
	{"AF_INET", FILTER_FAMILY_EXCLUDE, -ENOENT},
	{"inet,inet6", FILTER_FAMILY_EXCLUDE, -ENOENT},
};

START_TEST(adds_or_refuses)
{
	struct filter filter = {0};

	ck_assert_int_eq(filter_add(&filter, added[_i].list, added[_i].glob), added[_i].expected);
	ck_assert_uint_eq(filter.lists[added[_i].list].count, added[_i].expected == 0);
}
END_TEST

START_TEST(is_bounded)
{
	struct filter filter = {0};

	for (int i = 0; i < FILTER_GLOBS_MAX; i++)
		ck_assert_int_eq(filter_add(&filter, FILTER_COMM_EXCLUDE, "x"), 0);
	ck_assert_int_eq(filter_add(&filter, FILTER_COMM_EXCLUDE, "x"), -ENOSPC);
	ck_assert_int_eq(filter_add(&filter, FILTER_COMM_INCLUDE, "y"), 0);
	ck_assert(filter_passes(&filter, "y", "inet"));
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{passes_or_not, ARRAY_SIZE(cases)},
		{passes_by_owner_or_not, ARRAY_SIZE(owners)},
		{adds_or_refuses, ARRAY_SIZE(added)},
		{is_bounded, 0},
	};

	return run_suite("filter", tests, ARRAY_SIZE(tests));
}
