// SPDX-License-Identifier: Apache-2.0
/*
 * The kernel's side of a group of binds in flight (bpf/inflight.h), compiled for the host: several
 * threads share one group, which an unlucky hash can always cause.
 */
#include <linux/bpf.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#include "tests/unit/suite.h"

static void *look_up(void *map, const void *key);
#define bpf_map_lookup_elem look_up

#include "bpf/inflight.h"

#define THREADS (BIND_CALL_WAYS - 1) /* so that a slot is always free */
#define CALLS_N 100000

static struct bind_calls group; /* of all threads: the settings' multiplier is 0 here */
static atomic_uint lost;
static pthread_barrier_t start;

static void *look_up(void *map, const void *key)
{
	return map == &calls && *(const __u32 *)key == 0 ? &group : NULL;
}

/* Binds that succeed at once: inserted, found and removed. */
static void *bind_again_and_again(void *argument)
{
	__u32 thread = *(const __u32 *)argument;
	__u64 displaced;

	pthread_barrier_wait(&start);
	for (int i = 0; i < CALLS_N; i++) {
		displaced = 0;
		if (!inflight_insert((__u64)thread << 32 | 7, &displaced) || displaced ||
		    !inflight_remove(inflight_find(thread)))
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

/* An abandoned call is displaced before one that may still be in flight. */
START_TEST(abandoned_calls_make_room)
{
	__u64 displaced = 0, abandoned;

	fill(0);
	group.call[_i] |= BIND_CALL_ABANDONED;
	abandoned = group.call[_i];
	ck_assert(inflight_insert(CALL, &displaced));
	ck_assert_uint_eq(displaced, abandoned);
	ck_assert_uint_eq(group.call[_i], CALL);
}
END_TEST

START_TEST(other_calls_make_room_last)
{
	__u64 displaced = 0;

	fill(BIND_CALL_MARKED | BIND_CALL_ABANDONED);
	group.call[_i] = OTHERS_CALL;
	ck_assert(inflight_insert(CALL, &displaced));
	ck_assert_uint_eq(displaced, OTHERS_CALL);
	ck_assert_uint_eq(group.call[_i], CALL);
}
END_TEST

/* A call inside the hook stays: without its mark, the exit fallback would count it again. */
START_TEST(calls_inside_the_hook_overflow)
{
	struct bind_calls before;
	__u64 displaced = 0;

	fill(BIND_CALL_MARKED);
	before = group;
	ck_assert(!inflight_insert(CALL, &displaced));
	ck_assert_mem_eq(&group, &before, sizeof(group));
	ck_assert(!inflight_take_overflowed(1));
	ck_assert(!inflight_insert(CALL | BIND_CALL_MARKED, &displaced));
	ck_assert_uint_eq(group.overflowed, 1);
	ck_assert(inflight_take_overflowed(1));
	ck_assert_mem_eq(&group, &before, sizeof(group));
	ck_assert_uint_eq(displaced, 0);
}
END_TEST

START_TEST(a_thread_has_one_slot)
{
	__u64 displaced = 0;

	group = (struct bind_calls){0};
	group.call[_i] = CALL;
	ck_assert(inflight_insert(CALL | BIND_CALL_MARKED, &displaced));
	ck_assert_uint_eq(displaced, CALL);
	ck_assert_uint_eq(group.call[_i], CALL | BIND_CALL_MARKED);
	ck_assert_uint_eq(inflight_find(1).call, CALL | BIND_CALL_MARKED);
	ck_assert(inflight_remove(inflight_find(1)));
	ck_assert_uint_eq(inflight_find(1).call, 0);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{threads_of_one_group_lose_nothing, 0},
		{abandoned_calls_make_room, BIND_CALL_WAYS},
		{other_calls_make_room_last, BIND_CALL_WAYS},
		{calls_inside_the_hook_overflow, 0},
		{a_thread_has_one_slot, BIND_CALL_WAYS},
	};

	return run_suite("crowded calls", tests, ARRAY_SIZE(tests));
}
