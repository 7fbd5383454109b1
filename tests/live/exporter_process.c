/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/exporter_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/lib/http_client.h"
#include "tests/lib/scratch.h"

/* Long enough for an emulated machine under load; a healthy start takes a tenth of a second. */
#define READY_TIMEOUT_MS 30000
#define STOP_TIMEOUT_MS  10000
#define POLL_NS          5000000

#define FLAGS_MAX 32

#ifndef SOCKET_BIND_EXPORTER_PATH
#define SOCKET_BIND_EXPORTER_PATH "socket_bind_exporter"
#endif

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void pause_shortly(void)
{
	nanosleep(&(struct timespec){.tv_nsec = POLL_NS}, NULL);
}

int exporter_path(char ret_path[EXPORTER_PATH_MAX])
{
	const char *path = getenv("SOCKET_BIND_EXPORTER");

	if (!path || !*path)
		path = SOCKET_BIND_EXPORTER_PATH;
	if (snprintf(ret_path, EXPORTER_PATH_MAX, "%s", path) >= EXPORTER_PATH_MAX)
		return -ENAMETOOLONG;
	return access(ret_path, X_OK) ? -errno : 0;
}

/*
 * The kernel names a process after the last part of the path that started it, so a link is enough.
 */
static int path_of(const struct exporter_setup *setup, char ret_path[EXPORTER_PATH_MAX])
{
	char target[EXPORTER_PATH_MAX], path[EXPORTER_PATH_MAX];
	int error = exporter_path(path);

	if (error)
		return error;
	if (!realpath(path, target))
		return -errno;
	if (!setup->comm) {
		memcpy(ret_path, target, sizeof(target));
		return 0;
	}
	if (snprintf(ret_path, EXPORTER_PATH_MAX, "%s/%s", setup->scratch, setup->comm) >=
	    EXPORTER_PATH_MAX)
		return -ENAMETOOLONG;
	return symlink(target, ret_path) && errno != EEXIST ? -errno : 0;
}

static void run(const struct exporter_setup *setup, char *path, char *address, int log)
{
	char *argv[FLAGS_MAX + 3];
	const char *const *flag = setup->flags;
	int n = 0;

	argv[n++] = path;
	if (!setup->own_address)
		argv[n++] = address;
	while (flag && *flag && n < FLAGS_MAX + 2)
		argv[n++] = (char *)*flag++; /* execv() changes no strings, despite this type */
	argv[n] = NULL;
	dup2(log, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	if (setup->prepare && setup->prepare(setup->argument))
		_exit(126);
	/* After prepare, because a change of user clears it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execv(path, argv);
	dprintf(STDERR_FILENO, "%s: %s\n", path, strerror(errno));
	_exit(127);
}

/*
 * Every start has its own log, so that lines can be counted. The log's name contains the process
 * that requested the start.
 */
static int open_log(const char *scratch, char ret_path[EXPORTER_PATH_MAX])
{
	int fd;

	if (snprintf(ret_path, EXPORTER_PATH_MAX, "%s/log-%d-XXXXXX", scratch, getpid()) >=
	    EXPORTER_PATH_MAX)
		return -ENAMETOOLONG;
	fd = mkostemp(ret_path, O_CLOEXEC | O_APPEND);
	return fd < 0 ? -errno : fd;
}

int exporter_spawn(const struct exporter_setup *setup, struct exporter *ret_exporter)
{
	struct exporter exporter = {.port = setup->port ? setup->port : EXPORTER_PORT};
	char path[EXPORTER_PATH_MAX], address[64];
	int error = path_of(setup, path);
	int log;

	if (error)
		return error;
	log = open_log(setup->scratch, exporter.log);
	if (log < 0)
		return log;
	snprintf(address, sizeof(address), "--web.listen-address=127.0.0.1:%u", exporter.port);
	fflush(NULL);
	exporter.pid = (pid_t)syscall(SYS_clone, setup->clone_flags | SIGCHLD, NULL, NULL, NULL, 0);
	if (exporter.pid == 0)
		run(setup, path, address, log);
	error = exporter.pid < 0 ? -errno : 0;
	close(log);
	if (!error)
		*ret_exporter = exporter;
	return error;
}

static bool has_exited(struct exporter *exporter, int *ret_status)
{
	int status;

	if (waitpid(exporter->pid, &status, WNOHANG) != exporter->pid)
		return false;
	exporter->pid = 0;
	*ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
	return true;
}

static bool is_ready(const struct exporter *exporter)
{
	struct http_response response;
	bool ready;

	if (http_request(exporter->port, "GET", "/-/ready", &response))
		return false;
	ready = response.status == 200;
	http_response_done(&response);
	return ready;
}

int exporter_wait_ready(struct exporter *exporter, struct exporter_exit *ret_exit)
{
	int64_t start = now_ms();

	while (now_ms() - start < READY_TIMEOUT_MS) {
		if (has_exited(exporter, &ret_exit->status)) {
			ret_exit->milliseconds = now_ms() - start;
			return -ECHILD;
		}
		if (is_ready(exporter))
			return 0;
		pause_shortly();
	}
	return -ETIMEDOUT;
}

int exporter_wait_exit(struct exporter *exporter, int64_t timeout_ms,
		       struct exporter_exit *ret_exit)
{
	int64_t start = now_ms();

	while (!has_exited(exporter, &ret_exit->status)) {
		if (now_ms() - start > timeout_ms)
			return -ETIMEDOUT;
		pause_shortly();
	}
	ret_exit->milliseconds = now_ms() - start;
	return 0;
}

int exporter_stop(struct exporter *exporter, int signal, struct exporter_exit *ret_exit)
{
	struct exporter_exit unused;

	if (!ret_exit)
		ret_exit = &unused;
	if (kill(exporter->pid, signal))
		return -errno;
	if (!exporter_wait_exit(exporter, STOP_TIMEOUT_MS, ret_exit))
		return 0;
	kill(exporter->pid, SIGKILL);
	return exporter_wait_exit(exporter, STOP_TIMEOUT_MS, ret_exit);
}

char *exporter_log(const struct exporter *exporter)
{
	char *text;
	size_t length;

	return scratch_read(exporter->log, &text, &length) ? NULL : text;
}

static bool line_has_all(const char *line, size_t length, va_list strings)
{
	const char *string;

	while ((string = va_arg(strings, const char *)))
		if (!memmem(line, length, string, strlen(string)))
			return false;
	return true;
}

unsigned int log_lines(const char *text, ...)
{
	unsigned int n = 0;

	while (*text) {
		size_t length = strcspn(text, "\n");
		va_list strings;

		va_start(strings, text);
		if (length && line_has_all(text, length, strings))
			n++;
		va_end(strings);
		text += length + (text[length] == '\n');
	}
	return n;
}
