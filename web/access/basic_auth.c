// SPDX-License-Identifier: Apache-2.0
#include "web/access/basic_auth.h"

#include <errno.h>
#include <gnutls/crypto.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "web/access/auth_cache.h"
#include "web/access/auth_queue.h"
#include "web/access/authorization.h"

struct basic_auth {
	basic_auth_compare *compare;
	unsigned char secret[AUTH_KEY_SIZE]; /* made at start, for the keys of the cache */
	pthread_mutex_t lock;                /* protects all members below */
	pthread_cond_t changed;
	struct auth_cache cache;
	struct auth_queue queue;
	struct auth_job running;
	bool has_worker;
	bool is_answering; /* the worker is in done() */
	bool closed;
	int references; /* of the owner and of the worker */
};

struct bcrypt_hash basic_auth_decoy(const struct auth_user *users, size_t count)
{
	struct bcrypt_hash decoy = {.cost = BCRYPT_COST_MIN, .whole = false};

	for (size_t i = 0; i < count; i++)
		if (users[i].hash.cost > decoy.cost)
			decoy.cost = users[i].hash.cost;
	return decoy;
}

int basic_auth_new(basic_auth_compare *compare, struct basic_auth **ret_auth)
{
	struct basic_auth *auth = calloc(1, sizeof(*auth));

	if (!auth)
		return -ENOMEM;
	if (gnutls_rnd(GNUTLS_RND_KEY, auth->secret, sizeof(auth->secret))) {
		free(auth);
		return -EIO;
	}
	auth->compare = compare;
	auth->references = 1;
	pthread_mutex_init(&auth->lock, NULL);
	pthread_cond_init(&auth->changed, NULL);
	*ret_auth = auth;
	return 0;
}

/* Called with the lock, and releases it. */
static void unreference(struct basic_auth *auth)
{
	bool last = --auth->references == 0;

	pthread_mutex_unlock(&auth->lock);
	if (!last)
		return;
	pthread_cond_destroy(&auth->changed);
	pthread_mutex_destroy(&auth->lock);
	explicit_bzero(auth, sizeof(*auth));
	free(auth);
}

/* Called with the lock, and releases it during the call, because done() may take other locks. */
static void answer_waiter(struct basic_auth *auth, struct auth_waiter *waiter,
			  enum auth_answer answer)
{
	basic_auth_done *done = waiter->done;

	waiter->done = NULL;
	if (!done)
		return;
	auth->is_answering = true;
	pthread_mutex_unlock(&auth->lock);
	done(waiter->context, answer);
	pthread_mutex_lock(&auth->lock);
	auth->is_answering = false;
	pthread_cond_broadcast(&auth->changed);
}

/*
 * Runs a job that was taken from the queue. Called with the lock, and releases it during the
 * comparison.
 */
static void run(struct basic_auth *auth, struct auth_job *job)
{
	bool granted;

	/* The result may have become known while this job waited. */
	if (!auth_cache_get(&auth->cache, &job->key, &granted)) {
		pthread_mutex_unlock(&auth->lock);
		granted = auth->compare(&job->hash, job->password, job->length) && job->known;
		pthread_mutex_lock(&auth->lock);
		auth_cache_put(&auth->cache, &job->key, granted);
	}
	explicit_bzero(job->password, sizeof(job->password));
	answer_waiter(auth, &job->waiter, granted ? AUTH_GRANTED : AUTH_DENIED);
}

static void *work(void *argument)
{
	struct basic_auth *auth = argument;
	struct auth_waiter loser;

	pthread_mutex_lock(&auth->lock);
	while (!auth->closed) {
		if (auth_queue_take_loser(&auth->queue, &loser))
			answer_waiter(auth, &loser, AUTH_BUSY);
		else if (auth_queue_take(&auth->queue, &auth->running))
			run(auth, &auth->running);
		else
			pthread_cond_wait(&auth->changed, &auth->lock);
	}
	unreference(auth);
	return NULL;
}

/*
 * The thread is not started before it is needed: it gets the privileges of the thread that starts
 * it, and these are dropped after the configuration was read. It is detached, because a bcrypt of
 * cost 31 takes too long to wait for.
 */
static bool has_worker(struct basic_auth *auth)
{
	pthread_attr_t attributes;
	pthread_t thread;

	if (auth->has_worker)
		return true;
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	auth->has_worker = pthread_create(&thread, &attributes, work, auth) == 0;
	pthread_attr_destroy(&attributes);
	if (auth->has_worker)
		auth->references++;
	return auth->has_worker;
}

