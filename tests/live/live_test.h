/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parts that the live tests share: the exporter that a test talks to, the page that it serves,
 * names that no other process has, and how exact a mode must be.
 *
 * Other processes bind while these tests run. So every count is looked up under a process name made
 * for this run, and no test checks global totals.
 */
#ifndef LIVE_TEST_H
#define LIVE_TEST_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/live/exporter_process.h"

#define COMM_SIZE  16 /* with its NUL, as in the kernel */
#define TAG_LENGTH 5
#define SERIES_MAX 256

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* What main() found out before the first test. */
struct live {
	char attach_flag[32]; /* --bpf.attach=…, from $SBE_MODE or auto */
	char mode[16];        /* the mode that this results in */
	bool preempts;        /* tasks are pre-empted inside this kernel */
	bool counts_skips; /* it reports how often it skipped a kprobe or tracepoint program: 6.7 */
	char tag[TAG_LENGTH + 1]; /* beginning of the names of this run's processes */
	char scratch[64];         /* removed when the run ends */
};

extern struct live live;

/* A name for this run: its tag and up to ten more bytes. */
const char *live_comm(const char *suffix, char ret_comm[COMM_SIZE]);

/* Waits until the exporter of a failed test has left its port; live_tcase() does so by itself. */
void live_await_port(void);

/*
 * Starts an exporter in the mode of this run, with further flags (ending with NULL; can be NULL).
 * It collects at every scrape. Fails the test if it does not become ready.
 */
void live_start(struct exporter *exporter, const char *const *flags);
void live_start_as(struct exporter *exporter, struct exporter_setup *setup);
void live_stop(struct exporter *exporter);

/* The current page, checked for errors; the caller frees it. */
char *live_page(const struct exporter *exporter);

/* Makes one request and returns the status. Fails the test if there is no answer. */
int live_status(uint16_t port, const char *method, const char *path);

/* A series of attempts. comm: the label value as written on the page. */
const char *attempts_series(const char *category, const char *family, const char *comm,
			    char ret_series[SERIES_MAX]);

/* The value of that series, 0 if it is not on the page. */
uint64_t attempts_of(const char *page, const char *category, const char *family, const char *comm);

/* Over all rows with this name. */
uint64_t attempts_of_comm(const char *page, const char *comm);

/* Over all reasons: on this page, or on the current one. */
uint64_t missed_attempts(const char *page);
uint64_t live_missed(const struct exporter *exporter);

/* An unlabelled metric of the exporter about itself. Fails the test if it is missing. */
uint64_t exporter_value(const char *page, const char *metric);

/*
 * Checks the promise of the mode for binds made under load. lsm and kprobe: all made attempts are
 * counted. fentry: the others are in the missed counter. tracepoint: the same as lsm, but best
 * effort if the kernel pre-empts: some attempts, and never more than were made. missed: the
 * increase of missed_attempts() meanwhile.
 */
void assert_exact(const char *what, uint64_t counted, uint64_t missed, uint64_t made);

/* Prints why a test, or part of one, cannot run here. */
void live_skip(const char *format, ...) __attribute__((format(printf, 1, 2)));

void sleep_ms(long ms);

/* A test case in which every test begins with a free port and leaves no log unless it fails. */
TCase *live_tcase(const char *name, double timeout);

/* Prints the logs of exporters in failed tests to stderr. */
void live_print_logs(void);

/*
 * Records for the matrix (tests/vm/table) that a promise was seen kept in this mode; or, in a few
 * words, what is missing. Does nothing without $SBE_PROMISES, the file.
 */
void live_promise(const char *promise, const char *missing);

/*
 * The tests of the matrix, by subject. Each function adds its tests to one test case, which runs
 * instead of the others.
 */
void counting_promises(TCase *tcase);
void denial_promises(TCase *tcase);
void storm_promises(TCase *tcase);
void overflow_promises(TCase *tcase);
void series_promises(TCase *tcase);
void pin_promises(TCase *tcase);

/* One test case of the suite for each subject. */
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

/* Tests that a function above adds to its own, because a subject has several files. */
void name_tests(TCase *tcase);        /* counting */
void mode_tests(TCase *tcase);        /* startup */
void pin_upgrade_tests(TCase *tcase); /* pins */
void pin_path_tests(TCase *tcase);
void pin_upgrade_promises(TCase *tcase);
void pin_path_promises(TCase *tcase);

#endif
