// SPDX-License-Identifier: Apache-2.0
/* GnuTLS itself knows every name that this table gives for it. */
#include "web/config/tls_names.h"

#include <gnutls/gnutls.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/suite.h"

static bool is_known(const char *priority)
{
	gnutls_priority_t made;

	if (gnutls_priority_init(&made, priority, /* error_position= */ NULL))
		return false;
	gnutls_priority_deinit(made);
	return true;
}

START_TEST(suites)
{
	const struct tls_suite *suite = &tls_suites[_i];
	char priority[160];

	ck_assert_ptr_eq(tls_suite_named(suite->name), suite);
	snprintf(priority, sizeof(priority), "NORMAL:-CIPHER-ALL:+%s:-MAC-ALL:+%s", suite->cipher,
		 suite->mac);
	ck_assert_msg(is_known(priority), "%s", priority);
}
END_TEST

START_TEST(curves)
{
	const struct tls_curve *curve = &tls_curves[_i];
	char priority[160];

	ck_assert_ptr_eq(tls_curve_named(curve->name), curve);
	snprintf(priority, sizeof(priority), "NORMAL:-GROUP-ALL:+%s", curve->group);
	ck_assert_msg(is_known(priority), "%s", priority);
}
END_TEST

static const char *const versions[] = {
	[TLS_VERSION_10] = "TLS10",
	[TLS_VERSION_11] = "TLS11",
	[TLS_VERSION_12] = "TLS12",
	[TLS_VERSION_13] = "TLS13",
};

START_TEST(versions_in_order)
{
	enum tls_version version;
	char priority[160];

	ck_assert(tls_version_named(versions[_i], &version));
	ck_assert_int_eq((int)version, _i);
	snprintf(priority, sizeof(priority), "NORMAL:-VERS-ALL:+%s", tls_version_priority(version));
	ck_assert_msg(is_known(priority), "%s", priority);
}
END_TEST

static const char *const unknown[] = {
	"",      "TLS",     "tls12",     "TLS12 ",
	"SSL30", "X25519 ", "curvep256", "TLS_RSA_WITH_AES_128_CBC_SHA",
	"P256"};

START_TEST(unknown_names)
{
	enum tls_version version = TLS_VERSION_11;

	ck_assert_ptr_null(tls_suite_named(unknown[_i]));
	ck_assert_ptr_null(tls_curve_named(unknown[_i]));
	ck_assert(!tls_version_named(unknown[_i], &version));
	ck_assert_int_eq(version, TLS_VERSION_11);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{suites, TLS_SUITE_COUNT},
		{curves, TLS_CURVE_COUNT},
		{versions_in_order, ARRAY_SIZE(versions)},
		{unknown_names, ARRAY_SIZE(unknown)},
	};

	return run_suite("tls_names", tests, ARRAY_SIZE(tests));
}
