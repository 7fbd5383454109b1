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

# archive_of LABEL RELEASE: the archive's address as this machine's package sources give it, or nothing. The label tells
# Debian's from others' that use the same release names, but is known only once lists were downloaded; without them the
# release's name must do.
archive_of() {
	{ index_targets && index_targets --no-release-info; } 2>/dev/null |
		awk -F '|' -v label="$1" -v release="$2" '
			$2 == "main" && $4 == label && !sure { sure = $1 }
			$2 == "main" && $3 == release && !likely { likely = $1 }
			END { print sure ? sure : likely }'
}

debian_archive() {
	local uri
	uri=$(archive_of Debian "$codename")
	[[ -n $uri ]] || die "no source of Debian $codename main among this machine's package sources; add one"
	printf '%s' "$uri"
}

# Where it has updates between point releases, for every release that gets them; nothing where this machine has no such source.
security_archive() {
	archive_of Debian-Security "$codename-security"
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

# apt_complaint <OUTPUT: of apt's or mmdebstrap's, the first error explains best; the later ones follow from it.
apt_complaint() {
	awk '/^E:/ && !error { error = $0 } /^Err:/ && !failure { failure = $0 } { last = $0 }
		END { print error ? error : failure ? failure : last }'
}

# bootstrap_suite SUITE TARGET OPTION...: that release of Debian, in a directory, or in a file that ends in .tar; options
# are mmdebstrap's, whose output is shown only as far as it explains a failure.
bootstrap_suite() {
	local archive keyring settings options=() setting output
	command -v mmdebstrap >/dev/null || die "mmdebstrap is missing; install the package mmdebstrap"
	archive=$(debian_archive) || exit
	keyring=$(debian_keyring) || exit
	# As this machine is told to get at the archive, and how old its lists may be.
	mapfile -t settings < <(apt-config dump | grep -E "^Acquire::(https?::|Check-(Valid-Until|Date) )")
	for setting in "${settings[@]}"; do
		options+=(--aptopt="$setting")
	done
	# mmdebstrap 1.5.7 has a shell write to the next free descriptor, which dash cannot beyond 9: so it inherits no lock, and
	# is not --quiet, for which it opens more.
	output=$(as_root mmdebstrap "${@:3}" "${options[@]}" \
		"$1" "$2" "deb [arch=amd64 signed-by=$keyring] $archive $1 main" </dev/null 2>&1 9>&-) ||
		die "mmdebstrap failed: $(apt_complaint <<<"$output"); check the network and the package sources"
}

# bootstrap_base SUITE FILE.tar: what the container image is built on, as slim as Debian's image of that name, and with its
# security updates where this machine has them. It installs for other architectures, too.
# shellcheck disable=SC2016 # the hooks' shells expand it
bootstrap_base() {
	local security options=()
	security=$(security_archive) || exit
	[[ -z $security ]] ||
		options=(--setup-hook="echo 'deb [arch=amd64 signed-by=$(debian_keyring)] $security $1-security main' >>\"\$1/etc/apt/sources.list\"")
	bootstrap_suite "$1" "$2" --variant=apt --dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-include=/usr/share/doc/*/copyright' --dpkgopt='path-exclude=/usr/share/man/*' "${options[@]}" \
		--customize-hook='sed -i "s/\[arch=[^ ]* /[/" "$1/etc/apt/sources.list"'
}
