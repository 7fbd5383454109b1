/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the live tests share: the exporter that a test talks to, the page it
 * serves, names that no other process has, and how exact a mode must be.
 *
 * Other processes bind too while these tests run. So every count is looked up
 * under a process name made for this run, and no test looks at global totals.
 */
#ifndef LIVE_TEST_H
#define LIVE_TEST_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exporter_process.h"

#define COMM_SIZE  16 /* with its NUL, as in the kernel */
#define TAG_LENGTH 5
#define SERIES_MAX 256

/* What main() found out before the first test. */
struct live {
	char attach_flag[32]; /* --bpf.attach=…, from $SBE_MODE or auto */
	char mode[16];        /* the mode that this yields */
	bool preempts;        /* tasks are pre-empted inside this kernel */
	bool counts_skips; /* it tells how often it skipped a kprobe or tracepoint program: 6.7 */
	char tag[TAG_LENGTH + 1]; /* begins the names of this run's processes */
	char scratch[64];         /* removed when the run ends */
};

extern struct live live;

/* A name of this run: its tag and up to ten bytes more. */
const char *live_comm(const char *suffix, char ret_comm[COMM_SIZE]);

/*
 * Starts an exporter in the mode of this run that collects at every scrape, with
 * these flags besides (closed by NULL, may be NULL); fails the test if it does not become ready.
 */
void live_start(struct exporter *exporter, const char *const *flags);
void live_start_as(struct exporter *exporter, struct exporter_setup *setup);
void live_stop(struct exporter *exporter);

/*
 * Starts an exporter that must end by itself with status 1 and exactly one
 * line of level ERROR. Returns its log, which the caller frees.
 */
char *live_refused(struct exporter_setup *setup);

/* The page as it is now, with nothing to object to; the caller frees it. */
char *live_page(const struct exporter *exporter);

/* One request; fails the test when there is no answer. Returns the status. */
int live_status(uint16_t port, const char *method, const char *path);

/* A series of attempts; comm is the label value as it stands on the page. */
const char *attempts_series(const char *category, const char *family, const char *comm,
			    char ret_series[SERIES_MAX]);

/* Its value, 0 when it is not on the page. */
uint64_t attempts_of(const char *page, const char *category, const char *family, const char *comm);

/* Over all rows of this name. */
uint64_t attempts_of_comm(const char *page, const char *comm);

/* Over all reasons: on this page, or on the one of now. */
uint64_t missed_attempts(const char *page);
uint64_t live_missed(const struct exporter *exporter);

/* An unlabelled metric of the exporter about itself; fails the test when it is not there. */
uint64_t exporter_value(const char *page, const char *metric);

/*
 * What the mode promises of binds made under load. lsm and kprobe: counted is
 * made. fentry: what is missing is in the missed counter. tracepoint: as lsm,
 * but best effort where the kernel pre-empts: some, and never more than made.
 * missed: the increase of missed_attempts() meanwhile.
 */
void assert_exact(const char *what, uint64_t counted, uint64_t missed, uint64_t made);

/* Prints why a test, or a part of one, cannot run here. */
void live_skip(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A test case of which every test begins with a free port and leaves no log unless it fails. */
TCase *live_tcase(const char *name, double timeout);

/* To stderr, what exporters logged in tests that failed. */
void live_print_logs(void);

/*
 * Tells the matrix (tests/vm/table) that a promise was seen kept in this mode; or, in a
 * few words, what is missing of it here. Nothing without $SBE_PROMISES, the file.
 */
void live_promise(const char *promise, const char *missing);

/* The tests of the matrix, by file: added to one test case that runs in its place. */
void counting_promises(TCase *tcase);
void way_promises(TCase *tcase);
void denial_promises(TCase *tcase);
void storm_promises(TCase *tcase);
void overflow_promises(TCase *tcase);
void series_promises(TCase *tcase);
void pin_promises(TCase *tcase);

/* One test case of the suite each, by file. */
TCase *counting_tests(void);
TCase *oddity_tests(void);
TCase *way_tests(void);
TCase *result_tests(void);
TCase *denial_tests(void);
TCase *storm_tests(void);
TCase *race_tests(void);
TCase *overflow_tests(void);
TCase *series_tests(void);
TCase *owner_tests(void);
TCase *health_tests(void);
TCase *startup_tests(void);
TCase *place_tests(void);
TCase *pin_tests(void);
TCase *http_tests(void);
TCase *privilege_tests(void);
TCase *web_tests(void);
TCase *shared_pin_tests(void);
TCase *supervisor_tests(void);
TCase *waiting_tests(void);

#endif
