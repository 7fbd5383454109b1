/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the exporter cannot do any more once it counts: each word of the manual's "Privileges",
 * with the ways that there are around it. Should a call be let through by mistake, its arguments
 * do no harm.
 */
#ifndef LIB_REFUSED_CALLS_H
#define LIB_REFUSED_CALLS_H

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>

/* As a compiler may leave it in the upper half of a register, where the kernel does not look. */
#define ABOVE (1L << 32)

static const struct {
	const char *name;
	long number;
	long arguments[5];
} refused[] = {
	/* files can be read, not written, made or removed */
	{"write to a file", SYS_openat, {AT_FDCWD, (long)"/dev/null", O_WRONLY}},
	{"write and read a file", SYS_openat, {AT_FDCWD, (long)"/dev/null", O_RDWR}},
	{"access mode 3", SYS_openat, {AT_FDCWD, (long)"/dev/null", O_ACCMODE}},
	{"truncate a file", SYS_openat, {AT_FDCWD, (long)"/dev/null", O_RDONLY | O_TRUNC}},
	{"truncate, above", SYS_openat, {AT_FDCWD, (long)"/dev/null", O_TRUNC | ABOVE}},
	{"make a file", SYS_openat, {AT_FDCWD, (long)"/dev/null", O_RDONLY | O_CREAT, 0600}},
	{"openat2", SYS_openat2, {AT_FDCWD, (long)"/dev/null", 0, 0}},
	{"open_by_handle_at", SYS_open_by_handle_at, {-1, 0, O_WRONLY}},
	{"truncate", SYS_truncate, {(long)"", 0}},
	{"ftruncate", SYS_ftruncate, {-1, 0}},
	{"fallocate", SYS_fallocate, {-1, 0, 0, 0}},
	{"pwrite64", SYS_pwrite64, {-1, 0, 0, 0}},
	{"pwritev", SYS_pwritev, {-1, 0, 0, 0}},
	{"copy_file_range", SYS_copy_file_range, {-1, 0, -1, 0, 0}},
	{"sendfile", SYS_sendfile, {-1, -1, 0, 0}},
	{"splice", SYS_splice, {-1, 0, -1, 0, 0}},
	{"mkdirat", SYS_mkdirat, {AT_FDCWD, (long)"", 0}},
	{"mknodat", SYS_mknodat, {AT_FDCWD, (long)"", 0, 0}},
	{"unlinkat", SYS_unlinkat, {AT_FDCWD, (long)"", 0}},
	{"renameat2", SYS_renameat2, {AT_FDCWD, (long)"", AT_FDCWD, (long)"", 0}},
	{"linkat", SYS_linkat, {AT_FDCWD, (long)"", AT_FDCWD, (long)"", 0}},
	{"symlinkat", SYS_symlinkat, {(long)"", AT_FDCWD, (long)""}},
	{"fchmodat", SYS_fchmodat, {AT_FDCWD, (long)"", 0}},
	{"fchmod", SYS_fchmod, {-1, 0}},
	{"fchownat", SYS_fchownat, {AT_FDCWD, (long)"", 0, 0, 0}},
	{"utimensat", SYS_utimensat, {AT_FDCWD, (long)"", 0, 0}},
	{"setxattr", SYS_setxattr, {(long)"", (long)"", 0, 0, 0}},
	{"memfd_create", SYS_memfd_create, {(long)"", 0}},
	{"io_uring_setup", SYS_io_uring_setup, {0}},
	{"io_setup", SYS_io_setup, {0}},
	/* new sockets are of the family UNIX */
	{"inet socket", SYS_socket, {AF_INET, SOCK_DGRAM}},
	{"inet6 socket", SYS_socket, {AF_INET6, SOCK_STREAM}},
	{"netlink socket", SYS_socket, {AF_NETLINK, SOCK_RAW}},
	{"packet socket", SYS_socket, {AF_PACKET, SOCK_RAW}},
	{"alg socket", SYS_socket, {AF_ALG, SOCK_SEQPACKET}},
	{"vsock socket", SYS_socket, {AF_VSOCK, SOCK_STREAM}},
	{"inet socket, above", SYS_socket, {AF_INET | ABOVE, SOCK_DGRAM}},
	{"socketpair", SYS_socketpair, {AF_INET, SOCK_STREAM, 0, 0}},
	/* nothing can be connected, nor sent elsewhere */
	{"connect", SYS_connect, {0}},
	{"sendto: connecting", SYS_sendto, {-1, 0, 0, MSG_FASTOPEN}},
	{"sendto: connecting, above", SYS_sendto, {-1, 0, 0, MSG_FASTOPEN | ABOVE}},
	{"sendto: an address", SYS_sendto, {-1, 0, 0, 0, (long)""}},
	{"sendmsg: connecting", SYS_sendmsg, {-1, 0, MSG_FASTOPEN}},
	{"sendmsg: connecting, above", SYS_sendmsg, {-1, 0, MSG_FASTOPEN | ABOVE}},
	{"sendmmsg", SYS_sendmmsg, {-1, 0, 0, 0}},
	{"connecting later", SYS_setsockopt, {-1, IPPROTO_TCP, TCP_FASTOPEN_CONNECT}},
	{"connecting later, above",
	 SYS_setsockopt,
	 {-1, IPPROTO_TCP, TCP_FASTOPEN_CONNECT | ABOVE}},
	{"TCP_REPAIR", SYS_setsockopt, {-1, IPPROTO_TCP, TCP_REPAIR}},
	{"TCP_ULP", SYS_setsockopt, {-1, IPPROTO_TCP, TCP_ULP}},
	/* Of the number of TCP_NODELAY. */
	{"the option of another level", SYS_setsockopt, {-1, SOL_SOCKET, SO_DEBUG}},
	/* threads can be made, processes cannot */
	{"fork", SYS_clone, {SIGCHLD}},
	{"vfork", SYS_clone, {CLONE_VM | CLONE_VFORK | SIGCHLD}},
	{"fork, above", SYS_clone, {SIGCHLD | ABOVE}},
	{"thread in a new network", SYS_clone, {CLONE_THREAD | CLONE_NEWNET}},
	{"thread with new mounts", SYS_clone, {CLONE_THREAD | CLONE_NEWNS}},
	{"clone3", SYS_clone3, {0}},
#ifdef SYS_fork
	{"open", SYS_open, {(long)"/dev/null", O_WRONLY}},
	{"creat", SYS_creat, {(long)"", 0}},
	{"fork itself", SYS_fork, {0}},
	{"vfork itself", SYS_vfork, {0}},
#endif
	/* no program can be executed */
	{"execve", SYS_execve, {(long)"/bin/true", 0, 0}},
	{"execveat", SYS_execveat, {AT_FDCWD, (long)"/bin/true", 0, 0, 0}},
	/* nothing can be mounted */
	{"mount", SYS_mount, {0, (long)"/", 0, MS_REMOUNT}},
	{"umount2", SYS_umount2, {(long)"", 0}},
	{"pivot_root", SYS_pivot_root, {(long)"", (long)""}},
	{"fsopen", SYS_fsopen, {(long)"tracefs"}},
	{"fsmount", SYS_fsmount, {-1}},
	{"move_mount", SYS_move_mount, {-1, (long)"", -1, (long)""}},
	{"open_tree", SYS_open_tree, {-1, (long)"", 0}},
	{"chroot", SYS_chroot, {(long)""}},
	{"unshare", SYS_unshare, {CLONE_NEWUSER}},
	{"setns", SYS_setns, {-1, 0}},
	/* traced */
	{"ptrace", SYS_ptrace, {0}},
	{"process_vm_readv", SYS_process_vm_readv, {1}},
	{"process_vm_writev", SYS_process_vm_writev, {1}},
	{"pidfd_open", SYS_pidfd_open, {1, 0}},
	{"pidfd_getfd", SYS_pidfd_getfd, {-1, 0, 0}},
	{"perf_event_open", SYS_perf_event_open, {0, -1, 0, -1}},
	{"perf: another program", SYS_ioctl, {-1, PERF_EVENT_IOC_SET_BPF, -1}},
	{"kcmp", SYS_kcmp, {1, 1, 0, 0, 0}},
	{"userfaultfd", SYS_userfaultfd, {0}},
	/* loaded into the kernel */
	{"bpf: load", SYS_bpf, {BPF_PROG_LOAD}},
	{"bpf: load, above", SYS_bpf, {BPF_PROG_LOAD | ABOVE}},
	{"bpf: new map", SYS_bpf, {BPF_MAP_CREATE}},
	{"bpf: descriptor by id", SYS_bpf, {BPF_MAP_GET_FD_BY_ID}},
	{"bpf: pin", SYS_bpf, {BPF_OBJ_PIN}},
	{"bpf: link", SYS_bpf, {BPF_LINK_CREATE}},
	{"SO_ATTACH_FILTER", SYS_setsockopt, {-1, SOL_SOCKET, SO_ATTACH_FILTER}},
	{"SO_ATTACH_BPF", SYS_setsockopt, {-1, SOL_SOCKET, SO_ATTACH_BPF}},
	{"init_module", SYS_init_module, {0, 0, (long)""}},
	{"finit_module", SYS_finit_module, {-1, (long)"", 0}},
	{"kexec_file_load", SYS_kexec_file_load, {-1, -1, 0, 0, 0}},
	{"seccomp", SYS_seccomp, {SECCOMP_SET_MODE_FILTER, 0, 0}},
	{"prctl: seccomp", SYS_prctl, {PR_SET_SECCOMP, SECCOMP_MODE_FILTER, 0}},
	{"prctl: dumpable", SYS_prctl, {PR_SET_DUMPABLE, 0}},
	/* or signalled but the exporter itself */
	{"kill", SYS_kill, {1, 0}},
	{"tkill", SYS_tkill, {1, 0}},
	{"tgkill", SYS_tgkill, {1, 1, 0}},
	{"rt_sigqueueinfo", SYS_rt_sigqueueinfo, {1, 0, 0}},
	{"rt_tgsigqueueinfo", SYS_rt_tgsigqueueinfo, {1, 1, 0, 0}},
	{"pidfd_send_signal", SYS_pidfd_send_signal, {-1, 0, 0, 0}},
	{"fcntl: owner", SYS_fcntl, {-1, F_SETOWN, 1}},
	{"fcntl: owner, above", SYS_fcntl, {-1, F_SETOWN | ABOVE, 1}},
	{"fcntl: owning thread", SYS_fcntl, {-1, F_SETOWN_EX, 0}},
	{"fcntl: signal", SYS_fcntl, {-1, F_SETSIG, SIGKILL}},
	{"fcntl: O_ASYNC", SYS_fcntl, {-1, F_SETFL, O_ASYNC}},
	{"fcntl: O_ASYNC, above", SYS_fcntl, {-1, F_SETFL, O_ASYNC | ABOVE}},
	{"fcntl: F_NOTIFY", SYS_fcntl, {-1, F_NOTIFY, 0}},
	{"FIOSETOWN", SYS_ioctl, {-1, FIOSETOWN, 0}},
	{"SIOCSPGRP", SYS_ioctl, {-1, SIOCSPGRP, 0}},
	{"FIOASYNC", SYS_ioctl, {-1, FIOASYNC, 0}},
	{"FIOASYNC, above", SYS_ioctl, {-1, FIOASYNC | ABOVE, 0}},
	{"TIOCSTI", SYS_ioctl, {-1, TIOCSTI, 0}},
	{"timer_create", SYS_timer_create, {CLOCK_MONOTONIC, 0, 0}},
	{"mq_notify", SYS_mq_notify, {-1, 0}},
	/* and no new privileges */
	{"setuid", SYS_setuid, {0}},
	{"capset", SYS_capset, {0, 0}},
	{"a new limit", SYS_prlimit64, {0, RLIMIT_NOFILE, (long)""}},
	{"a number without a call", 100000, {0}},
};

#endif
