// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Counts bind attempts. Four hooks, one of which is loaded, over one body:
 * classify -> key -> entry of the table -> atomic add to this CPU's counter.
 *
 * Counting is the add and array look-ups that the kernel inlines. It must be
 * an atomic add although every CPU has counters of its own: a program can be
 * pre-empted by another run of itself on the same CPU, between load and store.
 */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "bind_abi.h"
#include "bind_classify.h"
#include "bind_comm.h"

/* The spelling by which the kernel knows a GPL-compatible licence. */
char LICENSE[] SEC("license") = "Dual BSD/GPL";

const volatile struct bind_settings settings SEC(".rodata.settings");
struct bind_control control SEC(".data.control");

/* Sizes are set before loading, from the series bound and the possible CPUs. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bind_entry);
} table SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} attempts SEC(".maps"), overflow SEC(".maps"), missed SEC(".maps");

/*
 * Who may write an entry: whoever inserts its index here first. A hash map's
 * BPF_NOEXIST is the one compare-and-swap that Linux 5.10 lets programs use.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u8);
} claims SEC(".maps");

/* Tracepoint mode: calls whose address was not resident at entry, by thread. */
struct pending_bind {
	__u64 address; /* user space's pointer */
	__u32 length;
	__u16 family;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct pending_bind);
} pending SEC(".maps");

#define ADDRESS_MAX 128 /* sizeof(struct sockaddr_storage): move_addr_to_kernel() */

static __always_inline void add_one(void *map, __u32 index)
{
	__u64 *value = bpf_map_lookup_elem(map, &index);

	if (value)
		__atomic_fetch_add(value, 1, __ATOMIC_RELAXED);
}

static __always_inline void add_missed(enum bind_missed reason)
{
	add_one(&missed, bpf_get_smp_processor_id() * BIND_MISSED_REASONS + reason);
}

/*
 * Readers on other CPUs must not see kind before comm. x86 keeps the order of
 * stores and of loads; a weakly ordered machine would need barriers here and in
 * count().
 */
static __always_inline void publish(struct bind_entry *entry, __u64 kind)
{
	barrier();
	*(volatile __u64 *)&entry->key.kind = kind;
}

/*
 * Whether a new key of this kind may take an entry: see bind_is_reserved(). Half
 * of the table is more than the rows that ordinary kinds may have, and leaves
 * chains so short that the others find an entry within BIND_PROBES.
 */
static __always_inline bool has_room(__u64 kind)
{
	__u64 limit = (settings.table_mask + 1) / 2;

	return bind_is_reserved(kind) || *(volatile __u64 *)&control.ordinary < limit;
}

/* The rare path, once per new key. False: the entry is taken, being taken, or not for this kind. */
static __always_inline bool claim(struct bind_entry *entry, __u32 index, const struct bind_key *key)
{
	__u8 one = 1;

	if (!has_room(key->kind) || bpf_map_update_elem(&claims, &index, &one, BPF_NOEXIST))
		return false;
	if (!bind_is_reserved(key->kind))
		__atomic_fetch_add(&control.ordinary, 1, __ATOMIC_RELAXED);
	entry->key.comm[0] = key->comm[0];
	entry->key.comm[1] = key->comm[1];
	entry->first_ns = bpf_ktime_get_boot_ns();
	publish(entry, key->kind);
	return true;
}

static __always_inline bool same_key(const struct bind_entry *entry, __u64 kind,
				     const struct bind_key *key)
{
	return kind == key->kind && entry->key.comm[0] == key->comm[0] &&
	       entry->key.comm[1] == key->comm[1];
}

static __always_inline __u32 hash(const struct bind_key *key)
{
	__u64 sum = key->comm[0] * settings.hash_multiplier[0] +
		    key->comm[1] * settings.hash_multiplier[1] +
		    key->kind * settings.hash_multiplier[2];

	/* Folded once more, or names that differ in a few bytes only would cluster. */
	sum = (sum ^ sum >> 32) * settings.hash_multiplier[2];
	return sum >> settings.hash_shift;
}

static __always_inline void count(const struct bind_key *key)
{
	__u32 cpu = bpf_get_smp_processor_id();
	__u32 index = hash(key);

	for (int probe = 0; probe < BIND_PROBES; probe++) {
		struct bind_entry *entry = bpf_map_lookup_elem(&table, &index);
		__u64 found;

		if (!entry)
			break;
		found = *(volatile __u64 *)&entry->key.kind;
		if (same_key(entry, found, key) || (found == 0 && claim(entry, index, key))) {
			add_one(&attempts, cpu << settings.table_bits | index);
			return;
		}
		index = (index + 1) & settings.table_mask;
	}
	add_one(&overflow, bind_overflow_index(cpu, bind_kind_category(key->kind),
					       bind_kind_family(key->kind)));
}

/* Typed task pointers came with 5.11; before, and only then, the name is copied out. */
static __always_inline void copy_comm(__u64 ret_comm[2])
{
	struct task_struct *task;

	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf)) {
		const __u64 *comm;

		task = (struct task_struct *)bpf_get_current_task_btf();
		if (!settings.comm_of_thread)
			task = task->group_leader;
		comm = (const __u64 *)task->comm;
		ret_comm[0] = comm[0];
		ret_comm[1] = comm[1];
		return;
	}
	task = (struct task_struct *)bpf_get_current_task();
	if (!settings.comm_of_thread)
		task = BPF_CORE_READ(task, group_leader);
	bpf_probe_read_kernel(ret_comm, BIND_COMM_SIZE, task->comm);
}

