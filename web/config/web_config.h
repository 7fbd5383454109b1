/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The web configuration file of Prometheus' exporters, as it is written: YAML in, values
 * out. Whether the values make sense together is web_config_check()'s part; the files
 * that it names are not opened here.
 */
#ifndef WEB_CONFIG_H
#define WEB_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "web/config/tls_names.h"

#define WEB_CONFIG_ERROR_MAX 1024

/*
 * Bytes. The YAML parser compares each anchor with all others, and so are keys compared: half a
 * second for as many as fit, but a minute for eight times as many, in which nobody is served.
 */
#define WEB_CONFIG_MAX (128 * 1024)

/* Strings are owned, and NULL where the file says nothing. Lines count from 1. */
struct web_tls {
	int line;
	char *cert, *key, *client_ca;                /* PEM, inline */
	char *cert_file, *key_file, *client_ca_file; /* win over inline */
	char *client_auth_type;
	int client_auth_line;
	const struct tls_suite *suites[TLS_SUITE_COUNT]; /* each once; none: all */
	size_t suite_count;
	const struct tls_curve *curves[TLS_CURVE_COUNT];
	size_t curve_count;
	enum tls_version min_version, max_version;
	bool prefer_server_cipher_suites;
	bool restricts_sans; /* also where the list is empty, which no certificate matches */
	char **sans;
	size_t san_count;
};

struct web_pair {
	char *name, *value;
	int line;
};

struct web_pairs {
	struct web_pair *pairs; /* in the file's order, names differ */
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
 * 0, or -errno with one line in ret_error, where -EINVAL is a file that can be read and
 * is refused. Relative paths become relative to where path's directory is.
 */
int web_config_read(const char *path, struct web_config **ret_config,
		    char ret_error[WEB_CONFIG_ERROR_MAX]);
void web_config_free(struct web_config *config); /* NULL is allowed */

/* Whether any of the keys is set that ask for TLS. */
bool web_config_uses_tls(const struct web_config *config);

/* What the toolkit checks before it opens a file. 0, or -EINVAL with one line, without path. */
int web_config_check(const struct web_config *config, char ret_error[WEB_CONFIG_ERROR_MAX]);

enum web_client_auth {
	WEB_CLIENT_AUTH_NONE,
	WEB_CLIENT_AUTH_REQUEST,
	WEB_CLIENT_AUTH_REQUIRE_ANY,
	WEB_CLIENT_AUTH_VERIFY_IF_GIVEN,
	WEB_CLIENT_AUTH_REQUIRE_AND_VERIFY,
};

/* Likewise, of client certificates; the toolkit does that after it has read the key pair. */
int web_config_client_auth(const struct web_config *config, enum web_client_auth *ret_auth,
			   char ret_error[WEB_CONFIG_ERROR_MAX]);

/* As Go words an errno of whole_file_read(): "no such file or directory". */
const char *web_config_reason(int error, char ret_text[64]);

#endif
