#!/usr/bin/env bash
# What: bpf(2) answers a descriptor that is not open with EBADF for look-ups, updates and freezing, as its manual page says, but for BPF_OBJ_GET_INFO_BY_FD with EBADFD, "File descriptor in bad state".
# Version: Linux 6.18, through libbpf 1.5.0 (Debian 13)
# Seen: a closed descriptor: BPF_MAP_LOOKUP_ELEM, BPF_MAP_UPDATE_ELEM, BPF_MAP_FREEZE EBADF; BPF_OBJ_GET_INFO_BY_FD EBADFD
# Why it matters: what is used to ask whether a descriptor is still that of a map or a program gives an error of its own: code that looks for EBADF takes a closed descriptor for some other failure.
# Exit: 0 while it behaves so, 1 if that changes, 77 where it cannot be run (it needs gcc, Debian's package sources, and leave to call bpf(2))
set -euo pipefail
# shellcheck disable=SC2034 # for what is sourced
fetcher=findings/bpf_info_ebadfd cache_name=findings
# shellcheck source=tests/support/debian_archive
. "$(dirname "$(readlink -f "$0")")/../tests/support/debian_archive"

# What cannot be fetched is not seen.
die() {
	skip "$@"
}

check_machine
need gcc gcc
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT

cat >"$top/ask.c" <<-'END'
	#define _GNU_SOURCE
	#include <bpf/bpf.h>
	#include <errno.h>
	#include <stdio.h>
	#include <string.h>
	#include <unistd.h>

	static int tell(const char *what, int result)
	{
		int error = result ? errno : 0;

		printf("%s %s\n", what, strerrorname_np(error));
		return error;
	}

	int main(void)
	{
		struct bpf_map_info info = {0};
		__u32 key = 0, size = sizeof(info);
		__u64 value = 0;
		int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, sizeof(key), sizeof(value), 1, NULL);

		if (map < 0)
			return errno == EPERM ? 77 : 2;
		if (tell("open: BPF_OBJ_GET_INFO_BY_FD", bpf_obj_get_info_by_fd(map, &info, &size)))
			return 2;
		close(map);
		tell("closed: BPF_MAP_LOOKUP_ELEM", bpf_map_lookup_elem(map, &key, &value));
		tell("closed: BPF_MAP_UPDATE_ELEM", bpf_map_update_elem(map, &key, &value, BPF_ANY));
		tell("closed: BPF_MAP_FREEZE", bpf_map_freeze(map));
		tell("closed: BPF_OBJ_GET_INFO_BY_FD", bpf_obj_get_info_by_fd(map, &info, &size));
		return 0;
	}
END

work=$top
mkdir "$work/debs"
apt_private trixie
download lib{bpf1,bpf-dev}=1:1.5.0-3 lib{elf1t64,zstd1,c6} zlib1g
unpack_debs
lib=$work/root/usr/lib/x86_64-linux-gnu
gcc -I"$work/root/usr/include" "$top/ask.c" -o "$top/ask" -L"$lib" -lbpf -Wl,--unresolved-symbols=ignore-in-shared-libs
status=0
seen=$("$lib/ld-linux-x86-64.so.2" --library-path "$lib" "$top/ask") || status=$?
((status != 77)) || die "no leave to call bpf(2)"
printf 'Linux %s\n%s\n' "$(uname -r)" "$seen"
expected='open: BPF_OBJ_GET_INFO_BY_FD 0
closed: BPF_MAP_LOOKUP_ELEM EBADF
closed: BPF_MAP_UPDATE_ELEM EBADF
closed: BPF_MAP_FREEZE EBADF
closed: BPF_OBJ_GET_INFO_BY_FD EBADFD'
if ((status)) || [[ $seen != "$expected" ]]; then
	printf '%s: changed\n' "$fetcher"
	exit 1
fi