static __always_inline bool is_selfcheck(const struct bind_address *address, int length)
{
	__u64 nonce;

	if (length != BIND_SELFCHECK_LENGTH)
		return false;
	nonce = *(volatile __u64 *)&control.selfcheck_nonce;
	return nonce && address->tail == nonce;
}

/* The shared body: every hook ends here, with length bytes of address readable. */
static __always_inline void count_bind(__u16 family, const struct bind_address *address, int length)
{
	__u8 category = bind_classify(family, address, length);
	struct bind_key key;

	if (category == BIND_ABSTRACT && is_selfcheck(address, length)) {
		__atomic_fetch_add(&control.selfcheck_seen, 1, __ATOMIC_RELAXED);
		return;
	}
	copy_comm(key.comm);
	if (settings.comm_unpadded)
		bind_pad_comm(key.comm);
	/* The verifier must not know the kind, or it checks what follows for each of a hundred. */
	key.kind = bind_kind(category, family) + *(volatile __u64 *)&control.zero;
	count(&key);
}

/*
 * LSM and fentry hand over typed pointers, which are read directly. The verifier
 * of 6.12 and later wants sk checked; a socket in bind(2) always has one.
 */
static __always_inline void count_typed(struct socket *sock, struct sockaddr *address, int length)
{
	struct sock *sk = sock->sk;

	if (sk)
		count_bind(sk->__sk_common.skc_family, (const struct bind_address *)address,
			   length);
}

/* The barrier keeps clang from passing on a copy that the verifier knows no bounds of. */
static __always_inline __u32 readable_length(__u32 length)
{
	barrier_var(length);
	return length < sizeof(struct bind_address) ? length : sizeof(struct bind_address);
}

SEC("lsm/socket_bind")
int BPF_PROG(lsm_socket_bind, struct socket *sock, struct sockaddr *address, int length,
	     int verdict)
{
	count_typed(sock, address, length);
	return verdict;
}

SEC("fentry/security_socket_bind")
int BPF_PROG(fentry_socket_bind, struct socket *sock, struct sockaddr *address, int length)
{
	count_typed(sock, address, length);
	return 0;
}

SEC("kprobe/security_socket_bind")
int BPF_KPROBE(kprobe_socket_bind, struct socket *sock, struct sockaddr *address, int length)
{
	struct bind_address copy = {};

	bpf_probe_read_kernel(&copy, readable_length(length), address);
	count_bind(BPF_CORE_READ(sock, sk, __sk_common.skc_family), &copy, length);
	return 0;
}

/* The socket behind a descriptor of the calling task, or NULL: not open, not a socket. */
static __always_inline struct socket *socket_of(__u32 fd)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct fdtable *fdt = BPF_CORE_READ(task, files, fdt);
	struct file *file = NULL;
	struct socket *sock;

	if (fd >= BPF_CORE_READ(fdt, max_fds))
		return NULL;
	bpf_probe_read_kernel(&file, sizeof(file), BPF_CORE_READ(fdt, fd) + fd);
	if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & 0170000) != 0140000 /* S_IFSOCK */)
		return NULL;
	sock = BPF_CORE_READ(file, private_data);
	return sock && BPF_CORE_READ(sock, file) == file ? sock : NULL;
}

/*
 * Reads the caller's address, all of it, as the kernel does: one that is only
 * partly readable never reaches the hook. False: not all of it is resident.
 */
static __always_inline bool read_address(__u64 address, __u32 length, struct bind_address *ret_copy)
{
	__u8 whole[ADDRESS_MAX] __attribute__((aligned(8))) = {};

	if (!length)
		return true;
	barrier_var(length);
	if (length > sizeof(whole) || bpf_probe_read_user(whole, length, (void *)address))
		return false;
	__builtin_memcpy(ret_copy, whole, sizeof(*ret_copy));
	return true;
}

/* A system call that the hook will never see is no attempt: EBADF, ENOTSOCK, EINVAL. */
SEC("tracepoint/syscalls/sys_enter_bind")
int tracepoint_enter_bind(struct trace_event_raw_sys_enter *ctx)
{
	__u64 address = ctx->args[1], thread = bpf_get_current_pid_tgid();
	__u32 length = ctx->args[2];
	struct bind_address copy = {};
	struct pending_bind call = {};
	struct socket *sock;
	__u16 family;

	if (length > ADDRESS_MAX)
		return 0;
	sock = socket_of(ctx->args[0]);
	if (!sock)
		return 0;
	family = BPF_CORE_READ(sock, sk, __sk_common.skc_family);
	if (read_address(address, length, &copy)) {
		count_bind(family, &copy, length);
		return 0;
	}
	call.address = address;
	call.length = length;
	call.family = family;
	/* A call still pending: its exit was not seen, the kernel having skipped the program. */
	if (bpf_map_lookup_elem(&pending, &thread))
		add_missed(BIND_MISSED_EXIT);
	if (bpf_map_update_elem(&pending, &thread, &call, BPF_ANY))
		add_missed(BIND_MISSED_PENDING);
	return 0;
}

/* By now the kernel has read the address and made it resident, or said EFAULT. */
SEC("tracepoint/syscalls/sys_exit_bind")
int tracepoint_exit_bind(struct trace_event_raw_sys_exit *ctx)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct pending_bind *found = bpf_map_lookup_elem(&pending, &thread);
	struct bind_address copy = {};
	struct pending_bind call;

	if (!found)
		return 0;
	call = *found;
	bpf_map_delete_elem(&pending, &thread);
	if (read_address(call.address, call.length, &copy))
		count_bind(call.family, &copy, call.length);
	else if (ctx->ret != -14 /* EFAULT */)
		add_missed(BIND_MISSED_ADDRESS);
	return 0;
}
