# SPDX-License-Identifier: Apache-2.0
#
# Makes a test file for promtool from one that takes its series from pages of /metrics:
#
#   awk -f tests/ship/rules/from_golden.awk PAGE... TEST_FILE
#
#   - golden: METRIC{LABEL="VALUE"}    the one series that this describes, from the first page that has it
#     with: LABEL=VALUE …              the same with other values, and with labels of targets
#     values: …                        promtool's notation
#
# becomes a series of the target job="binds", instance="node1", without empty labels, as Prometheus stores it. A series
# that is not on the page is an error. So is a series written without "golden", except for those that Prometheus makes
# itself. Where an alert is expected, the address of its runbook is added to its annotations.

function die(why) {
	printf "%s:%d: %s\n", FILENAME, FNR, why >"/dev/stderr"
	failed = 1
	exit 1
}

# Into metric, and label[] in the order of order[1..labels]. Values stay escaped.
function parse(series, pair, equals) {
	labels = 0
	split("", label)
	metric = series
	sub(/\{.*/, "", metric)
	series = substr(series, length(metric) + 2)
	while (match(series, /^,?[a-z_]+="(\\.|[^"\\])*"/)) {
		pair = substr(series, 1, RLENGTH)
		series = substr(series, RLENGTH + 1)
		sub(/^,/, "", pair)
		equals = index(pair, "=")
		order[++labels] = substr(pair, 1, equals - 1)
		label[order[labels]] = substr(pair, equals + 2, length(pair) - equals - 2)
	}
	if (series != "" && series != "}")
		die("not understood: " series)
}

function is_like(wanted, name) {
	for (name in wanted)
		if (!(name in label) || label[name] != wanted[name])
			return 0
	return 1
}

# As parse(), for the series that is described.
function find(description, wanted, wanted_metric, name, i, found) {
	parse(description)
	wanted_metric = metric
	for (name in label)
		wanted[name] = label[name]
	for (i = 1; i <= on_pages; i++) {
		parse(pages[i])
		if (metric != wanted_metric || !is_like(wanted))
			continue
		if (!found)
			found = i
		else if (page_of[i] == page_of[found])
			die("more than one: " description)
	}
	if (!found)
		die("not on the page: " description)
	parse(pages[found])
}

function add(name, value) {
	if (!(name in label))
		order[++labels] = name
	label[name] = value
}

function change(changes, count, i, pair, name) {
	count = split(changes, pair, " ")
	for (i = 1; i <= count; i++) {
		name = substr(pair[i], 1, index(pair[i], "=") - 1)
		if (!(name in label) && !index(added, " " name " "))
			die("the series has no label " name)
		add(name, substr(pair[i], index(pair[i], "=") + 1))
	}
}

function print_series(indent, i, text) {
	for (i = 1; i <= labels; i++)
		if (label[order[i]] != "")
			text = text (text ? "," : "") order[i] "=\"" label[order[i]] "\""
	gsub(/'/, "''", text)
	printf "%s- series: '%s{%s}'\n", indent, metric, text
}

BEGIN {
	added = " cluster job instance "
}

FILENAME != ARGV[ARGC - 1] {
	if (!/^#/) {
		sub(/ [^ ]*$/, "")
		pages[++on_pages] = $0
		page_of[on_pages] = FILENAME
	}
	next
}

/^ *- golden: / {
	indent = substr($0, 1, index($0, "-") - 1)
	sub(/^ *- golden: /, "")
	find($0)
	add("job", "binds")
	add("instance", "node1")
	pending = 1
	next
}

pending && /^ *with: / {
	sub(/^ *with: /, "")
	change($0)
	next
}

pending {
	if (!/^ *values: /)
		die("a series without values")
	print_series(indent)
	pending = 0
}

/^ *- series: / && !/^ *- series: '?up\{/ {
	die("not taken from the page")
}

/^ *alertname: / {
	alert = $2
}

{
	print
}

/^ *exp_annotations:$/ {
	indent = $0
	sub(/exp_annotations:$/, "  ", indent)
	print indent "runbook_url: https://example.org/alerts.md#" tolower(alert)
}

END {
	if (!failed && !on_pages)
		die("no page")
}
