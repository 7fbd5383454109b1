#!/usr/bin/env bash
# What: Where a BPF program follows a pointer of the kernel decides how long its verification takes, not how many
#       instructions the verifier says that it processed. On Linux 6.12 the same few loads are many times dearer behind
#       branches than before them; on 6.1 and 7.2 they are not.
# Version: bpftool 7.1.0, 7.5.0 and 7.8.0; Linux 6.1.0-50, 6.12.117 and 7.2.13 of Debian (the script prints those that run)
# Seen: in an emulated machine that counts instructions, millions of them to load the program with the loads before 48
#       branches, and behind them: 60 and 60 (6.1), 100 and 730 (6.12), 70 and 90 (7.2). As read in the source: for each
#       load through a pointer to a structure, the verifier asks whether the member is trusted or under RCU, by looking up
#       a type of a made-up name in the BTF of the kernel, anew on each path. That search is linear over all types; 7.2
#       has them sorted by name.
# Why it matters: Statistics of the verifier ("processed N insns") do not show it, and a start can take a second longer
#       on one kernel. To read the task or the socket once, before the program branches, costs nothing at run time.
# Exit: 0 if the behaviour is unchanged, 1 if it has changed, 77 if the script cannot run (it needs clang, libbpf-dev and the
#       requirements of tests/vm/run: root or sudo, mmdebstrap, cpio, busybox-static, Debian's package sources)
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cat >"$scratch/walk.bpf.c" <<'END'
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define __relocated __attribute__((preserve_access_index))

struct user_namespace {
	int level;
} __relocated;
struct cred {
	struct user_namespace *user_ns;
} __relocated;
struct task_struct {
	const struct cred *cred;
	struct task_struct *group_leader;
} __relocated;

char LICENSE[] SEC("license") = "GPL";

unsigned long long seen[64];

static __always_inline int walk(void)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	const struct cred *cred;
	const struct user_namespace *user_ns;

	task = task->group_leader;
	if (!task)
		return 0;
	cred = task->cred;
	if (!cred)
		return 0;
	user_ns = cred->user_ns;
	return user_ns ? user_ns->level : 0;
}

/* The state behind each branch differs, so that the verifier goes on with each. */
#define BRANCH(n) \
	if (word == (n) * 7919) \
		which = (n);
#define BRANCHES(n) BRANCH(n) BRANCH(n + 1) BRANCH(n + 2) BRANCH(n + 3) BRANCH(n + 4) BRANCH(n + 5) BRANCH(n + 6) BRANCH(n + 7)

SEC("fentry/security_socket_bind")
int look(unsigned long long *arguments)
{
	unsigned long long word = arguments[2];
	volatile unsigned long long which = 0;
	int level = FIRST ? walk() : 0;

	BRANCHES(1) BRANCHES(9) BRANCHES(17) BRANCHES(25) BRANCHES(33) BRANCHES(41)
	if (!FIRST)
		level = walk();
	seen[which & 63] += level;
	return 0;
}
END

# compile NAME FIRST
compile() {
	clang -target bpf -mcpu=v3 -O2 -g -isystem "/usr/include/$(uname -m)-linux-gnu" -DFIRST="$2" \
		-c "$scratch/walk.bpf.c" -o "$scratch/$1.o" || exit 77
}

compile before 1
compile behind 0

# Runs in the guest. The machine executes one instruction in a nanosecond, so hundredths of a second are ten millions.
# shellcheck disable=SC2016
guest='
mount -t bpf bpf /sys/fs/bpf 2>/dev/null
busy() {
	read -r _ user nice system rest </proc/stat
	echo $((user + nice + system))
}
cost() {
	begin=$(busy)
	bpftool prog load /test/$1.o /sys/fs/bpf/$1 || exit 1
	echo $(($(busy) - begin))
}
echo "$(bpftool version | head -n 1), Linux $(uname -r)"
cost before >/dev/null && rm /sys/fs/bpf/before && sleep 2
before=$(cost before) && sleep 2 && behind=$(cost behind) || exit 1
echo "to load: ${before}0 million instructions with the loads before the branches, ${behind}0 behind" >&2
if [ "$behind" -gt $((before * 3 / 2)) ]; then
	echo "behind the branches: dearer"
else
	echo "behind the branches: the same"
fi'

# look_on SUITE: with the kernel and bpftool of that release.
look_on() {
	"$here/../tests/vm/run" --kernel "$1" --memory 1200M --icount --timeout 600 --system bpftool \
		--add "$scratch/before.o=/test/before.o" --add "$scratch/behind.o=/test/behind.o" -- sh -c "$guest" || exit 77
}

seen="Linux 6.1
$(look_on bookworm)
Linux 6.12
$(look_on trixie)
Linux 7.2
$(look_on sid)"
printf '%s\n' "$seen"
expected='Linux 6.1
behind the branches: the same
Linux 6.12
behind the branches: dearer
Linux 7.2
behind the branches: the same'
if [ "$(grep -v -e '^bpftool' -e '^to load' <<<"$seen")" != "$expected" ]; then
	printf 'findings/bpf_pointer_walk_after_branches: changed; it was:\n%s\n' "$expected"
	exit 1
fi
