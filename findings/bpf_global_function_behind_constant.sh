#!/usr/bin/env bash
# What: A global function of a BPF program is verified even if its only call is behind a constant that is 0, on kernels
#       before 6.8. Under lockdown in confidentiality mode, a helper in it that reads kernel memory makes the kernel refuse
#       the whole program, although nothing can reach the helper.
# Version: bpftool 7.1.0 (Debian 12) and 7.5.0 (Debian 13); Linux 6.1.0-50 and 6.12.117 of Debian, with
#       lockdown=confidentiality (the script prints the versions that run)
# Seen: the table below. Verifiers before 6.8 begin with all global functions, each with unknown arguments; newer ones verify
#       a global function when they reach a call of it. With a static function, or with the same check of the constant at
#       the start of the global function itself, the program loads everywhere: the verifier knows the value of frozen
#       read-only data, and leaves out what it makes unreachable.
# Why it matters: A feature that is switched off by a constant of the program can still keep the program from loading, on
#       some kernels, under one setting. A test on a newer kernel does not notice.
# Exit: 0 if the behaviour is unchanged, 1 if it has changed, 77 if the script cannot run (it needs clang, libbpf-dev and the
#       requirements of tests/vm/run: root or sudo, mmdebstrap, cpio, busybox-static, Debian's package sources)
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cat >"$scratch/look.bpf.c" <<'END'
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

const volatile int wanted = 0;
char text[16];

FUNCTION int copy(unsigned long long address)
{
	if (CHECK)
		return 0;
	return bpf_probe_read_kernel_str(text, sizeof(text), (const void *)address);
}

SEC("fentry/security_socket_bind")
int look(unsigned long long *arguments)
{
	return wanted ? copy(arguments[0]) : 0;
}
END

# compile NAME FUNCTION CHECK
compile() {
	clang -target bpf -mcpu=v3 -O2 -g -isystem "/usr/include/$(uname -m)-linux-gnu" -DFUNCTION="$2" -DCHECK="$3" \
		-c "$scratch/look.bpf.c" -o "$scratch/$1.o" || exit 77
}

compile global '__attribute__((noinline))' 0
compile static 'static __attribute__((noinline))' 0
compile checked '__attribute__((noinline))' '!wanted'

# Runs in the guest, and prints one line for each object.
# shellcheck disable=SC2016
guest='
mount -t bpf bpf /sys/fs/bpf 2>/dev/null
echo "$(bpftool version | head -n 1), Linux $(uname -r), lockdown $(cat /sys/kernel/security/lockdown)"
for name in global static checked; do
	if bpftool prog load /test/$name.o /sys/fs/bpf/$name >/tmp/log 2>&1; then
		echo "$name: loads"
	elif grep -q "probe_read_kernel_str" /tmp/log; then
		echo "$name: refused, because of the helper"
	else
		echo "$name: refused"
		tail -n 20 /tmp/log >&2
	fi
done'

# look_on SUITE: with the kernel and bpftool of that release.
look_on() {
	"$here/../tests/vm/run" --kernel "$1" --memory 1200M --append lockdown=confidentiality --system bpftool \
		--add "$scratch/global.o=/test/global.o" --add "$scratch/static.o=/test/static.o" \
		--add "$scratch/checked.o=/test/checked.o" -- sh -c "$guest" || exit 77
}

seen="Linux 6.1
$(look_on bookworm)
Linux 6.12
$(look_on trixie)"
printf '%s\n' "$seen"
expected='Linux 6.1
global: refused, because of the helper
static: loads
checked: loads
Linux 6.12
global: loads
static: loads
checked: loads'
if [ "$(grep -v "^bpftool" <<<"$seen")" != "$expected" ]; then
	printf 'findings/bpf_global_function_behind_constant: changed; it was:\n%s\n' "$expected"
	exit 1
fi
