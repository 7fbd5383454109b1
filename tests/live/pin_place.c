/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/pin_place.h"

#include <errno.h>
#include <linux/bpf.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "tests/live/live_test.h"
#include "tests/live/log_checks.h"

char pin_place[128];
char pin_flag[160];

bool pin_place_is_possible(void)
{
	unsigned int major = 0, minor = 0;
	struct utsname kernel;

	uname(&kernel);
	sscanf(kernel.release, "%u.%u", &major, &minor);
	return major > 5 || (major == 5 && minor >= 15) ||
	       (strcmp(live.mode, "kprobe") && strcmp(live.mode, "tracepoint"));
}

bool pin_place_make(void)
{
	snprintf(pin_place, sizeof(pin_place), "%s/bpf", live.scratch);
	snprintf(pin_flag, sizeof(pin_flag), "--bpf.pin-path=%s/pins", pin_place);
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    (mkdir(pin_place, 0700) && errno != EEXIST) ||
	    mount("bpf", pin_place, "bpf", 0, NULL)) {
		live_skip("no BPF file system can be mounted: %s", strerror(errno));
		return false;
	}
	return true;
}

bool pin_place_prepare(void)
{
	if (pin_place_is_possible())
		return pin_place_make();
	live_skip("this kernel cannot pin %s", live.mode);
	return false;
}

void pin_place_path(const char *name, char ret_path[PIN_PATH_SIZE])
{
	snprintf(ret_path, PIN_PATH_SIZE, "%s/pins%s%s", pin_place, *name ? "/" : "", name);
}

/* Makes the missing directories below the place that the path is in. */
static void make_directories(char *path)
{
	for (char *slash = path + strlen(pin_place) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		ck_assert(mkdir(path, 0700) == 0 || errno == EEXIST);
		*slash = '/';
	}
}

static long bpf(int command, union bpf_attr *attributes)
{
	return syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

void pin_place_put(const char *name, const void *value, uint32_t size)
{
	union bpf_attr map = {.map_type = BPF_MAP_TYPE_ARRAY,
			      .key_size = sizeof(uint32_t),
			      .value_size = size,
			      .max_entries = 1};
	union bpf_attr element = {.key = 0}, pin = {.pathname = 0};
	char path[PIN_PATH_SIZE];
	const uint32_t first = 0;

	pin_place_path(name, path);
	make_directories(path);
	element.map_fd = pin.bpf_fd = (uint32_t)bpf(BPF_MAP_CREATE, &map);
	element.key = (uintptr_t)&first;
	element.value = (uintptr_t)value;
	pin.pathname = (uintptr_t)path;
	ck_assert_int_eq(bpf(BPF_MAP_UPDATE_ELEM, &element), 0);
	ck_assert_int_eq(bpf(BPF_OBJ_PIN, &pin), 0);
	close((int)pin.bpf_fd);
}

char *pin_place_unpin(void)
{
	return output_of((const char *const[]){"--unpin", pin_flag, NULL});
}
