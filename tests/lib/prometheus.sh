# shellcheck shell=bash disable=SC2154,SC2034 # $work is the caller's, results are for the caller
# A Prometheus server on 127.0.0.1:$prometheus_port, default 9090. Its configuration is $work/prometheus.yml. It writes its
# warnings to $work/prometheus.log.
prometheus_port=${prometheus_port:-9090}

# start_prometheus PROGRAM FLAG...: in the background. Sets $prometheus_pid.
start_prometheus() {
	"$1" --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" --log.level=warn \
		--web.listen-address="127.0.0.1:$prometheus_port" "${@:2}" >"$work/prometheus.log" 2>&1 &
	prometheus_pid=$!
}

# query PROMQL: the value of the first sample. Nothing if there is no sample.
query() {
	promtool query instant "http://127.0.0.1:$prometheus_port" "$1" 2>/dev/null | sed -n '1s/.*=> \([^ ]*\) @.*/\1/p'
}

# prometheus_version PROGRAM
prometheus_version() {
	"$1" --version 2>&1 | sed -n '1s/.*version \([^ ]*\).*/\1/p'
}
