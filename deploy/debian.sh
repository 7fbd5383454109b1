# shellcheck shell=bash
# The package archive of the Debian that runs here, of which other releases are had, too: its address and its keys, as
# this machine knows them, and a file system of any release, by mmdebstrap. Sourced with deploy/packages.sh, for die and
# as_root.

# shellcheck disable=SC2034 # for who sources this
distribution= # as /etc/os-release calls it, both set by read_distribution
codename=

read_distribution() {
	# shellcheck source=/dev/null
	distribution=$(. /etc/os-release && printf %s "${ID:-unknown}")
	# shellcheck source=/dev/null
	codename=$(. /etc/os-release && printf %s "${VERSION_CODENAME:-sid}")
}

# The archive's address as this machine's package sources give it. The label tells Debian's from others' that use the
# same release names, but is known only once lists were downloaded; without them the release's name must do.
debian_archive() {
	local uri
	uri=$({ index_targets && index_targets --no-release-info; } 2>/dev/null |
		awk -F '|' -v own="$codename" '
			$2 == "main" && $4 == "Debian" && !sure { sure = $1 }
			$2 == "main" && $3 == own && !likely { likely = $1 }
			END { print sure ? sure : likely }')
	[[ -n $uri ]] || die "no source of Debian $codename main among this machine's package sources; add one"
	printf '%s' "$uri"
}

index_targets() {
	# shellcheck disable=SC2016 # apt fills the placeholders in
	apt-get indextargets "$@" 'Created-By: Packages' --format '$(REPO_URI)|$(COMPONENT)|$(RELEASE)|$(LABEL)'
}

debian_keyring() {
	local file
	for file in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
		if [[ -r $file ]]; then
			printf '%s' "$file"
			return
		fi
	done
	die "the Debian archive's keys are missing; install the package debian-archive-keyring"
}

# Of apt's or mmdebstrap's output in FILE, the first error explains best; the later ones follow from it.
apt_complaint() {
	grep -m 1 '^E:' "$1" || grep -m 1 '^Err:' "$1" || tail -n 1 "$1"
}

# bootstrap_suite SUITE TARGET OPTION...: that release of Debian, in a directory, or in a file that ends in .tar; options
# are mmdebstrap's. Its output is the log.
bootstrap_suite() {
	local archive keyring settings options=() setting
	command -v mmdebstrap >/dev/null || die "mmdebstrap is missing; install the package mmdebstrap"
	archive=$(debian_archive)
	keyring=$(debian_keyring)
	# As this machine is told to get at the archive, and how old its lists may be.
	mapfile -t settings < <(apt-config dump | grep -E "^Acquire::(https?::|Check-(Valid-Until|Date) )")
	for setting in "${settings[@]}"; do
		options+=(--aptopt="$setting")
	done
	as_root mmdebstrap --quiet "${@:3}" "${options[@]}" \
		"$1" "$2" "deb [arch=amd64 signed-by=$keyring] $archive $1 main" </dev/null
}
