/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Grace periods: waiting until every BPF program that runs now has ended. Used
 * before memory that programs may still write to is read for good.
 */
#ifndef GRACE_H
#define GRACE_H

struct bpf_object;

/* All zero: not open. */
struct grace {
	struct bpf_object *object; /* owns both descriptors */
	int outer;
	int inner;
};

/* 0 or -errno, and ret_grace untouched: this kernel, or these privileges, have no way to wait. */
int grace_open(struct grace *ret_grace);
void grace_close(struct grace *grace);

/* 0 or -errno. Takes some milliseconds, under load more. */
int grace_wait(const struct grace *grace);

#endif
