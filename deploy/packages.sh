# shellcheck shell=bash
# What deploy/run and tests/run share: becoming root for one command, and installing packages.

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# Only apt, the exporter and live tests run as root, so that the tree stays the caller's.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo -- "$@"
	fi
}

check_root() {
	[ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null ||
		die "needs root for packages and for BPF; run it as root, or install sudo"
}

# apt-get update has no waiting of its own for its lock.
update_lists() {
	local try output
	for try in $(seq 60); do
		output=$(as_root apt-get -qq update 2>&1) && return
		[[ $output == *lock* ]] || break
		[ "$try" -gt 1 ] || echo "waiting for another apt to finish" >&2
		sleep 5
	done
	die "apt-get update failed: ${output##*$'\n'}; check the network and the sources of apt"
}

# install_packages NAME...: those that are missing; silent when there are none.
install_packages() {
	local name missing=()
	command -v apt-get >/dev/null || die "needs Debian 12, 13 or Ubuntu 24.04 (no apt-get here)"
	for name; do
		dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed ||
			missing+=("$name")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	echo "installing ${missing[*]}" >&2
	update_lists
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 \
		install --no-install-recommends --yes "${missing[@]}" >/dev/null ||
		die "apt-get could not install ${missing[*]}; its message is above"
}

# What building needs; tests/run adds to it.
# shellcheck disable=SC2034
build_packages=(clang cmake gcc libbpf-dev libc6-dev libcap-ng-dev libcrypt-dev libgnutls28-dev
	libmicrohttpd-dev libseccomp-dev libsystemd-dev libunistring-dev libyaml-dev make pkg-config
	zlib1g-dev)

# What making the Debian package of it needs besides.
# shellcheck disable=SC2034
packaging_packages=(dpkg-dev file)

# quietly COMMAND...: its output only when it fails.
quietly() {
	local output
	output=$("$@" 2>&1) || {
		printf '%s\n' "$output" >&2
		die "failed: $*"
	}
}

# What root built in another's tree, as under sudo ./deploy/run, becomes the owner's.
give_back() {
	[ "$(id -u)" -ne 0 ] || [ ! -d build ] || chown -R --reference=. build
}

# build PRESET
build() {
	quietly cmake --preset "$1"
	quietly cmake --build --preset "$1" --parallel "$(nproc)"
	give_back
}
