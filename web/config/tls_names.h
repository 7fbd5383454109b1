/* SPDX-License-Identifier: Apache-2.0 */
/* Maps Go's names of cipher suites, curves and versions to GnuTLS' names. */
#ifndef TLS_NAMES_H
#define TLS_NAMES_H

#include <stdbool.h>
#include <stddef.h>

enum tls_version { TLS_VERSION_10, TLS_VERSION_11, TLS_VERSION_12, TLS_VERSION_13 };

enum tls_key { TLS_KEY_RSA, TLS_KEY_ECDSA, TLS_KEY_ANY };

struct tls_suite {
	const char *name;
	enum tls_key key;   /* the server key that the suite needs; ANY: a suite of TLS 1.3 */
	const char *cipher; /* as in a priority string */
	const char *mac;
};

struct tls_curve {
	const char *name;
	const char *group; /* as in a priority string */
};

/* In the order of preference that applies when the file lists none. */
#define TLS_SUITE_COUNT 13
#define TLS_CURVE_COUNT 4
extern const struct tls_suite tls_suites[TLS_SUITE_COUNT];
extern const struct tls_curve tls_curves[TLS_CURVE_COUNT];

/* Return NULL if the name is unknown. */
const struct tls_suite *tls_suite_named(const char *name);
const struct tls_curve *tls_curve_named(const char *name);

bool tls_version_named(const char *name, enum tls_version *ret_version);
const char *tls_version_priority(enum tls_version version); /* "VERS-TLS1.2" */

#endif
