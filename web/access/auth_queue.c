// SPDX-License-Identifier: Apache-2.0
#include "web/access/auth_queue.h"

#include <string.h>

typedef bool same_side(const struct peer *one, const struct peer *other);

static size_t count_of(const struct auth_queue *queue, const struct peer *peer, same_side *same)
{
	size_t count = 0;

	for (size_t i = 0; i < queue->count; i++)
		count += same(&queue->jobs[i].peer, peer);
	return count;
}

static void forget(struct auth_queue *queue, size_t slot)
{
	struct auth_job *job = &queue->jobs[slot];

	queue->count--;
	memmove(job, job + 1, (queue->count - slot) * sizeof(*job));
	explicit_bzero(&queue->jobs[queue->count], sizeof(*job));
}

/*
 * Removes the last job of the side (peer or network) with the most jobs, if that side still has at
 * least as many as peer's side would have with one more.
 */
static bool make_room(struct auth_queue *queue, const struct peer *peer, same_side *same)
{
	size_t most = count_of(queue, peer, same) + 2, last = AUTH_QUEUE_MAX;

	for (size_t i = 0; i < queue->count; i++) {
		size_t count = count_of(queue, &queue->jobs[i].peer, same);

		if (count >= most) {
			most = count;
			last = i;
		}
	}
	if (last == AUTH_QUEUE_MAX || queue->loser_count == AUTH_QUEUE_MAX)
		return false;
	queue->losers[queue->loser_count++] = queue->jobs[last].waiter;
	forget(queue, last);
	return true;
}

/*
 * A peer has one turn in a round. A peer that was served, and has nothing left in the queue,
 * returns in the next round. A new peer does the same, and waits for at most two turns of each
 * other peer.
 */
static uint64_t next_round(const struct auth_queue *queue, const struct peer *peer)
{
	for (size_t i = queue->count; i > 0; i--)
		if (peer_equal(&queue->jobs[i - 1].peer, peer))
			return queue->jobs[i - 1].round + 1;
	return queue->round + 1;
}

bool auth_queue_put(struct auth_queue *queue, const struct auth_job *job)
{
	uint64_t round = next_round(queue, &job->peer);
	size_t slot;

	if (queue->count == AUTH_QUEUE_MAX && !make_room(queue, &job->peer, peer_equal) &&
	    !make_room(queue, &job->peer, peer_same_network))
		return false;
	for (slot = queue->count; slot > 0 && queue->jobs[slot - 1].round > round; slot--)
		queue->jobs[slot] = queue->jobs[slot - 1];
	queue->jobs[slot] = *job;
	queue->jobs[slot].round = round;
	queue->count++;
	return true;
}

bool auth_queue_take(struct auth_queue *queue, struct auth_job *ret_job)
{
	if (!queue->count)
		return false;
	*ret_job = queue->jobs[0];
	queue->round = ret_job->round;
	forget(queue, 0);
	return true;
}

bool auth_queue_take_loser(struct auth_queue *queue, struct auth_waiter *ret_waiter)
{
	if (!queue->loser_count)
		return false;
	*ret_waiter = queue->losers[--queue->loser_count];
	return true;
}
