// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/web/http/stub_server.h"

#include <check.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common/page.h"
#include "common/text.h"
#include "web/access/access.h"

struct stub stub;

static struct page *stub_page(void *context, enum page_kind kind)
{
	struct page *page = kind == PAGE_HTML ? stub.status : stub.page;

	(void)context;
	stub.asked = kind;
	atomic_fetch_add(&stub.served, 1);
	return page ? page_ref(page) : NULL;
}

static const char *stub_unready(void *context)
{
	(void)context;
	return stub.unready;
}

static void stub_lost(void *context)
{
	(void)context;
	atomic_fetch_add(&stub.lost, 1);
}

static void set_page(struct page **page, const char *bytes, size_t length)
{
	struct text text = {0};

	text_append(&text, bytes, length);
	page_unref(*page);
	*page = page_new(&text);
}

void stub_set_page(const char *bytes, size_t length)
{
	set_page(&stub.page, bytes, length);
}

static void start(struct http_config *config, const char *other_address)
{
	struct listener *listeners = stub.listeners;

	stub_set_page(STUB_PAGE, strlen(STUB_PAGE));
	set_page(&stub.status, STUB_STATUS, strlen(STUB_STATUS));
	ck_assert_int_eq(listener_open("127.0.0.1:0", &listeners[0]), 0);
	if (other_address)
		ck_assert_int_eq(listener_open(other_address, &listeners[1]), 0);
	stub.port = (uint16_t)strtoul(strrchr(listeners[0].address, ':') + 1, NULL, 10);
	config->listeners = listeners;
	config->listener_count = other_address ? 2 : 1;
	config->source = (struct http_source){NULL, stub_page, stub_unready};
	config->lost = stub_lost;
	ck_assert_int_eq(http_server_start(config, &stub.server), 0);
}

void stub_start(const char *path, uint32_t max_requests, const struct connection_limits *limits,
		const char *other_address)
{
	struct http_config config = {
		.telemetry_path = path, .max_requests = max_requests, .limits = *limits};

	start(&config, other_address);
}

void stub_start_guarded(const char *web_config, const struct connection_limits *limits)
{
	struct http_config config = {.telemetry_path = "/metrics", .limits = *limits};
	char error[ACCESS_ERROR_MAX] = "";

	ck_assert_msg(!access_file_open(web_config, &config.access_file, error), "%s", error);
	start(&config, NULL);
}

void stub_stop(void)
{
	http_server_stop(stub.server);
	page_unref(stub.page);
	page_unref(stub.status);
	stub.page = NULL;
	stub.status = NULL;
}

int stub_connect_from_elsewhere(void)
{
	const struct sockaddr_in elsewhere = {.sin_family = AF_INET,
					      .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1)};
	const struct sockaddr_in server = {.sin_family = AF_INET,
					   .sin_port = htons(stub.port),
					   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int connection = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(bind(connection, (const struct sockaddr *)&elsewhere, sizeof(elsewhere)),
			 0);
	ck_assert_int_eq(connect(connection, (const struct sockaddr *)&server, sizeof(server)), 0);
	return connection;
}
