/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is refused of a request, whatever it asks for: what HTTP forbids, and above all what a proxy
 * may have read otherwise, so that it and we disagree where the next request begins (RFC 9112).
 * libmicrohttpd 1.0 refuses much of it by itself, 0.9.75 little.
 */
#ifndef REQUEST_CHECK_H
#define REQUEST_CHECK_H

#include <stdbool.h>
#include <stddef.h>

struct MHD_Connection;

/*
 * The target as it was sent, NULL: none. A path, or an absolute URL as it is sent to proxies. NULL
 * and where the path begins, which may be empty; or why it is refused. Nothing before that is
 * escaped, so that it is the same place once the target is decoded.
 */
const char *target_refusal(const char *target, size_t *ret_path);

/*
 * The rest, once the header is there: NULL and whether it must be the last request of its
 * connection; or why it is refused, and then it must be, too. With a body it is, for how long that
 * is can be disagreed on; and where libmicrohttpd shows less of the header than was sent.
 */
const char *header_refusal(struct MHD_Connection *connection, const char *method,
			   const char *version, bool *ret_last);

#endif
