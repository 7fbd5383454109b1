// SPDX-License-Identifier: Apache-2.0
#include "exporter/pins/dir.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "common/diagnosis.h"
#include "common/log.h"
#include "common/signals.h"
#include "exporter/pins/pin_owner.h"

#define WAIT_S  30
#define LOOK_MS 100

struct pins {
	const char *path; /* outlives this */
	int directory;    /* its descriptor, which is locked */
};

/* A path that is too long is cut; it is then not found. */
static void path_of(const struct pins *pins, const char *directory, const char *name,
		    char ret_path[PATH_MAX])
{
	if (snprintf(ret_path, PATH_MAX, "%s/%s/%s", pins->path, directory, name) >= PATH_MAX)
		ret_path[PATH_MAX - 1] = '\0';
}

/* The name of a directory that is garbage already stays the same. */
static void garbage_of(const char *directory, char ret_name[NAME_MAX])
{
	snprintf(ret_name, NAME_MAX, "%s%s", pin_owner_is_garbage(directory) ? "" : PIN_GARBAGE,
		 directory);
}

static int is_on_bpf_fs(const char *path)
{
	struct statfs statistics;

	if (statfs(path, &statistics))
		return -errno;
	return statistics.f_type == BPF_FS_MAGIC ? 0 : -EMEDIUMTYPE;
}

/* Only the last part of the path is created, and only on a BPF file system. */
static int find_directory(const char *path)
{
	char parent[PATH_MAX];
	int error = is_on_bpf_fs(path);

	if (error != -ENOENT)
		return error;
	if (snprintf(parent, sizeof(parent), "%s", path) >= PATH_MAX)
		return -ENAMETOOLONG;
	error = is_on_bpf_fs(dirname(parent));
	if (error)
		return error == -ENOENT ? -ENXIO : error;
	return mkdir(path, 0700) && errno != EEXIST ? -errno : 0;
}

/* The value of a macro as text. */
#define DIGITS(number)    DIGITS_OF(number)
#define DIGITS_OF(number) #number

#define NAME_A_DIRECTORY                                  \
	"name a directory on a BPF file system, such as " \
	"--bpf.pin-path=/sys/fs/bpf/socket_bind"

static const struct {
	int error;
	const char *before, *after; /* the path, in the reason */
	const char *cure;
} refusals[] = {
	{EMEDIUMTYPE, "", " is not on a BPF file system",
	 "mount -t bpf bpf /sys/fs/bpf, and name a directory there, such as "
	 "--bpf.pin-path=/sys/fs/bpf/socket_bind"},
	{ENXIO, "the parent directory of ", " does not exist",
	 NAME_A_DIRECTORY "; only its last part is created"},
	{EACCES, "", " is not writable by this user",
	 "create that directory first and give it to this user, or run as root"},
	{ETIMEDOUT, "another exporter uses ", " and did not stop within " DIGITS(WAIT_S) " s",
	 "stop it, or choose another --bpf.pin-path"},
	{EINTR, "told to stop while waiting for another exporter that uses ", "",
	 "stop the other exporter first"},
};

static void refuse(const char *path, int error, struct diagnosis *diagnosis)
{
	if (error == EPERM)
		error = EACCES;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		if (refusals[i].error != error)
			continue;
		diagnosis_reason(diagnosis, "%s%.150s%s", refusals[i].before, path,
				 refusals[i].after);
		diagnosis_cure(diagnosis, "%s", refusals[i].cure);
		return;
	}
	diagnosis_reason(diagnosis, "%.150s cannot be used: %s", path, strerror(error));
	diagnosis_cure(diagnosis, NAME_A_DIRECTORY);
}

static int lock(const struct pins *pins)
{
	for (int waited_ms = 0; flock(pins->directory, LOCK_EX | LOCK_NB); waited_ms += LOOK_MS) {
		if (errno != EWOULDBLOCK)
			return -errno;
		if (signals_end())
			return -EINTR;
		if (waited_ms >= WAIT_S * 1000)
			return -ETIMEDOUT;
		if (!waited_ms)
			log_event(LOG_LEVEL_INFO,
				  "waiting for another exporter that uses the pinned counters",
				  "path", pins->path, NULL);
		nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
	}
	return 0;
}

