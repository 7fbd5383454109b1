# shellcheck shell=dash disable=SC2034 # results are for the caller
# How a test reports: complaints, failures, skips. Bash sources it, and busybox's sh in the guests of tests/vm.
#
# A script may set, before or after it sources this:
#
#   complaint_prefix   the start of the messages of complain() and fail(), such as "not ok: "
#   evidence           a function that fail() calls after its message, to show a log
#   skip_prefix        the start of the message of skip()
#   say_as             the name that die() puts before its message (default: that of the script)
#   die_status         the exit status of die() (default 1)
#
# A script that goes on after a complaint ends with: exit "$failed".
failed=0

# Records a failure. The test goes on.
complain() {
	printf '%s%s\n' "${complaint_prefix:-}" "$*"
	failed=1
}

# Ends the test: it found a fault in the exporter.
fail() {
	printf '%s%s\n' "${complaint_prefix:-}" "$*"
	"${evidence:-:}"
	exit 1
}

# Ends the script: it cannot do its work. deploy/packages.sh has the same for deploy/, which does not depend on tests/.
die() {
	printf '%s: %s\n' "${say_as:-${0##*/}}" "$*" >&2
	exit "${die_status:-1}"
}

# Ends the test: this machine cannot run it, by design. On standard error, because some callers read standard output.
skip() {
	printf '%s%s\n' "${skip_prefix:-test skipped: }" "$*" >&2
	exit 77
}

# need COMMAND PACKAGE
need() {
	command -v "$1" >/dev/null || die "$1 is missing; install the package $2"
}

# fetch_or_skip REASON COMMAND...: sets $fetched to the output of the command. If the command ends with 77, the test is
# skipped for this reason.
fetch_or_skip() {
	local reason="$1" status=0
	shift
	fetched=$("$@") || status=$?
	[ "$status" -ne 77 ] || skip "$reason"
	[ "$status" -eq 0 ] || exit "$status"
}
