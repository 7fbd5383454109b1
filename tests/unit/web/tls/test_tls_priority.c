// SPDX-License-Identifier: Apache-2.0
/* Handshakes with versions, suites and curves of every kind. */
#include "web/tls/tls_priority.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/suite.h"
#include "tests/unit/web/tls/tls_fixture.h"
#include "web/config/tls_names.h"

#define NOTHING ""

static const struct {
	const char *lines;
	const char *priority;
	const char *version; /* NULL: the handshake fails */
} version_cases[] = {
	{NOTHING, "NORMAL", "TLS1.3"},
	{NOTHING, TLS12, "TLS1.2"},
	{NOTHING, "NORMAL:-VERS-ALL:+VERS-TLS1.1", NULL},
	{"  max_version: TLS12\n", "NORMAL", "TLS1.2"},
	{"  max_version: TLS12\n", TLS13, NULL},
	{"  min_version: TLS13\n", TLS13, "TLS1.3"},
	{"  min_version: TLS13\n", TLS12, NULL},
	{"  min_version: TLS10\n", "NORMAL", "TLS1.3"},
	{"  min_version: TLS10\n", "NORMAL:-VERS-ALL:+VERS-TLS1.0", "TLS1.0"},
	{"  min_version: TLS11\n", "NORMAL:-VERS-ALL:+VERS-TLS1.1", "TLS1.1"},
	{"  min_version: TLS11\n", "NORMAL:-VERS-ALL:+VERS-TLS1.0", NULL},
	{"  min_version: TLS10\n  max_version: TLS11\n", TLS12, NULL},
	{"  cipher_suites: [TLS_AES_128_GCM_SHA256]\n", TLS12, NULL},
	{"  cipher_suites: [TLS_AES_128_GCM_SHA256]\n", "NORMAL", "TLS1.3"},
};

START_TEST(keeps_to_versions)
{
	struct handshake result =
		tls_fixture_try("rsa", version_cases[_i].lines, version_cases[_i].priority, NONE);

	ck_assert_int_eq(result.served, version_cases[_i].version != NULL);
	if (result.served)
		ck_assert_str_eq(result.version, version_cases[_i].version);
}
END_TEST

/* Clients without the configured suite, but with others. */
static const char *const other_suites[] = {
	TLS12 ":-CIPHER-ALL:+AES-256-CBC:-MAC-ALL:+SHA1",
	TLS12 ":-CIPHER-ALL:+AES-128-GCM",
	TLS12 ":-CIPHER-ALL:+CHACHA20-POLY1305",
	TLS12 ":-KX-ALL:+RSA",
	TLS12 ":-KX-ALL:+DHE-RSA",
};

/*
 * Each suite is configured alone, with a client that accepts any: exactly this one is negotiated.
 */
START_TEST(takes_the_named_suite_only)
{
	const struct tls_suite *suite = &tls_suites[_i];
	const char *key = suite->key == TLS_KEY_RSA ? "rsa" : "ecdsa";
	char lines[HANDSHAKE_TEXT_MAX];
	struct handshake result;

	snprintf(lines, sizeof(lines), "  cipher_suites: [%s]\n", suite->name);
	if (suite->key == TLS_KEY_ANY) {
		/* The suites of TLS 1.3 cannot be configured, as in Go. */
		result = tls_fixture_try(key, lines, TLS13 ":-CIPHER-ALL:+AES-256-GCM", NONE);
		ck_assert(result.served);
		return;
	}
	result = tls_fixture_try(key, lines, TLS12, NONE);
	ck_assert(result.served);
	ck_assert_msg(strcmp(suite->name, result.suite) == 0, "%s: %s", suite->name, result.suite);
	for (size_t i = 0; i < ARRAY_SIZE(other_suites); i++) {
		result = tls_fixture_try(key, lines, other_suites[i], NONE);
		ck_assert_msg(!result.served || strcmp(suite->name, result.suite) == 0, "%s: %s",
			      suite->name, result.suite);
	}
	result = tls_fixture_try(key, lines, TLS13 ":-CIPHER-ALL:+CHACHA20-POLY1305", NONE);
	ck_assert(result.served);
}
END_TEST

