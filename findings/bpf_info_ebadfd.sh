#!/usr/bin/env bash
# What: For a closed descriptor, bpf(2) returns EBADF from look-ups, updates and freezing, as its manual page says.
#       BPF_OBJ_GET_INFO_BY_FD instead returns EBADFD, "File descriptor in bad state".
# Version: Linux 6.18, through libbpf 1.5.0 (Debian 13)
# Seen: a closed descriptor: BPF_MAP_LOOKUP_ELEM, BPF_MAP_UPDATE_ELEM, BPF_MAP_FREEZE: EBADF;
#       BPF_OBJ_GET_INFO_BY_FD: EBADFD
# Why it matters: Programs use BPF_OBJ_GET_INFO_BY_FD to check whether a descriptor still belongs to a map or a program.
#       Code that expects EBADF mistakes a closed descriptor for another failure.
# Exit: 0 if the behaviour is unchanged, 1 if it has changed, 77 if the script cannot run (it needs gcc, Debian's
#       package sources, and permission to call bpf(2))
set -euo pipefail
# shellcheck disable=SC2034 # used by the sourced file
fetcher=findings/bpf_info_ebadfd cache_name=findings
# shellcheck source=tests/lib/debian_archive
. "$(dirname "$(readlink -f "$0")")/../tests/lib/debian_archive"

# Packages that cannot be fetched are a reason to skip, not to fail.
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
((status != 77)) || die "not permitted to call bpf(2)"
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
