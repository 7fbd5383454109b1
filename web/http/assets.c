// SPDX-License-Identifier: Apache-2.0
#include "web/http/assets.h"

#include <microhttpd.h>

#include "common/embed.h"

#define CONTENT_POLICY                                                                  \
	"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; " \
	"img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/* The paths are absolute, because with link-time optimisation the linker reads the files. */
EMBED(style, ASSETS "/style.css");
EMBED(script, ASSETS "/refresh.js");
EMBED(icon, ASSETS "/icon.svg");

const struct asset asset_style = {style_start, style_end};
const struct asset asset_script = {script_start, script_end};
const struct asset asset_icon = {icon_start, icon_end};

static void forbid_guessing(struct MHD_Response *response)
{
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
}

struct MHD_Response *asset_response(const struct asset *asset)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
		asset->end - asset->start, (void *)asset->start, MHD_RESPMEM_PERSISTENT);

	if (!response)
		return NULL;
	forbid_guessing(response);
	/* The page's URLs of the files contain the version. */
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "max-age=86400");
	return response;
}

void asset_policy(struct MHD_Response *response)
{
	forbid_guessing(response);
	MHD_add_response_header(response, "Content-Security-Policy", CONTENT_POLICY);
	MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
}
