// SPDX-License-Identifier: Apache-2.0
#include "web/access/gate.h"

#include <errno.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "web/access/access.h"
#include "web/limits/line_limit.h"
#include "web/limits/peer.h"

struct gate {
	bool tls;
	pthread_mutex_t lock;     /* protects all members below */
	struct access_file *file; /* NULL after gate_close() */
	struct access *last;      /* the last valid access */
	bool mismatch; /* the file has turned TLS on or off since the start; this was logged */
	struct line_limit failed_logins;
};

/* Keeps the access of its beginning, even if the file changes. */
struct gate_session {
	struct access *access;
	struct tls_session tls;
};

/* The log line of a failed login. */
struct login_line {
	bool is_due;
	char peer[PEER_NAME_MAX];
	uint64_t others; /* the number of failures without a line */
};

/* Called with the lock. */
static bool fits(struct gate *gate, const struct access *access)
{
	bool mismatch = access_uses_tls(access) != gate->tls;

	if (mismatch && !gate->mismatch)
		log_event(LOG_LEVEL_ERROR, "web configuration is not used", "reason",
			  gate->tls ? "TLS is in use, but the file no longer configures it"
				    : "TLS is not in use, but the file now configures it",
			  "cure",
			  "restart the exporter; until then, every request except for /-/healthy "
			  "and /-/ready gets 500",
			  NULL);
	gate->mismatch = mismatch;
	return !mismatch;
}

/*
 * Called with the lock. Returns an access with a reference, or NULL if every request is to be
 * refused.
 */
static struct access *current(struct gate *gate)
{
	struct access *access = gate->file ? access_file_current(gate->file) : NULL;

	if (access && !fits(gate, access)) {
		access_unref(access);
		return NULL;
	}
	if (access) {
		access_unref(gate->last);
		gate->last = access_ref(access);
	}
	return access;
}

int gate_new(struct access_file *file, struct gate **ret_gate)
{
	struct gate *gate = calloc(1, sizeof(*gate));

	if (!gate) {
		access_file_close(file);
		return -ENOMEM;
	}
	pthread_mutex_init(&gate->lock, NULL);
	gate->file = file;
	gate->last = access_file_current(file);
	if (!gate->last) {
		gate_close(gate);
		gate_free(gate);
		return -EINVAL;
	}
	gate->tls = access_uses_tls(gate->last);
	*ret_gate = gate;
	return 0;
}

/* The file is closed without the lock, because the requests that are answered meanwhile take it. */
void gate_close(struct gate *gate)
{
	struct access_file *file;

	if (!gate)
		return;
	pthread_mutex_lock(&gate->lock);
	file = gate->file;
	gate->file = NULL;
	pthread_mutex_unlock(&gate->lock);
	access_file_close(file);
}

void gate_free(struct gate *gate)
{
	if (!gate)
		return;
	access_unref(gate->last);
	pthread_mutex_destroy(&gate->lock);
	free(gate);
}

void gate_reload(struct gate *gate)
{
	if (!gate)
		return;
	pthread_mutex_lock(&gate->lock);
	if (gate->file)
		access_file_reload(gate->file);
	access_unref(current(gate));
	pthread_mutex_unlock(&gate->lock);
}

bool gate_uses_tls(const struct gate *gate)
{
	return gate && gate->tls;
}

/* The address lives as long as the connection. NULL: the connection has none. */
static const struct sockaddr *address_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
}

int gate_begin_session(struct gate *gate, struct MHD_Connection *connection,
		       struct gate_session **ret_own)
{
	gnutls_session_t session =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION)
			->tls_session;
	struct gate_session *own = calloc(1, sizeof(*own));
	int error;

	gnutls_session_set_ptr(
		session, NULL); /* libmicrohttpd's pointer is for a feature that is not used here */
	if (!own)
		return -ENOMEM;
	pthread_mutex_lock(&gate->lock);
	access_unref(current(gate));
	own->access = access_ref(gate->last);
	pthread_mutex_unlock(&gate->lock);
	error = access_prepare_session(own->access, session, address_of(connection), &own->tls);
	if (error)
		gate_end_session(own);
	else
		*ret_own = own;
	return error;
}

