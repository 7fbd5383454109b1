/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RCU grace periods: waits until every BPF program that runs now has ended. To be used before the
 * last reading of memory that programs may still write to. Calls bpf(2).
 */
#ifndef RCU_GRACE_H
#define RCU_GRACE_H

struct bpf_object;

/* All zero: not open. */
struct rcu_grace {
	struct bpf_object *object; /* owns both descriptors */
	int outer;
	int inner;
};

/* 0 or -errno: this kernel, or these privileges, do not allow waiting. */
int rcu_grace_open(struct rcu_grace *ret_grace);
void rcu_grace_close(struct rcu_grace *grace);

/* 0 or -errno; -EOPNOTSUPP: not open. Takes some milliseconds, more under load. */
int rcu_grace_wait(const struct rcu_grace *grace);

#endif
