// SPDX-License-Identifier: Apache-2.0
#include "web/config/tls_names.h"

#include <string.h>

/*
 * The suites that Go calls secure. The toolkit does not know the "insecure" ones (RSA key exchange,
 * 3DES, RC4) either.
 */
const struct tls_suite tls_suites[TLS_SUITE_COUNT] = {
	{"TLS_AES_128_GCM_SHA256", TLS_KEY_ANY, "AES-128-GCM", "AEAD"},
	{"TLS_AES_256_GCM_SHA384", TLS_KEY_ANY, "AES-256-GCM", "AEAD"},
	{"TLS_CHACHA20_POLY1305_SHA256", TLS_KEY_ANY, "CHACHA20-POLY1305", "AEAD"},
	{"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", TLS_KEY_ECDSA, "AES-128-GCM", "AEAD"},
	{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", TLS_KEY_RSA, "AES-128-GCM", "AEAD"},
	{"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", TLS_KEY_ECDSA, "AES-256-GCM", "AEAD"},
	{"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", TLS_KEY_RSA, "AES-256-GCM", "AEAD"},
	{"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", TLS_KEY_ECDSA, "CHACHA20-POLY1305",
	 "AEAD"},
	{"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", TLS_KEY_RSA, "CHACHA20-POLY1305", "AEAD"},
	{"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", TLS_KEY_ECDSA, "AES-128-CBC", "SHA1"},
	{"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", TLS_KEY_RSA, "AES-128-CBC", "SHA1"},
	{"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", TLS_KEY_ECDSA, "AES-256-CBC", "SHA1"},
	{"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", TLS_KEY_RSA, "AES-256-CBC", "SHA1"},
};

const struct tls_curve tls_curves[TLS_CURVE_COUNT] = {
	{"X25519", "GROUP-X25519"},
	{"CurveP256", "GROUP-SECP256R1"},
	{"CurveP384", "GROUP-SECP384R1"},
	{"CurveP521", "GROUP-SECP521R1"},
};

static const struct {
	const char *name;
	const char *priority;
} versions[] = {
	[TLS_VERSION_10] = {"TLS10", "VERS-TLS1.0"},
	[TLS_VERSION_11] = {"TLS11", "VERS-TLS1.1"},
	[TLS_VERSION_12] = {"TLS12", "VERS-TLS1.2"},
	[TLS_VERSION_13] = {"TLS13", "VERS-TLS1.3"},
};

const struct tls_suite *tls_suite_named(const char *name)
{
	for (size_t i = 0; i < TLS_SUITE_COUNT; i++)
		if (strcmp(tls_suites[i].name, name) == 0)
			return &tls_suites[i];
	return NULL;
}

const struct tls_curve *tls_curve_named(const char *name)
{
	for (size_t i = 0; i < TLS_CURVE_COUNT; i++)
		if (strcmp(tls_curves[i].name, name) == 0)
			return &tls_curves[i];
	return NULL;
}

bool tls_version_named(const char *name, enum tls_version *ret_version)
{
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		if (strcmp(versions[i].name, name) == 0) {
			*ret_version = (enum tls_version)i;
			return true;
		}
	}
	return false;
}

const char *tls_version_priority(enum tls_version version)
{
	return versions[version].priority;
}
