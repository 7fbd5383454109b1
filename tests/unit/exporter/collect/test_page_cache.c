// SPDX-License-Identifier: Apache-2.0
#include "exporter/collect/page_cache.h"

#include <check.h>

#include "common/page.h"
#include "common/text.h"
#include "tests/unit/suite.h"

#define IDLE  100
#define ASKED 1000

static struct page *new_page(void)
{
	struct text text = {0};

	text_append(&text, "x", 1);
	return page_new(&text);
}

static const struct {
	enum page_kind asked, kind;
	uint64_t now_ns;
	bool chosen;
} choices[] = {
	{PAGE_HTML, PAGE_TEXT, ASKED, true},
	{PAGE_HTML, PAGE_TEXT, 10 * ASKED, true},
	{PAGE_HTML, PAGE_HTML, ASKED, true},
	{PAGE_HTML, PAGE_HTML, ASKED + IDLE - 1, true},
	{PAGE_HTML, PAGE_HTML, ASKED + IDLE, false},
	{PAGE_HTML, PAGE_OPENMETRICS, ASKED, false},
	{PAGE_OPENMETRICS, PAGE_OPENMETRICS, ASKED, true},
	{PAGE_OPENMETRICS, PAGE_HTML, ASKED, false},
};

START_TEST(chooses_what_is_asked_for)
{
	struct page_cache published = {.idle_ns = IDLE};
	bool chosen[PAGE_KINDS];

	page_cache_request(&published, choices[_i].asked, ASKED);
	page_cache_choose(&published, choices[_i].now_ns, chosen);
	ck_assert_int_eq(chosen[choices[_i].kind], choices[_i].chosen);
}
END_TEST

/* Of a kind that is published already. */
static const struct {
	bool chosen, made, is_new, is_there;
} exchanges[] = {
	{true, true, true, true},
	{true, false, false, true},   /* no memory: the old one stays */
	{false, false, false, false}, /* not requested: no page is better than an old one */
};

START_TEST(exchanges_pages)
{
	struct page *old = new_page(), *made = exchanges[_i].made ? new_page() : NULL;
	struct page_cache published = {.pages = {[PAGE_HTML] = old}};
	const bool chosen[PAGE_KINDS] = {[PAGE_HTML] = exchanges[_i].chosen};
	struct page *pages[PAGE_KINDS] = {[PAGE_HTML] = made}, *found;

	page_cache_exchange(&published, chosen, pages);
	found = page_cache_page(&published, PAGE_HTML);
	ck_assert_int_eq(found != NULL, exchanges[_i].is_there);
	if (found)
		ck_assert_ptr_eq(found, exchanges[_i].is_new ? made : old);
	/* A page that was handed out stays valid. */
	page_cache_unref(pages);
	page_cache_unref(published.pages);
	if (found)
		ck_assert_uint_eq(page_length(found), 1);
	page_unref(found);
}
END_TEST

/* A request while pages are being made does not get a page that is out of date from then on. */
START_TEST(drops_what_was_asked_for_too_late)
{
	struct page_cache published = {.idle_ns = IDLE, .pages = {[PAGE_HTML] = new_page()}};
	struct page *pages[PAGE_KINDS] = {NULL};
	bool chosen[PAGE_KINDS];

	page_cache_choose(&published, ASKED, chosen);
	page_cache_request(&published, PAGE_HTML, ASKED + 1);
	page_cache_exchange(&published, chosen, pages);
	page_cache_unref(pages);
	ck_assert_ptr_null(page_cache_page(&published, PAGE_HTML));
	page_cache_choose(&published, ASKED + 2, chosen);
	ck_assert(chosen[PAGE_HTML]);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{chooses_what_is_asked_for, ARRAY_SIZE(choices)},
		{exchanges_pages, ARRAY_SIZE(exchanges)},
		{drops_what_was_asked_for_too_late, 0},
	};

	return run_suite("published", tests, ARRAY_SIZE(tests));
}
