// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Counts bind attempts. Four hooks, one of which is loaded, over one body:
 * classify -> key -> entry of the table -> atomic add to this CPU's counter ->
 * remember the call. Then, where results can be seen, at the end of the call:
 * find what was remembered -> count a failure.
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
#include "bind_slots.h"

#define barrier_read(variable) (*(volatile __typeof__(variable) *)&(variable))

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
	__type(value, struct bind_failure);
} failures SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} attempts SEC(".maps"), overflow SEC(".maps"), failure_overflow SEC(".maps"), missed SEC(".maps");

#include "bind_calls.h"

/* User space's, see metrics/ledger.h: in a map so that it can be pinned. */
struct ledger_element {
	__u64 words[8];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ledger_element);
} ledger SEC(".maps");

/* A socket as far as counting is concerned. What is off need not be filled in. */
struct bind_socket {
	__u16 family;
	__u16 protocol;
	__u32 netns; /* inode number */
};

/* Tracepoint mode: calls whose address was not resident at entry, by thread. */
struct pending_bind {
	__u64 address; /* user space's pointer */
	struct bind_socket socket;
	__u32 length;
	__u32 unused;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct pending_bind);
} pending SEC(".maps");

BIND_HOOK_SLOTS(exit_socket_bind);
BIND_HOOK_SLOTS(exit_sys_bind);
BIND_HOOK_SLOTS(exit_io_bind);
BIND_HOOK_SLOTS(tracepoint_exit_bind);

/* Of a call that this program knows nothing of. Comes back if there is no other program. */
#define ask_earlier(ctx, slots)                                       \
	do {                                                          \
		if (settings.pinned)                                  \
			bpf_tail_call(ctx, slots, BIND_SLOT_EARLIER); \
	} while (0)

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

/* Typed task pointers came with 5.11; before, and only then, fields are copied out. */
static __always_inline bool has_typed_tasks(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf);
}

/* Capabilities count in the initial user namespace: in one of one's own anybody has them. */
static __always_inline bool is_capable(void)
{
	__u32 effective = 0; /* the lower half of what was two words before 6.3 */
	const struct cred *cred;
	__u64 offset;

	if (has_typed_tasks()) {
		const struct user_namespace *user_ns;
		struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();

		/* Never NULL; but where BTF says __rcu, the verifier wants it checked, loaded once.
		 */
		cred = task->cred;
		barrier_var(cred);
		if (!cred)
			return false;
		/* Apart from the load, which libbpf would want to be as wide as the field. */
		offset = bpf_core_field_offset(cred->cap_effective);
		barrier_var(offset);
		effective = *(const __u32 *)((const char *)cred + offset);
		user_ns = cred->user_ns;
		barrier_var(user_ns);
		if (!user_ns || user_ns->level)
			return false;
	} else {
		struct task_struct *task = (struct task_struct *)bpf_get_current_task();

		cred = BPF_CORE_READ(task, cred);
		bpf_probe_read_kernel(&effective, sizeof(effective), &cred->cap_effective);
		if (BPF_CORE_READ(cred, user_ns, level))
			return false;
	}
	return effective & 1 << 10; /* CAP_NET_BIND_SERVICE */
}

/*
 * Whether a new key of this kind may take an entry: see bind_is_reserved(). Half
 * of the table is more than the rows that ordinary kinds may have, and leaves
 * chains so short that the others find an entry within BIND_PROBES.
 */
static __always_inline bool has_room(__u64 kind, bool capable, __u32 half)
{
	__u64 size = settings.table_mask + 1;

	if (!bind_is_reserved(kind) && barrier_read(control.ordinary[half]) >= size / 2)
		return false;
	return capable || barrier_read(control.incapable[half]) < size / 2 + size / 4;
}

