/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process that reads /metrics without pause and checks every page: it is well formed, no series
 * occurs twice, and no counter is lower than on the page before.
 */
#ifndef LIVE_SCRAPER_H
#define LIVE_SCRAPER_H

#include <stddef.h>
#include <stdint.h>

#define SCRAPER_PROBLEM_MAX 512

struct scraper;

/* 0 or -errno. The process dies with the calling thread. */
int scraper_start(uint16_t port, struct scraper **ret_scraper);

/* The number of pages read so far. */
unsigned int scraper_pages(const struct scraper *scraper);

/* Ends it and frees it. 0; -EPROTO, with the problem: a page was wrong. */
int scraper_stop(struct scraper *scraper, unsigned int *ret_pages,
		 char ret_problem[SCRAPER_PROBLEM_MAX]);

#endif
