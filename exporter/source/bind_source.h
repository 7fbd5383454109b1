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
struct exporter_map;
struct reader_source;
struct resume;

/*
 * Loads and attaches the programs, and checks with a bind of its own that the hook counts. 0 with a
 * source that the caller closes, or -errno with reason and cure in ret_diagnosis. If the
 * configuration requests results and the kernel does not show them, the source counts without
 * results, and ret_diagnosis says why; otherwise its reason is empty. resume: the pinned counters;
 * NULL without config->pins.
 */
int bind_source_open(enum bind_mode mode, const struct bind_source_config *config,
		     struct resume *resume, struct bind_source **ret_source,
		     struct diagnosis *ret_diagnosis);

/* Detaches the programs unless they are pinned, and frees. NULL is allowed. */
void bind_source_close(struct bind_source *source);

/* Returns whether results are counted. */
bool bind_source_sees_results(const struct bind_source *source);

/*
 * Returns the functions by which a reader uses the source, which outlives it:
 *
 * view: reads the current counters. They are mapped memory, which is read without bpf(2) map
 * operations, because those would make the kernel skip kprobe programs. 0 or -errno.
 *
 * selfcheck: makes a bind, which no counter shows, and checks that the hook saw it. 0; -ENODATA:
 * the hook does not fire; -ENOMSG: the hook that sees results does not fire; another -errno: the
 * bind itself failed.
 *
 * ledger: the rows that were forgotten earlier, by this process or one before it.
 *
 * Rows are forgotten in three steps, which can be interrupted between any two. 0 or -errno;
 * -EOPNOTSUPP: this kernel has no way to wait for running programs.
 *   turn: empties the other half, and flips the programs to it.
 *   settle: drains the previous half, and returns its view and the ledger to write to.
 *   commit: makes that ledger the valid one.
 * is_turned: whether turn has succeeded and commit is due; until then, only the three may be
 * called.
 */
struct reader_source bind_source_reader(struct bind_source *source);

/* Describes at most max of the maps in use; their names are static. Returns their number. */
uint32_t bind_source_maps(const struct bind_source *source, struct exporter_map *ret_maps,
			  uint32_t max);

#endif
