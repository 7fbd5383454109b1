/* SPDX-License-Identifier: Apache-2.0 */
/* A collector over the source of source_fixture.h, and the values on its pages. */
#ifndef UNIT_COLLECTOR_FIXTURE_H
#define UNIT_COLLECTOR_FIXTURE_H

#include "exporter/collect/collector.h"
#include "tests/unit/exporter/collect/source_fixture.h"

/* The row of entry 1, which has five attempts at the start. */
#define ROW    "socket_bind_attempts_total{category=\"auto\",family=\"inet\",comm=\"sshd\"}"
#define UP     "socket_bind_exporter_up"
#define MS     1000000ULL
#define IDLE_S 3600

/* A container of a pod, and the pod's link. */
#define UID        "11111111-1111-1111-1111-111111111111"
#define ID         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define POD        "/kubepods/pod" UID "/" ID
#define UNRESOLVED "socket_bind_exporter_unresolved_containers"

extern struct collector *collector;

/* Of the next collector. */
extern uint64_t page_idle_ns;
extern struct owners *owners; /* if set, rows have owners */
extern struct container_logs *logs;

void collector_begin(uint64_t interval_ns, uint64_t selfcheck_interval_ns, bool exporter_metrics);
void collector_end(void);

/* Adds attempts to entry 1. */
void collector_count(uint64_t attempts);

/* The text page; the caller frees it. */
char *collector_text(void);

/* Of a series of the text page. UINT64_MAX: it is not on the page. */
uint64_t collector_value(const char *series);

/* Waits until the series has that value, and fails after some seconds. */
void collector_wait(const char *series, uint64_t expected);

#endif
