/* SPDX-License-Identifier: Apache-2.0 */
/* Closes the BPF links of a running exporter, for scripts. test_health.c does the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/live/remote_close.h"

int main(int argc, char **argv)
{
	static const char *const words[] = {"bpf_link", "bpf-link", "perf_event", NULL};
	unsigned int closed = 0;
	int error;

	if (argc != 2) {
		fprintf(stderr, "usage: close_links PID\n");
		return 1;
	}
	error = remote_close((pid_t)strtol(argv[1], NULL, 10), words, &closed);
	if (error || !closed) {
		fprintf(stderr, "close_links: %s\n", error ? strerror(-error) : "it has none");
		return 1;
	}
	return 0;
}