void basic_auth_free(struct basic_auth *auth)
{
	struct auth_waiter loser;
	struct auth_job job;

	if (!auth)
		return;
	pthread_mutex_lock(&auth->lock);
	auth->closed = true;
	pthread_cond_broadcast(&auth->changed);
	while (auth->is_answering)
		pthread_cond_wait(&auth->changed, &auth->lock);
	answer_waiter(auth, &auth->running.waiter, AUTH_BUSY);
	while (auth_queue_take_loser(&auth->queue, &loser))
		answer_waiter(auth, &loser, AUTH_BUSY);
	while (auth_queue_take(&auth->queue, &job))
		answer_waiter(auth, &job.waiter, AUTH_BUSY);
	explicit_bzero(&job, sizeof(job));
	unreference(auth);
}

static const struct auth_user *find_user(const struct auth_users *users,
					 const struct authorization *given)
{
	for (size_t i = 0; i < users->count; i++)
		if (strlen(users->users[i].name) == given->user_length &&
		    memcmp(users->users[i].name, given->user, given->user_length) == 0)
			return &users->users[i];
	return NULL;
}

static int hash_part(gnutls_hmac_hd_t hmac, const void *bytes, size_t length)
{
	/* The length is hashed as well, so that "ab" and "c" differ from "a" and "bc". */
	return gnutls_hmac(hmac, &length, sizeof(length)) || gnutls_hmac(hmac, bytes, length);
}

/* A change of the user's hash in the file also changes the key. */
static int make_key(const struct basic_auth *auth, const struct authorization *given,
		    const struct bcrypt_hash *hash, struct auth_key *ret_key)
{
	gnutls_hmac_hd_t hmac;
	int error;

	if (gnutls_hmac_init(&hmac, GNUTLS_MAC_SHA256, auth->secret, sizeof(auth->secret)))
		return -ENOMEM;
	error = hash_part(hmac, given->user, given->user_length) ||
		hash_part(hmac, &hash->cost, sizeof(hash->cost)) ||
		hash_part(hmac, hash->salt, sizeof(hash->salt)) ||
		hash_part(hmac, hash->check, sizeof(hash->check)) ||
		hash_part(hmac, given->password, given->password_length);
	gnutls_hmac_deinit(hmac, ret_key->bytes);
	return error ? -EIO : 0;
}

/* Called with the lock. */
static enum auth_answer enqueue(struct basic_auth *auth, const struct auth_job *job)
{
	if (auth->closed || !has_worker(auth) || !auth_queue_put(&auth->queue, job))
		return AUTH_BUSY;
	pthread_cond_broadcast(&auth->changed);
	return AUTH_PENDING;
}

static enum auth_answer check(struct basic_auth *auth, const struct auth_users *users,
			      const struct authorization *given, struct auth_job *job)
{
	const struct auth_user *user = find_user(users, given);
	enum auth_answer answer;
	bool granted;

	job->known = user != NULL;
	job->hash = user ? user->hash : users->decoy;
	job->length = given->password_length < BCRYPT_PASSWORD_MAX ? given->password_length
								   : BCRYPT_PASSWORD_MAX;
	memcpy(job->password, given->password, job->length);
	if (make_key(auth, given, &job->hash, &job->key))
		return AUTH_BUSY;
	pthread_mutex_lock(&auth->lock);
	if (auth_cache_get(&auth->cache, &job->key, &granted))
		answer = granted && user ? AUTH_GRANTED : AUTH_DENIED;
	else
		answer = enqueue(auth, job);
	pthread_mutex_unlock(&auth->lock);
	return answer;
}

enum auth_answer basic_auth_check(struct basic_auth *auth, const struct auth_users *users,
				  const struct peer *peer, const char *authorization,
				  struct auth_waiter waiter)
{
	struct authorization given;
	struct auth_job job = {.peer = *peer, .waiter = waiter};
	int error = authorization_parse(authorization, &given);
	enum auth_answer answer;

	if (error)
		return error == -ENOMEM ? AUTH_BUSY : AUTH_DENIED;
	answer = check(auth, users, &given, &job);
	explicit_bzero(&job, sizeof(job));
	authorization_forget(&given);
	return answer;
}
