/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/bind_load.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/scratch.h"
#include "tests/live/bind_attempts.h"
#include "tests/live/bind_cases.h"

#define THREADS_MAX   64
#define PROCESSES_MAX 64

/* An anonymous shared mapping, which all processes of a load see. */
struct shared {
	pthread_barrier_t start;
	_Atomic uint64_t made[]; /* by case */
};

struct worker {
	const struct bind_load *load;
	struct shared *shared;
	const char *scratch;
	int error;
};

static void kill_and_forget(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static int make_round(const struct worker *worker)
{
	const struct bind_load *load = worker->load;
	int error = 0;
	size_t i;

	for (i = 0; i < load->cases_n && !error; i++)
		error = bind_attempts_make(load->cases[i], worker->scratch, load->count,
					   &worker->shared->made[i]);
	return error;
}

static void *work(void *argument)
{
	struct worker *worker = argument;
	const struct bind_load *load = worker->load;
	unsigned int round = 0;

	if (load->threads && load->thread_comm)
		prctl(PR_SET_NAME, load->thread_comm);
	if (load->barrier)
		pthread_barrier_wait(&worker->shared->start);
	do
		worker->error = make_round(worker);
	while (++round < load->rounds && !worker->error);
	return NULL;
}

static int run_threads(struct worker *workers, unsigned int n)
{
	pthread_t threads[THREADS_MAX];
	unsigned int started, i;
	int error = 0;

	for (started = 0; started < n && !error; started++)
		error = -pthread_create(&threads[started], NULL, work, &workers[started]);
	/* With a barrier, the threads that did start wait for ever for the missing one. */
	if (error)
		return error;
	for (i = 0; i < n; i++) {
		pthread_join(threads[i], NULL);
		if (workers[i].error)
			error = workers[i].error;
	}
	return error;
}

static int run_process(const struct bind_load *load, struct shared *shared, const char *scratch)
{
	struct worker workers[THREADS_MAX];
	unsigned int i;

	for (i = 0; i < THREADS_MAX; i++)
		workers[i] = (struct worker){.load = load, .shared = shared, .scratch = scratch};
	prctl(PR_SET_NAME, load->comm);
	if (load->threads)
		return run_threads(workers, load->threads);
	work(&workers[0]);
	return workers[0].error;
}

/* fork() with namespaces. The child dies with its parent. */
static pid_t fork_into(unsigned long clone_flags)
{
	pid_t pid;

	fflush(NULL);
	pid = (pid_t)syscall(SYS_clone, clone_flags | SIGCHLD, NULL, NULL, NULL, 0);
	if (pid == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid < 0 ? -errno : pid;
}

/*
 * pids: the running processes. On failure, kills the others, which may be waiting at the barrier.
 */
static int wait_for_all(const pid_t *pids, unsigned int n)
{
	unsigned int i;
	int error = 0;

	for (i = 0; i < n; i++) {
		int status = 0;

		if (error)
			kill_and_forget(pids[i]);
		else if (waitpid(pids[i], &status, 0) != pids[i] || status)
			error = -ECHILD;
	}
	return error;
}

static int run_processes(const struct bind_load *load, struct shared *shared, const char *scratch)
{
	unsigned int n = load->processes ? load->processes : 1;
	pid_t pids[PROCESSES_MAX];
	unsigned int started, i;

	for (started = 0; started < n; started++) {
		pid_t pid = fork_into(load->clone_flags);

		if (pid == 0)
			_exit(run_process(load, shared, scratch) ? 1 : 0);
		if (pid < 0) {
			for (i = 0; i < started; i++)
				kill_and_forget(pids[i]);
			return pid;
		}
		pids[started] = pid;
	}
	return wait_for_all(pids, n);
}

static size_t shared_size(const struct bind_load *load)
{
	return sizeof(struct shared) + load->cases_n * sizeof(_Atomic uint64_t);
}

static struct shared *shared_new(const struct bind_load *load)
{
	unsigned int processes = load->processes ? load->processes : 1;
	unsigned int threads = load->threads ? load->threads : 1;
	pthread_barrierattr_t attributes;
	struct shared *shared = mmap(NULL, shared_size(load), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		return NULL;
	pthread_barrierattr_init(&attributes);
	pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&shared->start, &attributes, processes * threads);
	pthread_barrierattr_destroy(&attributes);
	return shared;
}

/*
 * Takes every address that must be taken, beginning with the case at index, and runs the load while
 * this process holds them. The call stack keeps the descriptors.
 */
static int run_holding(const struct bind_load *load, size_t index, struct shared *shared,
		       const char *scratch)
{
	int fd, error;

	while (index < load->cases_n && load->cases[index]->circumstance != BIND_TAKEN)
		index++;
	if (index == load->cases_n)
		return run_processes(load, shared, scratch);
	fd = bind_attempts_take(load->cases[index], scratch);
	if (fd < 0)
		return fd;
	error = run_holding(load, index + 1, shared, scratch);
	close(fd);
	return error;
}

int bind_load_run(const struct bind_load *load, uint64_t *ret_made)
{
	char scratch[SCRATCH_SIZE];
	struct shared *shared;
	size_t i;
	int error;

	if (load->threads > THREADS_MAX || load->processes > PROCESSES_MAX || !load->count)
		return -EINVAL;
	error = scratch_make(scratch);
	if (error)
		return error;
	shared = shared_new(load);
	error = shared ? run_holding(load, 0, shared, scratch) : -ENOMEM;
	for (i = 0; !error && i < load->cases_n; i++)
		ret_made[i] = shared->made[i];
	if (shared)
		munmap(shared, shared_size(load));
	scratch_remove(scratch);
	return error;
}

int bind_load_child(const char *comm, int (*body)(void *argument), void *argument)
{
	int status = 0;
	pid_t pid = fork_into(0);

	if (pid == 0) {
		prctl(PR_SET_NAME, comm);
		_exit(-body(argument) & 0xff);
	}
	if (pid < 0)
		return pid;
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -EFAULT;
	return -WEXITSTATUS(status);
}

int bind_load_simple(const char *comm, const char *case_name, unsigned int count,
		     uint64_t *ret_made)
{
	const struct bind_case *bind_case = bind_case_find(case_name);
	struct bind_load load = {
		.comm = comm,
		.cases = &bind_case,
		.cases_n = 1,
		.count = count,
	};

	return bind_case ? bind_load_run(&load, ret_made) : -EINVAL;
}
