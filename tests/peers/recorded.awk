# The golden page as a node in trouble would serve it: -v began=SECONDS, when the test began; -v tick=SECONDS, how long ago
# that is. Counters go on by two a second; every third it is another process. What has no number here stays as it is.

BEGIN {
	number["socket_bind_exporter_up"] = 0
	number["socket_bind_exporter_selfcheck_success"] = 1
	number["socket_bind_exporter_selfcheck_timestamp_seconds"] = began - 7200
	number["socket_bind_exporter_collect_timestamp_seconds"] = began - 600
	number["socket_bind_exporter_collect_duration_seconds"] = 2.5
	number["socket_bind_exporter_series"] = 1990
	number["socket_bind_exporter_map_entries"] = 4000
	number["process_start_time_seconds"] = began - 7200 + int(tick / 3)
	pod = ",namespace=\"shop\",pod=\"cart-1\",container=\"cart\""
}

function row(labels, attempts, failures, errno) {
	print "socket_bind_attempts_total{" labels pod "}", attempts
	if (errno)
		print "socket_bind_failures_total{" labels pod ",errno=\"" errno "\"}", failures
	print "socket_bind_first_attempt_timestamp_seconds{" labels pod "}", began - 30
}

/^#/ {
	print
	next
}

{
	value = $NF
	series = substr($0, 1, length($0) - length(value) - 1)
	metric = series
	sub(/{.*/, "", metric)
}

metric in number { value = number[metric] }

# To Prometheus, 18446744073709551011 and that number plus two are the same.
metric ~ /_total$/ { value = (value > 1000000 ? 0 : value) + 2 * tick }

metric ~ /_missed_results_/ { value *= 100 }

metric ~ /_(first|last)_attempt_/ { value = began - 3600 + int(value % 100) }

metric ~ /_attach_info$/ { sub(/"lsm"/, "\"kprobe\"", series) }

metric ~ /^socket_bind_(attempts|failures|first|last)_/ { sub(/}$/, pod "}", series) }

{ print series, value }

END {
	row("category=\"none\",family=\"alg\",comm=\"exploit\"", 1 + 2 * tick)
	row("category=\"registered\",family=\"inet\",comm=\"storm\"", 500 * tick, 499 * tick, "EADDRINUSE")
	row("category=\"well_known\",family=\"inet\",comm=\"denied\"", 4, 4, "EACCES")
	row("category=\"well_known\",family=\"inet\",comm=\"known\"", 1)
	print "socket_bind_exporter_unresolved_containers", 2
	print "socket_bind_exporter_filtered_attempts_total{category=\"none\",family=\"alg\"}", 2 * tick
}
