#!/usr/bin/env bash
# What: With autocreate off, a map is not created. Up to libbpf 1.3, bpf_map__fd() of such a map is negative after
#       bpf_object__load(). Since 1.4, it is an open descriptor that belongs to no map.
# Version: libbpf 1.1.2 (Debian 12), 1.4.6 (its backports), 1.5.0 (13), 1.7.0 (sid). For the versions between them, the
#       source shows it: the crate libbpf-sys has the placeholder in 1.4.0, not in 1.3.0.
# Seen: after loading, for the unwanted map: libbpf 1.1: fd <0; 1.4, 1.5, 1.7: fd >=0, for which
#       BPF_OBJ_GET_INFO_BY_FD returns EINVAL; autocreate is 0 in each
# Why it matters: `bpf_map__fd(map) >= 0` does not show whether the map exists. Code that works with 1.1 passes the
#       placeholder to bpf(2), which returns EINVAL as for invalid arguments. Use bpf_map__autocreate() instead.
# Exit: 0 if the behaviour is unchanged, 1 if it has changed, 77 if the script cannot run (it needs gcc, clang, Debian's
#       package sources, and permission to create a BPF array)
set -euo pipefail
# shellcheck disable=SC2034 # used by the sourced file
fetcher=findings/libbpf_fd_of_absent_map cache_name=findings
# shellcheck source=tests/lib/debian_archive
. "$(dirname "$(readlink -f "$0")")/../tests/lib/debian_archive"

# Packages that cannot be fetched are a reason to skip, not to fail.
die() {
	skip "$@"
}

# unpack NAME PACKAGE...: unpacks these packages into $top/NAME/root.
unpack() {
	work=$top/$1
	mkdir -p "$work/debs"
	download "${@:2}"
	unpack_debs
}

# ask NAME: prints the answers of that libbpf, with its dependencies from the same suite.
ask() {
	local root=$top/$1/root/usr lib=$top/$1/root/usr/lib/x86_64-linux-gnu
	gcc -I"$root/include" "$top/ask.c" -o "$top/$1/ask" -L"$lib" -lbpf -Wl,--unresolved-symbols=ignore-in-shared-libs
	"$lib/ld-linux-x86-64.so.2" --library-path "$lib" "$top/$1/ask" "$top/maps.o"
}

check_machine
need gcc gcc
need clang clang
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT

cat >"$top/maps.c" <<-'END'
	#include <linux/bpf.h>
	#include <bpf/bpf_helpers.h>

	struct {
		__uint(type, BPF_MAP_TYPE_ARRAY);
		__uint(max_entries, 1);
		__type(key, __u32);
		__type(value, __u64);
	} wanted SEC(".maps"), unwanted SEC(".maps");
END

cat >"$top/ask.c" <<-'END'
	#include <bpf/bpf.h>
	#include <bpf/libbpf.h>
	#include <errno.h>
	#include <stdio.h>
	#include <string.h>

	static void tell(const struct bpf_map *map)
	{
		int fd = bpf_map__fd(map);
		struct bpf_map_info info = {0};
		__u32 size = sizeof(info);
		int error = bpf_obj_get_info_by_fd(fd, &info, &size) ? errno : 0;

		printf("; %s: fd %s, autocreate %d, bpf(2) %s", bpf_map__name(map), fd < 0 ? "<0" : ">=0",
		       bpf_map__autocreate(map), !error ? "ok" : error == EINVAL ? "EINVAL" : "not a descriptor");
	}

	int main(int argc, char **argv)
	{
		struct bpf_object *object = bpf_object__open_file(argv[argc - 1], NULL);
		struct bpf_map *wanted, *unwanted;
		int result;

		if (!object)
			return 2;
		wanted = bpf_object__find_map_by_name(object, "wanted");
		unwanted = bpf_object__find_map_by_name(object, "unwanted");
		if (!wanted || !unwanted || bpf_map__set_autocreate(unwanted, false))
			return 2;
		result = bpf_object__load(object);
		if (result)
			return result == -EPERM ? 77 : 2;
		printf("libbpf %s", libbpf_version_string());
		tell(wanted);
		tell(unwanted);
		puts("");
		bpf_object__close(object);
		return 0;
	}
END

work=$top/archive
mkdir "$work"
apt_private bookworm bookworm-backports trixie sid
(unpack 1.1 {libbpf1,libbpf-dev}=1:1.1.2-0+deb12u1 {libelf1,zlib1g,libc6}/bookworm)
(unpack 1.4 {libbpf1,libbpf-dev}=1:1.4.6-1~bpo12+1 {libelf1,zlib1g,libc6}/bookworm)
(unpack 1.5 {libbpf1,libbpf-dev}=1:1.5.0-3 {libelf1t64,zlib1g,libzstd1,libc6}/trixie)
versions=(1.1 1.4 1.5)
# The development branch drops replaced versions.
(unpack 1.7 {libbpf1,libbpf-dev}=1:1.7.0-1 {libelf1t64,zlib1g,libzstd1,libc6}/sid) && versions+=(1.7)
clang -target bpf -O2 -g -I/usr/include/x86_64-linux-gnu -I"$top/1.1/root/usr/include" -c "$top/maps.c" -o "$top/maps.o"

for version in "${versions[@]}"; do
	seen=$(ask "$version")
	printf '%s\n' "$seen"
	fd='>=0' answer=EINVAL
	[[ $version != 1.1 ]] || fd='<0' answer='not a descriptor'
	expected="libbpf v$version; wanted: fd >=0, autocreate 1, bpf(2) ok; unwanted: fd $fd, autocreate 0, bpf(2) $answer"
	if [[ $seen != "$expected" ]]; then
		printf '%s: changed; it was: %s\n' "$fetcher" "$expected"
		exit 1
	fi
done
