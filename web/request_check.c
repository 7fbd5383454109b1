// SPDX-License-Identifier: Apache-2.0
#include "request_check.h"

#include <ctype.h>
#include <microhttpd.h>
#include <string.h>
#include <strings.h>

#define ALNUM        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define TOKEN_BYTES  ALNUM "!#$%&'*+-.^_`|~"     /* RFC 9110, 5.6.2 */
#define SCHEME_BYTES ALNUM "+-."                 /* RFC 3986, 3.1 */
#define HOST_BYTES   ALNUM "!$%&'()*+,-.:;=[]_~" /* RFC 3986, 3.2.2 */

/* What Go has in an authority besides: who is asked for. Not %, see above. */
#define AUTHORITY_BYTES ALNUM "!$&'()*+,-.:;=[]_~@"

static bool is_of(const char *text, const char *bytes)
{
	return text[strspn(text, bytes)] == '\0';
}

static bool is_control(char byte)
{
	return (unsigned char)byte < ' ' || byte == 0x7f;
}

/* "http://host" of "http://host/path"; 0: there is none. */
static size_t origin_length(const char *target)
{
	size_t scheme = strspn(target, SCHEME_BYTES);
	size_t authority;

	if (!isalpha((unsigned char)target[0]) || strncmp(target + scheme, "://", 3) != 0)
		return 0;
	authority = strspn(target + scheme + 3, AUTHORITY_BYTES);
	return authority ? scheme + 3 + authority : 0;
}

/* In the path; libmicrohttpd cuts it where a NUL comes out, and takes %zz as it is. */
static bool has_bad_escape(const char *path)
{
	for (; *path && *path != '?'; path++)
		if (*path == '%' &&
		    (!isxdigit((unsigned char)path[1]) || !isxdigit((unsigned char)path[2]) ||
		     strncmp(path, "%00", 3) == 0))
			return true;
	return false;
}

const char *target_refusal(const char *target, size_t *ret_path)
{
	size_t origin;

	if (!target)
		return "no target";
	for (const char *byte = target; *byte; byte++)
		if (is_control(*byte) || *byte == ' ')
			return "invalid character in the target";
	origin = origin_length(target);
	if (target[origin] != '/' && (!origin || (target[origin] && target[origin] != '?')))
		return "the target is no path";
	if (has_bad_escape(target + origin))
		return "invalid escape in the target";
	*ret_path = origin;
	return NULL;
}

/* What is gathered of all fields. */
struct header {
	const char *refusal; /* NULL: none yet */
	unsigned int hosts, codings;
	const char *coding, *length; /* of the body; NULL: not said */
};

/* 0.9.75 appends the lines that a field is folded over to its name, which must not hide a body. */
static bool begins_framing(const char *name)
{
	return strncasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH,
			   strlen(MHD_HTTP_HEADER_CONTENT_LENGTH)) == 0 ||
	       strncasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING,
			   strlen(MHD_HTTP_HEADER_TRANSFER_ENCODING)) == 0;
}

static const char *field_refusal(struct header *header, const char *name, const char *value)
{
	if (!name[0] || !is_of(name, TOKEN_BYTES))
		return "invalid header name";
	for (const char *byte = value; *byte; byte++)
		if (is_control(*byte) && *byte != '\t')
			return "invalid header value";
	if (strcasecmp(name, MHD_HTTP_HEADER_HOST) == 0) {
		header->hosts++;
		return is_of(value, HOST_BYTES) ? NULL : "malformed Host header";
	}
	if (strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0) {
		header->codings++;
		header->coding = value;
		return NULL;
	}
	if (strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0) {
		bool differs = header->length && strcmp(value, header->length) != 0;

		header->length = value;
		return differs ? "different Content-Length headers" : NULL;
	}
	return begins_framing(name) ? "folded header" : NULL;
}

static enum MHD_Result look_at(void *context, enum MHD_ValueKind kind, const char *name,
			       const char *value)
{
	struct header *header = context;

	(void)kind;
	header->refusal = field_refusal(header, name, value ? value : "");
	return header->refusal ? MHD_NO : MHD_YES;
}

const char *header_refusal(struct MHD_Connection *connection, const char *method,
			   const char *version, bool *ret_body)
{
	bool old = strcmp(version, MHD_HTTP_VERSION_1_0) == 0;
	struct header header = {.refusal = NULL};

	if (!is_of(method, TOKEN_BYTES))
		return "invalid method";
	MHD_get_connection_values(connection, MHD_HEADER_KIND, look_at, &header);
	if (header.refusal)
		return header.refusal;
	if (header.hosts > 1)
		return "too many Host headers";
	if (!header.hosts && !old)
		return "missing required Host header";
	if (header.codings && (header.codings > 1 || old || header.length))
		return "Transfer-Encoding that says nothing certain";
	if (header.codings && strcasecmp(header.coding, "chunked") != 0)
		return "unsupported Transfer-Encoding";
	*ret_body = header.codings || header.length;
	return NULL;
}
