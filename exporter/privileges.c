// SPDX-License-Identifier: Apache-2.0
#include "exporter/privileges.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/diagnosis.h"
#include "exporter/attach/explain.h"
#include "exporter/attach/machine.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define NO_CAPABILITY     (-1)

/* An int argument: the kernel looks at the lower half of the register only. */
#define INT ((scmp_datum_t)UINT32_MAX)

/* Allowed where all of these hold; those without an operator are none. */
struct narrow_rule {
	int call;
	struct scmp_arg_cmp arguments[2];
};

/* Of an argument, counted from 0: bits, and the value that they have. */
#define EQUAL SCMP_CMP_MASKED_EQ

#define NEW_NAMESPACES                                                                \
	(CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | \
	 CLONE_NEWUSER | CLONE_NEWUTS)

/* Allowed whatever the arguments. */
static const int allowed[] = {
	/* memory */
	SCMP_SYS(brk),
	SCMP_SYS(madvise),
	SCMP_SYS(mmap),
	SCMP_SYS(mprotect),
	SCMP_SYS(mremap),
	SCMP_SYS(munmap),
	/* files; how they are opened and controlled is below */
	SCMP_SYS(close),
	SCMP_SYS(fstat),
	SCMP_SYS(getdents64),
	SCMP_SYS(lseek),
	SCMP_SYS(newfstatat),
	SCMP_SYS(pread64),
	SCMP_SYS(read),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	/* sockets; how they are made and written to is below, connect(2) has no use here */
	SCMP_SYS(accept),
	SCMP_SYS(accept4),
	SCMP_SYS(bind),
	SCMP_SYS(getpeername),
	SCMP_SYS(getsockname),
	SCMP_SYS(getsockopt),
	SCMP_SYS(listen),
	SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg),
	SCMP_SYS(shutdown),
	/* following a directory of links */
	SCMP_SYS(inotify_add_watch),
	SCMP_SYS(inotify_rm_watch),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	/* waiting */
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(epoll_create1),
	SCMP_SYS(epoll_ctl),
	SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_wait),
	SCMP_SYS(eventfd2),
	SCMP_SYS(nanosleep),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	/* threads */
	SCMP_SYS(clone3), /* here: see refuse_clone3() */
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(futex),
	SCMP_SYS(rseq),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sched_yield),
	SCMP_SYS(set_robust_list),
	/* signals */
	SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigtimedwait),
	SCMP_SYS(sigaltstack), /* AddressSanitizer, in every thread */
	/* clocks, where the vDSO does not read them */
	SCMP_SYS(clock_getres),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	/* questions about the process and the machine */
	SCMP_SYS(getegid),
	SCMP_SYS(geteuid),
	SCMP_SYS(getgid),
	SCMP_SYS(getpid),
	SCMP_SYS(getrandom),
	SCMP_SYS(gettid),
	SCMP_SYS(getuid),
	SCMP_SYS(sysinfo),
	SCMP_SYS(uname),
};

static const struct narrow_rule narrow[] = {
	/* Reading: without any capability, root still owns root's files. */
	{SCMP_SYS(openat), {{2, EQUAL, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY}}},
	/* An owner (F_SETOWN) of any process may be signalled; O_ASYNC does so. */
	{SCMP_SYS(fcntl), {{1, EQUAL, INT, F_GETFD}}},
	{SCMP_SYS(fcntl), {{1, EQUAL, INT, F_SETFD}}},
	{SCMP_SYS(fcntl), {{1, EQUAL, INT, F_GETFL}}},
	{SCMP_SYS(fcntl), {{1, EQUAL, INT, F_SETFL}, {2, EQUAL, O_ASYNC, 0}}},
	/* The self-check, and the service manager's. Servers' are there already. */
	{SCMP_SYS(socket), {{0, EQUAL, INT, AF_UNIX}}},
	/* To whom a socket is connected. MSG_FASTOPEN is connect(2), too. */
	{SCMP_SYS(sendto), {{3, EQUAL, MSG_FASTOPEN, 0}, {4, EQUAL, UINT64_MAX, 0}}},
	/* With an address, which a filter cannot see: datagrams to the service manager. */
	{SCMP_SYS(sendmsg), {{2, EQUAL, MSG_FASTOPEN, 0}}},
	/* Others load filters, or connect later. */
	{SCMP_SYS(setsockopt), {{1, EQUAL, INT, IPPROTO_TCP}, {2, EQUAL, INT, TCP_CORK}}},
	{SCMP_SYS(setsockopt), {{1, EQUAL, INT, IPPROTO_TCP}, {2, EQUAL, INT, TCP_NODELAY}}},
	{SCMP_SYS(setsockopt), {{1, EQUAL, INT, SOL_SOCKET}, {2, EQUAL, INT, SO_SNDBUF}}},
	{SCMP_SYS(setsockopt), {{1, EQUAL, INT, SOL_SOCKET}, {2, EQUAL, INT, SO_SNDBUFFORCE}}},
	/* In the namespaces that it is in. */
	{SCMP_SYS(clone), {{0, EQUAL, CLONE_THREAD | NEW_NAMESPACES, CLONE_THREAD}}},
	{SCMP_SYS(prctl), {{0, EQUAL, INT, PR_SET_NAME}}},
	{SCMP_SYS(prlimit64), {{2, EQUAL, UINT64_MAX, 0}}}, /* without a new limit */
	/* libbpf does so before it closes a kprobe or a tracepoint. */
	{SCMP_SYS(ioctl), {{1, EQUAL, INT, PERF_EVENT_IOC_DISABLE}}},
	{SCMP_SYS(bpf), {{0, EQUAL, INT, BPF_OBJ_GET_INFO_BY_FD}}},
	{SCMP_SYS(bpf), {{0, EQUAL, INT, BPF_MAP_UPDATE_ELEM}}},
	{SCMP_SYS(bpf), {{0, EQUAL, INT, BPF_MAP_DELETE_ELEM}}},
};

