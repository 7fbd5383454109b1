/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The source of counts: owns the BPF object, its links and its mapped maps. Knows nothing of pages
 * or HTTP. Not thread-safe, but a thread can open it and another one read it.
 */
#ifndef BIND_SOURCE_H
#define BIND_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "exporter/attach/config.h"
#include "exporter/attach/mode.h"

struct diagnosis;
struct bind_source;
struct bind_view;
struct exporter_map;
struct ledger;
struct pins;

/* Returns true, with the mode, if pinned programs count already. */
bool bind_source_pinned_mode(const struct pins *pins, enum bind_mode *ret_mode);

/*
 * Loads and attaches the programs, and checks with a bind of its own that the hook counts. 0 with a
 * source that the caller closes, or -errno with reason and cure in ret_diagnosis. If the
 * configuration requests results and the kernel does not show them, the source counts without
 * results, and ret_diagnosis says why; otherwise its reason is empty.
 */
int bind_source_open(enum bind_mode mode, const struct bind_source_config *config,
		     struct bind_source **ret_source, struct diagnosis *ret_diagnosis);

/* Detaches the programs unless they are pinned, and frees. NULL is allowed. */
void bind_source_close(struct bind_source *source);

/*
 * The counters as they are now: mapped memory, which is read without bpf(2) map
 * operations, since those would make the kernel skip kprobe programs. 0 or -errno.
 */
int bind_source_view(struct bind_source *source, struct bind_view *ret_view);

/*
 * Makes a bind and looks whether the hook saw it; it is in no counter. 0;
 * -ENODATA: the hook does not fire; -ENOMSG: the one that sees results does not;
 * another -errno: the bind itself failed.
 */
int bind_source_selfcheck(struct bind_source *source);

/* Returns whether results are counted. */
bool bind_source_sees_results(const struct bind_source *source);

/* What was forgotten earlier, by this process or one before it. */
const struct ledger *bind_source_ledger(const struct bind_source *source);

/*
 * Forgetting, in steps that may be interrupted between any two: turn lets
 * programs count in the other half, emptied; settle waits until the half of before is at
 * rest, and gives its view and the ledger to write to; commit makes that ledger the valid
 * one. is_turned: between turn and commit, where only the three may be
 * used. 0 or -errno; -EOPNOTSUPP: this kernel has no way to wait.
 */
bool bind_source_is_flipped(const struct bind_source *source);
int bind_source_flip(struct bind_source *source);
int bind_source_drain(struct bind_source *source, struct bind_view *ret_view,
		      struct ledger **ret_ledger);
void bind_source_commit(struct bind_source *source);

/* Describes at most max of the maps in use; their names are static. Returns their number. */
uint32_t bind_source_maps(const struct bind_source *source, struct exporter_map *ret_maps,
			  uint32_t max);

#endif
