// SPDX-License-Identifier: Apache-2.0
/* Follows the file: when it is read again, and which reading takes effect. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/units.h"
#include "common/yaml/whole_file.h"
#include "web/access/access_private.h"

#define FOLLOWED_MAX 4 /* the file itself, certificate, key, CA */
#define DOUBT_NS     SECOND_NS

struct access_file {
	char *path;
	struct access_state *state;
	pthread_mutex_t lock; /* protects all members below */
	struct {
		char *path;
		struct file_stamp stamp; /* taken before the file was read */
	} followed[FOLLOWED_MAX];
	size_t followed_count;
	bool is_settled;        /* any later change gives another stamp */
	struct access *current; /* NULL: invalid; the reason was logged */
	char reason[ACCESS_ERROR_MAX];
	unsigned int demands; /* of the last valid reading */
	uint64_t seen_ns;     /* CLOCK_MONOTONIC: the time of the last change */
	bool is_in_doubt;     /* the last reading has not taken effect yet */
};

static void forget_followed(struct access_file *file)
{
	for (size_t i = 0; i < file->followed_count; i++)
		free(file->followed[i].path);
	file->followed_count = 0;
	file->is_settled = true;
}

static bool is_settled(const struct file_stamp *stamp)
{
	return stamp->error || file_stamp_age_ns(stamp) > FILE_STAMP_STEP_NS;
}

/* If memory is missing for following a file, it is read again every time. */
static void follow(struct access_file *file, const char *path)
{
	char *copy = path && *path ? strdup(path) : NULL;

	if (!copy) {
		file->is_settled &= !path || !*path;
		return;
	}
	file->followed[file->followed_count].path = copy;
	file->followed[file->followed_count].stamp = file_stamp_of(path);
	file->is_settled &= is_settled(&file->followed[file->followed_count].stamp);
	file->followed_count++;
}

static bool has_changed(const struct access_file *file)
{
	for (size_t i = 0; i < file->followed_count; i++) {
		struct file_stamp now = file_stamp_of(file->followed[i].path);

		if (!file_stamp_equal(&now, &file->followed[i].stamp))
			return true;
	}
	return file->followed_count == 0;
}

static int try_access(struct access_file *file, struct access **ret_access, char *ret_error)
{
	char cause[WEB_CONFIG_ERROR_MAX];
	struct web_config *config;
	int error;

	forget_followed(file);
	follow(file, file->path);
	error = web_config_read(file->path, &config, ret_error);
	if (error)
		return error;
	follow(file, config->tls.cert_file);
	follow(file, config->tls.key_file);
	follow(file, config->tls.client_ca_file);
	error = access_new(config, file->state, ret_access, cause);
	if (error)
		snprintf(ret_error, ACCESS_ERROR_MAX, "%.300s: %.700s", file->path, cause);
	return error;
}

/* The reason quotes the file, in which a value may contain line breaks. */
static void make_one_line(char *reason)
{
	for (char *byte = reason; *byte; byte++)
		if ((unsigned char)*byte < ' ' || *byte == 0x7f)
			*byte = ' ';
}

/* Returns 0, or -errno with the reason. Follows all files that it read or tried to read. */
static int read_access(struct access_file *file, struct access **ret_access, char *ret_error)
{
	int error = try_access(file, ret_access, ret_error);

	if (error)
		make_one_line(ret_error);
	return error;
}

static void take(struct access_file *file, struct access *access)
{
	const struct web_config *config = access->config;

	access_unref(file->current);
	file->current = access;
	file->reason[0] = '\0';
	file->demands = access_demands(access);
	file->is_in_doubt = false;
	pthread_mutex_lock(&file->state->lock);
	rate_limit_set(&file->state->limit, config->rate_interval_ns, config->rate_burst,
		       clock_ns(CLOCK_MONOTONIC));
	pthread_mutex_unlock(&file->state->lock);
}

/*
 * A program that writes a file without renaming first empties it, and the beginning of a file is
 * valid, too. Such a state must not let clients in. A reading that requires less than before
 * therefore takes effect only after the file has stayed unchanged for DOUBT_NS.
 */
static bool is_doubtful(const struct access_file *file, const struct access *access)
{
	return (file->demands & ~access_demands(access)) != 0 &&
	       clock_ns(CLOCK_MONOTONIC) - file->seen_ns < DOUBT_NS &&
	       file_stamp_age_ns(&file->followed[0].stamp) < DOUBT_NS;
}

static void take_valid(struct access_file *file, struct access *access, bool changed)
{
	if (is_doubtful(file, access)) {
		access_unref(access);
		file->is_in_doubt = true;
		return;
	}
	if (changed || file->is_in_doubt || !file->current)
		log_event(LOG_LEVEL_INFO, "web configuration reloaded", "file", file->path, NULL);
	take(file, access);
}

static void read_again(struct access_file *file, bool changed)
{
	struct access *access;
	char reason[ACCESS_ERROR_MAX];

	if (changed)
		file->seen_ns = clock_ns(CLOCK_MONOTONIC);
	if (read_access(file, &access, reason) == 0) {
		take_valid(file, access, changed);
		return;
	}
	if (changed || strcmp(reason, file->reason) != 0)
		log_event(LOG_LEVEL_ERROR, "web configuration is invalid", "reason", reason, "cure",
			  "fix the file; until then, every request except for /-/healthy and "
			  "/-/ready gets 500",
			  NULL);
	access_unref(file->current);
	file->current = NULL;
	file->is_in_doubt = false;
	strcpy(file->reason, reason);
}

struct access *access_file_current(struct access_file *file)
{
	struct access *access;
	bool changed;

	pthread_mutex_lock(&file->lock);
	changed = has_changed(file);
	if (changed || !file->is_settled || file->is_in_doubt)
		read_again(file, changed);
	access = file->current ? access_ref(file->current) : NULL;
	pthread_mutex_unlock(&file->lock);
	return access;
}

void access_file_reload(struct access_file *file)
{
	pthread_mutex_lock(&file->lock);
	forget_followed(file);
	pthread_mutex_unlock(&file->lock);
}

int access_file_open(const char *path, struct access_file **ret_file,
		     char ret_error[ACCESS_ERROR_MAX])
{
	struct access_file *file = calloc(1, sizeof(*file));
	struct access *access;
	int error = -ENOMEM;

	snprintf(ret_error, ACCESS_ERROR_MAX, "%.300s: out of memory", path);
	if (!file)
		return -ENOMEM;
	pthread_mutex_init(&file->lock, NULL);
	file->path = strdup(path);
	file->state = access_state_new();
	if (file->path && file->state)
		error = read_access(file, &access, ret_error);
	if (error) {
		access_file_close(file);
		return error;
	}
	take(file, access);
	*ret_file = file;
	return 0;
}

int access_file_check(const char *path, char ret_error[ACCESS_ERROR_MAX])
{
	struct access_file *file;
	int error = access_file_open(path, &file, ret_error);

	if (!error)
		access_file_close(file);
	return error;
}

static void close_state(struct access_state *state)
{
	struct basic_auth *auth;

	pthread_mutex_lock(&state->lock);
	auth = state->auth;
	state->auth = NULL;
	pthread_mutex_unlock(&state->lock);
	basic_auth_free(auth);
	access_state_unref(state);
}

void access_file_close(struct access_file *file)
{
	if (!file)
		return;
	access_unref(file->current);
	if (file->state)
		close_state(file->state);
	forget_followed(file);
	pthread_mutex_destroy(&file->lock);
	free(file->path);
	free(file);
}
