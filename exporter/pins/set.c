// SPDX-License-Identifier: Apache-2.0
#include "exporter/pins/set.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "exporter/attach/object.h"
#include "exporter/pins/dispatcher.h"
#include "exporter/pins/pin_owner.h"
#include "metrics/rows/ledger.h"
#include "metrics/rows/snapshot.h"

#define IDENTITY_MAX 4096

static int make_identity(const struct attach_plan *plan, const struct pinned_set *predecessor,
			 struct bind_identity *ret_identity)
{
	const struct bind_source_config *config = plan->config;
	struct bind_identity identity = {
		.abi = BIND_ABI_VERSION,
		.fingerprint = bind_object_fingerprint(plan),
		.predecessor = predecessor ? predecessor->identity.id : 0,
		.begun_s = predecessor ? predecessor->identity.begun_s : (uint64_t)time(NULL),
		.table_bits = config->table_bits,
		.max_rows = config->max_rows,
		.labels = config->labels,
		.results = plan->results,
	};
	int error = bind_maps_cpus(&identity.cpus);

	if (error)
		return error;
	if (getrandom(&identity.id, sizeof(identity.id), 0) < 0)
		return -errno;
	identity.id |= 1;
	*ret_identity = identity;
	return 0;
}

static int put_identity(const struct pins *pins, const char *directory,
			const struct bind_identity *identity)
{
	int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "bind_identity", sizeof(uint32_t),
				 sizeof(*identity), 1, NULL);
	uint32_t first = 0;
	int error = 0;

	if (map < 0)
		return -errno;
	if (bpf_map_update_elem(map, &first, identity, BPF_ANY))
		error = -errno;
	if (!error)
		error = pins_put(pins, directory, PIN_IDENTITY, map);
	close(map);
	return error;
}

static int put_all(const struct pins *pins, const char *directory, const struct hooks *hooks,
		   const struct bind_maps *maps, const struct bpf_object *object)
{
	int error = 0;

	for (int i = 0; i < MAPS && !error; i++)
		if (maps->of[i].descriptor >= 0)
			error = pins_put(pins, directory, bind_maps_name(i),
					 maps->of[i].descriptor);
	for (int i = 0; i < hooks->count && !error; i++)
		error = pins_put(
			pins, directory, hooks->names[i],
			bpf_program__fd(bpf_object__find_program_by_name(object, hooks->names[i])));
	return error;
}

int pinned_set_create(const struct attach_plan *plan, const struct hooks *hooks,
		      const struct pinned_set *predecessor, char ret_directory[PINS_NAME_MAX],
		      bool *ret_pinning)
{
	const struct pins *pins = plan->config->pins;
	struct bind_identity identity = {.id = 0};
	struct bind_maps maps = {0};
	struct bpf_object *object = NULL;
	int error = make_identity(plan, predecessor, &identity);

	*ret_pinning = false;
	if (!error)
		error = bind_object_load(hooks, plan, &maps, &object);
	if (error)
		return error;
	snprintf(ret_directory, PINS_NAME_MAX, PIN_SET "%016" PRIx64, (uint64_t)identity.id);
	error = bind_maps_map(&maps, object);
	if (!error) {
		*ret_pinning = true;
		error = pins_begin(pins, ret_directory);
	}
	if (!error)
		error = put_identity(pins, ret_directory, &identity);
	if (!error)
		error = put_all(pins, ret_directory, hooks, &maps, object);
	if (!error)
		error = pins_publish(pins, ret_directory);
	bind_maps_unmap(&maps);
	bpf_object__close(object);
	return error;
}

/*
 * The sizes of mappings depend on these values. Fewer CPUs than this machine has are accepted: an
 * earlier version did not read a long mask of CPUs completely.
 */
static bool is_sane(const struct bind_identity *identity)
{
	uint32_t cpus = 0;

	return identity->table_bits >= BIND_TABLE_BITS_MIN &&
	       identity->table_bits <= BIND_TABLE_BITS_MAX &&
	       identity->max_rows >= SNAPSHOT_MAX_ROWS_MIN &&
	       identity->max_rows <= SNAPSHOT_MAX_ROWS_MAX && bind_maps_cpus(&cpus) == 0 &&
	       identity->cpus && identity->cpus <= cpus;
}

static int read_identity(const struct pins *pins, const char *directory,
			 struct bind_identity *ret_identity)
{
	int map = pins_get(pins, directory, PIN_IDENTITY), error = 0;
	union {
		struct bind_identity identity;
		unsigned char bytes[IDENTITY_MAX];
	} value;
	struct bpf_map_info info = {0};
	__u32 size = sizeof(info), first = 0;

