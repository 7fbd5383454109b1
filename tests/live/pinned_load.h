/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An exporter with pinned counters, and binds that it must count once, whatever happens to it. No
 * other process binds with their category and family, and they always fail, so that results add up,
 * too.
 */
#ifndef LIVE_PINNED_LOAD_H
#define LIVE_PINNED_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/live/exporter_process.h"

struct pinned_load;

/*
 * Kills interrupt code that is the same in every mode: the number is high for lsm, lower for the
 * others.
 */
int pinned_kills(void);

/*
 * Starts an exporter with the pins of pin_place.h and these flags (each can be NULL). It makes no
 * self-checks: skipped ones look like missed attempts for a moment.
 */
void pinned_start(struct exporter *exporter, const char *flag, const char *other);

/* Makes this number of attempts now. Returns how many were made. */
uint64_t pinned_make(unsigned int count);

/*
 * A process that binds without pause until it is told to end. new_names: each round has another
 * name, of a thousand. Stopping it returns the number of attempts made.
 */
struct pinned_load *pinned_load_start(bool new_names);
uint64_t pinned_load_stop(struct pinned_load *load);

/* All attempts counted, or those of one metric only. */
uint64_t pinned_attempts(const char *page);
uint64_t pinned_sum(const char *page, const char *metric);

/* Checks both equations of the metric contract over all rows of these binds. */
void pinned_check(const char *what, const struct exporter *exporter, uint64_t made);

/*
 * The whole test: takes a place for pins, starts an exporter and the load, calls step for each
 * round, which is left with a running exporter, and checks both equations. False: not possible
 * here.
 */
bool pinned_survives(const char *what, int rounds,
		     void (*step)(struct exporter *exporter, int round));

#endif
