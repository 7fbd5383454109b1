#!/usr/bin/env bash
# What: When an index is both masked and compared, clang 16 and newer drop the mask in BPF code, because the comparison
#       makes it redundant. They still add the index to the pointer before the comparison, and the verifier rejects
#       that. clang 14 and 15 keep the mask.
# Version: clang 15.0.6, 16.0.6, 19.1.7 (Debian 12), verifier of Linux 6.18. Tried by hand with the same program: 14
#       behaves like 15; 17, 18, 21, 22 and 23 (Debian 13 and sid) behave like 16.
# Seen: clang 15: 3 masks, loads. 16 and 19: 0 masks, "math between map_value pointer and register with unbounded min
#       value". With a barrier, each: 3 masks, loads.
# Why it matters: A check with a mask is the usual advice for satisfying the verifier. Code that follows it no longer
#       loads after a compiler update. With asm volatile("" : "+r"(masked)) between the two, it loads with every clang.
# Exit: 0 if the behaviour is unchanged, 1 if it has changed, 77 if the script cannot run (it needs gcc, Debian's
#       package sources, and permission to load a socket filter)
set -euo pipefail
# shellcheck disable=SC2034 # used by the sourced file
fetcher=findings/clang_mask_dropped cache_name=findings
# shellcheck source=tests/lib/debian_archive
. "$(dirname "$(readlink -f "$0")")/../tests/lib/debian_archive"

# Packages that cannot be fetched are a reason to skip, not to fail.
die() {
	skip "$@"
}

# with_libraries PROGRAM ARG...: runs an unpacked program, or one linked with unpacked libraries.
with_libraries() {
	local lib=$root/usr/lib/x86_64-linux-gnu
	"$lib/ld-linux-x86-64.so.2" --library-path "$lib" "$@"
}

# compile VERSION FLAG...: compiles for BPF.
compile() {
	with_libraries "$root/usr/lib/llvm-$1/bin/clang" -target bpf -mcpu=v3 -O2 -g \
		-I"$root/usr/include/x86_64-linux-gnu" -I"$root/usr/include" "${@:2}" "$top/first.c"
}

# masks VERSION FLAG...: counts the masks in the assembly.
masks() {
	compile "$@" -S -o - | grep -cE 'r[0-9]+ &= 7$' || true
}

# verdict VERSION FLAG...: prints the kernel's verdict.
verdict() {
	local status=0
	compile "$@" -c -o "$top/first.o"
	with_libraries "$top/load" "$top/first.o" >"$top/log" 2>&1 || status=$?
	case $status in
	0) printf 'loads' ;;
	1) grep -m 1 -oE 'math between map_value pointer and register with unbounded min value' "$top/log" || tail -n 1 "$top/log" ;;
	*)
		cat "$top/log" >&2
		return "$status"
		;;
	esac
}

check_machine
need gcc gcc
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT

# Finds the first of three words of a map's value that is an index into it.
cat >"$top/first.c" <<-'END'
	#include <linux/bpf.h>
	#include <bpf/bpf_helpers.h>

	#define WORDS 7

	struct {
		__uint(type, BPF_MAP_TYPE_ARRAY);
		__uint(max_entries, 1);
		__type(key, __u32);
		__type(value, __u64[8]);
	} words SEC(".maps");

	char LICENSE[] SEC("license") = "GPL";

	static __always_inline volatile __u64 *word(volatile __u64 *group, __u64 index)
	{
		__u64 masked = index & 7;

	#ifdef BARRIER
		asm volatile("" : "+r"(masked));
	#endif
		return index < WORDS ? &group[masked] : 0;
	}

	SEC("socket")
	int first(struct __sk_buff *skb)
	{
		__u32 zero = 0;
		volatile __u64 *group = bpf_map_lookup_elem(&words, &zero), *found;
		__u64 a, b, c;

		if (!group)
			return 0;
		a = group[0];
		b = group[1];
		c = group[2];
		found = word(group, a);
		if (!found)
			found = word(group, b);
		if (!found)
			found = word(group, c);
		if (found)
			*found = 1;
		return 0;
	}
END

# Exit status 1: the verifier rejects it.
cat >"$top/load.c" <<-'END'
	#include <bpf/libbpf.h>
	#include <errno.h>

	int main(int argc, char **argv)
	{
		struct bpf_object *object = bpf_object__open_file(argv[argc - 1], NULL);
		int result = object ? bpf_object__load(object) : -ENOENT;

		bpf_object__close(object);
		return !result ? 0 : result == -EACCES || result == -EINVAL ? 1 : result == -EPERM ? 77 : 2;
	}
END

work=$top
mkdir "$work/debs"
apt_private bookworm
download clang-15=1:15.0.6-4+b1 lib{clang-cpp15,llvm15}=1:15.0.6-4+b1 {clang-16,lib{clang-cpp16,llvm16}}=1:16.0.6-15~deb12u1 \
	{clang-19,lib{clang-cpp19,llvm19}}=1:19.1.7-3~deb12u1 lib{bpf1,bpf-dev}=1:1.1.2-0+deb12u1 \
	lib{elf1,c6,stdc++6,gcc-s1,zstd1,tinfo6,edit2,bsd0,md0,ffi8,xml2,icu72,lzma5,z3-4} zlib1g linux-libc-dev
unpack_debs
root=$work/root
gcc -I"$root/usr/include" "$top/load.c" -o "$top/load" -L"$root/usr/lib/x86_64-linux-gnu" -lbpf \
	-Wl,--unresolved-symbols=ignore-in-shared-libs

result=0
for version in 15 16 19; do
	plain_masks=$(masks "$version") plain=$(verdict "$version")
	barrier_masks=$(masks "$version" -DBARRIER) barrier=$(verdict "$version" -DBARRIER)
	printf 'clang %s, Linux %s: %s masks, %s; with a barrier: %s masks, %s\n' \
		"$version" "$(uname -r)" "$plain_masks" "$plain" "$barrier_masks" "$barrier"
	expected='0 masks, math between map_value pointer and register with unbounded min value'
	((version > 15)) || expected='3 masks, loads'
	[[ "$plain_masks masks, $plain; $barrier_masks, $barrier" == "$expected; 3, loads" ]] || result=1
done
((!result)) || printf '%s: changed\n' "$fetcher"
exit $result
