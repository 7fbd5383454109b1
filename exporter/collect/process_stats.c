// SPDX-License-Identifier: Apache-2.0
#include "exporter/collect/process_stats.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/clock.h"
#include "metrics/pages/exporter_metrics.h"

/* Reads one line of a small file, without its newline. */
static int read_line(const char *path, char *ret_line, int size)
{
	FILE *file = fopen(path, "re");
	int error = 0;

	if (!file)
		return -errno;
	if (!fgets(ret_line, size, file))
		error = -EIO;
	fclose(file);
	return error;
}

/* proc(5): comm may contain blanks and parentheses, so fields count from the last ')'. */
static int read_stat(struct process_status *status)
{
	static double started; /* constant, even if the wall clock is set */
	double ticks = (double)sysconf(_SC_CLK_TCK);
	unsigned long user, system, size;
	unsigned long long start;
	long threads, resident;
	char line[1024], *fields;
	int error = read_line("/proc/self/stat", line, sizeof(line));

	if (error)
		return error;
	fields = strrchr(line, ')');
	if (!fields || sscanf(fields + 1,
			      " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d "
			      "%*d %ld %*d %llu %lu %ld",
			      &user, &system, &threads, &start, &size, &resident) != 6)
		return -EIO;
	if (started == 0)
		started = (double)boot_wall_ns() / 1e9 + (double)start / ticks;
	status->cpu_seconds = (double)(user + system) / ticks;
	status->start_seconds = started;
	status->threads = threads;
	status->virtual_bytes = size;
	status->resident_bytes = (uint64_t)resident * sysconf(_SC_PAGESIZE);
	return 0;
}

static int count_fds(uint64_t *ret_count)
{
	DIR *directory = opendir("/proc/self/fd");
	struct dirent *entry;
	uint64_t count = 0;

	if (!directory)
		return -errno;
	while ((entry = readdir(directory)))
		count += entry->d_name[0] != '.';
	closedir(directory);
	*ret_count = count - 1; /* without the directory's own descriptor */
	return 0;
}

static uint64_t soft_limit(int resource)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) || limit.rlim_cur == RLIM_INFINITY)
		return UINT64_MAX;
	return limit.rlim_cur;
}

int process_stats_read(struct process_status *ret_status)
{
	struct process_status status = {
		.max_fds = soft_limit(RLIMIT_NOFILE),
		.virtual_max_bytes = soft_limit(RLIMIT_AS),
	};
	int error = read_stat(&status);

	if (!error)
		error = count_fds(&status.open_fds);
	if (!error)
		*ret_status = status;
	return error;
}
