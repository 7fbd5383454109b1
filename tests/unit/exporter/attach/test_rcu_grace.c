// SPDX-License-Identifier: Apache-2.0
/* Loading and updating are fakes: these functions of libbpf are defined here. */
#include "exporter/attach/rcu_grace.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>

#include "tests/unit/suite.h"

static int load_error, update_error, updates;

int bpf_object__load(struct bpf_object *object)
{
	ck_assert_str_eq(bpf_object__name(object), "grace");
	errno = load_error;
	return load_error ? -1 : 0;
}

int bpf_map_update_elem(int map, const void *key, const void *value, __u64 flags)
{
	ck_assert_int_eq(map, 7);
	ck_assert_int_eq(*(const int *)key, 0);
	ck_assert_int_eq(*(const int *)value, 8);
	ck_assert_uint_eq(flags, BPF_ANY);
	updates++;
	errno = update_error;
	return update_error ? -1 : 0;
}

START_TEST(waits)
{
	struct rcu_grace grace = {.object = NULL};

	ck_assert_int_eq(rcu_grace_open(&grace), 0);
	ck_assert_ptr_nonnull(grace.object);
	grace.outer = 7;
	grace.inner = 8;
	ck_assert_int_eq(rcu_grace_wait(&grace), 0);
	update_error = ENOMEM;
	ck_assert_int_eq(rcu_grace_wait(&grace), -ENOMEM);
	ck_assert_int_eq(updates, 2);
	rcu_grace_close(&grace);
	ck_assert_ptr_null(grace.object);
	ck_assert_int_eq(rcu_grace_wait(&grace), -EOPNOTSUPP);
	rcu_grace_close(&grace);
	ck_assert_int_eq(updates, 2);
}
END_TEST

START_TEST(is_refused)
{
	struct rcu_grace grace = {.object = NULL, .outer = 7};

	load_error = EPERM;
	ck_assert_int_eq(rcu_grace_open(&grace), -EPERM);
	ck_assert(!grace.object && grace.outer == 7);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{waits, 0},
		{is_refused, 0},
	};

	return run_suite("rcu_grace", tests, ARRAY_SIZE(tests));
}
