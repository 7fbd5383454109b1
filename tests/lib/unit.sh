# shellcheck shell=bash
# For guests of tests/vm with systemd: the unit of the exporter, which is running in the guest. tests/vm adds it, say.sh and
# wait.sh to the guest's /test.
#
# shellcheck source=tests/lib/say.sh
. "${BASH_SOURCE[0]%/*}/say.sh"
# shellcheck source=tests/lib/wait.sh
. "${BASH_SOURCE[0]%/*}/wait.sh"
# shellcheck disable=SC2034 # for the caller, and for say.sh
service=socket_bind_exporter.service drop_ins=/etc/systemd/system/socket_bind_exporter.service.d
# shellcheck disable=SC2034
most_exposed=20 # tenths, of 100
complaint_prefix='not ok: ' evidence=show_unit

# shellcheck disable=SC2317 # called by fail
show_unit() {
	systemctl status --no-pager --full "$service" || true
	journalctl --no-pager --boot --unit "$service" --unit socket_bind_exporter.socket | tail -n 40
}

ok() {
	printf 'ok %s s: %s\n' "$SECONDS" "$*"
}

# eventually COMMAND...: it succeeds within ten seconds.
eventually() {
	within 10 "$@" || fail "still not after 10 s: $*"
}

# property NAME: of the unit.
property() {
	systemctl show --property "$1" --value "$service"
}

# of_process NAME: a field of /proc/PID/status.
of_process() {
	awk -v name="$1:" '$1 == name { print $2 }' "/proc/$(property MainPID)/status"
}

# expect_equal WHAT IS EXPECTED
expect_equal() {
	[ "$2" = "$3" ] || fail "$1 is $2, not $3"
}
