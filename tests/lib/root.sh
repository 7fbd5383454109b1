# shellcheck shell=bash
# Root, and a network of its own, for a script that needs them. Both functions start the script again and do not return
# then. They are called with its arguments.

# become_root ARGUMENT...: only root can start and stop the exporter. The SBE_ variables are kept.
become_root() {
	local name settings=()
	[ "$(id -u)" -ne 0 ] || return 0
	for name in "${!SBE_@}"; do
		settings+=("$name=${!name}")
	done
	exec sudo -- env "${settings[@]}" "$0" "$@"
}

# own_network [OPTION...] -- ARGUMENT...: a new network namespace, because ports may be in use in the present one. OPTION is
# one of unshare(1), for further namespaces.
own_network() {
	local options=()
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	[ "${SBE_NAMESPACE:-}" = own ] || SBE_NAMESPACE=own exec unshare --net "${options[@]}" -- "$0" "$@"
	ip link set lo up
}
