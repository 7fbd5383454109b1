// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/machine.h"

#include <stdio.h>
#include <string.h>

#include "tests/lib/scratch.h"
#include "tests/unit/suite.h"

#define CAPABILITIES 41 /* CAP_LAST_CAP + 1 of 5.10, the oldest kernel: CAP_CHECKPOINT_RESTORE */

static const struct {
	const char *release;
	bool older; /* than 5.12 */
} releases[] = {
	{"5.11.0", true},         {"5.12.0", false},   {"5.12-rc1", false},
	{"5.9.16-generic", true}, {"4.19.0-21", true}, {"6.1.0-18-amd64", false},
	{"10.0", false},          {"5", true},         {"", true},
	{"unknown", true},
};

START_TEST(compares_releases)
{
	ck_assert_int_eq(release_older_than(releases[_i].release, 5, 12), releases[_i].older);
}
END_TEST

START_TEST(knows_its_own_release)
{
	ck_assert(!kernel_older_than(2, 6));
	ck_assert(kernel_older_than(1000, 0));
}
END_TEST

static const struct {
	const char *line;
	bool initial;
} uid_maps[] = {
	{"         0          0 4294967295", true},  {"         0       1000          1", false},
	{"         0     100000 4294967295", false}, {"         0          0      65536", false},
	{"         5          0 4294967295", true},  {"", false},
};

START_TEST(knows_the_initial_user_namespace)
{
	ck_assert_int_eq(uid_map_is_initial(uid_maps[_i].line), uid_maps[_i].initial);
}
END_TEST

static const struct {
	const char *text, *line; /* NULL: none */
} settings[] = {
	{"2\n", "2"}, {"none [integrity]\nmore\n", "none [integrity]"},      {"unended", "unended"},
	{"\n", ""},   {"longer than there is room for", "longer than ther"}, {"", NULL},
};

START_TEST(reads_a_first_line)
{
	char scratch[SCRATCH_SIZE], path[SCRATCH_SIZE + 16], line[17] = "unset";

	ck_assert_int_eq(scratch_make(scratch), 0);
	snprintf(path, sizeof(path), "%s/setting", scratch);
	ck_assert_int_eq(scratch_write(path, settings[_i].text, strlen(settings[_i].text)), 0);
	ck_assert_int_eq(machine_setting(path, line, sizeof(line)), settings[_i].line != NULL);
	if (settings[_i].line)
		ck_assert_str_eq(line, settings[_i].line);
	scratch_remove(scratch);
	ck_assert(!machine_setting("/nonexistent", line, sizeof(line)));
}
END_TEST

static unsigned long long effective_capabilities(void)
{
	char *text, *line;
	unsigned long long set;
	size_t length;

	ck_assert_int_eq(scratch_read("/proc/self/status", &text, &length), 0);
	line = strstr(text, "CapEff:");
	ck_assert(line && sscanf(line, "CapEff: %llx", &set) == 1);
	free(text);
	return set;
}

START_TEST(has_the_capabilities_that_the_kernel_shows)
{
	unsigned long long set = effective_capabilities();

	for (unsigned int i = 0; i < CAPABILITIES; i++)
		ck_assert_msg(machine_has_capability(i) == (set >> i & 1), "capability %u", i);
}
END_TEST

static bool has_line(const char *path, const char *beginning)
{
	char line[4096];
	FILE *file = fopen(path, "re");
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = strncmp(line, beginning, strlen(beginning)) == 0;
	if (file)
		fclose(file);
	return found;
}

START_TEST(knows_this_machine)
{
	char line[64] = "";

	ck_assert_int_eq(machine_has_unified_cgroups(), has_line("/proc/self/cgroup", "0::"));
	ck_assert(machine_setting("/proc/self/uid_map", line, sizeof(line)));
	ck_assert_int_eq(machine_in_user_namespace(), !uid_map_is_initial(line));
	if (!machine_setting("/sys/kernel/security/lockdown", line, sizeof(line)))
		ck_assert(!machine_is_locked_down());
	else
		ck_assert_int_eq(machine_is_locked_down(),
				 strstr(line, "[confidentiality]") != NULL);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{compares_releases, ARRAY_SIZE(releases)},
		{knows_its_own_release, 0},
		{knows_the_initial_user_namespace, ARRAY_SIZE(uid_maps)},
		{reads_a_first_line, ARRAY_SIZE(settings)},
		{has_the_capabilities_that_the_kernel_shows, 0},
		{knows_this_machine, 0},
	};

	return run_suite("machine", tests, ARRAY_SIZE(tests));
}
