/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes that bind in cgroups with the names that container runtimes and systemd use, while a
 * directory of links imitates the kubelet's /var/log/containers. A cgroup is gone before the page
 * is read, like that of a container that lived for some milliseconds. Errors fail the test.
 */
#ifndef LIVE_OWNER_PLACES_H
#define LIVE_OWNER_PLACES_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/live/live_test.h"

#define OWNER_LABELS "--metrics.labels=category,family,comm,namespace,pod,container,unit"
#define PATH_SIZE    1024

/*
 * path: '*' stands for the container's id, '#' for the pod's UID, '$' for the UID with underscores.
 * container NULL: the id; pod "#": the UID.
 */
struct owner_place {
	const char *what;
	const char *path;
	const char *namespace, *pod, *container, *unit;
	bool linked;  /* /var/log/containers has the names */
	bool unnamed; /* it counts as unresolved */
};

extern const struct owner_place owner_places[];
extern const size_t owner_places_n;
extern const struct owner_place owner_unnamed; /* a container without a link in time */

/* A place with the ids that it has in one test. */
struct container {
	const struct owner_place *place;
	char id[65];  /* 64 hexadecimal digits */
	char uid[37]; /* of the pod */
	char path[PATH_SIZE];
	char link[PATH_SIZE];
};

extern char owner_comm[COMM_SIZE]; /* the name of the processes that bind */
extern char links_directory[128];  /* in place of /var/log/containers */
extern char links_flag[160];

/* Call this first. False, with a message: there are no cgroups of version 2 here. */
bool owners_begin(const char *suffix);
void owners_end(struct exporter *exporter); /* ends the exporter, too */

/* what: that of one of owner_places. number: makes ids differ within a test. */
void container_at(const char *what, unsigned int number, struct container *ret_container);
void container_in(const struct owner_place *place, unsigned int number,
		  struct container *ret_container);

/* Makes the kubelet's link, if the place has one. */
void container_link(const struct container *container);

/* Runs it from its start to its end, with one bind. Its cgroup is gone when this returns. */
void container_run(struct container *container);

/* Exactly one attempt is in rows with exactly the labels of its place. */
void assert_container(const char *page, const struct container *container);
void assert_container_of(const struct exporter *exporter, const struct container *container);

#endif
