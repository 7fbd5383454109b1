/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks requests independently of their target. Refuses everything that HTTP forbids, and above
 * all everything that a proxy may interpret differently, so that it and the exporter disagree about
 * where the next request begins (RFC 9112). libmicrohttpd 1.0 itself refuses much of this, 0.9.75
 * little.
 */
#ifndef REQUEST_CHECK_H
#define REQUEST_CHECK_H

#include <stdbool.h>
#include <stddef.h>

struct MHD_Connection;

/*
 * Checks the target as it was sent; NULL: none. It must be a path, or an absolute URL as sent to
 * proxies. Returns NULL, and in *ret_path the offset of the path, which may be empty; or the reason
 * for a refusal. Nothing before the path is escaped, so that the offset is also valid in the
 * decoded target.
 */
const char *target_refusal(const char *target, size_t *ret_path);

/*
 * Checks the rest, after the whole header has been read. Returns NULL, and in *ret_last whether
 * this must be the last request of its connection; or the reason for a refusal, and then it must be
 * the last one, too. A request with a body must be the last one, because there are different ways
 * to determine the body's length; so must one with more header than libmicrohttpd shows.
 */
const char *header_refusal(struct MHD_Connection *connection, const char *method,
			   const char *version, bool *ret_last);

#endif
