// SPDX-License-Identifier: Apache-2.0
#include "tests/lib/captured.h"

#include <errno.h>
#include <unistd.h>

static int saved, ends[2];

int capture_begin(void)
{
	if (pipe(ends))
		return -errno;
	saved = dup(STDERR_FILENO);
	if (saved < 0 || dup2(ends[1], STDERR_FILENO) < 0)
		return -errno;
	close(ends[1]);
	return 0;
}

void capture_end(char *ret_text, size_t size)
{
	size_t length = 0;
	ssize_t got;

	dup2(saved, STDERR_FILENO); /* closes the pipe's last writing end */
	close(saved);
	while (length < size - 1 && (got = read(ends[0], ret_text + length, size - 1 - length)) > 0)
		length += got;
	ret_text[length] = '\0';
	close(ends[0]);
}
