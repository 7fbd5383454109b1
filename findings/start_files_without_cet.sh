#!/usr/bin/env bash
# What: The start files of Debian's C library for amd64 have neither IBT nor SHSTK, so a program of objects that all have them (gcc -fcf-protection=full) has not, and the linker does not say so; those for arm64 have BTI from Debian 13 on.
# Version: libc6-dev 2.36-9+deb12u14 (Debian 12), 2.41-12+deb13u5 (13), 2.43-7 (sid); linked by the binutils of the machine
# Seen: amd64, all three: Scrt1.o none, crti.o none, crtn.o none; the object IBT SHSTK, the program none; the linker says '', asked for it 'Scrt1.o crti.o crtn.o'; without start files the program has IBT SHSTK; arm64: none in 2.36, BTI in each from 2.41 on
# Why it matters: a flag of the compiler that is accepted, and works in each object, is without effect in the program; only -Wl,-z,cet-report=warning tells (-z ibt and -z shstk claim it for the start files, too), and a test of hardening that expects the note of the program can only fail on amd64.
# Exit: 0 while it behaves so, 1 if that changes, 77 where it cannot be run (it needs gcc, binutils, and Debian's package sources)
set -euo pipefail
# shellcheck disable=SC2034 # for what is sourced
fetcher=findings/start_files_without_cet cache_name=findings
# shellcheck source=tests/support/debian_archive
. "$(dirname "$(readlink -f "$0")")/../tests/support/debian_archive"

# What cannot be fetched is not seen.
die() {
	skip "$@"
}

# unpack SUITE VERSION: below $top/$architecture/SUITE/root.
unpack() {
	work=$top/$architecture/$1
	mkdir -p "$work/debs"
	download "libc6-dev=$2"
	unpack_debs
}

# protection FILE: in its .note.gnu.property.
protection() {
	local found
	found=$(readelf -n "$1" 2>/dev/null | sed -nE 's/.*(x86|AArch64) feature: //p' | grep -oE 'IBT|SHSTK|BTI' | paste -sd ' ') || true
	printf '%s' "${found:-none}"
}

# start_files: of $lib.
start_files() {
	printf 'Scrt1.o %s, crti.o %s, crtn.o %s' "$(protection "$lib/Scrt1.o")" "$(protection "$lib/crti.o")" "$(protection "$lib/crtn.o")"
}

# link FLAG...: program.o with the start files of $lib.
link() {
	gcc -nostartfiles "$lib"/{Scrt1,crti}.o "$top/program.o" "$lib/crtn.o" -o "$top/program" "$@"
}

# compare SEEN EXPECTED
compare() {
	printf '%s\n' "$1"
	[[ ${1#*: } == "$2" ]] || result=1
}

check_machine
need gcc gcc
need readelf binutils
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
result=0
echo 'int main(void) { return 0; }' >"$top/program.c"
gcc -fcf-protection=full -c "$top/program.c" -o "$top/program.o"

for architecture in amd64 arm64; do
	work=$top/$architecture/archive
	mkdir -p "$work"
	apt_private bookworm trixie sid
	for version in bookworm=2.36-9+deb12u14 trixie=2.41-12+deb13u5 sid=2.43-7; do
		suite=${version%%=*} version=${version#*=}
		# The development branch drops what it replaces.
		if ! (unpack "$suite" "$version"); then
			[[ $suite == sid ]] || exit 77
			continue
		fi
		lib=$top/$architecture/$suite/root/usr/lib
		if [[ $architecture == arm64 ]]; then
			lib+=/aarch64-linux-gnu
			expected='Scrt1.o BTI, crti.o BTI, crtn.o BTI'
			[[ $suite != bookworm ]] || expected=${expected//BTI/none}
			compare "arm64 $version: $(start_files)" "$expected"
			continue
		fi
		lib+=/x86_64-linux-gnu
		said=$(link 2>&1)
		of_program=$(protection "$top/program")
		named=$(link -Wl,-z,cet-report=warning 2>&1 | grep -oE '[^/]*\.o: warning: missing IBT and SHSTK' | sed 's/:.*//' | paste -sd ' ')
		compare "amd64 $version: $(start_files); the object $(protection "$top/program.o"), the program $of_program; the linker says '$said', asked for it '$named'" \
			"Scrt1.o none, crti.o none, crtn.o none; the object IBT SHSTK, the program none; the linker says '', asked for it 'Scrt1.o crti.o crtn.o'"
	done
done
# The start files alone are to blame.
gcc -nostartfiles -nostdlib -Wl,-e,main "$top/program.o" -o "$top/program"
compare "without start files: the program $(protection "$top/program")" 'the program IBT SHSTK'
((!result)) || printf '%s: changed\n' "$fetcher"
exit $result
