// SPDX-License-Identifier: Apache-2.0
#include "common/page.h"

#include <pthread.h>
#include <string.h>
#include <zlib.h>

#include "common/text.h"
#include "tests/unit/suite.h"

#define READERS 8

/* Makes a page of size bytes, with lines like those of a real one. */
static struct page *make_page(size_t size)
{
	struct text text = {0};

	while (text.length < size) {
		char number[TEXT_NUMBER_MAX];

		text_append_string(&text, "socket_bind_attempts_total{comm=\"");
		text_append(&text, number, text_format_u64(number, text.length) - number);
		text_append_string(&text, "\"} 1\n");
	}
	text.length = size;
	ck_assert(!text.failed);
	return page_new(&text);
}

static void check_gzip(struct page *page)
{
	size_t length, size = page_length(page);
	z_stream stream = {.next_in = (Bytef *)page_gzip(page, &length)};
	char *data = malloc(size + 1);

	ck_assert_ptr_nonnull(stream.next_in);
	stream.avail_in = length;
	stream.next_out = (Bytef *)data;
	stream.avail_out = size + 1;
	ck_assert_int_eq(inflateInit2(&stream, 15 + 16), Z_OK);
	ck_assert_int_eq(inflate(&stream, Z_FINISH), Z_STREAM_END);
	ck_assert_uint_eq(stream.avail_in, 0);
	ck_assert_uint_eq(stream.total_out, size);
	ck_assert_int_eq(memcmp(data, page_data(page), size), 0);
	inflateEnd(&stream);
	free(data);
}

static const size_t sizes[] = {1, 100, 1 << 15, (1 << 15) + 1, 3000000};

START_TEST(gzip_is_the_page)
{
	struct page *page = make_page(sizes[_i]);

	check_gzip(page);
	page_unref(page);
}
END_TEST

static void *ask(void *page)
{
	size_t length;

	return (void *)page_gzip(page, &length);
}

START_TEST(gzip_is_made_once)
{
	struct page *page = make_page(1000000);
	pthread_t threads[READERS];
	void *first = NULL, *data;

	for (int i = 0; i < READERS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, ask, page), 0);
	for (int i = 0; i < READERS; i++) {
		pthread_join(threads[i], &data);
		ck_assert_ptr_nonnull(data);
		first = first ? first : data;
		ck_assert_ptr_eq(data, first);
	}
	check_gzip(page);
	page_unref(page);
}
END_TEST

START_TEST(lives_as_long_as_references)
{
	struct page *page = make_page(100), *mine = page_ref(page);

	page_unref(page);
	check_gzip(mine);
	page_unref(mine);
	page_unref(NULL);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{gzip_is_the_page, ARRAY_SIZE(sizes)},
		{gzip_is_made_once, 0},
		{lives_as_long_as_references, 0},
	};

	return run_suite("page", tests, ARRAY_SIZE(tests));
}
