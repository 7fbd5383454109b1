// SPDX-License-Identifier: Apache-2.0
#include "web/config/web_config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/duration.h"
#include "common/yaml/reader.h"
#include "common/yaml/whole_file.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static int read_suite(struct yaml_reader *reader, yaml_node_t *node, void *target)
{
	struct web_tls *tls = target;
	const struct tls_suite *suite;
	char *name;
	int error = yaml_read_scalar(reader, node, "web.Cipher", &name);

	if (error)
		return error;
	suite = tls_suite_named(name);
	if (!suite)
		error = yaml_refuse(reader, node, "unknown cipher: %.100s", name);
	free(name);
	for (size_t i = 0; i < tls->suite_count; i++)
		if (tls->suites[i] == suite)
			return error;
	if (suite)
		tls->suites[tls->suite_count++] = suite;
	return error;
}

static int read_curve(struct yaml_reader *reader, yaml_node_t *node, void *target)
{
	struct web_tls *tls = target;
	const struct tls_curve *curve;
	char *name;
	int error = yaml_read_scalar(reader, node, "web.Curve", &name);

	if (error)
		return error;
	curve = tls_curve_named(name);
	if (!curve)
		error = yaml_refuse(reader, node, "unknown curve: %.100s", name);
	free(name);
	for (size_t i = 0; i < tls->curve_count; i++)
		if (tls->curves[i] == curve)
			return error;
	if (curve)
		tls->curves[tls->curve_count++] = curve;
	return error;
}

static int read_san(struct yaml_reader *reader, yaml_node_t *node, void *target)
{
	struct web_tls *tls = target;
	char **more = reallocarray(tls->sans, tls->san_count + 1, sizeof(*more));
	int error;

	if (!more)
		return -ENOMEM;
	tls->sans = more;
	error = yaml_read_scalar(reader, node, "string", &tls->sans[tls->san_count]);
	if (!error)
		tls->san_count++;
	return error;
}

static int read_suites(struct yaml_reader *reader, yaml_node_t *node, void *target)
{
	return yaml_read_list(reader, node, "[]web.Cipher", read_suite, target);
}

static int read_curves(struct yaml_reader *reader, yaml_node_t *node, void *target)
{
	return yaml_read_list(reader, node, "[]web.Curve", read_curve, target);
}

static int read_sans(struct yaml_reader *reader, yaml_node_t *node, void *target)
{
	((struct web_tls *)target)->restricts_sans = true;
	return yaml_read_list(reader, node, "[]string", read_san, target);
}

static int read_version(struct yaml_reader *reader, yaml_node_t *node, void *target)
{
	char *name;
	int error = yaml_read_scalar(reader, node, "web.TLSVersion", &name);

	if (error)
		return error;
	if (!tls_version_named(name, target))
		error = yaml_refuse(reader, node, "unknown TLS version: %.100s", name);
	free(name);
	return error;
}

static int read_client_auth(struct yaml_reader *reader, yaml_node_t *node, void *target)
{
	struct web_tls *tls = target;

	tls->client_auth_line = yaml_line(node);
	return yaml_read_string(reader, node, &tls->client_auth_type);
}

static int read_tls(struct yaml_reader *reader, yaml_node_t *node, void *target)
{
	static const struct yaml_field fields[] = {
		{"cert", yaml_read_string, offsetof(struct web_tls, cert)},
		{"key", yaml_read_string, offsetof(struct web_tls, key)},
		{"client_ca", yaml_read_string, offsetof(struct web_tls, client_ca)},
		{"cert_file", yaml_read_string, offsetof(struct web_tls, cert_file)},
		{"key_file", yaml_read_string, offsetof(struct web_tls, key_file)},
		{"client_ca_file", yaml_read_string, offsetof(struct web_tls, client_ca_file)},
		{"client_auth_type", read_client_auth, 0},
		{"client_allowed_sans", read_sans, 0},
		{"cipher_suites", read_suites, 0},
		{"curve_preferences", read_curves, 0},
		{"min_version", read_version, offsetof(struct web_tls, min_version)},
		{"max_version", read_version, offsetof(struct web_tls, max_version)},
		{"prefer_server_cipher_suites", yaml_read_bool,
		 offsetof(struct web_tls, prefer_server_cipher_suites)},
	};
	static const struct yaml_type type = {"web.TLSConfig", fields, ARRAY_SIZE(fields)};

	((struct web_tls *)target)->line = yaml_line(node);
	return yaml_read_mapping(reader, node, &type, target);
}

static int add_pair(struct yaml_reader *reader, const char *name, yaml_node_t *value,
		    struct web_pairs *pairs, const char *type)
{
	struct web_pair *more = reallocarray(pairs->pairs, pairs->count + 1, sizeof(*more));
	struct web_pair pair = {.line = yaml_line(value)};
	int error;

	if (!more)
		return -ENOMEM;
	pairs->pairs = more;
	error = yaml_read_scalar(reader, value, type, &pair.value);
	if (error)
		return error;
	pair.name = strdup(name);
	if (!pair.name) {
		free(pair.value);
		return -ENOMEM;
	}
	pairs->pairs[pairs->count++] = pair;
	return 0;
}

static int read_header(struct yaml_reader *reader, const char *name, yaml_node_t *value,
		       void *target)
{
	return add_pair(reader, name, value, target, "string");
}

static int read_user(struct yaml_reader *reader, const char *name, yaml_node_t *value, void *target)
{
	return add_pair(reader, name, value, target, "config.Secret");
}

static int read_headers(struct yaml_reader *reader, yaml_node_t *node, void *target)
{
	return yaml_read_map(reader, node, "map[string]string", read_header, target);
}

