// SPDX-License-Identifier: Apache-2.0
#include "exporter/collect/container_logs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "common/log.h"
#include "metrics/owners/owners.h"

#define APPEARED  (IN_CREATE | IN_MOVED_TO)
#define VANISHED  (IN_DELETE | IN_MOVED_FROM)
#define REPLACED  (IN_DELETE_SELF | IN_MOVE_SELF)
#define UNWATCHED (IN_IGNORED | IN_UNMOUNT)

struct container_logs {
	const char *directory;
	int inotify;
	int watch;    /* -1: there is no such directory */
	bool missed;  /* links may have appeared or gone unseen */
	bool looked;  /* for the directory, at least once */
	bool missing; /* its absence was reported */
};

int container_logs_open(const char *directory, struct container_logs **ret_logs)
{
	struct container_logs *new = malloc(sizeof(*new));

	if (!new)
		return -ENOMEM;
	*new = (struct container_logs){.directory = directory, .watch = -1};
	new->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (new->inotify < 0) {
		int error = -errno;

		free(new);
		return error;
	}
	*ret_logs = new;
	return 0;
}

void container_logs_close(struct container_logs *logs)
{
	if (!logs)
		return;
	close(logs->inotify);
	free(logs);
}

/* Ignores links that are gone again, and files that are not links. */
static int learn(const struct container_logs *logs, const char *name, struct owners *owners)
{
	char path[PATH_MAX], target[PATH_MAX];
	ssize_t length;
	int error;

	if (snprintf(path, sizeof(path), "%s/%s", logs->directory, name) >= (int)sizeof(path))
		return 0;
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return 0;
	target[length] = '\0';
	error = owners_learn(owners, name, target);
	return error == -ENOMEM ? error : 0;
}

static int read_all(struct container_logs *logs, struct owners *owners)
{
	DIR *directory = opendir(logs->directory);
	const struct dirent *entry;
	int error = 0;

	if (!directory)
		return -errno;
	owners_unlearn_all(owners);
	while (!error && (entry = readdir(directory)) != NULL)
		if (entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN)
			error = learn(logs, entry->d_name, owners);
	closedir(directory);
	logs->missed = error != 0;
	return error;
}

/*
 * Logs once that names are unavailable, with this errno, and once that they are available again
 * (0).
 */
static void report(struct container_logs *logs, int error)
{
	bool missing = error != 0;

	if (missing == logs->missing)
		return;
	logs->missing = missing;
	if (missing)
		log_event(
			LOG_LEVEL_WARN, "pod names unavailable", "directory", logs->directory,
			"reason", strerror(error), "cure",
			error == ENOSPC
				? "raise fs.inotify.max_user_watches"
				: "let the exporter read the node's /var/log/containers, and give "
				  "its path with --metrics.container-logs",
			NULL);
	else
		log_event(LOG_LEVEL_INFO, "pod names available again", "directory", logs->directory,
			  NULL);
}

/*
 * Another directory may have the name by now without any event: a file system was mounted there, or
 * the name is itself a link. For the same directory, the kernel returns the same watch.
 */
static void look_for_directory(struct container_logs *logs, const struct owners *owners)
{
	bool waited_for = owners_waiting(owners) > 0;
	int watch, error;

	if (!waited_for && (logs->watch >= 0 || logs->looked))
		return;
	logs->looked = true;
	watch = inotify_add_watch(logs->inotify, logs->directory,
				  APPEARED | VANISHED | REPLACED | IN_ONLYDIR);
	error = errno;
	if (watch != logs->watch) {
		if (logs->watch >= 0)
			inotify_rm_watch(logs->inotify, logs->watch);
		logs->watch = watch;
		logs->missed = watch >= 0;
	}
	if (watch < 0 && waited_for)
		report(logs, error);
}

/* Another directory may appear under the same name. */
static void stop_watching(struct container_logs *logs)
{
	inotify_rm_watch(logs->inotify, logs->watch);
	logs->watch = -1;
	logs->looked = false;
}

static int handle(struct container_logs *logs, const struct inotify_event *event,
		  struct owners *owners)
{
	if (event->mask & IN_Q_OVERFLOW)
		logs->missed = true;
	else if (event->wd != logs->watch)
		return 0; /* of a directory that was there before */
	else if (event->mask & (REPLACED | UNWATCHED))
		stop_watching(logs);
	else if (event->mask & APPEARED)
		return learn(logs, event->name, owners);
	else if (event->mask & VANISHED)
		owners_unlearn(owners, event->name);
	return 0;
}

static int handle_all(struct container_logs *logs, struct owners *owners)
{
	char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t length;

	while ((length = read(logs->inotify, buffer, sizeof(buffer))) > 0) {
		const char *at = buffer;

		while (at < buffer + length) {
			const struct inotify_event *event = (const struct inotify_event *)at;

			if (handle(logs, event, owners))
				logs->missed = true;
			at += sizeof(*event) + event->len;
		}
	}
	return length < 0 && errno != EAGAIN && errno != EINTR ? -errno : 0;
}

/*
 * The directory is watched before it is read. A link that appears in between is seen twice, and not
 * missed.
 */
int container_logs_update(struct container_logs *logs, struct owners *owners)
{
	int error;

	if (!logs)
		return 0;
	error = handle_all(logs, owners);
	look_for_directory(logs, owners);
	if (!error && logs->missed) {
		error = read_all(logs, owners);
		report(logs, -error);
	}
	return error;
}
