/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A published page: immutable and reference-counted, so that a slow client keeps reading the page
 * that it was given while newer ones replace it. Thread-safe.
 */
#ifndef PAGE_H
#define PAGE_H

#include <stddef.h>

/* The forms in which a collection is published. */
enum page_kind {
	PAGE_TEXT, /* always rendered; the others are rendered while clients request them */
	PAGE_OPENMETRICS,
	PAGE_HTML, /* the status page */
	PAGE_KINDS,
};

struct page;
struct text;

/*
 * Takes over the memory of text and leaves text empty. The caller has the only reference. NULL: out
 * of memory, and text is untouched.
 */
struct page *page_new(struct text *text);
struct page *page_ref(struct page *page);
void page_unref(struct page *page); /* NULL is allowed */

const char *page_data(const struct page *page);
size_t page_length(const struct page *page); /* bytes */

/*
 * Returns the page compressed with gzip: ret_length bytes, which live as long as the page. They are
 * made once, at the first call. NULL: out of memory; the next call tries again.
 */
const char *page_gzip(struct page *page, size_t *ret_length);

#endif
