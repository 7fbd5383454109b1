// SPDX-License-Identifier: Apache-2.0
#include "common/compress.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "common/text.h"
#include "tests/unit/suite.h"

static const size_t sizes[] = {0, 1, 1 << 15, (1 << 15) + 1, 1000000};

/* Fills a text with bytes that repeat, or with bytes that gzip can only store. */
static void fill(struct text *text, size_t size, bool repeat)
{
	uint64_t state = 88172645463325252;
	char *out = text_reserve(text, size + 1);

	ck_assert_ptr_nonnull(out);
	for (size_t i = 0; i < size; i++) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		out[i] = repeat ? 'a' : (char)state;
	}
	text_commit(text, out + size);
}

static void check_content(const struct text *gzip, const struct text *expected)
{
	z_stream stream = {.next_in = (Bytef *)gzip->data, .avail_in = gzip->length};
	char *data = malloc(expected->length + 1);

	ck_assert_ptr_nonnull(data);
	stream.next_out = (Bytef *)data;
	stream.avail_out = expected->length + 1;
	ck_assert_int_eq(inflateInit2(&stream, 15 + 16), Z_OK);
	ck_assert_int_eq(inflate(&stream, Z_FINISH), Z_STREAM_END);
	ck_assert_uint_eq(stream.avail_in, 0);
	ck_assert_uint_eq(stream.total_out, expected->length);
	ck_assert_int_eq(memcmp(data, expected->data, expected->length), 0);
	inflateEnd(&stream);
	free(data);
}

static void check_size(size_t size, bool repeat)
{
	struct text text = {0}, gzip = {0};

	fill(&text, size, repeat);
	ck_assert_int_eq(compress_gzip(&text, &gzip), 0);
	ck_assert_uint_eq(gzip.capacity, gzip.length);
	ck_assert(!gzip.failed);
	if (repeat && size > 100)
		ck_assert_uint_lt(gzip.length, size / 24);
	check_content(&gzip, &text);
	text_free(&gzip);
	text_free(&text);
}

START_TEST(can_be_inflated)
{
	check_size(sizes[_i], /* repeat= */ true);
	check_size(sizes[_i], /* repeat= */ false);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {{can_be_inflated, ARRAY_SIZE(sizes)}};

	return run_suite("compress", tests, ARRAY_SIZE(tests));
}
