// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/halves.h"

#include <errno.h>

#include "bpf/abi/bind_abi.h"
#include "exporter/attach/inflight.h"
#include "exporter/attach/maps.h"
#include "exporter/attach/rcu_grace.h"
#include "metrics/rows/ledger.h"

bool halves_are_flipped(const struct bind_maps *maps)
{
	const struct bind_control *control = bind_maps_control(maps);

	return control->generation != control->ledger >> 1;
}

int halves_flip(struct bind_maps *maps, const struct rcu_grace *grace)
{
	struct bind_control *control = bind_maps_control(maps);
	int error;

	if (!grace->object)
		return -EOPNOTSUPP;
	error = bind_maps_clear(maps, control->generation + 1);
	if (!error)
		__atomic_store_n(&control->generation, control->generation + 1, __ATOMIC_SEQ_CST);
	return error;
}

/*
 * The first grace period ends the programs that are about to count an attempt in the previous half.
 * Calls counted there then get a moment to end. The second grace period ends the programs that are
 * about to count a failure of these calls.
 */
int halves_drain(const struct bind_maps *maps, const struct rcu_grace *grace)
{
	struct bind_control *control = bind_maps_control(maps);
	int error = rcu_grace_wait(grace);

	if (error)
		return error;
	inflight_wait(maps, control->generation);
	__atomic_store_n(&control->drained, control->generation, __ATOMIC_SEQ_CST);
	return rcu_grace_wait(grace);
}

struct ledger *halves_next_ledger(const struct bind_maps *maps)
{
	return bind_maps_ledger(maps, ~bind_maps_control(maps)->ledger & 1);
}

void halves_commit(const struct bind_maps *maps)
{
	struct bind_control *control = bind_maps_control(maps);

	__atomic_store_n(&control->ledger, ledger_word(~control->ledger & 1, control->generation),
			 __ATOMIC_SEQ_CST);
}
