// SPDX-License-Identifier: Apache-2.0
/* Requests that wait for bcrypt: what others notice of them, and clients that do not wait. */
#include "web/access/gate.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/units.h"
#include "tests/unit/suite.h"
#include "tests/unit/web/access/gate_fixture.h"

/* Whether the connection has an answer of this status by now. flags: of recv(). */
static bool has_answer(int connection, const char *status, int flags)
{
	char answer[16] = "";

	return recv(connection, answer, sizeof(answer) - 1, flags) > 0 && strstr(answer, status);
}

static int count_answered(const int *connections, size_t count, const char *status)
{
	int answered = 0;

	for (size_t i = 0; i < count; i++)
		answered += has_answer(connections[i], status, MSG_PEEK | MSG_DONTWAIT);
	return answered;
}

static void close_all(const int *connections, size_t count)
{
	for (size_t i = 0; i < count; i++)
		close(connections[i]);
}

/* While bcrypt runs, other requests are served, and stopping does not wait for it. */
START_TEST(ends_while_credentials_are_compared)
{
	int waiting[40], granted = 0;
	uint64_t begin_ns;

	gate_start(SLOW_USERS);
	for (size_t i = 0; i < ARRAY_SIZE(waiting); i++) {
		waiting[i] = http_connect(AF_INET, stub.port);
		gate_send(waiting[i], REQUEST(RIGHT));
	}
	begin_ns = clock_ns(CLOCK_MONOTONIC);
	ck_assert_int_eq(gate_status("/-/healthy", NULL), 200);
	gate_stop();
	ck_assert_uint_lt(clock_ns(CLOCK_MONOTONIC) - begin_ns, SECOND_NS);
	/* The client gets no answer or a refusal: an unknown result never grants access. */
	for (size_t i = 0; i < ARRAY_SIZE(waiting); i++)
		granted += has_answer(waiting[i], " 200", 0);
	ck_assert_int_eq(granted, 0);
	close_all(waiting, ARRAY_SIZE(waiting));
}
END_TEST

/* Connects from elsewhere, and sends another password on each connection. */
static void guess(int *ret_connections, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char request[128];

		snprintf(request, sizeof(request), REQUEST("cHJvbTp3%c%cAA"), 'A' + (int)i % 26,
			 'A' + (int)i / 26);
		ret_connections[i] = stub_connect_from_elsewhere();
		gate_send(ret_connections[i], request);
	}
}

/* A client that guesses from one address fills its own share, and takes turns with all others. */
START_TEST(a_flood_of_guesses_keeps_no_user_out)
{
	int guessing[60], refused = 0, before;

	gate_start(SLOW_USERS);
	guess(guessing, ARRAY_SIZE(guessing));
	/* 27, less the comparisons that have ended by then. */
	for (int i = 0; i < 10000 && refused < 20; i++) {
		usleep(1000);
		refused = count_answered(guessing, ARRAY_SIZE(guessing), " 503");
	}
	ck_assert_int_ge(refused, 20);
	before = count_answered(guessing, ARRAY_SIZE(guessing), " 401");
	ck_assert_int_eq(gate_status("/metrics", RIGHT), 200);
	ck_assert_int_le(count_answered(guessing, ARRAY_SIZE(guessing), " 401") - before, 3);
	close_all(guessing, ARRAY_SIZE(guessing));
	gate_stop();
}
END_TEST

/*
 * A connection that waits for bcrypt cannot be closed meanwhile, so it is not evicted. Other
 * connections of the same address are, and the waiting ones get their answers.
 */
START_TEST(waiting_requests_make_no_room)
{
	struct connection_limits limits = CONNECTION_LIMITS;
	int guessing[8], others[10];

	limits.per_peer = ARRAY_SIZE(guessing) + 2;
	limits.patience_ms = 1;
	gate_start_within(SLOW_USERS, &limits);
	guess(guessing, ARRAY_SIZE(guessing));
	/* By these answers, the guesses have been read. */
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(gate_status("/-/healthy", NULL), 200);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		usleep(5000);
		others[i] = stub_connect_from_elsewhere();
		send(others[i], "GET", 3, MSG_NOSIGNAL);
	}
	for (size_t i = 0; i < ARRAY_SIZE(guessing); i++)
		ck_assert(has_answer(guessing[i], "HTTP/1.1 401", MSG_WAITALL));
	close_all(guessing, ARRAY_SIZE(guessing));
	close_all(others, ARRAY_SIZE(others));
	gate_stop();
}
END_TEST

/*
 * Clients close their connection while they wait, and more requests follow on the same connection.
 */
START_TEST(survives_clients_that_leave)
{
	int status, tries = 0;

	gate_start(USERS);
	for (int i = 0; i < 100; i++) {
		int connection = http_connect(AF_INET, stub.port);

		gate_send(connection, REQUEST(WRONG) REQUEST(RIGHT));
		close(connection);
	}
	/*
	 * Jobs of closed connections may still fill the queue for a while, which is answered with
	 * 503.
	 */
	while ((status = gate_status("/metrics", RIGHT)) == 503 && ++tries < 10000)
		usleep(1000);
	ck_assert_int_eq(status, 200);
	gate_stop();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{ends_while_credentials_are_compared, 0},
		{a_flood_of_guesses_keeps_no_user_out, 0},
		{waiting_requests_make_no_room, 0},
		{survives_clients_that_leave, 0},
	};

	return run_suite("gate_waiting", tests, ARRAY_SIZE(tests));
}
