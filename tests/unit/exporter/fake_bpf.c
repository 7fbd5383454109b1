// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/exporter/fake_bpf.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/scratch.h"
#include "tests/unit/exporter/fake_bpf_private.h"

#define OBJECTS_MAX 4096
#define LOADED_MAX  64

enum kind { PROGRAM, MAP, LINK };

/* An object is the file objects/INDEX; a program's id is its index + 1. */
struct object {
	ino_t inode;
	enum kind kind;
	uint32_t type, key_size, value_size, max_entries;
	uint64_t recursion_misses;
};

struct objects {
	unsigned int count;
	struct object object[OBJECTS_MAX];
};

struct fake_behaviour fake;
char fake_bpf_fs[FAKE_PATH_MAX];

static char scratch[SCRATCH_SIZE];
static struct objects *objects; /* shared memory */

/* Descriptors of the programs and maps of objects that libbpf has open. */
static struct {
	const void *of;
	int descriptor;
} loaded[LOADED_MAX];

void __real_bpf_object__close(struct bpf_object *object);

static void require(bool condition, const char *what)
{
	if (condition)
		return;
	perror(what);
	abort();
}

bool fake_fails(const char *function)
{
	if (!fake.countdown || (fake.failing && strcmp(fake.failing, function) != 0) ||
	    --fake.countdown)
		return false;
	if (!fake.error)
		_exit(EXIT_SUCCESS);
	errno = fake.error;
	return true;
}

void fake_failure(const char *function, int error)
{
	fake.failing = function;
	fake.countdown = 1;
	fake.error = error;
}

static void object_path(unsigned int index, char ret_path[FAKE_PATH_MAX])
{
	snprintf(ret_path, FAKE_PATH_MAX, "%s/objects/%u", scratch, index);
}

