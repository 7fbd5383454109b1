// SPDX-License-Identifier: Apache-2.0
#include "common/yaml/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/units.h"

#define FIRST_SIZE 8192

void whole_file_forget(char *text, size_t length)
{
	if (text)
		explicit_bzero(text, length);
	free(text);
}

/* realloc() would leave a copy of a key behind. */
static int grow(char **text, size_t length, size_t *size)
{
	char *larger = malloc(2 * *size);

	if (!larger)
		return -ENOMEM;
	memcpy(larger, *text, length);
	whole_file_forget(*text, length);
	*text = larger;
	*size *= 2;
	return 0;
}

static int read_all(int file, size_t max, char **text, size_t *ret_length)
{
	size_t size = FIRST_SIZE, length = 0;
	int error = 0;
	ssize_t got;

	*text = malloc(size);
	if (!*text)
		return -ENOMEM;
	for (;;) {
		got = read(file, *text + length, size - 1 - length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		length += got;
		if (length > max)
			error = -EFBIG;
		else if (length == size - 1)
			error = grow(text, length, &size);
		if (error)
			break;
	}
	if (got < 0)
		error = -errno;
	if (error) {
		whole_file_forget(*text, length);
		return error;
	}
	(*text)[length] = '\0';
	*ret_length = length;
	return 0;
}

/* A pipe would be empty at the second reading, and an empty configuration requires nothing. */
static int check_kind(int file)
{
	struct stat found;

	if (fstat(file, &found))
		return -errno;
	if (S_ISDIR(found.st_mode))
		return -EISDIR;
	return S_ISREG(found.st_mode) ? 0 : -EINVAL;
}

int whole_file_read(const char *path, size_t max, char **ret_text, size_t *ret_length)
{
	/* Without O_NONBLOCK, opening a pipe would wait for a writer. */
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text;
	int error;

	if (file < 0)
		return -errno;
	error = check_kind(file);
	if (!error)
		error = read_all(file, max, &text, ret_length);
	close(file);
	if (!error)
		*ret_text = text;
	return error;
}

static int64_t nanoseconds(struct timespec time)
{
	return time.tv_sec * (int64_t)SECOND_NS + time.tv_nsec;
}

struct file_stamp file_stamp_of(const char *path)
{
	struct stat found;

	if (stat(path, &found))
		return (struct file_stamp){.error = errno};
	return (struct file_stamp){
		.device = found.st_dev,
		.inode = found.st_ino,
		.size = found.st_size,
		.modified_ns = nanoseconds(found.st_mtim),
		.changed_ns = nanoseconds(found.st_ctim),
	};
}

bool file_stamp_equal(const struct file_stamp *one, const struct file_stamp *other)
{
	return one->device == other->device && one->inode == other->inode &&
	       one->size == other->size && one->modified_ns == other->modified_ns &&
	       one->changed_ns == other->changed_ns && one->error == other->error;
}

uint64_t file_stamp_age_ns(const struct file_stamp *stamp)
{
	int64_t age_ns = (int64_t)clock_ns(CLOCK_REALTIME) - stamp->changed_ns;

	return stamp->error || age_ns < 0 ? 0 : (uint64_t)age_ns;
}
