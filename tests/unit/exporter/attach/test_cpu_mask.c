// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/cpu_mask.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/lib/scratch.h"
#include "tests/unit/suite.h"

static char scratch[SCRATCH_SIZE], path[SCRATCH_SIZE + 16];

static int end_of(const char *mask, uint32_t *ret_end)
{
	int error;

	ck_assert_int_eq(scratch_make(scratch), 0);
	snprintf(path, sizeof(path), "%s/possible", scratch);
	ck_assert_int_eq(scratch_write(path, mask, strlen(mask)), 0);
	error = cpu_mask_end(path, ret_end);
	scratch_remove(scratch);
	return error;
}

static const struct {
	const char *mask;
	uint32_t end;
} masks[] = {
	{"0\n", 1}, {"0-63\n", 64}, {"0,2-3\n", 4}, {"0-1,4\n", 5}, {"0-8191", 8192},
};

START_TEST(is_read)
{
	uint32_t end = 0;

	ck_assert_int_eq(end_of(masks[_i].mask, &end), 0);
	ck_assert_uint_eq(end, masks[_i].end);
}
END_TEST

/* Every other pair of CPUs: a buffer of fixed length would cut this line. */
START_TEST(is_read_whole)
{
	char mask[8192] = "0-1";
	uint32_t end = 0;
	int length = 3;

	for (int cpu = 4; cpu < 2048; cpu += 4)
		length += snprintf(mask + length, sizeof(mask) - length, ",%d-%d", cpu, cpu + 1);
	snprintf(mask + length, sizeof(mask) - length, "\n");
	ck_assert_int_eq(end_of(mask, &end), 0);
	ck_assert_uint_eq(end, 2046);
}
END_TEST

static const char *const no_masks[] = {"", "\n", "0-\n", "none\n", "0-99999999999999999999\n"};

START_TEST(is_refused)
{
	uint32_t end = 7;

	ck_assert_int_eq(end_of(no_masks[_i], &end), -EIO);
	ck_assert_int_eq(cpu_mask_end("/nonexistent", &end), -ENOENT);
	ck_assert_uint_eq(end, 7);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{is_read, ARRAY_SIZE(masks)},
		{is_read_whole, 0},
		{is_refused, ARRAY_SIZE(no_masks)},
	};

	return run_suite("cpu_mask", tests, ARRAY_SIZE(tests));
}
