# What Grafana makes of the queries of a dashboard, one a line: id, kind (instant, range or labels), query, metric or label.
# --arg name: its file's name without .json; --arg instance: the choice of the variable.

def values: {
		"__rate_interval": "15s", "__range": "60s", "__range_s": "60", "__interval": "1s",
		"topn": "1000", "instance": $instance
	} + ([.templating.list[] | select(.name | IN("datasource", "instance", "topn") | not)
		| {key: .name, value: (.allValue // .current.value)}] | from_entries);

# Longer names first: $__range is the beginning of $__range_s.
def substituted($values):
	reduce ($values | keys | sort_by(-length))[] as $name (.; gsub("\\$" + $name + "\\b"; $values[$name]))
	| gsub("[\n\t ]+"; " ");

def panels: .panels[] | ., (.panels // [])[] | select(.type != "row");

values as $values
| (panels | .title as $title | .targets[]
	| ["\($name)/\($title)/\(.refId)", (if .instant then "instant" else "range" end), (.expr | substituted($values))]),
(.annotations.list[] | select(.expr) | ["\($name)/annotation \(.name)", "range", (.expr | substituted($values))]),
(.templating.list[] | select(.type == "query") | .name as $variable | .query.query | substituted($values)
	| capture("^label_values\\((?<metric>.*), *(?<label>[a-z]+)\\)$")
	| ["\($name)/variable \($variable)", "label=\(.label)", .metric])
| @tsv