void gate_end_session(struct gate_session *own)
{
	if (!own)
		return;
	access_unref(own->access);
	free(own);
}

static enum gate_answer gate_answer_of(enum auth_answer answer)
{
	switch (answer) {
	case AUTH_GRANTED:
		return GATE_PASSED;
	case AUTH_DENIED:
		return GATE_DENIED;
	case AUTH_PENDING:
		return GATE_PENDING;
	default:
		return GATE_BUSY;
	}
}

/* Called with the lock. */
static void decide_line(struct gate *gate, struct MHD_Connection *connection,
			const struct peer *peer, struct login_line *ret_line)
{
	ret_line->is_due = line_limit_admits(&gate->failed_logins, peer, clock_ns(CLOCK_MONOTONIC),
					     &ret_line->others);
	if (ret_line->is_due)
		peer_name(address_of(connection), ret_line->peer);
}

/* Called without the lock, because the reader of the log may be slow. */
static void log_line(const struct login_line *line)
{
	char count[24];

	if (!line->is_due)
		return;
	snprintf(count, sizeof(count), "%" PRIu64, line->others);
	log_event(LOG_LEVEL_INFO, "login failed", "peer", line->peer, "reason",
		  "missing, malformed or wrong user name or password", "cure",
		  "compare the client's basic_auth with basic_auth_users",
		  line->others ? "others" : NULL, count, NULL);
}

/* gate_request may be freed as soon as its connection is resumed, so the line is written before. */
static void answer_later(void *context, enum auth_answer answer)
{
	struct gate_request *gate_request = context;
	struct gate *gate = gate_request->gate;
	struct login_line line = {0};
	struct peer peer;

	pthread_mutex_lock(&gate->lock);
	gate_request->answer = gate_answer_of(answer);
	if (answer == AUTH_DENIED) {
		peer = peer_of(address_of(gate_request->connection));
		decide_line(gate, gate_request->connection, &peer, &line);
	}
	pthread_mutex_unlock(&gate->lock);
	log_line(&line);
	MHD_resume_connection(gate_request->connection);
}

/* Called with the lock, so that a connection is not resumed before it is suspended. */
static enum gate_answer authenticate(struct gate_request *gate_request, struct login_line *ret_line)
{
	const struct peer peer = peer_of(address_of(gate_request->connection));
	const char *authorization = MHD_lookup_connection_value(
		gate_request->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_AUTHORIZATION);
	enum auth_answer answer =
		access_authenticate(gate_request->access, &peer, authorization,
				    (struct auth_waiter){answer_later, gate_request});

	/* Browsers first send a request without credentials, which is not a failed login. */
	if (answer == AUTH_PENDING)
		MHD_suspend_connection(gate_request->connection);
	else if (answer == AUTH_DENIED && authorization)
		decide_line(gate_request->gate, gate_request->connection, &peer, ret_line);
	return gate_answer_of(answer);
}

/*
 * Called with the lock. Checks in the toolkit's order. As in the toolkit, requests above the rate
 * limit get no headers.
 */
static enum gate_answer ask(struct gate_request *gate_request, bool guarded,
			    struct login_line *ret_line)
{
	struct access *access = current(gate_request->gate);

	if (!guarded) {
		gate_request->access = access;
		return GATE_PASSED;
	}
	if (!access)
		return GATE_INVALID;
	if (!access_admits(access)) {
		access_unref(access);
		return GATE_LIMITED;
	}
	gate_request->access = access;
	return authenticate(gate_request, ret_line);
}

enum gate_answer gate_check(struct gate_request *gate_request, bool guarded)
{
	struct login_line line = {0};
	enum gate_answer answer;

	if (!gate_request->gate)
		return GATE_PASSED;
	pthread_mutex_lock(&gate_request->gate->lock);
	if (gate_request->answer == GATE_UNKNOWN)
		gate_request->answer = ask(gate_request, guarded, &line);
	answer = gate_request->answer;
	pthread_mutex_unlock(&gate_request->gate->lock);
	log_line(&line);
	return answer;
}

void gate_request_end(struct gate_request *gate_request)
{
	access_unref(gate_request->access);
	gate_request->access = NULL;
}
