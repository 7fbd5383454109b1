// SPDX-License-Identifier: Apache-2.0
#include "basic_auth.h"

#include <errno.h>
#include <gnutls/crypto.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "auth_cache.h"
#include "authorization.h"

struct job {
	struct auth_key key;
	struct bcrypt_hash hash;
	bool known; /* the user is: else nothing matches */
	char password[BCRYPT_PASSWORD_MAX];
	size_t length;
	basic_auth_done *done; /* NULL: answered already */
	void *context;
};

struct basic_auth {
	basic_auth_compare *compare;
	unsigned char secret[AUTH_KEY_SIZE]; /* of this start, for the keys of the cache */
	pthread_mutex_t lock;                /* of all that follows */
	pthread_cond_t changed;
	struct auth_cache cache;
	struct job queue[BASIC_AUTH_QUEUE_MAX]; /* a ring */
	size_t first, waiting;
	struct job running;
	bool has_worker;
	bool is_answering; /* the worker is inside done() */
	bool closed;
	int references; /* the owner's, and the worker's */
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

/* With the lock, which it gives back. */
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

/* With the lock, which it gives back meanwhile: done() may ask for other locks. */
static void answer(struct basic_auth *auth, struct job *job, bool granted)
{
	basic_auth_done *done = job->done;

	job->done = NULL;
	if (!done)
		return;
	auth->is_answering = true;
	pthread_mutex_unlock(&auth->lock);
	done(job->context, granted);
	pthread_mutex_lock(&auth->lock);
	auth->is_answering = false;
	pthread_cond_broadcast(&auth->changed);
}

/* The first that waits, with the lock, which it gives back while it compares. */
static void run_next(struct basic_auth *auth)
{
	struct job *job = &auth->running;
	bool granted;

	*job = auth->queue[auth->first];
	explicit_bzero(&auth->queue[auth->first], sizeof(*job));
	auth->first = (auth->first + 1) % BASIC_AUTH_QUEUE_MAX;
	auth->waiting--;
	/* It may have been found out while this one waited. */
	if (!auth_cache_get(&auth->cache, &job->key, &granted)) {
		pthread_mutex_unlock(&auth->lock);
		granted = auth->compare(&job->hash, job->password, job->length) && job->known;
		pthread_mutex_lock(&auth->lock);
		auth_cache_put(&auth->cache, &job->key, granted);
	}
	explicit_bzero(job->password, sizeof(job->password));
	answer(auth, job, granted);
}

static void *work(void *argument)
{
	struct basic_auth *auth = argument;

	pthread_mutex_lock(&auth->lock);
	while (!auth->closed) {
		if (auth->waiting)
			run_next(auth);
		else
			pthread_cond_wait(&auth->changed, &auth->lock);
	}
	unreference(auth);
	return NULL;
}

/*
 * Not before it is needed: a thread has the privileges of the one that starts it, and
 * those are dropped after the configuration was read. Detached, since nobody could
 * wait for a bcrypt of cost 31.
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
	if (!auth)
		return;
	pthread_mutex_lock(&auth->lock);
	auth->closed = true;
	pthread_cond_broadcast(&auth->changed);
	while (auth->is_answering)
		pthread_cond_wait(&auth->changed, &auth->lock);
	answer(auth, &auth->running, false);
	for (; auth->waiting; auth->waiting--) {
		answer(auth, &auth->queue[auth->first], false);
		auth->first = (auth->first + 1) % BASIC_AUTH_QUEUE_MAX;
	}
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
	/* With its length: "ab" and "c" are not "a" and "bc". */
	return gnutls_hmac(hmac, &length, sizeof(length)) || gnutls_hmac(hmac, bytes, length);
}

/* A change of the user's hash in the file is another key, too. */
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

/* With the lock. */
static enum auth_answer enqueue(struct basic_auth *auth, const struct job *job)
{
	if (auth->closed || auth->waiting == BASIC_AUTH_QUEUE_MAX || !has_worker(auth))
		return AUTH_BUSY;
	auth->queue[(auth->first + auth->waiting++) % BASIC_AUTH_QUEUE_MAX] = *job;
	pthread_cond_broadcast(&auth->changed);
	return AUTH_PENDING;
}

static enum auth_answer check(struct basic_auth *auth, const struct auth_users *users,
			      const struct authorization *given, struct job *job)
{
	const struct auth_user *user = find_user(users, given);
	enum auth_answer answered;
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
		answered = granted && user ? AUTH_GRANTED : AUTH_DENIED;
	else
		answered = enqueue(auth, job);
	pthread_mutex_unlock(&auth->lock);
	return answered;
}

enum auth_answer basic_auth_check(struct basic_auth *auth, const struct auth_users *users,
				  const char *authorization, basic_auth_done *done, void *context)
{
	struct authorization given;
	struct job job = {.done = done, .context = context};
	int error = authorization_parse(authorization, &given);
	enum auth_answer answered;

	if (error)
		return error == -ENOMEM ? AUTH_BUSY : AUTH_DENIED;
	answered = check(auth, users, &given, &job);
	explicit_bzero(&job, sizeof(job));
	authorization_forget(&given);
	return answered;
}
