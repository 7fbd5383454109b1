// SPDX-License-Identifier: Apache-2.0
#include "common/page.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/compress.h"
#include "common/text.h"

struct page {
	atomic_uint references;
	struct text text;
	pthread_mutex_t lock; /* guards gzip until it is filled, once */
	struct text gzip;
};

struct page *page_new(struct text *text)
{
	struct page *page = calloc(1, sizeof(*page));

	if (!page)
		return NULL;
	atomic_init(&page->references, 1);
	pthread_mutex_init(&page->lock, NULL);
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
	pthread_mutex_destroy(&page->lock);
	text_free(&page->gzip);
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

const char *page_gzip(struct page *page, size_t *ret_length)
{
	const char *data;

	/* A thread that comes meanwhile waits: that is cheaper than compressing twice. */
	pthread_mutex_lock(&page->lock);
	if (!page->gzip.data)
		compress_gzip(&page->text, &page->gzip);
	data = page->gzip.data;
	*ret_length = page->gzip.length;
	pthread_mutex_unlock(&page->lock);
	return data;
}
