// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/tracefs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

static int read_id(int tracefs, const char *event)
{
	char path[128], number[16];
	ssize_t length;
	int file, error;

	snprintf(path, sizeof(path), "events/%s/id", event);
	file = openat(tracefs, path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return -errno;
	length = read(file, number, sizeof(number) - 1);
	error = errno;
	close(file);
	if (length <= 0)
		return length < 0 ? -error : -EIO;
	number[length] = '\0';
	return atoi(number);
}

/*
 * Opens an instance of tracefs that is mounted nowhere: only this descriptor reaches it, no mount
 * table shows it, and it goes away with the descriptor (5.2; needs CAP_SYS_ADMIN). A descriptor or
 * -errno.
 */
static int open_detached(void)
{
	int context = fsopen("tracefs", FSOPEN_CLOEXEC);
	int mount = -1, error = 0;

	if (context < 0)
		return -errno;
	if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		error = -errno;
	else if ((mount = fsmount(context, FSMOUNT_CLOEXEC, 0)) < 0)
		error = -errno;
	close(context);
	return error ? error : mount;
}

static int open_tracefs(void)
{
	static const char *const paths[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
	int detached, unreadable = 0;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		int directory = open(paths[i], O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (directory < 0)
			continue;
		/* The mount point also exists without the mount. */
		if (faccessat(directory, "events", F_OK, 0) == 0)
			return directory;
		if (errno == EACCES)
			unreadable = -EACCES;
		close(directory);
	}
	detached = open_detached();
	return detached < 0 && unreadable ? unreadable : detached;
}

int tracefs_event_id(const char *event)
{
	int tracefs = open_tracefs();
	int id;

	if (tracefs < 0)
		return tracefs;
	id = read_id(tracefs, event);
	close(tracefs);
	return id;
}
