/* SPDX-License-Identifier: Apache-2.0 */
/* Serves browsers: the headers of the page at /, and the files that the page needs. */
#ifndef ASSETS_H
#define ASSETS_H

struct MHD_Response;

/* A file of assets/, embedded at build time. */
struct asset {
	const unsigned char *start;
	const unsigned char *end;
};

extern const struct asset asset_style;  /* style.css */
extern const struct asset asset_script; /* refresh.js */
extern const struct asset asset_icon;   /* icon.svg */

/* Returns a response with the file, or NULL if memory is missing. */
struct MHD_Response *asset_response(const struct asset *asset);

/*
 * Adds the headers of the page at /: it loads nothing from other sites, contains no inline script
 * or style, must not be put into a frame, and must not be stored.
 */
void asset_policy(struct MHD_Response *response);

#endif