/* The rare path, once per new key. False: the entry is taken, being taken, or not for this kind. */
static __always_inline bool claim(struct bind_entry *entry, __u32 index, const struct bind_key *key)
{
	__u32 half = index >> settings.table_bits & 1;
	bool capable = is_capable();

	if (!has_room(key->kind, capable, half) || !claim_entry(entry, index))
		return false;
	if (!bind_is_reserved(key->kind))
		__atomic_fetch_add(&control.ordinary[half], 1, __ATOMIC_RELAXED);
	if (!capable)
		__atomic_fetch_add(&control.incapable[half], 1, __ATOMIC_RELAXED);
	entry->key.comm[0] = key->comm[0];
	entry->key.comm[1] = key->comm[1];
	entry->key.owner = key->owner;
	entry->first_ns = bpf_ktime_get_boot_ns();
	entry->flags = capable ? BIND_ENTRY_CAPABLE : 0;
	publish(entry, key->kind);
	return true;
}

static __always_inline bool same_key(const struct bind_entry *entry, __u64 kind,
				     const struct bind_key *key)
{
	return kind == key->kind && entry->key.comm[0] == key->comm[0] &&
	       entry->key.comm[1] == key->comm[1] && entry->key.owner == key->owner;
}

/* Folded, or keys that differ in a few bytes only would cluster. */
static __always_inline __u32 fold(__u64 sum)
{
	return ((sum ^ sum >> 32) * settings.hash_multiplier[2]) >> settings.hash_shift;
}

static __always_inline __u32 hash(const struct bind_key *key)
{
	__u64 sum = key->comm[0] * settings.hash_multiplier[0] +
		    key->comm[1] * settings.hash_multiplier[1] +
		    key->kind * settings.hash_multiplier[2] +
		    key->owner * settings.hash_multiplier[3];

	return fold(sum);
}

/* To the second, and stored once a second: a store for every bind would cost its cache line. */
static __always_inline void keep_last(struct bind_entry *entry)
{
	__u64 now;

	if (!settings.last_attempt)
		return;
	now = bpf_ktime_get_boot_ns() / 1000000000;
	if (entry->last_s != now)
		entry->last_s = now;
}

/*
 * Returns where: the index and BIND_CALL_OVERFLOW of a call. Not static, and words
 * for arguments: such a function is verified once, for any values, where the verifier would
 * otherwise follow every kind of bind through all probes (as is begin_call()).
 */
__noinline int count(__u64 comm0, __u64 comm1, __u64 kind, __u64 owner, __u64 generation)
{
	const struct bind_key key = {{comm0, comm1}, kind, owner};
	const __u32 bits = settings.table_bits;
	__u32 half = (generation & 1) << bits;
	__u32 cpu = bpf_get_smp_processor_id();
	__u32 index = hash(&key);

	for (int probe = 0; probe < BIND_PROBES; probe++) {
		__u32 place = half | index;
		struct bind_entry *entry = bpf_map_lookup_elem(&table, &place);
		__u64 found;

		if (!entry)
			break;
		found = barrier_read(entry->key.kind);
		if (same_key(entry, found, &key) || (found == 0 && claim(entry, place, &key))) {
			add_one(&attempts, cpu << (bits + 1) | place);
			keep_last(entry);
			return index;
		}
		index = (index + 1) & settings.table_mask;
	}
	index = bind_overflow_index(0, bind_kind_category(kind), bind_kind_family(kind));
	add_one(&overflow, cpu * BIND_CATEGORIES * BIND_FAMILIES + index);
	return BIND_CALL_OVERFLOW | index;
}

static __always_inline void missed_result(__u64 call)
{
	if (call && !(call & BIND_CALL_SELFCHECK))
		add_missed(BIND_MISSED_RESULT);
}

/* exit_socket_bind() would have taken the mark away. */
static __always_inline void end_mark(__u64 call)
{
	if (call & BIND_CALL_MARKED)
		add_missed(BIND_LEFT_MARKED);
}

/* Of a call that found no place the result is missed. */
__noinline int begin_call(__u64 call)
{
	__u64 displaced = 0;

	call |= bpf_get_current_pid_tgid() << 32;
	if (put_call(call, &displaced)) {
		end_mark(displaced);
		missed_result(displaced);
		return 0;
	}
	missed_result(call & ~BIND_CALL_MARKED);
	return 0;
}

