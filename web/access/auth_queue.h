/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passwords that wait to be compared. Peers take turns, however many each of them sends, and
 * where no place is free, who has the most waiting gives one to who has fewer: whoever is
 * alone may have all places. Where no peer has one to give, the network with the most does, for
 * one who has an IPv6 network has more peers than there are places; no network takes the last
 * one of another. Not thread-safe.
 */
#ifndef AUTH_QUEUE_H
#define AUTH_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "web/access/auth_answer.h"
#include "web/access/auth_cache.h"
#include "web/config/bcrypt_hash.h"
#include "web/limits/peer.h"

/* With those that lost a place well below the limits of connections: all of these are held. */
#define AUTH_QUEUE_MAX 32

/* To be told. */
struct auth_waiter {
	basic_auth_done *done; /* NULL: told already */
	void *context;
};

struct auth_job {
	struct peer peer;
	struct auth_waiter waiter;
	struct auth_key key;
	struct bcrypt_hash hash;
	bool known; /* the user is: else nothing matches */
	char password[BCRYPT_PASSWORD_MAX];
	size_t length;
	uint64_t round; /* the queue's: in which its peer has this turn */
};

struct auth_queue {
	struct auth_job jobs[AUTH_QUEUE_MAX]; /* in the order of rounds, then of arrival */
	size_t count;
	uint64_t round; /* of the one that was taken last */
	struct auth_waiter losers[AUTH_QUEUE_MAX];
	size_t loser_count;
};

/* False: no place is free, and no peer or network has more waiting than its own would have. */
bool auth_queue_put(struct auth_queue *queue, const struct auth_job *job);

/* Whose turn it is. False: nobody waits. */
bool auth_queue_take(struct auth_queue *queue, struct auth_job *ret_job);

/* One that has lost its place, to be told AUTH_BUSY. False: there is none. */
bool auth_queue_take_loser(struct auth_queue *queue, struct auth_waiter *ret_waiter);

#endif
