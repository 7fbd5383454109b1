// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/machine.h"

#include <cap-ng.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

bool release_older_than(const char *release, unsigned int major, unsigned int minor)
{
	unsigned int here_major = 0, here_minor = 0;

	sscanf(release, "%u.%u", &here_major, &here_minor);
	return here_major < major || (here_major == major && here_minor < minor);
}

bool kernel_older_than(unsigned int major, unsigned int minor)
{
	struct utsname kernel;

	uname(&kernel);
	return release_older_than(kernel.release, major, minor);
}

bool machine_setting(const char *path, char *ret_line, int size)
{
	FILE *file = fopen(path, "re");
	bool read = file && fgets(ret_line, size, file);

	if (file)
		fclose(file);
	if (read)
		ret_line[strcspn(ret_line, "\n")] = '\0';
	return read;
}

/* If the capabilities cannot be read, the process has none. */
bool machine_has_capability(unsigned int capability)
{
	return capng_get_caps_process() == 0 && capng_have_capability(CAPNG_EFFECTIVE, capability);
}

bool machine_is_locked_down(void)
{
	char lockdown[64];

	return machine_setting("/sys/kernel/security/lockdown", lockdown, sizeof(lockdown)) &&
	       strstr(lockdown, "[confidentiality]");
}

bool uid_map_is_initial(const char *line)
{
	unsigned int inside, outside, count;

	return sscanf(line, "%u %u %u", &inside, &outside, &count) == 3 && outside == 0 &&
	       count == UINT32_MAX;
}

bool machine_in_user_namespace(void)
{
	char map[64];

	return machine_setting("/proc/self/uid_map", map, sizeof(map)) && !uid_map_is_initial(map);
}

/* The line of the version 2 hierarchy begins with "0::" (cgroups(7)). */
bool machine_has_unified_cgroups(void)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	bool found = false;
	char line[PATH_MAX];

	while (file && !found && fgets(line, sizeof(line), file))
		found = strncmp(line, "0::", 3) == 0;
	if (file)
		fclose(file);
	return found;
}
