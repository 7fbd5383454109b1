#!/usr/bin/env bash
# What: CPack can determine a Debian package's dependencies (CPACK_DEBIAN_PACKAGE_SHLIBDEPS). If dpkg-shlibdeps is
#       missing, it makes a package without dependencies and succeeds. If `file`, which it uses for the same purpose,
#       is missing too, it fails.
# Version: CMake 3.25.1 (Debian 12), 3.31.6 (13)
# Seen: both: status 0, 'dpkg-shlibdeps is not found', Depends: ''; also without file: status 1
# Why it matters: cmake does not depend on dpkg-dev, which contains dpkg-shlibdeps. A build image without it makes a
#       package that installs everywhere, but whose program does not start because a library is missing. Only a line
#       among CPack's messages shows it. Check for dpkg-shlibdeps yourself.
# Exit: 0 if the behaviour is unchanged, 1 if it has changed, 77 if the script cannot run (it needs Debian's package
#       sources, and chroot, as root or in a user namespace)
set -euo pipefail
# shellcheck disable=SC2034 # used by the sourced file
fetcher=findings/cpack_without_shlibdeps cache_name=findings
# shellcheck source=tests/lib/debian_archive
. "$(dirname "$(readlink -f "$0")")/../tests/lib/debian_archive"

# Packages that cannot be fetched are a reason to skip, not to fail.
die() {
	skip "$@"
}

# unpack SUITE PACKAGE...: unpacks these packages and their dependencies into $top/SUITE/root.
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

# inside SUITE COMMAND...: runs the command in $top/SUITE/root.
inside() {
	unshare --map-root-user chroot "$top/$1/root" /usr/bin/env -i PATH=/usr/bin:/bin "${@:2}"
}

# pack SUITE: makes a package of one program.
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
	inside "$suite" true || die "chroot does not work here"
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
	seen="status $status, '$said', Depends: '$depends'; also without file: status $status_without_file"
	printf 'cpack %s without dpkg-shlibdeps: %s\n' "$version" "$seen"
	[[ $seen == "status 0, 'dpkg-shlibdeps is not found', Depends: ''; also without file: status 1" ]] || result=1
done
((!result)) || printf '%s: changed\n' "$fetcher"
exit $result
