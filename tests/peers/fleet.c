// SPDX-License-Identifier: Apache-2.0
/*
 * A simulated fleet to scrape: node N, from 0, answers at 127.1.(N / 250).(N % 250 + 1) with the
 * page that an exporter would serve there.
 *
 * fleet PORT ROWS    serves until it is ended; a node has ROWS / 2 to ROWS * 3 / 2 rows
 * fleet sizes        prints bytes and series of pages with several numbers of rows
 */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/peers/fleet_node.h"
#include "web/http/negotiation.h"

#define CONNECTIONS 4096

struct fleet {
	uint32_t rows;
	time_t start;
};

static uint32_t node_asked(struct MHD_Connection *connection)
{
	const char *host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Host");
	unsigned int block, last;

	if (!host || sscanf(host, "127.1.%u.%u", &block, &last) != 2)
		return 0;
	return block * 250 + last - 1;
}

static void drop_page(void *page)
{
	page_unref(page);
}

/*
 * Negotiates like the exporter: the best format that the client accepts, and gzip if it is
 * requested.
 */
static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *upload,
			      size_t *upload_size, void **state)
{
	const struct fleet *fleet = context;
	const char *accept = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Accept");
	const char *encoding =
		MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Accept-Encoding");
	char type[NEGOTIATION_TYPE_MAX];
	enum page_kind kind = negotiate_format(accept, type);
	struct fleet_node node = {.number = node_asked(connection)};
	struct encoding_wishes wishes = {0};
	struct MHD_Response *response;
	enum MHD_Result result;
	struct page *page;
	const char *bytes;
	size_t length;

	(void)url, (void)method, (void)version, (void)upload, (void)upload_size, (void)state;
	node.rows = fleet->rows / 2 + node.number % (fleet->rows + 1);
	node.up_s = (uint64_t)(time(NULL) - fleet->start);
	page = fleet_node_page(&node, kind);
	if (!page)
		return MHD_NO;
	if (encoding)
		encoding_wishes_add(&wishes, encoding);
	length = page_length(page);
	bytes = encoding_wishes_are_gzip(&wishes) ? page_gzip(page, &length) : page_data(page);
	response = MHD_create_response_from_buffer_with_free_callback_cls(length, (void *)bytes,
									  drop_page, page);
	MHD_add_response_header(response, "Content-Type", type);
	if (bytes != page_data(page))
		MHD_add_response_header(response, "Content-Encoding", "gzip");
	result = MHD_queue_response(connection, MHD_HTTP_OK, response);
	MHD_destroy_response(response);
	return result;
}

static int serve(uint16_t port, struct fleet *fleet)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_ANY), /* the test's network has only loopback */
	};
	struct MHD_Daemon *daemon;
	sigset_t ends;
	int signal;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, port, NULL, NULL, answer, fleet,
				  MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_CONNECTION_LIMIT,
				  CONNECTIONS, MHD_OPTION_END);
	if (!daemon) {
		perror("fleet: cannot serve");
		return EXIT_FAILURE;
	}
	sigwait(&ends, &signal);
	MHD_stop_daemon(daemon);
	return EXIT_SUCCESS;
}

static uint32_t series_of(struct page *page)
{
	const char *at = page_data(page), *end = at + page_length(page);
	uint32_t series = 0;

	for (; at < end; at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1)
		series += *at != '#';
	return series;
}

static int print_sizes(void)
{
	static const uint32_t rows[] = {50, 100, 150, 500, 2000};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct fleet_node node = {.number = 7, .rows = rows[i], .up_s = 86400};
		struct page *page = fleet_node_page(&node, PAGE_OPENMETRICS);
		size_t gzip;

		if (!page || !page_gzip(page, &gzip))
			return EXIT_FAILURE;
		printf("rows %u series %u plain %zu gzip %zu\n", rows[i], series_of(page),
		       page_length(page), gzip);
		page_unref(page);
	}
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct fleet fleet = {.start = time(NULL)};

	if (argc == 2 && !strcmp(argv[1], "sizes"))
		return print_sizes();
	if (argc != 3) {
		fputs("usage: fleet PORT ROWS | fleet sizes\n", stderr);
		return EXIT_FAILURE;
	}
	fleet.rows = (uint32_t)strtoul(argv[2], NULL, 10);
	return serve((uint16_t)strtoul(argv[1], NULL, 10), &fleet);
}
