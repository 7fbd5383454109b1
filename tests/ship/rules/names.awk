# SPDX-License-Identifier: Apache-2.0
#
# Prints what a file of rules reads from pages of /metrics: "metric NAME"; "label NAME METRIC" for each label by which a
# selector chooses series of METRIC; "label NAME" for each label of by, on, without, ignoring or an annotation.

# Names of PromQL, of Prometheus itself and of recording rules are not on a page.
function is_ours(name) {
	return name ~ /^(socket_bind|process)_/ && name !~ /:/
}

function print_list(list, count, i, names) {
	gsub(/[ \n]/, "", list)
	count = split(list, names, ",")
	for (i = 1; i <= count; i++)
		print "label", names[i]
}

function print_matchers(metric, matchers, name) {
	while (match(matchers, /[a-z_]+ *(=~|!~|!=|=) *"[^"]*"/)) {
		name = substr(matchers, RSTART, RLENGTH)
		matchers = substr(matchers, RSTART + RLENGTH)
		sub(/[ =!~].*/, "", name)
		print "label", name, metric
	}
}

/^ *#/ {
	next
}

/^ *(for|labels|annotations):|^ *- (record|alert|name):/ {
	in_query = 0
}

/^ *expr:/ {
	in_query = 1
	sub(/^ *expr:/, "")
}

{
	all = all $0 "\n"
}

in_query {
	text = text $0 "\n"
}

END {
	rest = text
	while (match(rest, /(by|on|without|ignoring) \([a-z_, ]*\)/)) {
		list = substr(rest, RSTART, RLENGTH - 1)
		rest = substr(rest, RSTART + RLENGTH)
		print_list(substr(list, index(list, "(") + 1))
	}
	rest = all
	while (match(rest, /\$labels\.[a-z_]+/)) {
		print "label", substr(rest, RSTART + 8, RLENGTH - 8)
		rest = substr(rest, RSTART + RLENGTH)
	}
	# Names with a colon are one word: no part of them is a metric.
	while (match(text, /[a-zA-Z_:][a-zA-Z0-9_:]*(\{[^}]*\})?/)) {
		word = substr(text, RSTART, RLENGTH)
		text = substr(text, RSTART + RLENGTH)
		metric = word
		sub(/\{.*/, "", metric)
		if (!is_ours(metric))
			continue
		print "metric", metric
		print_matchers(metric, word)
	}
}