/* Failures are few, and few CPUs have the same one at the same time: one counter for all. */
static __always_inline bool count_failure_of(__u64 call, __u64 key)
{
	__u32 half = call >> BIND_CALL_GENERATION_SHIFT & 1;
	__u32 index = fold(key * settings.hash_multiplier[0]);

	for (int probe = 0; probe < BIND_FAILURE_PROBES; probe++) {
		__u32 place = half << settings.table_bits | index;
		struct bind_failure *failure = bpf_map_lookup_elem(&failures, &place);
		__u64 found, limit = (settings.table_mask + 1) / 2;

		if (!failure)
			return false;
		found = barrier_read(failure->key);
		if (found == 0 &&
		    ((call & BIND_CALL_RESERVED) ||
		     barrier_read(control.ordinary_failures[half]) < limit) &&
		    claim_failure(failure, place, key)) {
			if (!(call & BIND_CALL_RESERVED))
				__atomic_fetch_add(&control.ordinary_failures[half], 1,
						   __ATOMIC_RELAXED);
			found = key;
		}
		if (found == key) {
			__atomic_fetch_add(&failure->count, 1, __ATOMIC_RELAXED);
			return true;
		}
		index = (index + 1) & settings.table_mask;
	}
	return false;
}

__noinline int count_failure(__u64 call, __u32 error)
{
	__u32 index = call & BIND_CALL_INDEX;

	if (count_failure_of(call, bind_failure_key(call, error)))
		return 0;
	if (!(call & BIND_CALL_OVERFLOW)) {
		__u32 half = call >> BIND_CALL_GENERATION_SHIFT & 1;
		__u32 place = half << settings.table_bits | (index & settings.table_mask);
		struct bind_entry *entry = bpf_map_lookup_elem(&table, &place);

		if (!entry)
			return 0;
		index = bind_overflow_index(0, bind_kind_category(entry->key.kind),
					    bind_kind_family(entry->key.kind));
	}
	add_one(&failure_overflow, index);
	return 0;
}

/* Its half is about to be forgotten, or is: an entry of it may be somebody else's by now. */
static __always_inline bool is_forgotten(__u64 call)
{
	__u8 generation = call >> BIND_CALL_GENERATION_SHIFT;

	return (__s8)(generation - (__u8)barrier_read(control.drained)) < 0;
}

/* result: 0 or -errno. False: the call is not known, its attempt was not counted here. */
static __always_inline bool end_call(int result)
{
	struct found_call found = find_call(bpf_get_current_pid_tgid());

	if (!found.call)
		return false;
	if ((found.call & BIND_CALL_ABANDONED) || !replace_call(found, 0))
		return true;
	end_mark(found.call);
	if (found.call & BIND_CALL_SELFCHECK)
		__atomic_fetch_add(&control.selfcheck_results, 1, __ATOMIC_RELAXED);
	else if (is_forgotten(found.call))
		add_missed(BIND_MISSED_RESULT);
	else if (result < 0 && result > -4096)
		count_failure(found.call, -result);
	return true;
}

