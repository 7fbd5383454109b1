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

/* Mask of an int argument: the kernel reads only the lower half of its register. */
#define INT ((scmp_datum_t)UINT32_MAX)

/* A call that is allowed if its arguments match all of these. One without an operator is unused. */
struct narrow_rule {
	int call;
	struct scmp_arg_cmp arguments[2];
};

/* {N, EQUAL, BITS, VALUE}: these bits of argument N, counted from 0, have this value. */
#define EQUAL SCMP_CMP_MASKED_EQ

#define NEW_NAMESPACES                                                                \
	(CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | \
	 CLONE_NEWUSER | CLONE_NEWUTS)

/* Calls that are allowed with any arguments. */
static const int allowed[] = {
	/* memory */
	SCMP_SYS(brk),
	SCMP_SYS(madvise),
	SCMP_SYS(mmap),
	SCMP_SYS(mprotect),
	SCMP_SYS(mremap),
	SCMP_SYS(munmap),
	/* files; narrow[] has the calls that open and control them */
	SCMP_SYS(close),
	SCMP_SYS(fstat),
	SCMP_SYS(getdents64),
	SCMP_SYS(lseek),
	SCMP_SYS(newfstatat),
	SCMP_SYS(pread64),
	SCMP_SYS(read),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	/* sockets; narrow[] has the calls that make and write to them; connect(2) is not needed */
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
	SCMP_SYS(clone3), /* refused by another filter, see refuse_clone3() */
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
	SCMP_SYS(sigaltstack), /* AddressSanitizer calls it in every thread */
	/* clocks that the vDSO cannot read */
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
	/* Files can only be read: root without any capability still owns root's files. */
	{SCMP_SYS(openat), {{2, EQUAL, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY}}},
	/* O_ASYNC would signal the owner of a descriptor, which F_SETOWN can make any process. */
	{SCMP_SYS(fcntl), {{1, EQUAL, INT, F_GETFD}}},
	{SCMP_SYS(fcntl), {{1, EQUAL, INT, F_SETFD}}},
	{SCMP_SYS(fcntl), {{1, EQUAL, INT, F_GETFL}}},
	{SCMP_SYS(fcntl), {{1, EQUAL, INT, F_SETFL}, {2, EQUAL, O_ASYNC, 0}}},
	/* The self-check and the service manager need UNIX sockets. The listeners exist already. */
	{SCMP_SYS(socket), {{0, EQUAL, INT, AF_UNIX}}},
	/* Without an address, only to the connected peer. MSG_FASTOPEN would connect. */
	{SCMP_SYS(sendto), {{3, EQUAL, MSG_FASTOPEN, 0}, {4, EQUAL, UINT64_MAX, 0}}},
	/* Datagrams to the service manager have an address, which a filter cannot see. */
	{SCMP_SYS(sendmsg), {{2, EQUAL, MSG_FASTOPEN, 0}}},
	/* Other options attach filters, or connect later. */
	{SCMP_SYS(setsockopt), {{1, EQUAL, INT, IPPROTO_TCP}, {2, EQUAL, INT, TCP_CORK}}},
	{SCMP_SYS(setsockopt), {{1, EQUAL, INT, IPPROTO_TCP}, {2, EQUAL, INT, TCP_NODELAY}}},
	{SCMP_SYS(setsockopt), {{1, EQUAL, INT, SOL_SOCKET}, {2, EQUAL, INT, SO_SNDBUF}}},
	{SCMP_SYS(setsockopt), {{1, EQUAL, INT, SOL_SOCKET}, {2, EQUAL, INT, SO_SNDBUFFORCE}}},
	/* Only threads can be started, and only in the namespaces of the process. */
	{SCMP_SYS(clone), {{0, EQUAL, CLONE_THREAD | NEW_NAMESPACES, CLONE_THREAD}}},
	{SCMP_SYS(prctl), {{0, EQUAL, INT, PR_SET_NAME}}},
	{SCMP_SYS(prlimit64), {{2, EQUAL, UINT64_MAX, 0}}}, /* sets no new limit */
	/* libbpf disables a kprobe or a tracepoint before it closes it. */
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
 * Kernels before 5.19 refuse every command of bpf(2) without CAP_BPF, even on descriptors already
 * held, if kernel.unprivileged_bpf_disabled is set, as on Debian and Ubuntu. CAP_SYS_ADMIN includes
 * CAP_BPF and may have been granted instead.
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

/* Clearing the inheritable set clears the ambient set too. */
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
	 * Emptying the bounding set needs CAP_SETPCAP, which is often missing; libcap-ng would then
	 * write a warning to syslog. The bounding set limits the capabilities that execve(2) can
	 * give, and with no_new_privs it gives none anyway.
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
	/* x86's other system-call tables are not needed; by default, using them ends the thread. */
	int error = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS));

	if (error)
		return error;
	/*
	 * Without this, kernels before 5.16 restrict speculation, as a protection against foreign
	 * code in the process. There is no such code.
	 */
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, log);
	error = seccomp_load(filter);
	/* libseccomp returns -ECANCELED for any error of the kernel, and leaves it in errno. */
	return error == -ECANCELED ? -errno : error;
}

/*
 * The C library tries clone3(2) for every thread before clone(2). A filter cannot see its flags, so
 * it is refused. A separate filter does so, because the kernel need not log these refusals.
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
 * Refused calls fail with ENOSYS, the error at which libraries fall back to an older call; at EPERM
 * they give up. If a call is refused although it is needed, the kernel's log shows it, and the
 * exporter can continue to count without that call.
 */
static int allow_needed(void)
{
	/* abort() signals its own process. */
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

/* A kernel with seccomp filters answers NULL instead of a filter with EFAULT. */
static bool kernel_filters(void)
{
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0) == 0 ||
	       (errno != EINVAL && errno != ENOSYS);
}

int privileges_drop(struct privileges *ret_left, struct diagnosis *ret_diagnosis)
{
	struct privileges left = {.capabilities = NULL};
	int error;

	/* no_new_privs comes first: without it, a filter needs CAP_SYS_ADMIN. */
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
