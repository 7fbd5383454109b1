/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Counting an attempt, the same for every hook: classify -> key -> entry of the table -> atomic add
 * to this CPU's counter -> insert the call into the binds in flight.
 *
 * Counting costs that add and array look-ups, which the kernel inlines. The add must be atomic
 * although every CPU has counters of its own: another run of the program on the same CPU can
 * pre-empt this one between load and store.
 */
#ifndef BIND_ATTEMPT_H
#define BIND_ATTEMPT_H

#include "bpf/abi/comm.h"
#include "bpf/address.h"
#include "bpf/results.h"
#include "bpf/socket.h"

/* Adds the labels that are counted on demand. */
static __always_inline void add_labels(struct bind_key *key, const struct bind_socket *sock,
				       const struct given_address *address, __u8 category)
{
	key->owner = 0;
	if ((settings.labels & BIND_LABEL_PROTOCOL) &&
	    (sock->family == BIND_AF_INET || sock->family == BIND_AF_INET6))
		key->kind |= bind_protocol_bits(sock->protocol);
	if ((settings.labels & BIND_LABEL_SCOPE) && bind_has_port(sock->family))
		key->kind |= bind_scope_bits(scope_of(address, category));
	if (settings.labels & BIND_LABEL_PORT)
		key->kind |= bind_port_bits(bind_port(sock->family, address->start, category));
	if (settings.labels & BIND_LABEL_UID)
		key->owner = (__u32)bpf_get_current_uid_gid();
	if (settings.labels & BIND_LABEL_NETNS)
		key->owner |= (__u64)sock->netns << 32;
}

static __always_inline int count_labelled(const struct bind_key *key, __u64 generation)
{
	if (settings.labels & BIND_LABELS_OWNER)
		return count_owned(key->comm[0], key->comm[1], key->kind, key->owner, generation);
	return count(key->comm[0], key->comm[1], key->kind, key->owner, generation);
}

/* Every hook ends here. call: BIND_CALL_MARKED or 0. False: the bind was a self-check. */
static __always_inline bool count_bind(const struct bind_socket *sock,
				       const struct given_address *address, __u64 call)
{
	struct bind_key key;
	__u64 generation;
	__u32 target;
	__u8 category;

	/*
	 * The comm comes first: what follows the classification is verified once per category, and
	 * reading the task is the dearest to verify.
	 */
	copy_comm(key.comm);
	if (settings.comm_unpadded)
		bind_pad_comm(key.comm);
	category = bind_classify(sock->family, address->start, address->length);
	if (category == BIND_ABSTRACT && is_selfcheck(address->start, address->length)) {
		if (settings.results)
			begin_call(call | BIND_CALL_SELFCHECK);
		return false;
	}
	key.kind = bind_kind(category, sock->family);
	/* Read once: a bind belongs to one half. */
	generation = barrier_read(control.generation);
	/* A single test for all labels on demand, since even tests cost instructions. */
	if (!settings.labels) {
		target = count(key.comm[0], key.comm[1], key.kind, 0, generation);
	} else {
		add_labels(&key, sock, address, category);
		target = count_labelled(&key, generation);
	}
	if (settings.results)
		begin_call(call | target | call_generation(generation) |
			   (bind_is_reserved(key.kind) ? BIND_CALL_RESERVED : 0));
	return true;
}

/* For the counting program of a mode. The exit fallback counts a self-check elsewhere. */
static __always_inline void count_hook(const struct bind_socket *sock,
				       const struct given_address *address, __u64 call)
{
	if (!count_bind(sock, address, call))
		__atomic_fetch_add(&control.selfcheck_seen, 1, __ATOMIC_RELAXED);
}

static __always_inline void count_typed(struct socket *sock, struct sockaddr *address, int length)
{
	const struct given_address given = address_at(address, length);
	struct bind_socket typed = {};

	if (read_socket(sock, &typed))
		count_hook(&typed, &given, BIND_CALL_MARKED);
}

#endif