#define TWO                                                         \
	"  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, " \
	"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\n"

START_TEST(prefers_as_the_file_says)
{
	const char *client = TLS12 ":-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM";
	struct handshake result = tls_fixture_try("rsa", TWO, client, NONE);

	ck_assert_str_eq(result.suite, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
	result = tls_fixture_try("rsa", TWO "  prefer_server_cipher_suites: false\n", client, NONE);
	ck_assert_str_eq(result.suite, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
}
END_TEST

/* Without a list, Go's suites are offered: no RSA key exchange, no finite fields. */
START_TEST(has_safe_suites_by_default)
{
	ck_assert(tls_fixture_try("rsa", NOTHING, other_suites[0], NONE).served);
	ck_assert(tls_fixture_try("rsa", NOTHING, other_suites[1], NONE).served);
	ck_assert(tls_fixture_try("rsa", NOTHING, other_suites[2], NONE).served);
	ck_assert(!tls_fixture_try("rsa", NOTHING, other_suites[3], NONE).served);
	ck_assert(!tls_fixture_try("rsa", NOTHING, other_suites[4], NONE).served);
}
END_TEST

static const struct {
	const char *lines;
	const char *group; /* the groups of the client, the preferred one first */
	const char *negotiated;
} curve_cases[] = {
	{NOTHING, "+GROUP-X25519", "X25519"},
	{NOTHING, "+GROUP-SECP256R1", "SECP256R1"},
	{NOTHING, "+GROUP-SECP384R1", "SECP384R1"},
	{NOTHING, "+GROUP-SECP521R1", "SECP521R1"},
	{NOTHING, "+GROUP-FFDHE2048", NULL},
	{"  curve_preferences: [CurveP256]\n", "+GROUP-SECP256R1", "SECP256R1"},
	{"  curve_preferences: [CurveP256]\n", "+GROUP-SECP384R1", NULL},
	{"  curve_preferences: [CurveP384]\n", "+GROUP-SECP384R1", "SECP384R1"},
	{"  curve_preferences: [CurveP521]\n", "+GROUP-SECP521R1", "SECP521R1"},
	{"  curve_preferences: [X25519]\n", "+GROUP-X25519", "X25519"},
	{"  curve_preferences: [X25519]\n", "+GROUP-SECP256R1", NULL},
	{"  curve_preferences: [CurveP521, CurveP384]\n", "+GROUP-SECP384R1:+GROUP-SECP521R1",
	 "SECP521R1"},
};

static void check_curve(int row, const char *version)
{
	char priority[HANDSHAKE_TEXT_MAX];
	struct handshake result;

	snprintf(priority, sizeof(priority), "%s:-GROUP-ALL:%s", version, curve_cases[row].group);
	result = tls_fixture_try("rsa", curve_cases[row].lines, priority, NONE);
	ck_assert_msg(result.served == (curve_cases[row].negotiated != NULL), "%s%s",
		      curve_cases[row].lines, priority);
	if (result.served)
		ck_assert_str_eq(result.group, curve_cases[row].negotiated);
}

START_TEST(keeps_to_curves)
{
	check_curve(_i, TLS12);
	check_curve(_i, TLS13);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{keeps_to_versions, ARRAY_SIZE(version_cases)},
		{takes_the_named_suite_only, TLS_SUITE_COUNT},
		{prefers_as_the_file_says, 0},
		{has_safe_suites_by_default, 0},
		{keeps_to_curves, ARRAY_SIZE(curve_cases)},
	};
	int failed;

	if (tls_fixture_make())
		return EXIT_FAILURE;
	failed = run_suite("tls_priority", tests, ARRAY_SIZE(tests));
	tls_fixture_remove();
	return failed;
}