static __always_inline void copy_comm(__u64 ret_comm[2])
{
	struct task_struct *task;

	if (has_typed_tasks()) {
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
	nonce = barrier_read(control.selfcheck_nonce);
	return nonce && address->tail == nonce;
}

/* The caller holds a kernel address of length bytes; IPv6 ones are longer than struct bind_address.
 */
static __always_inline __u8 scope_of(const struct bind_address *address, const void *kernel_address,
				     int length, __u8 category)
{
	__be64 ipv6[2] = {};

	if (category == BIND_INVALID)
		return 0;
	if (address->family == BIND_AF_INET6) {
		if (length < BIND_INET6_LENGTH) /* which SMC takes, and reads stale bytes */
			return 0;
		bpf_probe_read_kernel(ipv6, sizeof(ipv6), kernel_address + 8);
		return bind_scope_ipv6(ipv6[0], ipv6[1]);
	}
	return bind_scope_ipv4(address->ipv4);
}

/* What is counted on demand. One question for all, since even that costs instructions. */
static __always_inline void add_labels(struct bind_key *key, const struct bind_socket *sock,
				       const struct bind_address *address,
				       const void *kernel_address, int length, __u8 category)
{
	if ((settings.labels & BIND_LABEL_PROTOCOL) &&
	    (sock->family == BIND_AF_INET || sock->family == BIND_AF_INET6))
		key->kind |= bind_kind(0, 0, 0, sock->protocol, 0);
	if ((settings.labels & BIND_LABEL_SCOPE) && bind_has_port(sock->family))
		key->kind |=
			bind_kind(0, 0, scope_of(address, kernel_address, length, category), 0, 0);
	if (settings.labels & BIND_LABEL_PORT)
		key->kind |= bind_kind(0, 0, 0, 0, bind_port(sock->family, address, category));
	if (settings.labels & BIND_LABEL_UID)
		key->owner = (__u32)bpf_get_current_uid_gid();
	if (settings.labels & BIND_LABEL_NETNS)
		key->owner |= (__u64)sock->netns << 32;
}

/*
 * The shared body: every hook ends here, with length bytes of address readable.
 * kernel_address: all of it. call: BIND_CALL_MARKED or 0. False: it was the
 * exporter's own.
 */
static __always_inline bool count_bind(const struct bind_socket *sock,
				       const struct bind_address *address,
				       const void *kernel_address, int length, __u64 call)
{
	__u8 category = bind_classify(sock->family, address, length);
	struct bind_key key;
	__u64 generation;
	__u32 target;

	if (category == BIND_ABSTRACT && is_selfcheck(address, length)) {
		if (settings.results)
			begin_call(call | BIND_CALL_SELFCHECK);
		return false;
	}
	copy_comm(key.comm);
	if (settings.comm_unpadded)
		bind_pad_comm(key.comm);
	key.kind = bind_kind(category, sock->family, 0, 0, 0);
	key.owner = 0;
	if (settings.labels)
		add_labels(&key, sock, address, kernel_address, length, category);
	/* Read once: a bind belongs to one half. */
	generation = barrier_read(control.generation);
	target = count(key.comm[0], key.comm[1], key.kind, key.owner, generation);
	if (settings.results)
		begin_call(call | target | call_generation(generation) |
			   (bind_is_reserved(key.kind) ? BIND_CALL_RESERVED : 0));
	return true;
}

/* As the counting program of a mode; others find what it missed. */
static __always_inline void count_hook(const struct bind_socket *sock,
				       const struct bind_address *address,
				       const void *kernel_address, int length, __u64 call)
{
	if (!count_bind(sock, address, kernel_address, length, call))
		__atomic_fetch_add(&control.selfcheck_seen, 1, __ATOMIC_RELAXED);
}

/*
 * LSM, fentry and fexit hand over typed pointers, which are read directly. The
 * verifier of 6.12 and later wants sk checked; a socket in bind(2) always has one.
 */
static __always_inline bool read_socket(struct socket *sock, struct bind_socket *ret_socket)
{
	struct sock *sk = sock->sk;

	if (!sk)
		return false;
	ret_socket->family = sk->__sk_common.skc_family;
	if (settings.labels & BIND_LABEL_PROTOCOL)
		ret_socket->protocol = sk->sk_protocol;
	if (settings.labels & BIND_LABEL_NETNS) {
		const struct net *net = sk->__sk_common.skc_net.net;

		barrier_var(net);
		ret_socket->netns = net ? net->ns.inum : 0;
	}
	return true;
}

/* The same through untyped pointers. */
static __always_inline void copy_socket(struct socket *sock, struct bind_socket *ret_socket)
{
	struct sock *sk = BPF_CORE_READ(sock, sk);

	ret_socket->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if (settings.labels) {
		ret_socket->protocol = BPF_CORE_READ(sk, sk_protocol);
		ret_socket->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	}
}

static __always_inline void count_typed(struct socket *sock, struct sockaddr *address, int length)
{
	struct bind_socket typed = {};

	if (read_socket(sock, &typed))
		count_hook(&typed, (const struct bind_address *)address, address, length,
			   BIND_CALL_MARKED);
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
	struct bind_socket untyped = {};

	copy_socket(sock, &untyped);
	bpf_probe_read_kernel(&copy, readable_length(length), address);
	count_hook(&untyped, &copy, address, length, BIND_CALL_MARKED);
	return 0;
}

/*
 * The end of security_socket_bind(). A call that is not marked did not pass the
 * counting program: the kernel skipped that, or, in lsm mode, an earlier module denied
 * the bind. It is counted here, once. When this program is skipped, too, the
 * call is lost; when only this one is, its mark remains: so how often this one is
 * skipped less how often marks remain (BIND_LEFT_MARKED) is how many were lost.
 */
SEC("fexit/security_socket_bind")
int BPF_PROG(exit_socket_bind, struct socket *sock, struct sockaddr *address, int length)
{
	struct found_call found = find_call(bpf_get_current_pid_tgid());
	struct bind_socket typed = {};

	if (found.call & BIND_CALL_MARKED) {
		replace_call(found, found.call & ~BIND_CALL_MARKED);
		return 0;
	}
	if (take_unplaced(bpf_get_current_pid_tgid()))
		return 0;
	ask_earlier(ctx, &exit_socket_bind_slots);
	if (!barrier_read(control.catching) || !read_socket(sock, &typed))
		return 0;
	if (!count_bind(&typed, (const struct bind_address *)address, address, length, 0))
		__atomic_fetch_add(&control.selfcheck_caught, 1, __ATOMIC_RELAXED);
	return 0;
}

/* bind(2) of every ABI. */
SEC("fexit/__sys_bind")
int BPF_PROG(exit_sys_bind, int fd, void *address, int length, int result)
{
	if (!end_call(result))
		ask_earlier(ctx, &exit_sys_bind_slots);
	return 0;
}

/* IORING_OP_BIND (6.11): returns 0 in any case, the result goes to the completion. */
SEC("fexit/io_bind")
int BPF_PROG(exit_io_bind, struct io_kiocb *request, unsigned int flags, int unused)
{
	if (!end_call(request->cqe.res))
		ask_earlier(ctx, &exit_io_bind_slots);
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
static __always_inline bool read_address(__u64 address, __u32 length, __u8 ret_copy[ADDRESS_MAX])
{
	if (!length)
		return true;
	barrier_var(length);
	return length <= ADDRESS_MAX && bpf_probe_read_user(ret_copy, length, (void *)address) == 0;
}

/* A system call that the hook will never see is no attempt: EBADF, ENOTSOCK, EINVAL. */
SEC("tracepoint/syscalls/sys_enter_bind")
int tracepoint_enter_bind(struct trace_event_raw_sys_enter *ctx)
{
	__u64 address = ctx->args[1], thread = bpf_get_current_pid_tgid();
	__u32 length = ctx->args[2];
	__u8 copy[ADDRESS_MAX] __attribute__((aligned(8))) = {};
	struct pending_bind call = {};
	struct socket *sock;

	if (length > ADDRESS_MAX)
		return 0;
	sock = socket_of(ctx->args[0]);
	if (!sock)
		return 0;
	copy_socket(sock, &call.socket);
	if (read_address(address, length, copy)) {
		count_hook(&call.socket, (const struct bind_address *)copy, copy, length, 0);
		return 0;
	}
	call.address = address;
	call.length = length;
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
	__u8 copy[ADDRESS_MAX] __attribute__((aligned(8))) = {};
	struct pending_bind call;

	if (found) {
		call = *found;
		bpf_map_delete_elem(&pending, &thread);
		if (read_address(call.address, call.length, copy))
			count_hook(&call.socket, (const struct bind_address *)copy, copy,
				   call.length, 0);
		else if (ctx->ret != -14 /* EFAULT */)
			add_missed(BIND_MISSED_ADDRESS);
	}
	if (!(settings.results && end_call(ctx->ret)) && !found)
		ask_earlier(ctx, &tracepoint_exit_bind_slots);
	return 0;
}
