// SPDX-License-Identifier: Apache-2.0
/* The cost of slow, greedy and invalid clients: delay of the next scrape, and memory. */
#include "tests/unit/web/http/stub_server.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "tests/lib/http_client.h"
#include "tests/unit/suite.h"

#define BIG_PAGE   (16 << 20) /* more than socket buffers hold */
#define SLOW       1000       /* connections */
#define GARBAGE    10000      /* requests */
#define SCRAPE_MS  100        /* every scrape is faster, whatever other clients do */
#define GROWTH_MAX (1 << 20)  /* bytes by which memory may grow for other reasons */

static const char request[] = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n";

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static long resident_bytes(void)
{
	long pages = 0;
	FILE *statm = fopen("/proc/self/statm", "r");

	ck_assert_ptr_nonnull(statm);
	ck_assert_int_eq(fscanf(statm, "%*d %ld", &pages), 1);
	fclose(statm);
	return pages * sysconf(_SC_PAGESIZE);
}

/* AddressSanitizer keeps freed memory on purpose. */
static void check_memory(long before)
{
#ifdef __SANITIZE_ADDRESS__
	(void)before;
#else
	long grown = resident_bytes() - before;

	ck_assert_msg(grown < GROWTH_MAX, "%ld bytes more", grown);
#endif
}

/* Tries up to three times, because the machine may be busy. */
static void scrape(void)
{
	int64_t took = SCRAPE_MS;

	for (int i = 0; i < 3 && took >= SCRAPE_MS; i++) {
		struct http_response response = {0};
		int64_t before = now_ms();

		ck_assert_int_eq(http_request(stub.port, "GET", "/metrics", &response), 0);
		ck_assert_int_eq(response.status, 200);
		took = now_ms() - before;
		http_response_done(&response);
	}
	ck_assert_int_lt(took, SCRAPE_MS);
}

static int say(const char *bytes, size_t length)
{
	int connection = http_connect(AF_INET, stub.port);

	ck_assert_int_ge(connection, 0);
	send(connection, bytes, length, MSG_NOSIGNAL);
	return connection;
}

/* Returns whether the connection ends within that time. Received bytes are ignored. */
static bool ends_within(int connection, int64_t ms)
{
	struct pollfd polled = {.fd = connection, .events = POLLIN};
	int64_t deadline = now_ms() + ms;
	char bytes[65536];

	for (int64_t left = ms; left > 0; left = deadline - now_ms())
		if (poll(&polled, 1, (int)left) == 1 &&
		    recv(connection, bytes, sizeof(bytes), 0) <= 0)
			return true;
	return false;
}

START_TEST(slow_clients)
{
	static const char begun[] = "GET /metrics HTTP/1.1\r\nHost: a\r\nX-Slow: ";
	int slow[SLOW], alive = 0;
	long before;

	stub_start("/metrics", 40, &CONNECTION_LIMITS, NULL);
	scrape();
	before = resident_bytes();
	for (int i = 0; i < SLOW; i++)
		slow[i] = say(begun, sizeof(begun) - 1);
	for (int i = 0; i < 20; i++)
		scrape();
	for (int i = 0; i < SLOW; i++)
		alive += !ends_within(slow[i], 1);
	ck_assert_int_le(alive, (int)CONNECTION_LIMITS.per_peer);
	for (int i = 0; i < SLOW; i++)
		close(slow[i]);
	usleep(100000);
	check_memory(before);
	stub_stop();
}
END_TEST

static atomic_bool flooding;

static void *flood(void *unused)
{
	while (atomic_load(&flooding)) {
		int connection = stub_connect_from_elsewhere();

		send(connection, "GET", 3, MSG_NOSIGNAL);
		close(connection);
	}
	return unused;
}

START_TEST(a_flood_of_connections)
{
	pthread_t flooder;

	stub_start("/metrics", 40, &CONNECTION_LIMITS, NULL);
	atomic_store(&flooding, true);
	pthread_create(&flooder, NULL, flood, NULL);
	for (int i = 0; i < 100; i++)
		scrape();
	atomic_store(&flooding, false);
	pthread_join(flooder, NULL);
	stub_stop();
}
END_TEST

