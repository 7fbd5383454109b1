// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/exporter/collect/source_fixture.h"

#include <stdlib.h>
#include <unistd.h>

#include "metrics/rows/ledger.h"
#include "tests/unit/suite.h"

struct fake_kernel kernel;
atomic_uint source_views;
unsigned int source_turns;
atomic_int source_view_error, source_selfcheck_error;
int source_turn_error, source_settle_error;
atomic_bool source_hangs;
uint64_t source_settle_ns;
void (*source_meanwhile)(bool before_it);

static struct ledger *copies[2];
static uint64_t committed; /* generations */

static int view(void *context, struct bind_view *ret_view)
{
	(void)context;
	atomic_fetch_add(&source_views, 1);
	while (atomic_load(&source_hangs))
		usleep(1000);
	if (atomic_load(&source_view_error))
		return atomic_load(&source_view_error);
	*ret_view = kernel.view;
	return 0;
}

static int selfcheck(void *context)
{
	(void)context;
	return atomic_load(&source_selfcheck_error);
}

static const struct ledger *valid_ledger(void *context)
{
	(void)context;
	return copies[committed & 1];
}

static bool is_turned(void *context)
{
	(void)context;
	return kernel.view.generation != committed;
}

static int turn(void *context)
{
	(void)context;
	source_turns++;
	if (source_turn_error)
		return source_turn_error;
	if (source_meanwhile)
		source_meanwhile(true);
	fake_kernel_turn(&kernel);
	if (source_meanwhile)
		source_meanwhile(false);
	return 0;
}

static int settle(void *context, struct bind_view *ret_view, struct ledger **ret_ledger)
{
	(void)context;
	if (source_settle_error)
		return source_settle_error;
	kernel.view.now_ns += source_settle_ns;
	*ret_view = kernel.view;
	ret_view->generation--;
	*ret_ledger = copies[(committed + 1) & 1];
	return 0;
}

static void commit(void *context)
{
	(void)context;
	committed = kernel.view.generation;
}

const struct reader_source source = {
	.view = view,
	.selfcheck = selfcheck,
	.ledger = valid_ledger,
	.is_turned = is_turned,
	.turn = turn,
	.settle = settle,
	.commit = commit,
};

void source_begin(uint32_t max_rows)
{
	fake_kernel_init(&kernel, BIND_TABLE_BITS_MIN, /* cpus= */ 2);
	committed = 0;
	for (int i = 0; i < 2; i++) {
		copies[i] = calloc(1, ledger_size(max_rows, /* owners= */ true));
		ck_assert_ptr_nonnull(copies[i]);
	}
}

void source_end(void)
{
	fake_kernel_free(&kernel);
	free(copies[0]);
	free(copies[1]);
}
