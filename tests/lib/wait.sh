# shellcheck shell=dash
# Waiting until something holds. Bash sources it, and busybox's sh in the guests of tests/vm.

# within SECONDS COMMAND...: tries the command every 0.2 s until it succeeds. Status 1 if it does not in that time.
within() {
	while_running $$ "$@"
}

# while_running PID SECONDS COMMAND...: the same, and gives up when the process has ended.
while_running() {
	local process="$1" tries=$(($2 * 5))
	shift 2
	until "$@"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		kill -0 "$process" 2>/dev/null || return 1
		sleep 0.2
	done
}
