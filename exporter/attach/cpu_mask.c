// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/cpu_mask.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The numbers of a mask ascend, so the last one is the highest. */
static int last_number(const char *mask, uint32_t *ret_number)
{
	const char *last = mask + strcspn(mask, "\n");
	unsigned long number;
	char *end;

	while (last > mask && last[-1] >= '0' && last[-1] <= '9')
		last--;
	errno = 0;
	number = strtoul(last, &end, 10);
	if (end == last || (*end && *end != '\n') || errno || number >= UINT32_MAX)
		return -EIO;
	*ret_number = (uint32_t)number;
	return 0;
}

/* A line has no fixed limit: a mask with many holes fills a page. */
int cpu_mask_end(const char *path, uint32_t *ret_end)
{
	FILE *file = fopen(path, "re");
	char *mask = NULL;
	size_t size = 0;
	uint32_t last;
	int error;

	if (!file)
		return -errno;
	error = getline(&mask, &size, file) > 0 ? last_number(mask, &last) : -EIO;
	free(mask);
	fclose(file);
	if (error)
		return error;
	*ret_end = last + 1;
	return 0;
}
