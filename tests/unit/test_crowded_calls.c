// SPDX-License-Identifier: Apache-2.0
/*
 * The kernel's half of struct bind_calls (bpf/inflight.h), compiled for here: what
 * threads do that share one group, as with an unlucky hash any may.
 */
#include <linux/bpf.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#include "suite.h"

static void *look_up(void *map, const void *key);
#define bpf_map_lookup_elem look_up

#include "bpf/inflight.h"

#define THREADS (BIND_CALL_WAYS - 1) /* so that there is always a free place */
#define CALLS_N 100000

static struct bind_calls group; /* the settings' multiplier is 0 here: everybody's */
static atomic_uint lost;
static pthread_barrier_t start;

static void *look_up(void *map, const void *key)
{
	return map == &calls && *(const __u32 *)key == 0 ? &group : NULL;
}

/* Binds that succeed at once: put down, found and taken away. */
static void *bind_again_and_again(void *argument)
{
	__u32 thread = *(const __u32 *)argument;
	__u64 displaced;

	pthread_barrier_wait(&start);
	for (int i = 0; i < CALLS_N; i++) {
		displaced = 0;
		if (!put_call((__u64)thread << 32 | 7, &displaced) || displaced ||
		    !replace_call(find_call(thread), 0))
			lost++;
	}
	return NULL;
}

START_TEST(threads_of_one_group_lose_nothing)
{
	pthread_t threads[THREADS];
	__u32 ids[THREADS];

	pthread_barrier_init(&start, NULL, THREADS);
	for (int i = 0; i < THREADS; i++) {
		ids[i] = 1 + i;
		ck_assert_int_eq(pthread_create(&threads[i], NULL, bind_again_and_again, &ids[i]),
				 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&start);
	ck_assert_uint_eq(lost, 0);
}
END_TEST

#define CALL        ((__u64)1 << 32 | 7)
#define OTHERS_CALL ((__u64)100 << 32 | 7)

static void fill(__u64 flags)
{
	group = (struct bind_calls){0};
	for (__u64 way = 0; way < BIND_CALL_WAYS; way++)
		group.call[way] = (OTHERS_CALL + (way << 32)) | flags;
}

/* Before one that may be going on. */
START_TEST(what_was_given_up_makes_room)
{
	__u64 displaced = 0, given_up;

	fill(0);
	group.call[_i] |= BIND_CALL_ABANDONED;
	given_up = group.call[_i];
	ck_assert(put_call(CALL, &displaced));
	ck_assert_uint_eq(displaced, given_up);
	ck_assert_uint_eq(group.call[_i], CALL);
}
END_TEST

START_TEST(another_makes_room_at_last)
{
	__u64 displaced = 0;

	fill(BIND_CALL_MARKED | BIND_CALL_ABANDONED);
	group.call[_i] = OTHERS_CALL;
	ck_assert(put_call(CALL, &displaced));
	ck_assert_uint_eq(displaced, OTHERS_CALL);
	ck_assert_uint_eq(group.call[_i], CALL);
}
END_TEST

/* Who is inside the hook would be counted again when he leaves it. */
START_TEST(nobody_inside_the_hook_makes_room)
{
	struct bind_calls before;
	__u64 displaced = 0;

	fill(BIND_CALL_MARKED);
	before = group;
	ck_assert(!put_call(CALL, &displaced));
	ck_assert_mem_eq(&group, &before, sizeof(group));
	ck_assert(!take_unplaced(1));
	ck_assert(!put_call(CALL | BIND_CALL_MARKED, &displaced));
	ck_assert_uint_eq(group.overflowed, 1);
	ck_assert(take_unplaced(1));
	ck_assert_mem_eq(&group, &before, sizeof(group));
	ck_assert_uint_eq(displaced, 0);
}
END_TEST

START_TEST(a_thread_has_one_place)
{
	__u64 displaced = 0;

	group = (struct bind_calls){0};
	group.call[_i] = CALL;
	ck_assert(put_call(CALL | BIND_CALL_MARKED, &displaced));
	ck_assert_uint_eq(displaced, CALL);
	ck_assert_uint_eq(group.call[_i], CALL | BIND_CALL_MARKED);
	ck_assert_uint_eq(find_call(1).call, CALL | BIND_CALL_MARKED);
	ck_assert(replace_call(find_call(1), 0));
	ck_assert_uint_eq(find_call(1).call, 0);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{threads_of_one_group_lose_nothing, 0},
		{what_was_given_up_makes_room, BIND_CALL_WAYS},
		{another_makes_room_at_last, BIND_CALL_WAYS},
		{nobody_inside_the_hook_makes_room, 0},
		{a_thread_has_one_place, BIND_CALL_WAYS},
	};

	return run_suite("crowded calls", tests, ARRAY_SIZE(tests));
}
