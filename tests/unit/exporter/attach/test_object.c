// SPDX-License-Identifier: Apache-2.0
/* Objects are opened, but loading is a fake: bpf_object__load() is defined here. */
#include "exporter/attach/object.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include "bpf/abi/bind_abi.h"
#include "exporter/attach/hooks.h"
#include "exporter/attach/maps.h"
#include "tests/unit/suite.h"

static int load_error;

int bpf_object__load(struct bpf_object *object)
{
	ck_assert_str_eq(bpf_object__name(object), "socket_bind");
	errno = load_error;
	return load_error ? -1 : 0;
}

static const struct bind_source_config config = {
	.results = true,
	.labels = BIND_LABELS_OWNER,
	.table_bits = BIND_TABLE_BITS_MIN,
	.max_rows = 16,
};

START_TEST(loads_what_the_hooks_need)
{
	const struct attach_plan plan = {&config, _i, .results = false};
	struct bind_maps maps = {.owned = false};
	struct bpf_object *object = NULL;
	struct hooks hooks = {.count = 0};
	struct bpf_program *program;

	hooks_list(&hooks, plan.mode, plan.results, NULL);
	ck_assert_int_eq(bind_object_load(&hooks, &plan, &maps, &object), 0);
	ck_assert_uint_eq(maps.table_bits, config.table_bits);
	bpf_object__for_each_program(program, object)
		ck_assert_int_eq(bpf_program__autoload(program),
				 hooks_find(&hooks, bpf_program__name(program)) >= 0);
	bpf_object__close(object);
}
END_TEST

START_TEST(does_not_load)
{
	const struct attach_plan plan = {&config, BIND_MODE_LSM, .results = false};
	struct bind_maps maps = {.owned = false};
	struct bpf_object *object = NULL;
	struct hooks hooks = {.count = 0};

	load_error = E2BIG;
	hooks_list(&hooks, plan.mode, plan.results, NULL);
	ck_assert_int_eq(bind_object_load(&hooks, &plan, &maps, &object), -E2BIG);
	ck_assert_ptr_null(object);
}
END_TEST

static uint64_t fingerprint(const struct bind_source_config *changed)
{
	return bind_object_fingerprint(
		&(struct attach_plan){changed, BIND_MODE_LSM, .results = true});
}

START_TEST(differs_by_setting)
{
	struct bind_source_config changed[] = {config, config, config, config, config};
	const struct attach_plan plans[] = {{&config, BIND_MODE_KPROBE, .results = true},
					    {&config, BIND_MODE_LSM, .results = false}};

	changed[0].table_bits++;
	changed[1].max_rows++;
	changed[2].labels = 0;
	changed[3].comm_of_thread = true;
	changed[4].last_attempt = true;
	for (size_t i = 0; i < ARRAY_SIZE(changed); i++)
		ck_assert_uint_ne(fingerprint(&changed[i]), fingerprint(&config));
	for (size_t i = 0; i < ARRAY_SIZE(plans); i++)
		ck_assert_uint_ne(bind_object_fingerprint(&plans[i]), fingerprint(&config));
}
END_TEST

/* Neither programs nor maps depend on these. */
START_TEST(ignores_other_settings)
{
	struct bind_source_config changed = config;

	changed.stats = true;
	changed.btf_path = "/tmp/btf";
	changed.pins = (const struct pins *)&changed;
	ck_assert_uint_eq(fingerprint(&changed), fingerprint(&config));
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{loads_what_the_hooks_need, BIND_MODES},
		{does_not_load, 0},
		{differs_by_setting, 0},
		{ignores_other_settings, 0},
	};

	return run_suite("object", tests, ARRAY_SIZE(tests));
}
