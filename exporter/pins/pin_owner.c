// SPDX-License-Identifier: Apache-2.0
#include "exporter/pins/pin_owner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#define ID_DIGITS 16

struct kind {
	const char *prefix;
	const char *marker;
	const char *others[2]; /* further names; NULL: any, since versions differ in their maps */
};

static const struct kind kinds[] = {
	{PIN_SET, PIN_IDENTITY, {NULL}},
	{PIN_HOOK, PIN_SLOTS, {"link", "program"}},
};

bool pin_owner_is_marker(const char *name)
{
	return strcmp(name, kinds[0].marker) == 0 || strcmp(name, kinds[1].marker) == 0;
}

static bool is_id(const char *text)
{
	return strspn(text, "0123456789abcdef") == ID_DIGITS && !text[ID_DIGITS];
}

static const struct kind *kind_of(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		size_t length = strlen(kinds[i].prefix);

		if (strncmp(name, kinds[i].prefix, length) == 0)
			return i || is_id(name + length) ? &kinds[i] : NULL;
	}
	return NULL;
}

static bool is_known(const struct kind *kind, const char *name)
{
	return !kind->others[0] || strcmp(name, kind->marker) == 0 ||
	       strcmp(name, kind->others[0]) == 0 || strcmp(name, kind->others[1]) == 0;
}

static int check_entries(DIR *entries, const struct kind *kind, bool garbage)
{
	bool empty = true, marked = false;
	struct dirent *entry;

	while ((entry = readdir(entries))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (!is_known(kind, entry->d_name))
			return -EEXIST;
		empty = false;
		marked |= strcmp(entry->d_name, kind->marker) == 0;
	}
	return marked || (garbage && empty) ? 0 : -EEXIST;
}

bool pin_owner_is_garbage(const char *directory)
{
	return strncmp(directory, PIN_GARBAGE, strlen(PIN_GARBAGE)) == 0;
}

int pin_owner_check(int parent, const char *directory)
{
	bool garbage = pin_owner_is_garbage(directory);
	const struct kind *kind = kind_of(directory + (garbage ? strlen(PIN_GARBAGE) : 0));
	DIR *entries;
	int below, error;

	if (!kind)
		return -EEXIST;
	/* A symbolic link is not followed: its target is not the exporter's. */
	below = openat(parent, directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (below < 0)
		return errno == ENOTDIR || errno == ELOOP ? -EEXIST : -errno;
	entries = fdopendir(below);
	if (!entries) {
		error = -errno;
		close(below);
		return error;
	}
	error = check_entries(entries, kind, garbage);
	closedir(entries);
	return error;
}
