/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Grace periods: waiting until every BPF program that runs now has ended. Used
 * before memory that programs may still write to is read for good.
 */
#ifndef GRACE_H
#define GRACE_H

struct bpf_object;

/* All zero: not open. */
struct rcu_grace {
	struct bpf_object *object; /* owns both descriptors */
	int outer;
	int inner;
};

/* 0 or -errno, and ret_grace untouched: this kernel, or these privileges, have no way to wait. */
int rcu_grace_open(struct rcu_grace *ret_grace);
void rcu_grace_close(struct rcu_grace *grace);

/* 0 or -errno. Takes some milliseconds, under load more. */
int rcu_grace_wait(const struct rcu_grace *grace);

#endif
