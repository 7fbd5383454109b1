/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Headers and what node_exporter 1.11 makes of them; of OpenMetrics, which it does not
 * offer, what Caddy makes of them, which does, by the same library. Protobuf apart.
 * print_negotiation prints them for tests/peers/requests, which asks node_exporter again.
 */
#ifndef LIB_NEGOTIATION_CASES_H
#define LIB_NEGOTIATION_CASES_H

#include <stdbool.h>

#include "web/http/negotiation.h"

static const struct {
	const char *accept;
	enum page_kind kind;
	const char *version;
	const char *escaping;
} formats[] = {
	{NULL, PAGE_TEXT, "0.0.4", "underscores"},
	{"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;"
	 "q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;q=0.1",
	 PAGE_OPENMETRICS, "1.0.0", "allow-utf-8"},
	{"text/plain", PAGE_TEXT, "0.0.4", "underscores"},
	{"text/plain;version=0.0.4", PAGE_TEXT, "0.0.4", "underscores"},
	{"text/plain; version=0.0.4; escaping=dots", PAGE_TEXT, "0.0.4", "dots"},
	{"text/plain;version=1.0.0;escaping=allow-utf-8", PAGE_TEXT, "0.0.4", "allow-utf-8"},
	{"text/plain;version=0.0.5", PAGE_TEXT, "0.0.4", "underscores"},
	{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", PAGE_TEXT, "0.0.4",
	 "underscores"},
	{"*/*", PAGE_TEXT, "0.0.4", "underscores"},
	{"*", PAGE_TEXT, "0.0.4", "underscores"},
	{"", PAGE_TEXT, "0.0.4", "underscores"},
	{"application/openmetrics-text", PAGE_OPENMETRICS, "0.0.1", "underscores"},
	{"application/openmetrics-text;version=0.0.1", PAGE_OPENMETRICS, "0.0.1", "underscores"},
	{"application/openmetrics-text;version=1.0.0", PAGE_OPENMETRICS, "1.0.0", "underscores"},
	{"application/openmetrics-text;version=2.0.0", PAGE_TEXT, "0.0.4", "underscores"},
	{"application/openmetrics-text;version=2.0.0,application/openmetrics-text;version=1.0.0;q=0.5",
	 PAGE_OPENMETRICS, "1.0.0", "underscores"},
	{"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,/;q=0.1",
	 PAGE_OPENMETRICS, "1.0.0", "allow-utf-8"},
	{"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
	 PAGE_OPENMETRICS, "1.0.0", "underscores"},
	{"text/plain;q=0.4, application/openmetrics-text;q=0.5", PAGE_OPENMETRICS, "0.0.1",
	 "underscores"},
	{"text/plain;q=0.5, application/openmetrics-text;q=0.5", PAGE_TEXT, "0.0.4", "underscores"},
	{"application/openmetrics-text;q=0, text/plain;q=0", PAGE_OPENMETRICS, "0.0.1",
	 "underscores"},
	{"application/openmetrics-text;q=x, text/plain;q=0.1", PAGE_TEXT, "0.0.4", "underscores"},
	{"application/openmetrics-text; version = 1.0.0 ; escaping = values", PAGE_OPENMETRICS,
	 "1.0.0", "values"},
	{"application/openmetrics-text;version=\"1.0.0\"", PAGE_TEXT, "0.0.4", "underscores"},
	{"Application/OpenMetrics-Text;version=1.0.0", PAGE_TEXT, "0.0.4", "underscores"},
	{"application/json;escaping=values, text/plain", PAGE_TEXT, "0.0.4", "values"},
	{"application/openmetrics-text;version=1.0.0;escaping=strange", PAGE_OPENMETRICS, "1.0.0",
	 "underscores"},
	{"application/openmetrics-text/x;version=1.0.0, text/plain", PAGE_TEXT, "0.0.4",
	 "underscores"},
	{"application/openmetrics-text;version=1.0.0;charset=utf-8", PAGE_OPENMETRICS, "1.0.0",
	 "underscores"},
	{"application/openmetrics-text;version=1.0.0=2", PAGE_OPENMETRICS, "0.0.1", "underscores"},
	{"application/*;q=0.9", PAGE_TEXT, "0.0.4", "underscores"},
	{"text/*, application/openmetrics-text", PAGE_OPENMETRICS, "0.0.1", "underscores"},
	{"text", PAGE_TEXT, "0.0.4", "underscores"},
};

static const struct {
	const char *headers[2];
	bool gzip;
} encodings[] = {
	{{"gzip"}, true},
	{{"gzip, deflate, br"}, true},
	{{"gzip, deflate, br, zstd"}, true},
	{{"zstd"}, false},
	{{"GZIP"}, false},
	{{"x-gzip"}, false},
	{{"gzip;q=0"}, false},
	{{"gzip;q=0.5"}, true},
	{{"gzip;q=0.5, identity;q=0.4"}, true},
	{{"gzip, identity"}, false},
	{{"identity;q=0.5, gzip;q=0.6"}, true},
	{{"*"}, false},
	{{"*;q=0.5, gzip"}, true},
	{{"*, gzip"}, false},
	{{"gzip;q=0, *"}, false},
	{{"identity;q=0"}, false},
	{{"identity;q=0, gzip;q=0"}, false},
	{{"gzip;level=1"}, false},
	{{"gzip ; q=1.000"}, true},
	{{"gzip;Q=1"}, false},
	{{"gzip;q=2"}, false},
	{{"gzip;q=.5"}, false},
	{{"deflate;x=1, gzip"}, false},
	{{"identity", "gzip;q=0.5"}, false},
	{{"deflate", "gzip"}, true},
	{{"br;q=x", "gzip"}, true},
	{{""}, false},
	{{NULL}, false},
	{{",gzip"}, false},
	{{"gzip;q="}, false},
	{{"gzip;"}, false},
};

#endif
