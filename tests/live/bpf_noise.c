/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/bpf_noise.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/live/bind_address.h"
#include "tests/live/embedded.h"
#include "tests/live/noise_abi.h"

#define PROGRAMS_MAX   8
#define READER_KEYS    1024
#define READER_BATCH   256
#define POLL_US        2000
#define STILL_STARTING 1

/* In memory that both processes share. */
struct noise {
	pid_t pid;
	atomic_int state; /* STILL_STARTING, 0: active, -errno */
	atomic_bool stop;
	struct noise_report report; /* written before the process ends */
};

struct programs {
	struct bpf_object *object;
	struct bpf_link *links[PROGRAMS_MAX];
	int links_n;
};

static bool is_wanted(const char *program, unsigned int kinds)
{
	return kinds & (strcmp(program, "noise_deny") ? NOISE_PROGRAMS : NOISE_DENY);
}

static int set_up(struct bpf_object *object, const struct noise_setup *setup)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, ".rodata.deny");
	struct noise_deny deny = {.verdict = -(int)setup->deny_error};
	struct bpf_program *program;

	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program,
					  is_wanted(bpf_program__name(program), setup->kinds));
	if (setup->deny_comm)
		snprintf(deny.comm, sizeof(deny.comm), "%s", setup->deny_comm);
	return map ? bpf_map__set_initial_value(map, &deny, sizeof(deny)) : -ENOENT;
}

/* On failure, open descriptors are closed by the end of the process. */
static int attach(struct programs *programs, const struct noise_setup *setup)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "noise");
	struct bpf_program *program;
	int error;

	programs->object = bpf_object__open_mem(
		noise_object_start, (size_t)(noise_object_end - noise_object_start), &options);
	if (!programs->object)
		return -errno;
	error = set_up(programs->object, setup);
	if (!error)
		error = bpf_object__load(programs->object);
	if (error)
		return error;
	bpf_object__for_each_program(program, programs->object) {
		struct bpf_link *link;

		if (!bpf_program__autoload(program))
			continue;
		link = bpf_program__attach(program);
		if (!link)
			return -errno;
		programs->links[programs->links_n++] = link;
	}
	return 0;
}

static uint64_t runs_of(const struct programs *programs)
{
	struct bpf_map *map = bpf_object__find_map_by_name(programs->object, ".data.counters");
	struct noise_counters counters = {0};
	uint32_t zero = 0;

	if (!map || bpf_map_lookup_elem(bpf_map__fd(map), &zero, &counters))
		return 0;
	return counters.runs;
}

static void detach(struct programs *programs)
{
	int i;

	for (i = 0; i < programs->links_n; i++)
		bpf_link__destroy(programs->links[i]);
	bpf_object__close(programs->object);
}

/* Whether a bind under such a name is refused with the right errno. */
static bool is_refused(const struct noise_setup *setup)
{
	const struct sockaddr_in any = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char comm[NOISE_COMM_SIZE];
	bool refused;

	snprintf(comm, sizeof(comm), "%s-try", setup->deny_comm);
	prctl(PR_SET_NAME, comm);
	refused = bind(fd, (const struct sockaddr *)&any, sizeof(any)) &&
		  errno == (int)setup->deny_error;
	prctl(PR_SET_NAME, "noise");
	close(fd);
	return refused;
}

static int fill_map(void)
{
	int map = bpf_map_create(BPF_MAP_TYPE_HASH, "noise_read", sizeof(uint32_t),
				 sizeof(uint64_t), READER_KEYS, NULL);
	uint64_t value = 0;
	uint32_t key;

	for (key = 0; map >= 0 && key < READER_KEYS; key++)
		bpf_map_update_elem(map, &key, &value, BPF_ANY);
	return map;
}

/* Reads in every way: by key, from key to key, in batches. Returns the number of calls. */
static uint64_t read_once(int map)
{
	uint32_t keys[READER_BATCH], cursor, key, next, count = READER_BATCH;
	uint64_t values[READER_BATCH], value, calls = 0;
	int more = bpf_map_get_next_key(map, NULL, &key);

	while (!more && calls < 2 * READER_BATCH) {
		bpf_map_lookup_elem(map, &key, &value);
		more = bpf_map_get_next_key(map, &key, &next);
		key = next;
		calls += 2;
	}
	more = bpf_map_lookup_batch(map, NULL, &cursor, keys, values, &count, NULL);
	for (calls += 2; !more; calls++) {
		count = READER_BATCH;
		more = bpf_map_lookup_batch(map, &cursor, &cursor, keys, values, &count, NULL);
	}
	return calls;
}

static int make_noise(struct noise *noise, const struct noise_setup *setup)
{
	struct programs programs = {0};
	int map = -1;

	prctl(PR_SET_NAME, "noise");
	libbpf_set_print(NULL);
	if (setup->kinds & (NOISE_PROGRAMS | NOISE_DENY) && attach(&programs, setup))
		return -EPERM;
	if (setup->kinds & NOISE_DENY && !is_refused(setup))
		return -EPERM;
	if (setup->kinds & NOISE_READER && (map = fill_map()) < 0)
		return -EPERM;
	noise->state = 0;
	while (!noise->stop) {
		if (map >= 0)
			noise->report.reads += read_once(map);
		else
			usleep(POLL_US);
	}
	if (programs.object)
		noise->report.runs = runs_of(&programs);
	detach(&programs);
	return 0;
}

/* Waits until it is active or has failed. */
static int wait_until_started(const struct noise *noise)
{
	while (noise->state == STILL_STARTING) {
		if (waitpid(noise->pid, NULL, WNOHANG))
			return -ECHILD;
		usleep(POLL_US);
	}
	return noise->state;
}

int noise_start(const struct noise_setup *setup, struct noise **ret_noise)
{
	struct noise *noise = mmap(NULL, sizeof(*noise), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int error;
	pid_t pid;

	if (noise == MAP_FAILED)
		return -errno;
	noise->state = STILL_STARTING;
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		error = make_noise(noise, setup);
		noise->state = error;
		_exit(error ? 1 : 0);
	}
	if (pid < 0) {
		munmap(noise, sizeof(*noise));
		return -EAGAIN;
	}
	noise->pid = pid;
	error = wait_until_started(noise);
	if (!error) {
		*ret_noise = noise;
		return 0;
	}
	waitpid(noise->pid, NULL, 0);
	munmap(noise, sizeof(*noise));
	return error;
}

int noise_stop(struct noise *noise, struct noise_report *ret_report)
{
	int status = -1;

	noise->stop = true;
	if (waitpid(noise->pid, &status, 0) != noise->pid)
		status = -1;
	if (!status)
		*ret_report = noise->report;
	munmap(noise, sizeof(*noise));
	return status ? -ECHILD : 0;
}
