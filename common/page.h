/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The published page: immutable and reference-counted, so that a slow client
 * keeps reading the one it was given while newer ones take its place.
 */
#ifndef PAGE_H
#define PAGE_H

#include <stddef.h>

struct page;
struct text;

/* Takes text's memory over, which is left empty. One reference. NULL: out of memory. */
struct page *page_new(struct text *text);
struct page *page_ref(struct page *page);
void page_unref(struct page *page); /* NULL is allowed */

const char *page_data(const struct page *page);
size_t page_length(const struct page *page); /* bytes */

#endif
