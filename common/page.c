// SPDX-License-Identifier: Apache-2.0
#include "page.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "text.h"

struct page {
	atomic_uint references;
	struct text text;
};

struct page *page_new(struct text *text)
{
	struct page *page = malloc(sizeof(*page));

	if (!page)
		return NULL;
	atomic_init(&page->references, 1);
	page->text = *text;
	*text = (struct text){0};
	return page;
}

struct page *page_ref(struct page *page)
{
	atomic_fetch_add_explicit(&page->references, 1, memory_order_relaxed);
	return page;
}

void page_unref(struct page *page)
{
	if (!page || atomic_fetch_sub_explicit(&page->references, 1, memory_order_acq_rel) != 1)
		return;
	text_free(&page->text);
	free(page);
}

const char *page_data(const struct page *page)
{
	return page->text.data;
}

size_t page_length(const struct page *page)
{
	return page->text.length;
}