static int read_users(struct yaml_reader *reader, yaml_node_t *node, void *target)
{
	return yaml_read_map(reader, node, "map[string]config.Secret", read_user, target);
}

static int read_http(struct yaml_reader *reader, yaml_node_t *node, void *target)
{
	static const struct yaml_field fields[] = {
		{"http2", yaml_read_bool, offsetof(struct web_config, http2)},
		{"headers", read_headers, offsetof(struct web_config, headers)},
	};
	static const struct yaml_type type = {"web.HTTPConfig", fields, ARRAY_SIZE(fields)};

	return yaml_read_mapping(reader, node, &type, target);
}

/* As in Go, a number without a unit is in nanoseconds. */
static int read_interval(struct yaml_reader *reader, yaml_node_t *node, void *target)
{
	char *text;
	int64_t number;
	int error = yaml_read_scalar(reader, node, "time.Duration", &text);

	if (error)
		return error;
	if (duration_parse(text, target) == 0) {
		free(text);
		return 0;
	}
	free(text);
	if (yaml_read_int(reader, node, &number) || number < 0)
		return yaml_refuse_type(reader, node, "time.Duration");
	*(uint64_t *)target = number;
	return 0;
}

static int read_rate_limit(struct yaml_reader *reader, yaml_node_t *node, void *target)
{
	static const struct yaml_field fields[] = {
		{"interval", read_interval, offsetof(struct web_config, rate_interval_ns)},
		{"burst", yaml_read_int, offsetof(struct web_config, rate_burst)},
	};
	static const struct yaml_type type = {"web.RateLimiterConfig", fields, ARRAY_SIZE(fields)};

	return yaml_read_mapping(reader, node, &type, target);
}

static const struct yaml_field config_fields[] = {
	{"tls_server_config", read_tls, offsetof(struct web_config, tls)},
	{"http_server_config", read_http, 0},
	{"rate_limit", read_rate_limit, 0},
	{"basic_auth_users", read_users, offsetof(struct web_config, users)},
};
static const struct yaml_type config_type = {"web.Config", config_fields,
					     ARRAY_SIZE(config_fields)};

/*
 * The toolkit, too, takes a relative path as relative to the file's directory, not to the working
 * directory.
 */
static int join(const char *config_path, char **path)
{
	const char *slash = strrchr(config_path, '/');
	char *joined;

	if (!*path || !**path || **path == '/' || !slash)
		return 0;
	if (asprintf(&joined, "%.*s/%s", (int)(slash - config_path), config_path, *path) < 0)
		return -ENOMEM;
	free(*path);
	*path = joined;
	return 0;
}

static int join_all(const char *config_path, struct web_tls *tls)
{
	if (join(config_path, &tls->cert_file) || join(config_path, &tls->key_file) ||
	    join(config_path, &tls->client_ca_file))
		return -ENOMEM;
	return 0;
}

const char *web_config_reason(int error, char ret_text[64])
{
	snprintf(ret_text, 64, "%s", error == EINVAL ? "not a regular file" : strerror(error));
	if (ret_text[0] >= 'A' && ret_text[0] <= 'Z')
		ret_text[0] += 'a' - 'A';
	return ret_text;
}

static int parse(const char *path, const char *text, size_t length, struct web_config *config,
		 char ret_error[WEB_CONFIG_ERROR_MAX])
{
	char cause[YAML_ERROR_MAX];
	int error = yaml_read_text(text, length, &config_type, config, cause);

	if (!error)
		error = join_all(path, &config->tls);
	if (error == -EINVAL)
		snprintf(ret_error, WEB_CONFIG_ERROR_MAX, "%.400s: yaml: %s", path, cause);
	else if (error)
		snprintf(ret_error, WEB_CONFIG_ERROR_MAX, "%.400s: out of memory", path);
	return error;
}

int web_config_read(const char *path, struct web_config **ret_config,
		    char ret_error[WEB_CONFIG_ERROR_MAX])
{
	struct web_config *config = calloc(1, sizeof(*config));
	char *text = NULL, reason[64];
	size_t length = 0;
	int error = config ? whole_file_read(path, WEB_CONFIG_MAX, &text, &length) : -ENOMEM;

	if (error) {
		snprintf(ret_error, WEB_CONFIG_ERROR_MAX, "%s %.400s: %s",
			 error == -EISDIR ? "read" : "open", path,
			 web_config_reason(-error, reason));
	} else {
		config->http2 = true;
		config->tls.min_version = TLS_VERSION_12;
		config->tls.max_version = TLS_VERSION_13;
		config->tls.prefer_server_cipher_suites = true;
		error = parse(path, text, length, config, ret_error);
	}
	whole_file_forget(text, length); /* the text may contain the key */
	if (error)
		web_config_free(config);
	else
		*ret_config = config;
	return error;
}

static void free_pairs(struct web_pairs *pairs)
{
	for (size_t i = 0; i < pairs->count; i++) {
		free(pairs->pairs[i].name);
		free(pairs->pairs[i].value);
	}
	free(pairs->pairs);
}

static void free_tls(struct web_tls *tls)
{
	whole_file_forget(tls->key, tls->key ? strlen(tls->key) : 0);
	free(tls->cert);
	free(tls->client_ca);
	free(tls->cert_file);
	free(tls->key_file);
	free(tls->client_ca_file);
	free(tls->client_auth_type);
	for (size_t i = 0; i < tls->san_count; i++)
		free(tls->sans[i]);
	free(tls->sans);
}

void web_config_free(struct web_config *config)
{
	if (!config)
		return;
	free_tls(&config->tls);
	free_pairs(&config->headers);
	free_pairs(&config->users);
	free(config);
}
