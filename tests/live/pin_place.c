/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/pin_place.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "tests/live/live_test.h"

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
