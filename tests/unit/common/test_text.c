// SPDX-License-Identifier: Apache-2.0
#include "common/text.h"

#include <math.h>
#include <string.h>

#include "tests/unit/suite.h"

static void check_text(const struct text *text, const char *expected)
{
	ck_assert(!text->failed);
	ck_assert_uint_eq(text->length, strlen(expected));
	ck_assert_mem_eq(text->data, expected, text->length);
}

START_TEST(grows)
{
	struct text text = {0};

	for (int i = 0; i < 10000; i++)
		text_append_string(&text, "0123456789");
	ck_assert(!text.failed);
	ck_assert_uint_eq(text.length, 100000);
	ck_assert_uint_ge(text.capacity, text.length);
	for (size_t i = 0; i < text.length; i++)
		ck_assert_int_eq(text.data[i], '0' + (int)(i % 10));
	text_free(&text);
}
END_TEST

START_TEST(takes_committed_bytes)
{
	static const char bytes[] = {'b', 'c', 'd'};
	struct text text = {0};
	char *out;

	text_append_string(&text, "a");
	out = text_reserve(&text, 100000);
	ck_assert_ptr_nonnull(out);
	memcpy(out, bytes, sizeof(bytes));
	text_commit(&text, out + 2);
	text_append(&text, "\0e", 2);
	ck_assert_uint_eq(text.length, 5);
	ck_assert_mem_eq(text.data, "abc\0e", 5);
	text_free(&text);
}
END_TEST

START_TEST(is_usable_after_free)
{
	struct text text = {.failed = true};

	text_append_string(&text, "not there");
	ck_assert_ptr_null(text.data);
	ck_assert_ptr_null(text_reserve(&text, 1));
	text_free(&text);
	ck_assert_uint_eq(text.length, 0);
	ck_assert_ptr_null(text.data);
	text_append_string(&text, "there");
	check_text(&text, "there");
	text_free(&text);
}
END_TEST

/* The linker gives text.c this function in place of realloc(), see tests/CMakeLists.txt. */
void *__wrap_realloc(void *memory, size_t size);
void *__real_realloc(void *memory, size_t size);
static bool out_of_memory;

void *__wrap_realloc(void *memory, size_t size)
{
	return out_of_memory ? NULL : __real_realloc(memory, size);
}

START_TEST(fails_for_good)
{
	struct text text = {0};

	text_append_string(&text, "kept");
	out_of_memory = true;
	ck_assert_ptr_null(text_reserve(&text, 100000));
	out_of_memory = false;
	ck_assert(text.failed);
	text_append_string(&text, "ignored");
	ck_assert_uint_eq(text.length, 4);
	ck_assert_mem_eq(text.data, "kept", 4);
	text_free(&text);
}
END_TEST

static const struct {
	uint64_t value;
	const char *decimal;
	const char *seconds; /* of as many nanoseconds */
} numbers[] = {
	{0, "0", "0.000"},
	{9, "9", "0.000"},
	{10, "10", "0.000"},
	{99, "99", "0.000"},
	{100, "100", "0.000"},
	{12345, "12345", "0.000"},
	{999999, "999999", "0.000"},
	{1000000, "1000000", "0.001"},
	{1999999999, "1999999999", "1.999"},
	{60000000000, "60000000000", "60.000"},
	{UINT64_MAX, "18446744073709551615", "18446744073.709"},
};

START_TEST(writes_numbers)
{
	char out[TEXT_NUMBER_MAX];
	char *end = text_format_u64(out, numbers[_i].value);

	ck_assert_uint_eq((size_t)(end - out), strlen(numbers[_i].decimal));
	ck_assert_mem_eq(out, numbers[_i].decimal, end - out);
	end = text_format_nanoseconds(out, numbers[_i].value);
	ck_assert_uint_eq((size_t)(end - out), strlen(numbers[_i].seconds));
	ck_assert_mem_eq(out, numbers[_i].seconds, end - out);
}
END_TEST

static const struct {
	double value;
	const char *expected;
} doubles[] = {
	{0, "0"},
	{0.1, "0.1"},
	{-2.5, "-2.5"},
	{1.0 / 3, "0.3333333333333333"},
	{1e15, "1e+15"},
	{123456789, "123456789"},
	{0.1 + 0.2, "0.30000000000000004"},
	{INFINITY, "inf"},
};

START_TEST(writes_the_shortest_double)
{
	struct text text = {0};

	text_append_double(&text, doubles[_i].value);
	check_text(&text, doubles[_i].expected);
	text_free(&text);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{grows, 0},
		{takes_committed_bytes, 0},
		{is_usable_after_free, 0},
		{fails_for_good, 0},
		{writes_numbers, ARRAY_SIZE(numbers)},
		{writes_the_shortest_double, ARRAY_SIZE(doubles)},
	};

	return run_suite("text", tests, ARRAY_SIZE(tests));
}
