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

struct policy_state *policy_state_new(void)
{
	struct policy_state *state = calloc(1, sizeof(*state));

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

void policy_state_unref(struct policy_state *state)
{
	if (atomic_fetch_sub(&state->references, 1) > 1)
		return;
	pthread_mutex_destroy(&state->tls_log.lock);
	pthread_mutex_destroy(&state->lock);
	free(state);
}

/* Checked before, so that they parse. */
static int take_users(struct policy *policy)
{
	const struct web_pairs *pairs = &policy->config->users;
	struct auth_users *users = &policy->users;
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

/* A blank value leaves the header out. */
static int take_headers(struct policy *policy)
{
	const struct web_pairs *pairs = &policy->config->headers;

	policy->headers = calloc(pairs->count + 1, sizeof(*policy->headers));
	if (!policy->headers)
		return -ENOMEM;
	for (size_t i = 0; i < pairs->count; i++)
		if (pairs->pairs[i].value[0])
			policy->headers[policy->header_count++] =
				(struct policy_header){pairs->pairs[i].name, pairs->pairs[i].value};
	return 0;
}

static int fill(struct policy *policy, char *ret_error)
{
	struct web_tls *tls = &policy->config->tls;
	int error = web_config_check(policy->config, ret_error);

	if (!error && web_config_uses_tls(policy->config))
		error = tls_load(policy->config, &policy->tls, ret_error);
	if (error)
		return error;
	/* GnuTLS has it now. */
	whole_file_forget(tls->key, tls->key ? strlen(tls->key) : 0);
	tls->key = NULL;
	strcpy(ret_error, "out of memory");
	error = take_users(policy);
	return error ? error : take_headers(policy);
}

int policy_new(struct web_config *config, struct policy_state *state, struct policy **ret_policy,
	       char ret_error[WEB_CONFIG_ERROR_MAX])
{
	struct policy *policy = calloc(1, sizeof(*policy));
	int error;

	if (!policy) {
		web_config_free(config);
		strcpy(ret_error, "out of memory");
		return -ENOMEM;
	}
	policy->config = config;
	policy->state = state;
	atomic_init(&policy->references, 1);
	atomic_fetch_add(&state->references, 1);
	error = fill(policy, ret_error);
	if (error)
		policy_unref(policy);
	else
		*ret_policy = policy;
	return error;
}

struct policy *policy_ref(struct policy *policy)
{
	atomic_fetch_add(&policy->references, 1);
	return policy;
}

void policy_unref(struct policy *policy)
{
	if (!policy || atomic_fetch_sub(&policy->references, 1) > 1)
		return;
	tls_free(policy->tls);
	free(policy->users.users);
	free(policy->headers);
	web_config_free(policy->config);
	policy_state_unref(policy->state);
	free(policy);
}

unsigned int policy_demands(const struct policy *policy)
{
	const struct web_config *config = policy->config;
	enum web_client_auth auth = WEB_CLIENT_AUTH_NONE;
	char error[WEB_CONFIG_ERROR_MAX];
	unsigned int demands = 0;

	if (policy->tls && web_config_client_auth(config, &auth, error) == 0)
		demands = DEMANDS_TLS;
	if (auth == WEB_CLIENT_AUTH_REQUIRE_ANY || auth == WEB_CLIENT_AUTH_REQUIRE_AND_VERIFY)
		demands |= DEMANDS_CERTIFICATE;
	if (auth == WEB_CLIENT_AUTH_VERIFY_IF_GIVEN || auth == WEB_CLIENT_AUTH_REQUIRE_AND_VERIFY)
		demands |= DEMANDS_CA;
	if (config->tls.restricts_sans)
		demands |= DEMANDS_SAN;
	if (policy_needs_credentials(policy))
		demands |= DEMANDS_PASSWORD;
	return demands;
}

bool policy_uses_tls(const struct policy *policy)
{
	return policy->tls != NULL;
}

int policy_prepare_session(struct policy *policy, gnutls_session_t session,
			   const struct sockaddr *peer, struct tls_session *ret_own)
{
	if (!policy->tls)
		return -EIO;
	*ret_own = (struct tls_session){policy->tls, &policy->state->tls_log, peer};
	return tls_prepare_session(ret_own, session);
}

bool policy_admits(struct policy *policy)
{
	struct policy_state *state = policy->state;
	bool admitted;

	pthread_mutex_lock(&state->lock);
	admitted = rate_limit_admits(&state->limit, clock_ns(CLOCK_MONOTONIC));
	pthread_mutex_unlock(&state->lock);
	return admitted;
}

const struct policy_header *policy_headers(const struct policy *policy, size_t *ret_count)
{
	*ret_count = policy->header_count;
	return policy->headers;
}

bool policy_needs_credentials(const struct policy *policy)
{
	return policy->users.count > 0;
}

enum auth_answer policy_authenticate(struct policy *policy, const struct peer *peer,
				     const char *authorization, basic_auth_done *done,
				     void *context)
{
	struct policy_state *state = policy->state;
	enum auth_answer answer = AUTH_BUSY;

	if (!policy_needs_credentials(policy))
		return AUTH_GRANTED;
	pthread_mutex_lock(&state->lock);
	if (state->auth)
		answer = basic_auth_check(state->auth, &policy->users, peer, authorization, done,
					  context);
	pthread_mutex_unlock(&state->lock);
	return answer;
}
