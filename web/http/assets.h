/* SPDX-License-Identifier: Apache-2.0 */
/* What browsers are served: how the page at / may be shown, and the files that it needs. */
#ifndef ASSETS_H
#define ASSETS_H

struct MHD_Response;

/* One of the files of assets/, embedded at build time. */
struct asset {
	const unsigned char *start;
	const unsigned char *end;
};

extern const struct asset asset_style;  /* style.css */
extern const struct asset asset_script; /* refresh.js */
extern const struct asset asset_icon;   /* icon.svg */

/* A response with such a file. NULL: out of memory. */
struct MHD_Response *asset_response(const struct asset *asset);

/*
 * Adds the headers of the page: it takes nothing from elsewhere, has no script or style in itself,
 * stands in no other page's frame, and is kept by nobody.
 */
void asset_policy(struct MHD_Response *response);

#endif
