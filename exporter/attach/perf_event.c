// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/perf_event.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "exporter/attach/tracefs.h"

/* The event is opened on CPU 0, but its BPF program runs on whichever CPU the event happens. */
static int open_event(struct perf_event_attr *attributes)
{
	int event = (int)syscall(SYS_perf_event_open, attributes, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);

	return event < 0 ? -errno : event;
}

int perf_event_of_tracepoint(const char *name)
{
	struct perf_event_attr attributes = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attributes),
		.sample_period = 1,
		.wakeup_events = 1,
	};
	int id = tracefs_event_id(name);

	if (id < 0)
		return id;
	attributes.config = id;
	return open_event(&attributes);
}

int perf_event_of_kprobe(const char *function)
{
	struct perf_event_attr attributes = {
		.size = sizeof(attributes),
		.kprobe_func = (uintptr_t)function,
	};
	FILE *file = fopen("/sys/bus/event_source/devices/kprobe/type", "re");
	int read;

	if (!file)
		return -errno;
	read = fscanf(file, "%u", &attributes.type);
	fclose(file);
	return read == 1 ? open_event(&attributes) : -EIO;
}
