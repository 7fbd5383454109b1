/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A snapshot of a fake kernel, and a ledger, for tests of data that outlives halves and processes.
 */
#ifndef UNIT_ROWS_FIXTURE_H
#define UNIT_ROWS_FIXTURE_H

#include "metrics/owners/owners.h"
#include "metrics/rows/snapshot.h"
#include "tests/lib/fake_kernel.h"

#define BITS   BIND_TABLE_BITS_MIN
#define ROWS   SNAPSHOT_MAX_ROWS_MIN
#define IDLE_S 100
#define WAIT_S 10 /* wait for a name */
#define SECOND 1000000000ULL

/* A pod with two containers, one after the other, and the kubelet's links to their logs. */
#define ID(digit)  DIGITS(digit) DIGITS(digit) DIGITS(digit) DIGITS(digit)
#define DIGITS(d)  d d d d d d d d d d d d d d d d
#define UID        "11111111-1111-1111-1111-111111111111"
#define POD        "/kubepods.slice/kubepods-pod11111111_1111_1111_1111_111111111111.slice"
#define FIRST      POD "/cri-containerd-" ID("a") ".scope"
#define SECOND_TRY POD "/cri-containerd-" ID("b") ".scope"
#define LINK(id)   "web-0_shop_nginx-" id ".log"
#define TARGET(n)  "/var/log/pods/shop_web-0_" UID "/nginx/" n ".log"

/* The cgroup of a unit. */
#define SSH "/system.slice/ssh.service"

/* Labels of rows, for rows_attempts(). */
#define NAMED      "shop", "web-0", "nginx", ""
#define NOBODY     "", "", "", ""
#define UNRESOLVED "", UID, ID("a"), ""
#define SSHD       "", "", "", "ssh.service"

extern struct fake_kernel kernel;
extern struct owners *owners; /* NULL without BIND_LABELS_OWNER */
extern struct snapshot *snapshot;
extern struct ledger *ledger;
extern struct snapshot_config config; /* of the next snapshot; at first without labels */

void rows_begin(void);
/* With all of BIND_LABELS_OWNER, and with results. */
void rows_begin_owned(void);
/* Only the fake kernel and a snapshot, of these sizes. */
void rows_begin_sized(uint32_t bits, uint32_t cpus, uint32_t rows);
void rows_end(void);
/* Rows must be sorted and within ROWS. */
void rows_collect(void);
void rows_pass(uint64_t seconds);

/* Collects when the wait for names is over. */
void rows_collect_late(void);

void rows_bind(uint32_t entry, const char *comm, uint64_t attempts);

/* The same, for a process in a cgroup. */
void rows_bind_in(uint32_t entry, const char *comm, uint64_t cgroup, const char *path,
		  uint64_t attempts);

/* Of the first container of the pod, in cgroup 7. */
void rows_bind_first(uint32_t entry, const char *comm, uint64_t attempts);
void rows_learn_first(void);

/* Of sshd, in a unit, in cgroup 8. */
void rows_bind_ssh(uint32_t entry, uint64_t attempts);

/* Turns, then forgets the previous half, like the collector. */
void rows_turn(void);

/* Begins anew by the present config, without the ledger. */
void rows_renew(void);

/*
 * Continues from the ledger as another process, which knows only the links that it learns itself.
 */
void rows_restart(void);

void rows_learn(const char *link, const char *target);

uint32_t rows_count(void);
uint64_t rows_sum(const struct row_set *set);

/* NULL: there is no such row. */
const struct row *rows_find(const struct row_set *set, const char *labels);

/* The row with only the required labels. NULL, or UINT64_MAX: there is no such row. */
const struct row *rows_find_named(const char *category, const char *family, const char *comm);
uint64_t rows_attempts_named(const char *category, const char *family, const char *comm);

/* Of the last collection, with BIND_LABELS_OWNER. */
uint32_t rows_unresolved(void);

/* The row of auto binds of a name, in inet. UINT64_MAX: there is no such row. */
uint64_t rows_attempts_of(const char *comm);

/* Its failures with EACCES, the same. */
uint64_t rows_failures_of(const char *comm);

/* One attempt each of flood-FIRST, flood-FIRST+1, and so on. */
void rows_flood(uint32_t first, uint32_t names);

/* Attempts in rows, and those retired or filtered. */
uint64_t rows_everything(void);

/* With all of BIND_LABELS_OWNER. UINT64_MAX: there is no such row. */
uint64_t rows_attempts(const char *comm, const char *namespace, const char *pod,
		       const char *container, const char *unit);

#endif
