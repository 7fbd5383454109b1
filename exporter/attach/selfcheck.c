// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/selfcheck.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "bpf/abi/bind_abi.h"
#include "exporter/attach/hooks.h"

#define SELFCHECK_TRIES 6

/* Makes the bind that checks a hook: see struct bind_control. */
static int bind_with_nonce(uint64_t nonce)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int error = 0;

	if (descriptor < 0)
		return -errno;
	memcpy((char *)&address + BIND_SELFCHECK_LENGTH - sizeof(nonce), &nonce, sizeof(nonce));
	if (bind(descriptor, (struct sockaddr *)&address, BIND_SELFCHECK_LENGTH))
		error = -errno;
	close(descriptor);
	return error;
}

static uint64_t read_counter(const __u64 *counter)
{
	return __atomic_load_n(counter, __ATOMIC_ACQUIRE);
}

static uint64_t noticed(const struct bind_control *control)
{
	return read_counter(&control->selfcheck_seen) + read_counter(&control->selfcheck_fallback);
}

static void set_nonce(struct bind_control *control, struct bind_control *other, uint64_t nonce)
{
	__atomic_store_n(&control->selfcheck_nonce, nonce, __ATOMIC_SEQ_CST);
	if (other)
		__atomic_store_n(&other->selfcheck_nonce, nonce, __ATOMIC_SEQ_CST);
}

/* 0 or -errno, of the bind or of reading the recursion misses. */
static int try_once(const struct hooks *hooks, struct bind_control *control,
		    struct bind_control *other, __u64 *recursion_baseline)
{
	uint64_t before = noticed(control), skipped = 0, skipped_now = 0, nonce;
	int error = hooks_skipped(hooks, &skipped);

	if (error)
		return error;
	if (getrandom(&nonce, sizeof(nonce), 0) < 0)
		return -errno;
	set_nonce(control, other, nonce | 1);
	error = bind_with_nonce(nonce | 1);
	set_nonce(control, other, 0);
	if (error || noticed(control) != before)
		return error;
	error = hooks_skipped(hooks, &skipped_now);
	*recursion_baseline += !error && skipped_now > skipped;
	return error;
}

/*
 * There are several tries because a pre-emptible kernel skips a tracing program while another task
 * is in it on the same CPU; the pauses let that task leave.
 */
int selfcheck(const struct hooks *hooks, struct bind_control *control, struct bind_control *other,
	      bool results, __u64 *recursion_baseline)
{
	uint64_t seen = read_counter(&control->selfcheck_seen);
	uint64_t ended = read_counter(&control->selfcheck_results);
	bool is_seen = false;

	for (int try = 0; try < SELFCHECK_TRIES; try++) {
		int error;

		if (try)
			nanosleep(&(struct timespec){.tv_nsec = 1000000L << try}, NULL);
		error = try_once(hooks, control, other, recursion_baseline);
		if (error)
			return error;
		is_seen = read_counter(&control->selfcheck_seen) != seen;
		if (is_seen && (!results || read_counter(&control->selfcheck_results) != ended))
			return 0;
	}
	return is_seen ? -ENOMSG : -ENODATA;
}
