# One line for each rule that a dashboard breaks. --arg name: its file's name without .json.

def tags: ["socket_bind_exporter"];

def source: {type: "prometheus", uid: "${datasource}"};

def in_use: "socket_bind_|process_|scrape_";

# Panels, those of collapsed rows included.
def panels: .panels[] | ., (.panels // [])[] | select(.type != "row");

def variable(name): .templating.list[] | select(.name == name);

# What is left of a query when all selectors of known metrics that choose by the variables are taken out.
def unfiltered:
	gsub("(" + in_use + ")[a-z_]+\\{cluster=~\"\\$cluster\",job=~\"\\$job\",instance=~\"\\$instance\"[^}]*\\}"; "")
	| test(in_use + "|\\{|\\bup\\b");

# Windows of rate() and its kin.
def windows: [scan("\\b(?:rate|irate|increase|changes|delta|deriv)\\([^\\[]*\\[([^\\]]*)\\]")[]];

def complain(rule; reason): if rule then empty else reason end;

def head:
	complain(.schemaVersion == 42; "schemaVersion is not 42"),
	complain(.uid == "socket-bind-" + $name; "uid is not socket-bind-" + $name),
	complain(.id == null; "id is not null: it would replace another's dashboard"),
	complain((.title | startswith("Socket binds / ")) and .description != ""; "no title or description"),
	complain([.links[] | select(.type == "dashboards" and .includeVars and .keepTime and (.tags - tags == []))] | length == 1;
		"no links to the others that keep variables and time"),
	complain(.tags == tags; "without the tag that the links go by"),
	complain([.annotations.list[] | select(.expr // "" | test("changes\\(process_start_time_seconds"))] | length == 1;
		"no annotation for restarts");

def variables:
	complain(variable("datasource") | .type == "datasource" and .query == "prometheus" and .label == "Data Source";
		"no variable datasource for Prometheus, labelled Data Source"),
	complain([.templating.list[] | select(.type == "datasource")] | length == 1; "more than one data source"),
	(("job", "instance") as $v | complain([variable($v) | select(.multi and .includeAll and .allValue == ".+")] | length == 1;
		"\($v): not a variable for several, with All as .+")),
	(("cluster", "namespace") as $v | variable($v) | complain(.multi and .includeAll and .allValue == ".*";
		"\($v): a label that may not exist, but All is not .*")),
	complain(variable("instance").query.query | test("job=~\"\\$job\""); "instance: not those of the job"),
	(.templating.list[] | complain((.label | length > 0) and (.description | length > 0); "\(.name): no label or description"),
		complain(.type != "query" or (.datasource.uid == "${datasource}" and .refresh == 2); "\(.name): not of the data source"));

def panel:
	.title as $title
	| (complain(.title | length > 0; "panel \(.id): no title"),
	complain(.description // "" | length > 20; "no description"),
	complain(.fieldConfig.defaults.unit // "" | length > 0; "no unit"),
	complain(.fieldConfig.defaults.thresholds.steps | length > 0; "no thresholds"),
	complain(.datasource == source and all(.targets[]; .datasource == source); "not of ${datasource}"),
	complain(.targets | length > 0; "no query"),
	complain((all(.targets[]; .expr | test("missed_attempts") | not)) or (.description // "" | test("lsm mode"));
		"shows missed attempts, and does not say what they are in lsm mode"),
	complain(.type | IN("stat", "timeseries", "heatmap", "table", "state-timeline"); "a \(.type)"),
	complain(.gridPos | .x + .w <= 24; "wider than the page"),
	(.targets[] | .expr as $expr
		| complain($expr | unfiltered | not; "\(.refId) does not choose by cluster, job and instance: \($expr)"),
		complain($expr | windows | all(. == "$__rate_interval"); "\(.refId) has a rate without $__rate_interval: \($expr)"),
		complain($expr | test("vector\\(|absent") | not; "\(.refId) answers without its metric: \($expr)")))
	| "\($title): \(.)";

head, variables, (panels | panel),
(.annotations.list[] | select(.builtIn != 1)
	| complain(.datasource == source and (.expr | unfiltered | not) and (.expr | windows | all(. == "$__rate_interval"));
		"annotation \(.name): breaks a rule of queries")),
([(panels | .id), (.panels[] | select(.type == "row") | .id)]
	| complain(length == (unique | length); "two panels of one id")),
complain([panels] | length > 10; "only \([panels] | length) panels")
