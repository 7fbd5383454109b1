/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Holds passwords that wait to be compared. Peers take turns, independently of how many jobs each
 * of them has. If the queue is full, the peer with the most jobs loses one to a peer with fewer; a
 * single peer may fill the whole queue. If no peer can lose a job, the network with the most jobs
 * loses one, because a client with an IPv6 network has more peers than the queue has slots. No
 * network takes the last slot of another. Not thread-safe.
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

/*
 * Jobs and losers together are far below the limits of connections, because the connection of each
 * of them is held.
 */
#define AUTH_QUEUE_MAX 32

struct auth_job {
	struct peer peer;
	struct auth_waiter waiter;
	struct auth_key key;
	struct bcrypt_hash hash;
	bool known; /* the user exists; otherwise nothing matches */
	char password[BCRYPT_PASSWORD_MAX];
	size_t length;
	uint64_t round; /* the queue's round in which the peer has this turn */
};

struct auth_queue {
	struct auth_job jobs[AUTH_QUEUE_MAX]; /* ordered by round, then by arrival */
	size_t count;
	uint64_t round; /* of the job that was taken last */
	struct auth_waiter losers[AUTH_QUEUE_MAX];
	size_t loser_count;
};

/*
 * Returns false if the queue is full and no peer or network has more jobs than this job's own would
 * have.
 */
bool auth_queue_put(struct auth_queue *queue, const struct auth_job *job);

/* Takes the next job. Returns false if the queue is empty. */
bool auth_queue_take(struct auth_queue *queue, struct auth_job *ret_job);

/*
 * Takes the waiter of a removed job, which must be answered with AUTH_BUSY. Returns false if there
 * is none.
 */
bool auth_queue_take_loser(struct auth_queue *queue, struct auth_waiter *ret_waiter);

#endif
