/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int scratch_make(char ret_path[SCRATCH_SIZE])
{
	const char *base = getenv("TMPDIR");
	int length = snprintf(ret_path, SCRATCH_SIZE, "%s/socket-bind-XXXXXX",
			      base && *base ? base : "/tmp");

	if (length >= SCRATCH_SIZE)
		return -ENAMETOOLONG;
	if (!mkdtemp(ret_path) || chmod(ret_path, 0755))
		return -errno;
	return 0;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	remove(path);
	return 0;
}

void scratch_remove(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static int read_all(int fd, char **ret_text, size_t *ret_length)
{
	size_t length = 0, size = 0;
	char *text = NULL, *grown;
	ssize_t n;

	do {
		if (size - length < 65536) {
			size += size + 131072;
			grown = realloc(text, size);
			if (!grown) {
				free(text);
				return -ENOMEM;
			}
			text = grown;
		}
		n = read(fd, text + length, size - length - 1);
		if (n > 0)
			length += (size_t)n;
	} while (n > 0);
	if (n < 0) {
		n = -errno;
		free(text);
		return (int)n;
	}
	text[length] = '\0';
	*ret_text = text;
	*ret_length = length;
	return 0;
}

int scratch_read(const char *path, char **ret_text, size_t *ret_length)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int error;

	if (fd < 0)
		return -errno;
	error = read_all(fd, ret_text, ret_length);
	close(fd);
	return error;
}

int scratch_write(const char *path, const void *bytes, size_t length)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	ssize_t n;
	int error = 0;

	if (fd < 0)
		return -errno;
	for (; length && !error; length -= (size_t)n) {
		n = write(fd, bytes, length);
		if (n < 0) {
			error = -errno;
			break;
		}
		bytes = (const char *)bytes + n;
	}
	close(fd);
	return error;
}

int scratch_count(const char *path)
{
	DIR *directory = opendir(path);
	int count = 0;

	if (!directory)
		return -errno;
	while (readdir(directory))
		count++;
	closedir(directory);
	return count - 2; /* itself and its parent */
}

int scratch_await_count(const char *path, int expected)
{
	int count = scratch_count(path);

	for (int tries = 0; count != expected && tries < 500; tries++) {
		usleep(10000);
		count = scratch_count(path);
	}
	return count;
}
