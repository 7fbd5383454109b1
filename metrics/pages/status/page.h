/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The status page: a collection as HTML that is also XML. It is complete without script and style.
 * It links those of web/http/assets by relative addresses, so that it can be served below any path.
 * Its size has a limit, regardless of the number of rows.
 */
#ifndef STATUS_PAGE_H
#define STATUS_PAGE_H

#include <stdint.h>

struct exporter_identity;
struct exporter_status;
struct rates;
struct collection;
struct text;

#define STATUS_PAGE_ROWS      200 /* those with the most attempts */
#define STATUS_PAGE_BARS      10  /* of each kind */
#define STATUS_PAGE_NEWEST    10
#define STATUS_PAGE_ROW_BYTES 1024 /* at most, for each of them */

struct status_page {
	const struct exporter_identity *identity;
	const struct exporter_status *status;
	const char *problem; /* why the exporter is not ready; NULL: it is */
	const struct rates *rates;
	uint64_t boot_to_wall_ns; /* to add to CLOCK_BOOTTIME for UNIX time, nanoseconds */
	uint64_t now_ns;          /* CLOCK_BOOTTIME of the collection */
};

void status_page_encode(struct text *text, const struct collection *collection,
			const struct status_page *page);

#endif