	if (map < 0)
		return map;
	if (bpf_obj_get_info_by_fd(map, &info, &size))
		error = -errno;
	else if (info.type != BPF_MAP_TYPE_ARRAY || info.key_size != sizeof(first) ||
		 info.value_size > sizeof(value) || info.value_size < sizeof(uint64_t))
		error = -EPROTO;
	else if (bpf_map_lookup_elem(map, &first, &value))
		error = -errno;
	else if (value.identity.abi != BIND_ABI_VERSION ||
		 info.value_size != sizeof(value.identity) || !is_sane(&value.identity))
		error = -EPROTO;
	close(map);
	if (!error)
		*ret_identity = value.identity;
	return error;
}

struct pinned_directory {
	const struct pins *pins;
	const char *directory;
};

static bool is_pinned(const char *name, void *context)
{
	const struct pinned_directory *at = context;
	int program = pins_get(at->pins, at->directory, name);

	if (program >= 0)
		close(program);
	return program >= 0;
}

/* The maps after the ledger do not exist on every kernel and in every mode. */
static int open_maps(const struct pins *pins, struct pinned_set *set)
{
	int descriptors[MAPS], error;

	set->maps.table_bits = set->identity.table_bits;
	set->maps.max_rows = set->identity.max_rows;
	set->maps.labels = set->identity.labels;
	set->maps.cpus = set->identity.cpus;
	for (int i = 0; i < MAPS; i++)
		descriptors[i] = pins_get(pins, set->directory, bind_maps_name(i));
	error = bind_maps_adopt(&set->maps, descriptors);
	for (int i = 0; i <= MAP_LEDGER && !error; i++)
		if (descriptors[i] < 0)
			error = descriptors[i];
	return error;
}

int pinned_set_open(const struct pins *pins, const char *directory, struct pinned_set *ret_set)
{
	struct pinned_set set = {.programs = {[0 ... HOOKS_MAX - 1] = -1}};
	int error;

	snprintf(set.directory, sizeof(set.directory), "%s", directory);
	error = read_identity(pins, directory, &set.identity);
	if (error)
		return error;
	hooks_list_those(&set.hooks, is_pinned, &(struct pinned_directory){pins, directory});
	for (int i = 0; i < set.hooks.count; i++)
		set.programs[i] = pins_get(pins, directory, set.hooks.names[i]);
	error = open_maps(pins, &set);
	if (!error &&
	    (!set.hooks.count || hooks_mode_of(set.hooks.names[set.hooks.count - 1]) == BIND_MODES))
		error = -ENOENT;
	if (!error)
		dispatchers_find(pins, &set.hooks);
	if (error) {
		pinned_set_close(&set);
		return error;
	}
	*ret_set = set;
	return 0;
}

void pinned_set_close(struct pinned_set *set)
{
	hooks_detach(&set->hooks);
	bind_maps_unmap(&set->maps);
	for (int i = 0; i < HOOKS_MAX; i++)
		if (set->programs[i] >= 0)
			close(set->programs[i]);
}

static bool are_related(const struct pinned_set *a, const struct pinned_set *b)
{
	return a->identity.predecessor == b->identity.id ||
	       b->identity.predecessor == a->identity.id;
}

int pinned_set_find(const struct pins *pins, struct pinned_set ret_sets[2])
{
	char names[2][PINS_NAME_MAX];
	int count = pins_list(pins, PIN_SET, names, 2);

	for (int i = 0; i < count; i++) {
		int error = pinned_set_open(pins, names[i], &ret_sets[i]);

		if (error) {
			if (i)
				pinned_set_close(&ret_sets[0]);
			return error;
		}
	}
	if (count == 2 && !are_related(&ret_sets[0], &ret_sets[1])) {
		pinned_set_close(&ret_sets[0]);
		pinned_set_close(&ret_sets[1]);
		return -EEXIST;
	}
	if (count == 2 && ret_sets[0].identity.predecessor == ret_sets[1].identity.id) {
		struct pinned_set later = ret_sets[0];

		ret_sets[0] = ret_sets[1];
		ret_sets[1] = later;
	}
	return count;
}

struct bind_control *pinned_set_control(const struct pinned_set *set)
{
	return bind_maps_control(&set->maps);
}

const struct ledger *pinned_set_ledger(const struct pinned_set *set)
{
	return bind_maps_ledger(&set->maps, pinned_set_control(set)->ledger & 1);
}

uint32_t pinned_set_program(const struct pinned_set *set, int hook)
{
	struct bpf_prog_info info = {0};
	__u32 size = sizeof(info);

	return bpf_obj_get_info_by_fd(set->programs[hook], &info, &size) ? 0 : info.id;
}

bool pinned_set_is_present(const struct pinned_set *set, int hook)
{
	uint32_t program = pinned_set_program(set, hook);

	return program && dispatcher_get(&set->hooks, hook, BIND_SLOT_CURRENT) == program;
}

bool pinned_set_same_last_hook(const struct pinned_set *a, const struct pinned_set *b)
{
	return strcmp(a->hooks.names[a->hooks.sees_last], b->hooks.names[b->hooks.sees_last]) == 0;
}
