// SPDX-License-Identifier: Apache-2.0
#include "web/access/access.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/yaml/whole_file.h"
#include "web/access/access_private.h"

enum demand {
	DEMANDS_TLS = 1 << 0,
	DEMANDS_CERTIFICATE = 1 << 1,
	DEMANDS_CA = 1 << 2,
	DEMANDS_SAN = 1 << 3,
	DEMANDS_PASSWORD = 1 << 4,
};

struct access_state *access_state_new(void)
{
	struct access_state *state = calloc(1, sizeof(*state));

	if (!state)
		return NULL;
	if (basic_auth_new(bcrypt_hash_matches, &state->auth)) {
		free(state);
		return NULL;
	}
	atomic_init(&state->references, 1);
	pthread_mutex_init(&state->lock, NULL);
	pthread_mutex_init(&state->tls_log.lock, NULL);
	return state;
}

void access_state_unref(struct access_state *state)
{
	if (atomic_fetch_sub(&state->references, 1) > 1)
		return;
	pthread_mutex_destroy(&state->tls_log.lock);
	pthread_mutex_destroy(&state->lock);
	free(state);
}

/* web_config_check() has parsed the hashes before, so parsing does not fail here. */
static int take_users(struct access *access)
{
	const struct web_pairs *pairs = &access->config->users;
	struct auth_users *users = &access->users;
	char reason[BCRYPT_ERROR_MAX];

	users->users = calloc(pairs->count + 1, sizeof(*users->users));
	if (!users->users)
		return -ENOMEM;
	for (size_t i = 0; i < pairs->count; i++) {
		users->users[i].name = pairs->pairs[i].name;
		if (bcrypt_hash_parse(pairs->pairs[i].value, &users->users[i].hash, reason))
			return -EINVAL;
	}
	users->count = pairs->count;
	users->decoy = basic_auth_decoy(users->users, users->count);
	return 0;
}

/* An empty value leaves the header out. */
static int take_headers(struct access *access)
{
	const struct web_pairs *pairs = &access->config->headers;

	access->headers = calloc(pairs->count + 1, sizeof(*access->headers));
	if (!access->headers)
		return -ENOMEM;
	for (size_t i = 0; i < pairs->count; i++)
		if (pairs->pairs[i].value[0])
			access->headers[access->header_count++] =
				(struct access_header){pairs->pairs[i].name, pairs->pairs[i].value};
	return 0;
}

static int fill(struct access *access, char *ret_error)
{
	struct web_tls *tls = &access->config->tls;
	int error = web_config_check(access->config, ret_error);

	if (!error && web_config_uses_tls(access->config))
		error = tls_load(access->config, &access->tls, ret_error);
	if (error)
		return error;
	/* GnuTLS has its own copy of the key now. */
	whole_file_forget(tls->key, tls->key ? strlen(tls->key) : 0);
	tls->key = NULL;
	strcpy(ret_error, "out of memory");
	error = take_users(access);
	return error ? error : take_headers(access);
}

int access_new(struct web_config *config, struct access_state *state, struct access **ret_access,
	       char ret_error[WEB_CONFIG_ERROR_MAX])
{
	struct access *access = calloc(1, sizeof(*access));
	int error;

	if (!access) {
		web_config_free(config);
		strcpy(ret_error, "out of memory");
		return -ENOMEM;
	}
	access->config = config;
	access->state = state;
	atomic_init(&access->references, 1);
	atomic_fetch_add(&state->references, 1);
	error = fill(access, ret_error);
	if (error)
		access_unref(access);
	else
		*ret_access = access;
	return error;
}

struct access *access_ref(struct access *access)
{
	atomic_fetch_add(&access->references, 1);
	return access;
}

void access_unref(struct access *access)
{
	if (!access || atomic_fetch_sub(&access->references, 1) > 1)
		return;
	tls_free(access->tls);
	free(access->users.users);
	free(access->headers);
	web_config_free(access->config);
	access_state_unref(access->state);
	free(access);
}

unsigned int access_demands(const struct access *access)
{
	const struct web_config *config = access->config;
	enum web_client_auth auth = WEB_CLIENT_AUTH_NONE;
	char error[WEB_CONFIG_ERROR_MAX];
	unsigned int demands = 0;

	if (access->tls && web_config_client_auth(config, &auth, error) == 0)
		demands = DEMANDS_TLS;
	if (auth == WEB_CLIENT_AUTH_REQUIRE_ANY || auth == WEB_CLIENT_AUTH_REQUIRE_AND_VERIFY)
		demands |= DEMANDS_CERTIFICATE;
	if (auth == WEB_CLIENT_AUTH_VERIFY_IF_GIVEN || auth == WEB_CLIENT_AUTH_REQUIRE_AND_VERIFY)
		demands |= DEMANDS_CA;
	if (config->tls.restricts_sans)
		demands |= DEMANDS_SAN;
	if (access->users.count)
		demands |= DEMANDS_PASSWORD;
	return demands;
}

bool access_uses_tls(const struct access *access)
{
	return access->tls != NULL;
}

int access_prepare_session(struct access *access, gnutls_session_t session,
			   const struct sockaddr *peer, struct tls_session *ret_own)
{
	if (!access->tls)
		return -EIO;
	*ret_own = (struct tls_session){access->tls, &access->state->tls_log, peer};
	return tls_prepare_session(ret_own, session);
}

bool access_admits(struct access *access)
{
	struct access_state *state = access->state;
	bool admitted;

	pthread_mutex_lock(&state->lock);
	admitted = rate_limit_admits(&state->limit, clock_ns(CLOCK_MONOTONIC));
	pthread_mutex_unlock(&state->lock);
	return admitted;
}

const struct access_header *access_headers(const struct access *access, size_t *ret_count)
{
	*ret_count = access->header_count;
	return access->headers;
}

enum auth_answer access_authenticate(struct access *access, const struct peer *peer,
				     const char *authorization, struct auth_waiter waiter)
{
	struct access_state *state = access->state;
	enum auth_answer answer = AUTH_BUSY;

	if (!access->users.count)
		return AUTH_GRANTED;
	pthread_mutex_lock(&state->lock);
	if (state->auth)
		answer = basic_auth_check(state->auth, &access->users, peer, authorization, waiter);
	pthread_mutex_unlock(&state->lock);
	return answer;
}
