// SPDX-License-Identifier: Apache-2.0
#include "exporter/collect/page_cache.h"

struct page *page_cache_page(const struct page_cache *published, enum page_kind kind)
{
	struct page *page = published->pages[kind];

	return page ? page_ref(page) : NULL;
}

void page_cache_request(struct page_cache *published, enum page_kind kind, uint64_t now_ns)
{
	published->idle_at_ns[kind] = now_ns + published->idle_ns;
}

void page_cache_choose(const struct page_cache *published, uint64_t now_ns,
		       bool ret_chosen[PAGE_KINDS])
{
	for (enum page_kind kind = 0; kind < PAGE_KINDS; kind++)
		ret_chosen[kind] = kind == PAGE_TEXT || now_ns < published->idle_at_ns[kind];
}

void page_cache_exchange(struct page_cache *published, const bool chosen[PAGE_KINDS],
			 struct page *pages[PAGE_KINDS])
{
	for (enum page_kind kind = 0; kind < PAGE_KINDS; kind++) {
		struct page *old = published->pages[kind];

		if (chosen[kind] && !pages[kind])
			continue;
		published->pages[kind] = pages[kind];
		pages[kind] = old;
	}
}

void page_cache_unref(struct page *pages[PAGE_KINDS])
{
	for (enum page_kind kind = 0; kind < PAGE_KINDS; kind++)
		page_unref(pages[kind]);
}