#define BYTES(literal)                       \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

static const struct {
	const char *bytes;
	size_t length;
} garbage[] = {
	BYTES("\r\n\r\n"),
	BYTES("\0\0\0\0"),
	BYTES("GET\r\n\r\n"),
	BYTES("GET /metrics\r\n\r\n"),
	BYTES("GET /metrics HTTP/9.9\r\n\r\n"),
	BYTES("GET /metrics HTTP/1.1\r\nHost\r\n\r\n"),
	BYTES("GET /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"),
	BYTES("POST /metrics HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
	BYTES("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
	BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
	BYTES("\xff\xfe\xfd /\xff HTTP/1.1\r\n\r\n"),
};

START_TEST(garbage_requests)
{
	long before = 0;

	stub_start("/metrics", 40, &CONNECTION_LIMITS, NULL);
	for (int i = 0; i < GARBAGE; i++) {
		size_t which = (size_t)i % ARRAY_SIZE(garbage);

		if (i == GARBAGE / 10)
			before = resident_bytes();
		close(say(garbage[which].bytes, garbage[which].length));
	}
	scrape();
	check_memory(before);
	stub_stop();
}
END_TEST

START_TEST(a_header_of_a_megabyte)
{
	static const char begun[] = "GET /metrics HTTP/1.1\r\nHost: a\r\nX-Big: ";
	static char header[1 << 20];
	char answer[16] = "";
	int connection;
	long before;

	memset(header, 'x', sizeof(header));
	memcpy(header, begun, sizeof(begun) - 1);
	stub_start("/metrics", 40, &CONNECTION_LIMITS, NULL);
	scrape();
	before = resident_bytes();
	for (int i = 0; i < 100; i++) {
		connection = http_connect(AF_INET, stub.port);
		ck_assert_int_ge(connection, 0);
		send(connection, header, sizeof(header), MSG_NOSIGNAL | MSG_DONTWAIT);
		ck_assert_int_ge(recv(connection, answer, sizeof(answer) - 1, MSG_WAITALL), 12);
		ck_assert_int_eq(strncmp(answer, "HTTP/1.1 431", 12), 0);
		close(connection);
	}
	scrape();
	check_memory(before);
	stub_stop();
}
END_TEST

START_TEST(a_body_without_end)
{
	static const char post[] =
		"POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n";
	static const char bytes[65536];
	int connection;
	ssize_t sent = 0;

	stub_start("/metrics", 40, &CONNECTION_LIMITS, NULL);
	connection = say(post, sizeof(post) - 1);
	for (int i = 0; i < 1000 && sent >= 0; i++)
		sent = send(connection, bytes, sizeof(bytes), MSG_NOSIGNAL);
	ck_assert_int_lt(sent, 0);
	close(connection);
	stub_stop();
}
END_TEST

/* The bytes that are sent, and the phase that then takes too long. */
static const char *const late[CONNECTION_PHASES] = {
	[CONNECTION_NEW] = "GET /metrics HTTP/1.1\r\n",
	[CONNECTION_UPLOADING] = "POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
	[CONNECTION_ANSWERING] = request,
	[CONNECTION_IDLE] = "HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n",
};

/* Only this phase has a short limit. An additional byte now and then does not prolong it. */
START_TEST(late_clients)
{
	struct connection_limits limits = CONNECTION_LIMITS;
	char *big = calloc(1, BIG_PAGE);
	int64_t begun = now_ms();
	bool reads = _i != CONNECTION_ANSWERING;
	int connection;

	limits.phase_ms[_i] = 300;
	stub_start("/metrics", 40, &limits, NULL);
	if (!reads)
		stub_set_page(big, BIG_PAGE);
	connection = say(late[_i], strlen(late[_i]));
	ck_assert(!reads || !ends_within(connection, 200));
	if (_i == CONNECTION_NEW)
		send(connection, "X-A: b\r\n", 8, MSG_NOSIGNAL);
	if (reads)
		ck_assert(ends_within(connection, 2000));
	else
		usleep(600000); /* by then the buffers are full, and the page has not ended */
	ck_assert_int_ge(now_ms() - begun, 300);
	if (!reads) {
		ck_assert(ends_within(connection, 1000));
		stub_set_page(STUB_PAGE, strlen(STUB_PAGE));
	}
	scrape();
	close(connection);
	stub_stop();
	free(big);
}
END_TEST

START_TEST(one_address_that_reads_nothing)
{
	struct connection_limits limits = CONNECTION_LIMITS;
	char *big = calloc(1, BIG_PAGE), byte;
	int stalled[2], connection;

	limits.per_peer = 2;
	stub_start("/metrics", 40, &limits, NULL);
	stub_set_page(big, BIG_PAGE);
	for (int i = 0; i < 2; i++) {
		stalled[i] = say(request, sizeof(request) - 1);
		ck_assert_int_eq(recv(stalled[i], &byte, 1, 0), 1);
	}
	connection = say(request, sizeof(request) - 1);
	ck_assert(ends_within(connection, 1000));
	close(connection);
	connection = stub_connect_from_elsewhere();
	send(connection, request, sizeof(request) - 1, MSG_NOSIGNAL);
	ck_assert_int_eq(recv(connection, &byte, 1, 0), 1);
	close(connection);
	for (int i = 0; i < 2; i++)
		close(stalled[i]);
	stub_stop();
	free(big);
}
END_TEST

/* No descriptor is left: the connection that waits longest makes room, and no thread spins. */
START_TEST(no_descriptor_left)
{
	const int waiting = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in server = {.sin_family = AF_INET,
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct rlimit limit;
	struct rusage usage;
	rlim_t before;
	char byte;
	int idle = -1;

	stub_start("/metrics", 40, &CONNECTION_LIMITS, NULL);
	if (_i)
		idle = say("GET", 3);
	usleep(50000);
	server.sin_port = htons(stub.port);
	getrlimit(RLIMIT_NOFILE, &limit);
	before = limit.rlim_cur;
	limit.rlim_cur = (rlim_t)dup(waiting);
	close((int)limit.rlim_cur);
	setrlimit(RLIMIT_NOFILE, &limit);
	ck_assert_int_eq(connect(waiting, (struct sockaddr *)&server, sizeof(server)), 0);
	send(waiting, request, sizeof(request) - 1, MSG_NOSIGNAL);
	if (!_i) {
		sleep(1);
		getrusage(RUSAGE_SELF, &usage);
		ck_assert_int_lt(usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec +
					 usage.ru_stime.tv_usec,
				 500000);
		limit.rlim_cur = before;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	ck_assert_int_eq(recv(waiting, &byte, 1, 0), 1);
	ck_assert(!_i || ends_within(idle, 100));
	close(waiting);
	close(idle);
	stub_stop();
}
END_TEST

START_TEST(unix_sockets_have_no_address)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int connections[100], alive = 0;
	char listening[128];

	snprintf(address.sun_path, sizeof(address.sun_path), "/tmp/hostile-%d.sock", getpid());
	snprintf(listening, sizeof(listening), "unix:%s", address.sun_path);
	stub_start("/metrics", 40, &CONNECTION_LIMITS, listening);
	for (int i = 0; i < 100; i++) {
		connections[i] = socket(AF_UNIX, SOCK_STREAM, 0);
		ck_assert_int_eq(
			connect(connections[i], (struct sockaddr *)&address, sizeof(address)), 0);
	}
	scrape();
	for (int i = 0; i < 100; i++) {
		alive += !ends_within(connections[i], 1);
		close(connections[i]);
	}
	ck_assert_int_eq(alive, 100);
	unlink(address.sun_path);
	stub_stop();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{slow_clients, 0},
		{a_flood_of_connections, 0},
		{garbage_requests, 0},
		{a_header_of_a_megabyte, 0},
		{a_body_without_end, 0},
		{late_clients, CONNECTION_PHASES},
		{one_address_that_reads_nothing, 0},
		{no_descriptor_left, 2},
		{unix_sockets_have_no_address, 0},
	};

	return run_suite("hostile_clients", tests, ARRAY_SIZE(tests));
}
