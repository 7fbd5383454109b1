// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/web/access/gate_fixture.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/lib/scratch.h"
#include "tests/unit/suite.h"

#define PATH_SIZE (SCRATCH_SIZE + 16)

static char scratch[SCRATCH_SIZE];
char gate_config[PATH_SIZE];

void gate_write_config(const char *text)
{
	char beside[PATH_SIZE + 8];

	snprintf(beside, sizeof(beside), "%s.new", gate_config);
	ck_assert_int_eq(scratch_write(beside, text, strlen(text)), 0);
	ck_assert_int_eq(rename(beside, gate_config), 0);
}

void gate_start_within(const char *text, const struct connection_limits *limits)
{
	ck_assert_int_eq(scratch_make(scratch), 0);
	snprintf(gate_config, sizeof(gate_config), "%s/web.yml", scratch);
	gate_write_config(text);
	stub_start_guarded(gate_config, limits);
}

void gate_start(const char *text)
{
	gate_start_within(text, &CONNECTION_LIMITS);
}

void gate_stop(void)
{
	stub_stop();
	scratch_remove(scratch);
}

struct http_response gate_ask(const char *method, const char *target, const char *credentials)
{
	struct http_response response = {0};
	char request[512];
	int length = snprintf(request, sizeof(request),
			      "%s %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%s%s%s\r\n",
			      method, target, credentials ? "Authorization: Basic " : "",
			      credentials ? credentials : "", credentials ? "\r\n" : "");

	ck_assert_int_eq(http_exchange(AF_INET, stub.port, request, (size_t)length,
				       strcmp(method, "HEAD") == 0, &response),
			 0);
	return response;
}

int gate_status(const char *target, const char *credentials)
{
	struct http_response response = gate_ask("GET", target, credentials);
	int status = response.status;

	http_response_done(&response);
	return status;
}

void gate_send(int connection, const char *bytes)
{
	ssize_t length = (ssize_t)strlen(bytes);

	ck_assert_int_eq(write(connection, bytes, (size_t)length), length);
}
