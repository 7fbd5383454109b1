// SPDX-License-Identifier: Apache-2.0
/*
 * Measures the cost of a bind with nothing attached, with an empty LSM program, and with each mode
 * that works here. Meant for an emulated machine that counts instructions as nanoseconds
 * (tests/vm/run --icount). The result is the minimum of several rounds. A pause between rounds lets
 * the kernel finish freeing memory.
 */
#include <bpf/libbpf.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "common/diagnosis.h"
#include "exporter/attach/explain.h"
#include "exporter/source/bind_source.h"

#define ROUNDS   7
#define BINDS    4000
#define PAUSE_US 300000

/* Every mode twice: with attempts only, and with results as well. */
enum variant { NOTHING, EMPTY, MODES, VARIANTS = MODES + 2 * BIND_MODES };

static enum bind_mode mode_of(enum variant variant)
{
	return (enum bind_mode)((variant - MODES) / 2);
}

static bool sees_results(enum variant variant)
{
	return (variant - MODES) % 2;
}

static struct bpf_link *attach_empty(struct bpf_object **ret_object)
{
	const char *path = getenv("EMPTY_OBJECT");
	struct bpf_object *object = bpf_object__open_file(path ? path : EMPTY_OBJECT, NULL);

	if (!object || bpf_object__load(object)) {
		fprintf(stderr, "cannot load the empty LSM program\n");
		exit(EXIT_FAILURE);
	}
	*ret_object = object;
	return bpf_program__attach(bpf_object__next_program(object, NULL));
}

/*
 * Nanoseconds per bind. The socket is bound already, so the hook runs and the bind fails with
 * EINVAL.
 */
static double measure(int bound, const struct sockaddr_in *address)
{
	struct timespec begin, end;

	for (int i = 0; i < BINDS / 10; i++)
		bind(bound, (const struct sockaddr *)address, sizeof(*address));
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (int i = 0; i < BINDS; i++)
		bind(bound, (const struct sockaddr *)address, sizeof(*address));
	clock_gettime(CLOCK_MONOTONIC, &end);
	return ((double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec)) /
	       BINDS;
}

/* Negative: this variant does not work here. */
static double run(enum variant variant, int bound, const struct sockaddr_in *address)
{
	const struct bind_source_config config = {
		.table_bits = 12,
		.max_rows = 2000,
		.results = variant >= MODES && sees_results(variant),
	};
	struct bind_source *source = NULL;
	struct bpf_object *object = NULL;
	struct bpf_link *link = NULL;
	struct diagnosis diagnosis;
	double ns;

	if (variant == EMPTY)
		link = attach_empty(&object);
	if (variant >= MODES &&
	    bind_source_open(mode_of(variant), &config, /* resume= */ NULL, &source, &diagnosis))
		return -1;
	usleep(PAUSE_US);
	ns = measure(bound, address);
	bind_source_close(source);
	bpf_link__destroy(link);
	bpf_object__close(object);
	return ns;
}

static const char *name_of(enum variant variant)
{
	if (variant == NOTHING)
		return "nothing attached";
	return variant == EMPTY ? "empty LSM program" : bind_mode_name(mode_of(variant));
}

int main(void)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(8080),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int bound = socket(AF_INET, SOCK_DGRAM, 0);
	double least[VARIANTS];

	bind(bound, (const struct sockaddr *)&address, sizeof(address));
	for (int round = 0; round < ROUNDS; round++) {
		for (int variant = 0; variant < VARIANTS; variant++) {
			double ns = run((enum variant)variant, bound, &address);

			if (round == 0 || ns < least[variant])
				least[variant] = ns;
		}
	}
	close(bound);
	for (int variant = 0; variant < VARIANTS; variant++) {
		double added = least[variant] - least[NOTHING];

		printf("%s%-16s", name_of((enum variant)variant),
		       variant >= MODES && sees_results(variant) ? ", results" : "");
		if (least[variant] < 0)
			printf(" does not work here\n");
		else
			printf(" %7.0f ns per bind, %+6.0f, %5.2f x empty\n", least[variant], added,
			       added / (least[EMPTY] - least[NOTHING]));
	}
	return EXIT_SUCCESS;
}
