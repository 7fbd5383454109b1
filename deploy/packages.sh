# shellcheck shell=bash
# Shared by the scripts of deploy/ and tests/: running a command as root, installing packages, building, the version.

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# Only apt, the exporter and live tests run as root, so that the caller keeps owning the tree.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo -- "$@"
	fi
}

check_root() {
	[ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null ||
		die "root is needed to install packages and to use BPF; run this script as root, or install sudo"
}

# apt-get update cannot wait for its lock.
update_lists() {
	local try output
	for try in $(seq 60); do
		output=$(as_root apt-get -qq update 2>&1) && return
		[[ $output == *lock* ]] || break
		[ "$try" -gt 1 ] || echo "waiting for another apt process to finish" >&2
		sleep 5
	done
	die "apt-get update failed: ${output##*$'\n'}; check the network and the package sources of apt"
}

# install_packages NAME...: installs missing packages; silent if none are missing.
install_packages() {
	local name missing=()
	command -v apt-get >/dev/null || die "this script needs Debian 12, Debian 13 or Ubuntu 24.04; there is no apt-get here"
	for name; do
		dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed ||
			missing+=("$name")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	echo "installing ${missing[*]}" >&2
	update_lists
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 \
		install --no-install-recommends --yes "${missing[@]}" >/dev/null ||
		die "apt-get could not install ${missing[*]}; see its message above"
}

# Packages for building; tests/run adds more.
# shellcheck disable=SC2034
build_packages=(clang cmake gcc libbpf-dev libc6-dev libcap-ng-dev libcrypt-dev libgnutls28-dev
	libmicrohttpd-dev libseccomp-dev libsystemd-dev libunistring-dev libyaml-dev make pkg-config
	zlib1g-dev)

# Additional packages for making the Debian package.
# shellcheck disable=SC2034
packaging_packages=(dpkg-dev file)

# quietly COMMAND...: shows the command's output only if it fails.
quietly() {
	local output
	output=$("$@" 2>&1) || {
		printf '%s\n' "$output" >&2
		die "command failed: $*"
	}
}

# The version of these sources.
source_version() {
	sed -n 's/^\tVERSION \([0-9.]*\)$/\1/p' "${BASH_SOURCE[0]%/*}/../CMakeLists.txt"
}

# If root built in another user's tree, as with sudo ./deploy/run, gives the files to the owner of the tree.
give_back() {
	[ "$(id -u)" -ne 0 ] || [ ! -d build ] || chown -R --reference=. build
}

# build PRESET
build() {
	quietly cmake --preset "$1"
	quietly cmake --build --preset "$1" --parallel "$(nproc)"
	give_back
}
