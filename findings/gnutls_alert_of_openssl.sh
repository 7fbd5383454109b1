#!/usr/bin/env bash
# What: A TLS 1.3 client that uses OpenSSL and does not trust the server's certificate sends its alert unencrypted,
#       before it switches to its own keys. A server that uses GnuTLS already expects those keys. It reports
#       "Decryption has failed." and never sees the alert. With TLS 1.2, and with GnuTLS' own client, it does.
# Version: GnuTLS 3.7.9 with OpenSSL 3.0 (Debian 12), GnuTLS 3.8.9 with OpenSSL 3.5 (13)
# Seen: both: openssl, TLS 1.3: Decryption has failed. | openssl, TLS 1.2: A TLS fatal alert has been received. |
#       gnutls-cli, TLS 1.3: A TLS fatal alert has been received.
# Why it matters: The most common mistake in setting up a scrape over TLS is a client (curl, Python, or any other that
#       uses OpenSSL) without the CA. On the server it looks like broken cryptography. The log of a server that uses
#       GnuTLS must therefore say what that error usually means.
# Exit: 0 if the behaviour is unchanged, 1 if it has changed, 77 if the script cannot run (it needs Debian's package
#       sources)
set -euo pipefail
# shellcheck disable=SC2034 # used by the sourced file
fetcher=findings/gnutls_alert_of_openssl cache_name=findings
# shellcheck source=tests/lib/debian_archive
. "$(dirname "$(readlink -f "$0")")/../tests/lib/debian_archive"

# Packages that cannot be fetched are a reason to skip, not to fail.
die() {
	skip "$@"
}

# unpack SUITE PACKAGE...: unpacks these packages and their dependencies into $top/SUITE/root.
unpack() {
	work=$top/$1
	mkdir -p "$work"
	apt_private "$1"
	apt_run apt-get install --yes --no-install-recommends --download-only "${@:2}"
	unpack_debs
}

# of PROGRAM [ARG...]: runs a program from $root with the libraries there.
of() {
	local lib=$root/usr/lib/x86_64-linux-gnu
	OPENSSL_CONF=/dev/null "$lib/ld-linux-x86-64.so.2" --library-path "$lib" "$root/usr/bin/$1" "${@:2}"
}

# heard CLIENT...: prints what the server reports about a handshake with that client.
heard() {
	local port=$((20000 + RANDOM % 10000)) log=$top/log
	of gnutls-serv --port "$port" --x509certfile "$top/cert.pem" --x509keyfile "$top/key.pem" --echo >"$log" 2>&1 &
	for _ in {1..50}; do
		! grep -q 'IPv4.*done' "$log" || break
		sleep 0.1
	done
	of "${@//PORT/$port}" </dev/null >/dev/null 2>&1 || true
	for _ in {1..50}; do
		! grep -q '^Error in handshake' "$log" || break
		sleep 0.1
	done
	kill %% 2>/dev/null
	wait 2>/dev/null || true
	sed -n 's/^Error in handshake: //p' "$log" | tail -n 1
}

check_machine
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
result=0
alert='A TLS fatal alert has been received.'
expected="openssl, TLS 1.3: Decryption has failed. | openssl, TLS 1.2: $alert | gnutls-cli, TLS 1.3: $alert"

(unpack bookworm gnutls-bin=3.7.9-2+deb12u7 openssl)
(unpack trixie gnutls-bin=3.8.9-3+deb13u4 openssl)
for suite in bookworm trixie; do
	root=$top/$suite/root
	of openssl req -x509 -newkey rsa:2048 -nodes -keyout "$top/key.pem" -out "$top/cert.pem" -days 2 \
		-subj /CN=localhost >/dev/null 2>&1
	distrustful=(openssl s_client -connect 127.0.0.1:PORT -verify_return_error)
	seen="openssl, TLS 1.3: $(heard "${distrustful[@]}" -tls1_3)"
	seen+=" | openssl, TLS 1.2: $(heard "${distrustful[@]}" -tls1_2)"
	seen+=" | gnutls-cli, TLS 1.3: $(heard gnutls-cli --port PORT 127.0.0.1)"
	printf '%s: %s\n' "$suite" "$seen"
	[[ $seen == "$expected" ]] || result=1
done
exit $result
