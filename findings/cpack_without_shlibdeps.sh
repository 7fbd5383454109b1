#!/usr/bin/env bash
# What: CPack, told to find a Debian package's dependencies (CPACK_DEBIAN_PACKAGE_SHLIBDEPS), makes one without any, and succeeds, where dpkg-shlibdeps is missing; where `file` is missing, which it uses for the same, it fails.
# Version: CMake 3.25.1 (Debian 12), 3.31.6 (13)
# Seen: both: status 0, 'dpkg-shlibdeps is not found', Depends: ''; without file, too: status 1
# Why it matters: cmake does not depend on dpkg-dev, which has dpkg-shlibdeps: in an image for builds without it, a package results that installs everywhere and whose program does not start for want of a library. Only a line among CPack's messages tells. Look for dpkg-shlibdeps yourself.
# Exit: 0 while it behaves so, 1 if that changes, 77 where it cannot be run (it needs Debian's package sources, and chroot, as root or in a user namespace)
set -euo pipefail
# shellcheck disable=SC2034 # for what is sourced
fetcher=findings/cpack_without_shlibdeps cache_name=findings
# shellcheck source=tests/support/debian_archive
. "$(dirname "$(readlink -f "$0")")/../tests/support/debian_archive"

# What cannot be fetched is not seen.
die() {
	skip "$@"
}

# unpack SUITE PACKAGE...: with all they depend on, below $top/SUITE/root.
unpack() {
	local packages
	work=$top/$1
	mkdir -p "$work/debs"
	apt-get "${apt_options[@]}" install --simulate --no-install-recommends -y -t "$@" >"$work/simulation" 2>&1 ||
		die "apt finds no $*: $(apt_complaint <"$work/simulation")"
	mapfile -t packages < <(sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' "$work/simulation")
	download "${packages[@]}"
	unpack_debs
	[[ -e $work/root/lib64 ]] || ln -s usr/lib64 "$work/root/lib64"
}

# inside SUITE COMMAND...
inside() {
	unshare --map-root-user chroot "$top/$1/root" /usr/bin/env -i PATH=/usr/bin:/bin "${@:2}"
}

# pack SUITE: a package of one program.
pack() {
	rm -rf "$top/$1/root/build"
	inside "$1" cmake -S /source -B /build >"$top/log" 2>&1 || die "cmake fails: $(tail -n 1 "$top/log")"
	inside "$1" cpack --config /build/CPackConfig.cmake -B /build >"$top/log" 2>&1
}

check_machine
need unshare util-linux
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
work=$top/archive
mkdir "$work"
apt_private bookworm trixie
result=0

for version in bookworm=3.25.1-1 trixie=3.31.6-2; do
	suite=${version%%=*} version=${version#*=}
	(unpack "$suite" "cmake=$version" make file dpkg bash coreutils)
	root=$top/$suite/root
	[[ ! -e $root/usr/bin/dpkg-shlibdeps ]] || die "dpkg-shlibdeps is among the dependencies of cmake"
	inside "$suite" true || die "no chroot here"
	mkdir "$root/source"
	cat >"$root/source/CMakeLists.txt" <<-'END'
		cmake_minimum_required(VERSION 3.20)
		project(example VERSION 1.0 LANGUAGES NONE)
		install(PROGRAMS /bin/bash DESTINATION bin)
		set(CPACK_GENERATOR DEB)
		set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
		set(CPACK_PACKAGE_CONTACT "Example <example@example.org>")
		include(CPack)
	END
	status=0
	pack "$suite" || status=$?
	said=$(grep -o 'dpkg-shlibdeps is not found' "$top/log") || true
	depends=$(dpkg-deb --field "$root"/build/*.deb Depends) || depends='no package'
	rm "$root/usr/bin/file"
	status_without_file=0
	pack "$suite" || status_without_file=$?
	seen="status $status, '$said', Depends: '$depends'; without file, too: status $status_without_file"
	printf 'cpack %s without dpkg-shlibdeps: %s\n' "$version" "$seen"
	[[ $seen == "status 0, 'dpkg-shlibdeps is not found', Depends: ''; without file, too: status 1" ]] || result=1
done
((!result)) || printf '%s: changed\n' "$fetcher"
exit $result
