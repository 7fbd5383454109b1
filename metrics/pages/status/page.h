/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page to look at: a snapshot, drawn, in HTML that is XML, too. Complete without script
 * or style; it links those that web/http/assets has, by relative addresses, so that it may be
 * served below any path. What it takes has a bound, however many rows there are.
 */
#ifndef STATUS_PAGE_H
#define STATUS_PAGE_H

#include <stdint.h>

struct exporter_identity;
struct exporter_status;
struct rates;
struct snapshot;
struct text;

#define STATUS_PAGE_ROWS      200 /* those with the most attempts */
#define STATUS_PAGE_BARS      10  /* of each kind */
#define STATUS_PAGE_NEWEST    10
#define STATUS_PAGE_ROW_BYTES 1024 /* at most, for each of them */

struct status_page {
	const struct exporter_identity *identity;
	const struct exporter_status *status;
	const char *problem; /* why it is not ready; NULL: it is */
	const struct rates *rates;
	uint64_t boot_to_wall_ns; /* what CLOCK_BOOTTIME lacks to UNIX time */
	uint64_t now_ns;          /* CLOCK_BOOTTIME of the snapshot */
};

void status_page_encode(struct text *text, const struct snapshot *snapshot,
			const struct status_page *page);

#endif
