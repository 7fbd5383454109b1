/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the web configuration file of Prometheus' exporters from YAML into values.
 * web_config_check() checks whether the values fit together. The files that they name are not
 * opened here.
 */
#ifndef WEB_CONFIG_H
#define WEB_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "web/config/tls_names.h"

#define WEB_CONFIG_ERROR_MAX 1024

/*
 * Bytes. The YAML parser compares each anchor with all others, and keys are compared in the same
 * way. This takes half a second for as many as fit into this limit, but a minute for eight times as
 * many, during which no request is served.
 */
#define WEB_CONFIG_MAX (128 * 1024)

/* Strings are owned. They are NULL if the file does not set them. Lines count from 1. */
struct web_tls {
	int line;
	char *cert, *key, *client_ca;                /* PEM, inline */
	char *cert_file, *key_file, *client_ca_file; /* take precedence over inline */
	char *client_auth_type;
	int client_auth_line;
	const struct tls_suite
		*suites[TLS_SUITE_COUNT]; /* without duplicates; none: all are allowed */
	size_t suite_count;
	const struct tls_curve *curves[TLS_CURVE_COUNT];
	size_t curve_count;
	enum tls_version min_version, max_version;
	bool prefer_server_cipher_suites;
	bool restricts_sans; /* true also for an empty list, which no certificate matches */
	char **sans;
	size_t san_count;
};

struct web_pair {
	char *name, *value;
	int line;
};

struct web_pairs {
	struct web_pair *pairs; /* in the file's order, without duplicate names */
	size_t count;
};

struct web_config {
	struct web_tls tls;
	bool http2;
	struct web_pairs headers;
	struct web_pairs users;    /* name and bcrypt hash */
	uint64_t rate_interval_ns; /* 0: no limit */
	int64_t rate_burst;
};

/*
 * Returns 0, or -errno with one line in ret_error. -EINVAL: the file can be read, but is refused. A
 * relative path in the file becomes relative to the file's directory.
 */
int web_config_read(const char *path, struct web_config **ret_config,
		    char ret_error[WEB_CONFIG_ERROR_MAX]);
void web_config_free(struct web_config *config); /* NULL is allowed */

/* Returns whether the file sets any of the keys that turn on TLS. */
bool web_config_uses_tls(const struct web_config *config);

/*
 * Checks the values that the toolkit checks before it opens a file. Returns 0, or -EINVAL with one
 * line in ret_error that does not name the file.
 */
int web_config_check(const struct web_config *config, char ret_error[WEB_CONFIG_ERROR_MAX]);

enum web_client_auth {
	WEB_CLIENT_AUTH_NONE,
	WEB_CLIENT_AUTH_REQUEST,
	WEB_CLIENT_AUTH_REQUIRE_ANY,
	WEB_CLIENT_AUTH_VERIFY_IF_GIVEN,
	WEB_CLIENT_AUTH_REQUIRE_AND_VERIFY,
};

/*
 * Checks the values about client certificates. The toolkit does so after it has read the key pair.
 * Returns 0, or -EINVAL with one line in ret_error that does not name the file.
 */
int web_config_client_auth(const struct web_config *config, enum web_client_auth *ret_auth,
			   char ret_error[WEB_CONFIG_ERROR_MAX]);

/* Returns Go's text for an errno of whole_file_read(): "no such file or directory". */
const char *web_config_reason(int error, char ret_text[64]);

#endif
