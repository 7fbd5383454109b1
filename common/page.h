/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A published page: immutable and reference-counted, so that a slow client keeps
 * reading the one it was given while newer ones take its place. Thread-safe.
 */
#ifndef PAGE_H
#define PAGE_H

#include <stddef.h>

/* What is published of a collection. */
enum page_kind {
	PAGE_TEXT, /* always there; the others are made while somebody asks for them */
	PAGE_OPENMETRICS,
	PAGE_KINDS,
};

struct page;
struct text;

/* Takes text's memory over, which is left empty. One reference. NULL: out of memory. */
struct page *page_new(struct text *text);
struct page *page_ref(struct page *page);
void page_unref(struct page *page); /* NULL is allowed */

const char *page_data(const struct page *page);
size_t page_length(const struct page *page); /* bytes */

/*
 * The page compressed, of ret_length bytes, as long as the page lives. Made when it
 * is first asked for, once. NULL: out of memory.
 */
const char *page_gzip(struct page *page, size_t *ret_length);

#endif