void fake_bpf_begin(void)
{
	char path[FAKE_PATH_MAX];

	/* Thousands of small files: in memory, if possible. */
	if (access("/dev/shm", W_OK | X_OK) == 0)
		setenv("TMPDIR", "/dev/shm", /* overwrite= */ 0);
	require(scratch_make(scratch) == 0, "scratch_make");
	snprintf(path, sizeof(path), "%s/objects", scratch);
	snprintf(fake_bpf_fs, sizeof(fake_bpf_fs), "%s/bpf", scratch);
	require(mkdir(path, 0700) == 0 && mkdir(fake_bpf_fs, 0700) == 0, "mkdir");
	objects = mmap(NULL, sizeof(*objects), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	require(objects != MAP_FAILED, "mmap");
	fake = (struct fake_behaviour){.error = 0};
}

void fake_bpf_end(void)
{
	munmap(objects, sizeof(*objects));
	scratch_remove(scratch);
}

static int create(struct object object)
{
	char path[FAKE_PATH_MAX];
	struct stat status;
	int descriptor;

	require(objects->count < OBJECTS_MAX, "too many objects");
	object_path(objects->count, path);
	descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	require(descriptor >= 0 && fstat(descriptor, &status) == 0, path);
	if (object.kind == MAP)
		require(ftruncate(descriptor, (off_t)object.max_entries *
						      ((object.value_size + 7U) & ~7U)) == 0,
			"ftruncate");
	object.inode = status.st_ino;
	objects->object[objects->count++] = object;
	return descriptor;
}

static struct object *object_of(int descriptor)
{
	struct stat status;

	if (fstat(descriptor, &status))
		return NULL;
	for (unsigned int i = 0; i < objects->count; i++)
		if (objects->object[i].inode == status.st_ino)
			return &objects->object[i];
	errno = EINVAL;
	return NULL;
}

int fake_program(void)
{
	return create((struct object){.kind = PROGRAM});
}

int fake_link(void)
{
	return create((struct object){.kind = LINK});
}

uint32_t fake_id(int descriptor)
{
	const struct object *object = object_of(descriptor);

	return object && object->kind == PROGRAM ? (uint32_t)(object - objects->object) + 1 : 0;
}

void fake_recursion_misses(int descriptor, uint64_t misses)
{
	object_of(descriptor)->recursion_misses = misses;
}

int __wrap_bpf_obj_pin(int descriptor, const char *path)
{
	struct object *object = object_of(descriptor);
	char source[FAKE_PATH_MAX];

	if (!object || fake_fails("bpf_obj_pin"))
		return -1;
	object_path((unsigned int)(object - objects->object), source);
	return link(source, path);
}

int __wrap_bpf_obj_get(const char *path)
{
	return fake_fails("bpf_obj_get") ? -1 : open(path, O_RDWR | O_CLOEXEC);
}

int __wrap_bpf_obj_get_info_by_fd(int descriptor, void *info, __u32 *length)
{
	const struct object *object = object_of(descriptor);

	if (!object || fake_fails("bpf_obj_get_info_by_fd"))
		return -1;
	memset(info, 0, *length);
	if (object->kind == PROGRAM) {
		struct bpf_prog_info *program = info;

		program->id = fake_id(descriptor);
		program->recursion_misses = object->recursion_misses;
	} else if (object->kind == MAP) {
		struct bpf_map_info *map = info;

		map->type = object->type;
		map->key_size = object->key_size;
		map->value_size = object->value_size;
		map->max_entries = object->max_entries;
	}
	return 0;
}

int __wrap_bpf_map_create(enum bpf_map_type type, const char *name, __u32 key_size,
			  __u32 value_size, __u32 max_entries,
			  const struct bpf_map_create_opts *options)
{
	(void)name;
	(void)options;
	if (fake_fails("bpf_map_create"))
		return -1;
	return create((struct object){.kind = MAP,
				      .type = type,
				      .key_size = key_size,
				      .value_size = value_size,
				      .max_entries = max_entries});
}

/* A hash has one element at most, and its value is its key. */
static off_t offset_of(const struct object *map, const void *key)
{
	return map->type == BPF_MAP_TYPE_HASH
		       ? 0
		       : (off_t) * (const uint32_t *)key * ((map->value_size + 7U) & ~7U);
}

int __wrap_bpf_map_lookup_elem(int descriptor, const void *key, void *value)
{
	static const char empty[4];
	const struct object *map = object_of(descriptor);

	if (!map || fake_fails("bpf_map_lookup_elem"))
		return -1;
	if (pread(descriptor, value, map->value_size, offset_of(map, key)) !=
		    (ssize_t)map->value_size ||
	    (map->type == BPF_MAP_TYPE_PROG_ARRAY && memcmp(value, empty, sizeof(empty)) == 0)) {
		errno = ENOENT;
		return -1;
	}
	return 0;
}

int __wrap_bpf_map_update_elem(int descriptor, const void *key, const void *value, __u64 flags)
{
	const struct object *map = object_of(descriptor);
	uint32_t id;

	(void)flags;
	if (!map || fake_fails("bpf_map_update_elem"))
		return -1;
	if (map->type == BPF_MAP_TYPE_PROG_ARRAY) {
		id = fake_id(*(const int *)value);
		value = &id;
		require(id, "no program");
	}
	require(pwrite(descriptor, value, map->value_size, offset_of(map, key)) ==
			(ssize_t)map->value_size,
		"pwrite");
	return 0;
}

int __wrap_bpf_map_delete_elem(int descriptor, const void *key)
{
	static const uint64_t none;
	const struct object *map = object_of(descriptor);
	uint32_t size;
	uint64_t value = 0;

	if (!map || fake_fails("bpf_map_delete_elem"))
		return -1;
	size = map->value_size < sizeof(value) ? map->value_size : sizeof(value);
	if (pread(descriptor, &value, size, offset_of(map, key)) != (ssize_t)size || !value) {
		errno = ENOENT;
		return -1;
	}
	require(pwrite(descriptor, &none, size, offset_of(map, key)) == (ssize_t)size, "pwrite");
	return 0;
}

int __wrap_bpf_map_get_next_key(int descriptor, const void *key, void *next)
{
	const struct object *map = object_of(descriptor);
	uint64_t only = 0;

	if (!key && map && pread(descriptor, &only, sizeof(only), 0) == sizeof(only) && only) {
		memcpy(next, &only, map->key_size);
		return 0;
	}
	errno = ENOENT;
	return -1;
}

static int descriptor_of(const void *of, struct object object)
{
	int i = 0;

	while (loaded[i].of && loaded[i].of != of)
		i++;
	if (!loaded[i].of) {
		require(i < LOADED_MAX - 1, "too many are loaded");
		loaded[i].of = of;
		loaded[i].descriptor = create(object);
	}
	return loaded[i].descriptor;
}

static void forget(const void *of)
{
	int found = -1, last = 0;

	for (; loaded[last].of; last++)
		if (loaded[last].of == of)
			found = last;
	if (found < 0)
		return;
	close(loaded[found].descriptor);
	loaded[found] = loaded[last - 1];
	loaded[last - 1].of = NULL;
}

int __wrap_bpf_object__load(struct bpf_object *object)
{
	(void)object;
	return fake_fails("bpf_object__load") ? -1 : 0;
}

void __wrap_bpf_object__close(struct bpf_object *object)
{
	struct bpf_program *program;
	struct bpf_map *map;

	if (!object)
		return;
	bpf_object__for_each_program(program, object)
		forget(program);
	bpf_object__for_each_map(map, object) forget(map);
	__real_bpf_object__close(object);
}

int __wrap_bpf_program__fd(const struct bpf_program *program)
{
	return descriptor_of(program, (struct object){.kind = PROGRAM});
}

int __wrap_bpf_map__fd(const struct bpf_map *map)
{
	return descriptor_of(map, (struct object){.kind = MAP,
						  .type = bpf_map__type(map),
						  .key_size = bpf_map__key_size(map),
						  .value_size = bpf_map__value_size(map),
						  .max_entries = bpf_map__max_entries(map)});
}

int __wrap_bpf_object__find_map_fd_by_name(const struct bpf_object *object, const char *name)
{
	return __wrap_bpf_map__fd(bpf_object__find_map_by_name(object, name));
}

int __wrap_bpf_map__reuse_fd(struct bpf_map *map, int descriptor)
{
	(void)map;
	(void)descriptor;
	return 0;
}
