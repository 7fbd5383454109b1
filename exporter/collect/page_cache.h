/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pages that are published, one of each kind that somebody asks for. Times are
 * CLOCK_MONOTONIC, nanoseconds. All zero but idle_ns: there is none. Not thread-safe.
 */
#ifndef PUBLISHED_H
#define PUBLISHED_H

#include <stdbool.h>
#include <stdint.h>

#include "common/page.h"

struct page_cache {
	uint64_t idle_ns;                /* kinds not asked for in that time are not made */
	struct page *pages[PAGE_KINDS];  /* NULL: not made; owned */
	uint64_t idle_at_ns[PAGE_KINDS]; /* not made from then on */
};

/* The page with a reference, NULL: it was not made yet. Asking does not make it: see below. */
struct page *page_cache_page(const struct page_cache *published, enum page_kind kind);

/* This kind is made from now on, for a while. */
void page_cache_request(struct page_cache *published, enum page_kind kind, uint64_t now_ns);

/* Which kinds are to be made of a collection that begins now. */
void page_cache_choose(const struct page_cache *published, uint64_t now_ns,
		       bool ret_chosen[PAGE_KINDS]);

/*
 * Takes the new pages, and leaves the old ones in their place, to be unreferenced. One that
 * was chosen and is NULL could not be made: the old one stays. One that was not is dropped,
 * lest it be stale when it is asked for again.
 */
void page_cache_exchange(struct page_cache *published, const bool chosen[PAGE_KINDS],
			 struct page *pages[PAGE_KINDS]);

void page_cache_unref(struct page *pages[PAGE_KINDS]); /* each may be NULL */

#endif
