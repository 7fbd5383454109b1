#!/usr/bin/env bash
# What: The start files of Debian's C library for amd64 have neither IBT nor SHSTK. A program therefore has neither,
#       even if all its own objects have both (gcc -fcf-protection=full), and the linker does not report it. The start
#       files for arm64 have BTI in Debian 13 and newer.
# Version: libc6-dev 2.36-9+deb12u14 (Debian 12), 2.41-12+deb13u5 (13), 2.43-7 (sid); linked with the machine's binutils
# Seen: amd64, all three: Scrt1.o none, crti.o none, crtn.o none; object IBT SHSTK, program none; linker warnings '',
#       with cet-report 'Scrt1.o crti.o crtn.o'; without start files the program has IBT SHSTK; arm64: none in 2.36,
#       BTI in each of 2.41 and 2.43
# Why it matters: The compiler accepts a flag that works in every object, but has no effect in the program. Only
#       -Wl,-z,cet-report=warning shows it. (-z ibt and -z shstk claim the features for the start files, too.) A
#       hardening test that expects the program's note can only fail on amd64.
# Exit: 0 if the behaviour is unchanged, 1 if it has changed, 77 if the script cannot run (it needs gcc, binutils, and
#       Debian's package sources)
set -euo pipefail
# shellcheck disable=SC2034 # used by the sourced file
fetcher=findings/start_files_without_cet cache_name=findings
# shellcheck source=tests/lib/debian_archive
. "$(dirname "$(readlink -f "$0")")/../tests/lib/debian_archive"

# Packages that cannot be fetched are a reason to skip, not to fail.
die() {
	skip "$@"
}

# unpack SUITE VERSION: unpacks libc6-dev into $top/$architecture/SUITE/root.
unpack() {
	work=$top/$architecture/$1
	mkdir -p "$work/debs"
	download "libc6-dev=$2"
	unpack_debs
}

# protection FILE: prints the features in its .note.gnu.property.
protection() {
	local found
	found=$(readelf -n "$1" 2>/dev/null | sed -nE 's/.*(x86|AArch64) feature: //p' | grep -oE 'IBT|SHSTK|BTI' | paste -sd ' ') || true
	printf '%s' "${found:-none}"
}

# start_files: prints the features of the start files in $lib.
start_files() {
	printf 'Scrt1.o %s, crti.o %s, crtn.o %s' "$(protection "$lib/Scrt1.o")" "$(protection "$lib/crti.o")" "$(protection "$lib/crtn.o")"
}

# link FLAG...: links program.o with the start files in $lib.
link() {
	gcc -nostartfiles "$lib"/{Scrt1,crti}.o "$top/program.o" "$lib/crtn.o" -o "$top/program" "$@"
}

# compare SEEN EXPECTED: prints what was seen, and notes a difference.
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
		# The development branch drops replaced versions.
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
		compare "amd64 $version: $(start_files); object $(protection "$top/program.o"), program $of_program; linker warnings '$said', with cet-report '$named'" \
			"Scrt1.o none, crti.o none, crtn.o none; object IBT SHSTK, program none; linker warnings '', with cet-report 'Scrt1.o crti.o crtn.o'"
	done
done
# Without the start files, the program has the features.
gcc -nostartfiles -nostdlib -Wl,-e,main "$top/program.o" -o "$top/program"
compare "without start files: program $(protection "$top/program")" 'program IBT SHSTK'
((!result)) || printf '%s: changed\n' "$fetcher"
exit $result
