// SPDX-License-Identifier: Apache-2.0
/*
 * The kernel's half of struct bind_calls (bpf/bind_calls.h), compiled for here: what
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

#include "bind_calls.h"

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

int main(void)
{
	const struct unit_test tests[] = {
		{threads_of_one_group_lose_nothing, 0},
	};

	return run_suite("crowded calls", tests, ARRAY_SIZE(tests));
}
