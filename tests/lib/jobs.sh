# shellcheck shell=bash
# When the script ends, its background jobs end, and $work is removed, if it is set.

# Returns when all have ended.
stop_jobs() {
	local job
	for job in $(jobs -p); do
		kill "$job" 2>/dev/null || true
	done
	wait
}

stop_all() {
	stop_jobs
	[ -z "${work:-}" ] || rm -rf "$work"
}
trap stop_all EXIT
