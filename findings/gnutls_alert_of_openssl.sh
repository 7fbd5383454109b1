#!/usr/bin/env bash
# What: a TLS 1.3 client of OpenSSL that does not trust the server's certificate sends its alert in the clear, before it takes its own keys; a server of GnuTLS, which has those already, says "Decryption has failed." and never learns of the alert. With TLS 1.2, and from GnuTLS' own client, it does.
# Version: GnuTLS 3.7.9 with OpenSSL 3.0 (Debian 12), GnuTLS 3.8.9 with OpenSSL 3.5 (13)
# Seen: both: openssl, TLS 1.3: Decryption has failed. | openssl, TLS 1.2: A TLS fatal alert has been received. | gnutls-cli, TLS 1.3: A TLS fatal alert has been received.
# Why it matters: the commonest mistake of whoever sets up a scrape over TLS (curl, Python or anything else of OpenSSL without the CA) looks like broken cryptography on the server: the log of a server of GnuTLS must say what that error usually means.
# Exit: 0 while it behaves so, 1 if that changes, 77 where it cannot be run (it needs Debian's package sources)
set -euo pipefail
# shellcheck disable=SC2034 # for what is sourced
fetcher=findings/gnutls_alert_of_openssl cache_name=findings
# shellcheck source=tests/support/debian_archive
. "$(dirname "$(readlink -f "$0")")/../tests/support/debian_archive"

# What cannot be fetched is not seen.
die() {
	skip "$@"
}

# unpack SUITE PACKAGE...: below $top/SUITE/root, with all they depend on.
unpack() {
	work=$top/$1
	mkdir -p "$work"
	apt_private "$1"
	apt_run apt-get install --yes --no-install-recommends --download-only "${@:2}"
	unpack_debs
}

# of PROGRAM [ARG...]: from $root, with its libraries.
of() {
	local lib=$root/usr/lib/x86_64-linux-gnu
	OPENSSL_CONF=/dev/null "$lib/ld-linux-x86-64.so.2" --library-path "$lib" "$root/usr/bin/$1" "${@:2}"
}

# heard CLIENT...: what the server says of a handshake with that client.
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
