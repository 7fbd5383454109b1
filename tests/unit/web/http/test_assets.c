// SPDX-License-Identifier: Apache-2.0
/* Embedded files, and the headers of browsers' pages. */
#include "web/http/assets.h"

#include <microhttpd.h>
#include <string.h>

#include "tests/unit/suite.h"

static const struct {
	const struct asset *asset;
	const char *text; /* a part of it */
} assets[] = {
	{&asset_style, "color-scheme"},
	{&asset_script, "\"use strict\";"},
	{&asset_icon, "<svg"},
};

START_TEST(embeds_files)
{
	const struct asset *asset = assets[_i].asset;
	struct MHD_Response *response = asset_response(asset);
	size_t size = (size_t)(asset->end - asset->start);

	ck_assert_ptr_nonnull(memmem(asset->start, size, assets[_i].text, strlen(assets[_i].text)));
	ck_assert_ptr_nonnull(response);
	ck_assert_str_eq(MHD_get_response_header(response, "Cache-Control"), "max-age=86400");
	ck_assert_str_eq(MHD_get_response_header(response, "X-Content-Type-Options"), "nosniff");
	MHD_destroy_response(response);
}
END_TEST

static const struct {
	const char *name, *part;
} headers[] = {
	{"Content-Security-Policy", "default-src 'none'"},
	{"Content-Security-Policy", "frame-ancestors 'none'"},
	{"Referrer-Policy", "no-referrer"},
	{"Cache-Control", "no-store"},
	{"X-Content-Type-Options", "nosniff"},
};

START_TEST(restricts_the_page)
{
	static char text[] = "text";
	struct MHD_Response *response =
		MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_PERSISTENT);
	const char *value;

	asset_policy(response);
	value = MHD_get_response_header(response, headers[_i].name);
	ck_assert_ptr_nonnull(value);
	ck_assert_ptr_nonnull(strstr(value, headers[_i].part));
	ck_assert_ptr_null(strstr(value, "unsafe"));
	MHD_destroy_response(response);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{embeds_files, ARRAY_SIZE(assets)},
		{restricts_the_page, ARRAY_SIZE(headers)},
	};

	return run_suite("assets", tests, ARRAY_SIZE(tests));
}
