// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/exporter/pins/pins_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/diagnosis.h"
#include "exporter/pins/carry_over.h"
#include "exporter/pins/dispatcher.h"
#include "metrics/rows/snapshot.h"
#include "tests/unit/suite.h"

struct pins *pins;
char pins_path[FAKE_PATH_MAX + 8];
struct bind_source_config pins_config;
const struct rcu_grace no_grace;

void pins_fixture_begin(void)
{
	struct diagnosis diagnosis;

	fake_bpf_begin();
	snprintf(pins_path, sizeof(pins_path), "%s/pins", fake_bpf_fs);
	ck_assert_int_eq(pins_open(pins_path, &pins, &diagnosis), 0);
	pins_config = (struct bind_source_config){
		.table_bits = BIND_TABLE_BITS_MIN,
		.max_rows = SNAPSHOT_MAX_ROWS_MIN,
		.pins = pins,
	};
}

void pins_fixture_end(void)
{
	pins_close(pins);
	fake_bpf_end();
}

struct attach_plan pins_plan(enum bind_mode mode, bool results)
{
	return (struct attach_plan){&pins_config, mode, results};
}

void pins_create(const struct attach_plan *plan, const struct pinned_set *predecessor,
		 struct pinned_set *ret_set)
{
	struct hooks hooks = {.count = 0};
	char directory[PINS_NAME_MAX];
	struct diagnosis diagnosis;
	bool pinning;

	hooks_list(&hooks, plan->mode, plan->results, NULL);
	ck_assert_int_eq(dispatchers_open(pins, &hooks, NULL, &diagnosis), 0);
	ck_assert_int_eq(pinned_set_create(plan, &hooks, predecessor, directory, &pinning), 0);
	ck_assert_int_eq(pinned_set_open(pins, directory, ret_set), 0);
	hooks_detach(&hooks);
}

void pins_touch(const char *directory, const char *name)
{
	char path[PINS_NAME_MAX + 2 * FAKE_PATH_MAX];
	int file;

	snprintf(path, sizeof(path), "%s/%s/%s", pins_path, directory, name);
	file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	ck_assert_int_ge(file, 0);
	close(file);
}

void pins_make_directory(const char *name)
{
	char path[2 * FAKE_PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", pins_path, name);
	ck_assert_int_eq(mkdir(path, 0700), 0);
}

bool pins_has(const char *directory, const char *name)
{
	char path[PINS_NAME_MAX + 2 * FAKE_PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s/%s", pins_path, directory, name);
	return access(path, F_OK) == 0;
}

int pins_count(const char *prefix)
{
	char names[32][PINS_NAME_MAX];

	return pins_list(pins, prefix, names, 32);
}

void pins_bind(const struct pinned_set *set, uint32_t entry, const char *comm, uint64_t attempts)
{
	struct bind_control *control = pinned_set_control(set);
	size_t half = (control->generation & 1) << set->maps.table_bits;
	struct bind_entry *claimed =
		(struct bind_entry *)set->maps.of[MAP_TABLE].memory + half + entry;
	uint64_t *counters = set->maps.of[MAP_ATTEMPTS].memory;

	if (!claimed->key.kind)
		control->ordinary[control->generation & 1]++;
	*claimed = (struct bind_entry){
		.key.kind = bind_kind(BIND_AUTO, AF_INET),
		.first_ns = 1,
		.flags = BIND_ENTRY_CAPABLE,
	};
	memcpy(claimed->key.comm, comm, strnlen(comm, BIND_COMM_SIZE - 1));
	counters[half + entry] += attempts;
}

uint64_t pins_attempts(const struct pinned_set *set)
{
	uint64_t attempts = UINT64_MAX;

	ck_assert_int_eq(carry_over_attempts(set, &attempts), 0);
	return attempts;
}