static int refuse(struct diagnosis *diagnosis, const char *step, int error)
{
	diagnosis_reason(diagnosis, "%s: %s", step, strerror(-error));
	diagnosis_cure(
		diagnosis,
		"allow the exporter to drop its privileges (a seccomp or security policy may "
		"forbid it), or keep them with --privileges.keep");
	return error;
}

/*
 * Where kernel.unprivileged_bpf_disabled is set, as on Debian and Ubuntu, kernels before
 * 5.19 refuse every command of bpf(2) without CAP_BPF, on descriptors already held, too.
 * CAP_SYS_ADMIN includes it and may have been granted in its place.
 */
static int capability_to_keep(void)
{
	static const int sufficient[] = {CAP_BPF, CAP_SYS_ADMIN};

	if (!kernel_older_than(5, 19))
		return NO_CAPABILITY;
	for (size_t i = 0; i < ARRAY_SIZE(sufficient); i++)
		if (capng_have_capability(CAPNG_PERMITTED, sufficient[i]))
			return sufficient[i];
	return NO_CAPABILITY;
}

static const char *capability_name(int capability)
{
	if (capability == NO_CAPABILITY)
		return "none";
	return capability == CAP_BPF ? "CAP_BPF" : "CAP_SYS_ADMIN";
}

/* The ambient set follows the inheritable one. */
static int drop_capabilities(const char **ret_left)
{
	bool may_bound;
	int kept;

	if (capng_get_caps_process())
		return -EIO;
	kept = capability_to_keep();
	may_bound = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);
	capng_clear(CAPNG_SELECT_BOTH);
	if (kept != NO_CAPABILITY)
		capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, kept);
	/*
	 * Emptying the bounding set needs CAP_SETPCAP, which is often not there; to be asked
	 * without it is a warning in syslog to libcap-ng. It bounds what execve(2) may give,
	 * and with no_new_privs that gives nothing anyway.
	 */
	if (may_bound && capng_apply(CAPNG_SELECT_BOUNDS))
		return -EPERM;
	if (capng_apply(CAPNG_SELECT_CAPS))
		return -EPERM;
	*ret_left = capability_name(kept);
	return 0;
}

static int load(scmp_filter_ctx filter, bool log)
{
	/* x86's other system-call tables are not needed; libseccomp's choice is to end a thread. */
	int error = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS));

	if (error)
		return error;
	/*
	 * Kernels before 5.16 else slow down speculation, for the sake of foreign code in the
	 * process, of which there is none.
	 */
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, log);
	error = seccomp_load(filter);
	/* libseccomp's word for any error of the kernel. */
	return error == -ECANCELED ? -errno : error;
}

/*
 * The C library tries clone3(2) for every thread before clone(2). A filter cannot see its
 * flags, so it is refused; by a filter of its own, since that is no news for the kernel's log.
 */
static int refuse_clone3(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int error = filter ? 0 : -ENOMEM;

	if (!error)
		error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	if (!error)
		error = load(filter, false);
	seccomp_release(filter);
	return error;
}

static int allow_narrowly(scmp_filter_ctx filter, const struct narrow_rule *rule)
{
	unsigned int count = rule->arguments[1].op ? 2 : 1;

	return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, rule->call, count, rule->arguments);
}

/*
 * The error is ENOSYS, since that is the one at which libraries fall back to an older call;
 * at EPERM they give up. What is refused although it is needed must neither stay unknown, so
 * the kernel logs it, nor end an exporter that goes on counting without it.
 */
static int allow_needed(void)
{
	/* abort() */
	const struct narrow_rule own_signals = {SCMP_SYS(tgkill),
						{{0, EQUAL, INT, (scmp_datum_t)getpid()}}};
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int error = filter ? 0 : -ENOMEM;

	for (size_t i = 0; i < ARRAY_SIZE(allowed) && !error; i++)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; i < ARRAY_SIZE(narrow) && !error; i++)
		error = allow_narrowly(filter, &narrow[i]);
	if (!error)
		error = allow_narrowly(filter, &own_signals);
	if (!error)
		error = load(filter, true);
	seccomp_release(filter);
	return error;
}

/* No filter at all is a bad address (EFAULT), but not to a kernel that knows no filters. */
static bool kernel_filters(void)
{
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0) == 0 ||
	       (errno != EINVAL && errno != ENOSYS);
}

int privileges_drop(struct privileges *ret_left, struct diagnosis *ret_diagnosis)
{
	struct privileges left = {.capabilities = NULL};
	int error;

	/* First: without it, a filter needs CAP_SYS_ADMIN. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return refuse(ret_diagnosis, "no_new_privs", -errno);
	error = drop_capabilities(&left.capabilities);
	if (error)
		return refuse(ret_diagnosis, "capabilities", error);
	left.filtered = kernel_filters();
	if (left.filtered)
		error = refuse_clone3();
	if (left.filtered && !error)
		error = allow_needed();
	if (error)
		return refuse(ret_diagnosis, "seccomp filter", error);
	*ret_left = left;
	return 0;
}