static int open_directory(struct pins *pins)
{
	int error = find_directory(pins->path);

	if (error)
		return error;
	pins->directory = open(pins->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (pins->directory < 0 || access(pins->path, W_OK | X_OK))
		return -errno;
	return lock(pins);
}

/* Directories are listed one at a time, because each removal changes the list. */
static int remove_all(const struct pins *pins, const char *prefix)
{
	char name[1][PINS_NAME_MAX];
	int error, count;

	while ((count = pins_list(pins, prefix, name, 1)) > 0) {
		error = pins_remove(pins, name[0]);
		if (error)
			return error;
	}
	return count;
}

int pins_open(const char *path, struct pins **ret_pins, struct diagnosis *ret_diagnosis)
{
	struct pins *pins = calloc(1, sizeof(*pins));
	int error = -ENOMEM;

	if (pins) {
		pins->path = path;
		pins->directory = -1;
		error = open_directory(pins);
	}
	if (!error)
		error = remove_all(pins, PIN_GARBAGE);
	if (error) {
		refuse(path, -error, ret_diagnosis);
		pins_close(pins);
		return error;
	}
	*ret_pins = pins;
	return 0;
}

void pins_close(struct pins *pins)
{
	if (!pins)
		return;
	if (pins->directory >= 0)
		close(pins->directory);
	free(pins);
}

/* Entries that are named like the exporter's but are not its own get a warning each. */
static void warn_of_foreign_entries(const struct pins *pins)
{
	static const char *const prefixes[] = {PIN_HOOK, PIN_SET, PIN_GARBAGE};
	DIR *entries = opendir(pins->path);
	struct dirent *entry;

	while (entries && (entry = readdir(entries)))
		for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
			if (strncmp(entry->d_name, prefixes[i], strlen(prefixes[i])) == 0)
				log_event(LOG_LEVEL_WARN,
					  "left in place, not created by the exporter", "path",
					  pins->path, "name", entry->d_name, NULL);
	if (entries)
		closedir(entries);
}

/*
 * The directory itself stays: another program may own it, and another process may be waiting for
 * its lock. Hooks are removed first, so that no program counts in a set that is being removed.
 */
int pins_unpin(const char *path, struct diagnosis *ret_diagnosis)
{
	struct pins *pins;
	int error;

	if (access(path, F_OK) && errno == ENOENT)
		return 0;
	error = pins_open(path, &pins, ret_diagnosis);
	if (error)
		return error;
	error = remove_all(pins, PIN_HOOK);
	if (!error)
		error = remove_all(pins, PIN_SET);
	if (error)
		refuse(path, -error, ret_diagnosis);
	else
		warn_of_foreign_entries(pins);
	pins_close(pins);
	return error;
}

int pins_begin(const struct pins *pins, const char *directory)
{
	char garbage[NAME_MAX];

	garbage_of(directory, garbage);
	return mkdirat(pins->directory, garbage, 0700) ? -errno : 0;
}

int pins_put(const struct pins *pins, const char *directory, const char *name, int descriptor)
{
	char garbage[NAME_MAX], path[PATH_MAX];

	garbage_of(directory, garbage);
	path_of(pins, garbage, name, path);
	return bpf_obj_pin(descriptor, path) ? -errno : 0;
}

int pins_publish(const struct pins *pins, const char *directory)
{
	char garbage[NAME_MAX];

	garbage_of(directory, garbage);
	return renameat(pins->directory, garbage, pins->directory, directory) ? -errno : 0;
}

int pins_get(const struct pins *pins, const char *directory, const char *name)
{
	char path[PATH_MAX];
	int descriptor;

	path_of(pins, directory, name, path);
	descriptor = bpf_obj_get(path);
	return descriptor < 0 ? -errno : descriptor;
}

/*
 * The entry that marks the directory as the exporter's is removed last, so that a removal that was
 * interrupted can be completed later.
 */
static int empty(int directory)
{
	int copy = dup(directory), error = 0;
	DIR *entries = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;

	if (!entries)
		return -errno;
	for (int last = 0; last < 2; last++) {
		rewinddir(entries);
		while (!error && (entry = readdir(entries)))
			if (entry->d_name[0] != '.' &&
			    (last || !pin_owner_is_marker(entry->d_name)) &&
			    unlinkat(directory, entry->d_name, 0) && errno != ENOENT)
				error = -errno;
	}
	closedir(entries);
	return error;
}

/* Returns 0 also if the directory is garbage already, or has not been published yet. */
static int make_garbage(const struct pins *pins, const char *directory, const char *garbage)
{
	int error = pin_owner_check(pins->directory, directory);

	if (!error && renameat(pins->directory, directory, pins->directory, garbage))
		error = -errno;
	return error == -ENOENT ? 0 : error;
}

int pins_remove(const struct pins *pins, const char *directory)
{
	char garbage[NAME_MAX];
	int below, error = 0;

	garbage_of(directory, garbage);
	if (!pin_owner_is_garbage(directory))
		error = make_garbage(pins, directory, garbage);
	if (!error)
		error = pin_owner_check(pins->directory, garbage);
	if (error)
		return error == -ENOENT ? 0 : error;
	below = openat(pins->directory, garbage, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (below < 0)
		return -errno;
	error = empty(below);
	close(below);
	if (!error && unlinkat(pins->directory, garbage, AT_REMOVEDIR))
		error = -errno;
	return error;
}

int pins_list(const struct pins *pins, const char *prefix, char (*ret_names)[PINS_NAME_MAX],
	      int max)
{
	DIR *entries = opendir(pins->path);
	struct dirent *entry;
	int count = 0, error = 0;

	if (!entries)
		return -errno;
	while (count < max && !error && (entry = readdir(entries))) {
		if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0 ||
		    strlen(entry->d_name) >= PINS_NAME_MAX)
			continue;
		error = pin_owner_check(pins->directory, entry->d_name);
		if (!error)
			snprintf(ret_names[count++], PINS_NAME_MAX, "%.47s", entry->d_name);
		else if (error == -EEXIST || error == -ENOENT) /* its owner may remove it now */
			error = 0;
	}
	closedir(entries);
	return error ? error : count;
}
