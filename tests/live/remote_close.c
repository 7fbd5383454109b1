/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/remote_close.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define DESCRIPTORS_MAX 64

static bool has_a_word(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strstr(text, *words))
			return true;
	return false;
}

/* Fills fds with the process' descriptors that match. Returns their number or -errno. */
static int find_descriptors(pid_t pid, const char *const *words, int fds[DESCRIPTORS_MAX])
{
	char path[64], link[512], target[256];
	struct dirent *entry;
	DIR *directory;
	int n = 0;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	directory = opendir(path);
	if (!directory)
		return -errno;
	while ((entry = readdir(directory)) && n < DESCRIPTORS_MAX) {
		ssize_t length;

		snprintf(link, sizeof(link), "%s/%s", path, entry->d_name);
		length = readlink(link, target, sizeof(target) - 1);
		if (length <= 0)
			continue;
		target[length] = '\0';
		if (has_a_word(target, words))
			fds[n++] = atoi(entry->d_name);
	}
	closedir(directory);
	return n;
}

/* A system-call instruction, and the registers that make it close(2). */
#ifdef __x86_64__

static const unsigned char call_instruction[] = {0x0f, 0x05};

static void set_close(struct user_regs_struct *registers, uint64_t instruction, int fd)
{
	registers->rip = instruction;
	registers->rax = SYS_close;
	registers->rdi = (unsigned long long)fd;
	/*
	 * Marks it as no system call that waits for a restart. Otherwise the kernel would move rip.
	 */
	registers->orig_rax = (unsigned long long)-1;
}

static int result_of(const struct user_regs_struct *registers)
{
	return (int)registers->rax;
}

#else /* aarch64 */

static const unsigned char call_instruction[] = {0x01, 0x00, 0x00, 0xd4};

static void set_close(struct user_regs_struct *registers, uint64_t instruction, int fd)
{
	registers->pc = instruction;
	registers->regs[8] = SYS_close;
	registers->regs[0] = (unsigned long long)fd;
}

static int result_of(const struct user_regs_struct *registers)
{
	return (int)registers->regs[0];
}

#endif

static int move_registers(enum __ptrace_request request, pid_t pid,
			  struct user_regs_struct *registers)
{
	struct iovec all = {.iov_base = registers, .iov_len = sizeof(*registers)};

	return ptrace(request, pid, (void *)NT_PRSTATUS, &all) ? -errno : 0;
}

/*
 * The address of such an instruction in the process. The vDSO has one, for clocks that it cannot
 * read itself, so nothing needs to be written.
 */
static int find_syscall(pid_t pid, uint64_t *ret_address)
{
	unsigned char code[16384], *found = NULL;
	char path[64], line[512];
	uint64_t start = 0, end = 0;
	ssize_t n = 0;
	FILE *maps;
	int memory;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "re");
	while (maps && fgets(line, sizeof(line), maps))
		if (strstr(line, "[vdso]"))
			sscanf(line, "%" SCNx64 "-%" SCNx64, &start, &end);
	if (maps)
		fclose(maps);
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	memory = open(path, O_RDONLY | O_CLOEXEC);
	if (start && memory >= 0)
		n = pread(memory, code, end - start < sizeof(code) ? end - start : sizeof(code),
			  (off_t)start);
	if (memory >= 0)
		close(memory);
	if (n > 0)
		found = memmem(code, (size_t)n, call_instruction, sizeof(call_instruction));
	if (!found)
		return -ENOENT;
	*ret_address = start + (uint64_t)(found - code);
	return 0;
}

static int wait_for_stop(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, __WALL) != pid)
		return -errno;
	return WIFSTOPPED(status) ? 0 : -ESRCH;
}

static int step_close(pid_t pid, const struct user_regs_struct *saved, uint64_t instruction, int fd)
{
	struct user_regs_struct registers = *saved;
	int error;

	set_close(&registers, instruction, fd);
	error = move_registers(PTRACE_SETREGSET, pid, &registers);
	if (!error && ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL))
		error = -errno;
	if (!error)
		error = wait_for_stop(pid);
	if (!error)
		error = move_registers(PTRACE_GETREGSET, pid, &registers);
	return error ? error : result_of(&registers);
}

/* When the saved registers are restored, the kernel restarts the interrupted call. */
static int close_all(pid_t pid, uint64_t instruction, const int *fds, int n)
{
	struct user_regs_struct saved = {0};
	int error, i;

	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL))
		return -errno;
	error = ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) ? -errno : wait_for_stop(pid);
	if (!error)
		error = move_registers(PTRACE_GETREGSET, pid, &saved);
	if (!error) {
		for (i = 0; i < n && !error; i++)
			error = step_close(pid, &saved, instruction, fds[i]);
		move_registers(PTRACE_SETREGSET, pid, &saved);
	}
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
	return error;
}

int remote_close(pid_t pid, const char *const *words, unsigned int *ret_closed)
{
	int fds[DESCRIPTORS_MAX] = {0};
	uint64_t instruction = 0;
	int n = find_descriptors(pid, words, fds);
	int error = n < 0 ? n : find_syscall(pid, &instruction);

	if (!error)
		error = close_all(pid, instruction, fds, n);
	if (!error)
		*ret_closed = (unsigned int)n;
	return error;
}
