/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page cache: the published pages, one of each kind that is being requested. Times are
 * CLOCK_MONOTONIC, nanoseconds. If all but idle_ns is zero, it is empty. Not thread-safe.
 */
#ifndef PAGE_CACHE_H
#define PAGE_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/page.h"

struct page_cache {
	uint64_t idle_ns;                /* kinds not requested for so long are not made */
	struct page *pages[PAGE_KINDS];  /* NULL: not made; owned */
	uint64_t idle_at_ns[PAGE_KINDS]; /* not made from then on */
};

/*
 * Returns the page with a reference. NULL: it was not made yet; page_cache_request() has it made.
 */
struct page *page_cache_page(const struct page_cache *published, enum page_kind kind);

/* This kind is made from now on, for idle_ns. */
void page_cache_request(struct page_cache *published, enum page_kind kind, uint64_t now_ns);

/* Chooses the kinds to make from a collection that begins now. */
void page_cache_choose(const struct page_cache *published, uint64_t now_ns,
		       bool ret_chosen[PAGE_KINDS]);

/*
 * Takes the new pages, and leaves the old ones in pages, to be unreferenced. A chosen page that is
 * NULL could not be made: the old one stays. A page that was not chosen is dropped, so that it is
 * not stale at the next request.
 */
void page_cache_exchange(struct page_cache *published, const bool chosen[PAGE_KINDS],
			 struct page *pages[PAGE_KINDS]);

void page_cache_unref(struct page *pages[PAGE_KINDS]); /* each may be NULL */

#endif
