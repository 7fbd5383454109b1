/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/cgroups.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOT_MAX 512

static char root[ROOT_MAX];

static int find_mount(char ret_directory[ROOT_MAX])
{
	FILE *mounts = setmntent("/proc/self/mounts", "r");
	const struct mntent *mount;
	int error = -ENOENT;

	if (!mounts)
		return -errno;
	while (error && (mount = getmntent(mounts)) != NULL) {
		if (strcmp(mount->mnt_type, "cgroup2") != 0)
			continue;
		snprintf(ret_directory, ROOT_MAX, "%s", mount->mnt_dir);
		error = 0;
	}
	endmntent(mounts);
	return error;
}

int cgroups_begin(const char *name)
{
	size_t length;
	int error = find_mount(root);

	if (error)
		return error;
	length = strlen(root);
	snprintf(root + length, sizeof(root) - length, "/%s.slice", name);
	return mkdir(root, 0755) && errno != EEXIST ? -errno : 0;
}

void cgroups_end(void)
{
	rmdir(root);
}

int cgroups_make(const char *path)
{
	char whole[PATH_MAX];

	snprintf(whole, sizeof(whole), "%s/%s", root, path);
	for (char *slash = strchr(whole + strlen(root) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(whole, 0755) && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return mkdir(whole, 0755) && errno != EEXIST ? -errno : 0;
}

int cgroups_enter(const char *path)
{
	char file[PATH_MAX];
	int fd, error = 0;

	snprintf(file, sizeof(file), "%s/%s/cgroup.procs", root, path);
	fd = open(file, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, "0", 1) != 1)
		error = -errno;
	close(fd);
	return error;
}

void cgroups_remove(const char *path)
{
	char whole[PATH_MAX];

	snprintf(whole, sizeof(whole), "%s/%s", root, path);
	while (strlen(whole) > strlen(root) && rmdir(whole) == 0)
		*strrchr(whole, '/') = '\0';
}
