// SPDX-License-Identifier: Apache-2.0
#include "web/http/request_check.h"

#include <ctype.h>
#include <microhttpd.h>
#include <string.h>
#include <strings.h>

#define ALNUM        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define TOKEN_BYTES  ALNUM "!#$%&'*+-.^_`|~"     /* RFC 9110, 5.6.2 */
#define SCHEME_BYTES ALNUM "+-."                 /* RFC 3986, 3.1 */
#define HOST_BYTES   ALNUM "!$%&'()*+,-.:;=[]_~" /* RFC 3986, 3.2.2 */

/* HOST_BYTES with the user before @, but without %, so that nothing before the path is escaped. */
#define AUTHORITY_BYTES ALNUM "!$&'()*+,-.:;=[]_~@"

#define NAME_BYTES ALNUM "!$&'()*+,-.;=_~"    /* bytes of a host name */
#define IPV6_BYTES "0123456789abcdefABCDEF:." /* bytes of an address in brackets */
#define DIGITS     "0123456789"

static bool is_of(const char *text, const char *bytes)
{
	return text[strspn(text, bytes)] == '\0';
}

static bool is_control(char byte)
{
	return (unsigned char)byte < ' ' || byte == 0x7f;
}

/* Returns the length of a name or of an address in brackets, or 0 if there is neither. */
static size_t host_length(const char *host)
{
	size_t address;

	if (host[0] != '[')
		return strspn(host, NAME_BYTES);
	address = strspn(host + 1, IPV6_BYTES);
	return address && host[1 + address] == ']' ? address + 2 : 0;
}

/*
 * Returns the length of "user@host:port", or 0 if the host, the only required part, is missing or
 * if more follows.
 */
static size_t authority_length(const char *authority)
{
	size_t length = strspn(authority, AUTHORITY_BYTES);
	const char *at = memrchr(authority, '@', length);
	const char *host = at ? at + 1 : authority;
	const char *end = host + host_length(host);

	if (end == host)
		return 0;
	if (*end == ':')
		end += 1 + strspn(end + 1, DIGITS);
	return end == authority + length ? length : 0;
}

/* Returns the length of "http://host" in "http://host/path", or 0 if there is none. */
static size_t origin_length(const char *target)
{
	size_t scheme = strspn(target, SCHEME_BYTES);
	size_t authority;

	if (!isalpha((unsigned char)target[0]) || strncmp(target + scheme, "://", 3) != 0)
		return 0;
	authority = authority_length(target + scheme + 3);
	return authority ? scheme + 3 + authority : 0;
}

/* Checks the path. libmicrohttpd cuts it at an escaped NUL, and leaves %zz unchanged. */
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
		return "the target is not a path";
	if (has_bad_escape(target + origin))
		return "invalid escape in the target";
	*ret_path = origin;
	return NULL;
}

/* The state while all fields are read. */
struct header {
	const char *refusal; /* NULL: none yet */
	unsigned int hosts, codings;
	const char *coding, *length; /* of the body; NULL: not given */
	const char *end;             /* the end of the last field's value; NULL: no fields */
};

static bool library_is_old(void)
{
	return MHD_get_version()[0] == '0';
}

/*
 * Old versions append folded lines of a field to its name, without the spaces before them. This
 * could hide the framing of a body. Such a name looks the same as one that was sent like this.
 */
static bool may_hide_framing(const char *name)
{
	return library_is_old() && (strncasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH,
						strlen(MHD_HTTP_HEADER_CONTENT_LENGTH)) == 0 ||
				    strncasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING,
						strlen(MHD_HTTP_HEADER_TRANSFER_ENCODING)) == 0);
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
	return may_hide_framing(name) ? "folded header" : NULL;
}

static enum MHD_Result look_at(void *context, enum MHD_ValueKind kind, const char *name,
			       const char *value)
{
	struct header *header = context;

	(void)kind;
	header->refusal = field_refusal(header, name, value ? value : "");
	if (value)
		header->end = value + strlen(value);
	return header->refusal ? MHD_NO : MHD_YES;
}

/*
 * An old library also ends the header at a line that begins with a NUL or has no name before its
 * colon, and takes the following bytes for another request. It does not show such a line, but it
 * does show the size of the header, in which it has replaced line ends by NULs. Only two line ends
 * may follow the last value, its own and that of the empty line, both LF or both CR LF.
 */
static bool hides_its_end(struct MHD_Connection *connection, const char *method, const char *end)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	ptrdiff_t rest = info && end ? method + info->header_size - end : 0;

	return library_is_old() && rest != 2 * strlen("\n") && rest != 2 * strlen("\r\n");
}

const char *header_refusal(struct MHD_Connection *connection, const char *method,
			   const char *version, bool *ret_last)
{
	bool http_1_0 = strcmp(version, MHD_HTTP_VERSION_1_0) == 0;
	struct header header = {.refusal = NULL};

	if (!is_of(method, TOKEN_BYTES))
		return "invalid method";
	MHD_get_connection_values(connection, MHD_HEADER_KIND, look_at, &header);
	if (header.refusal)
		return header.refusal;
	if (header.hosts > 1)
		return "too many Host headers";
	if (!header.hosts && !http_1_0)
		return "missing required Host header";
	if (header.codings && (header.codings > 1 || http_1_0 || header.length))
		return "ambiguous Transfer-Encoding";
	if (header.codings && strcasecmp(header.coding, "chunked") != 0)
		return "unsupported Transfer-Encoding";
	*ret_last =
		header.codings || header.length || hides_its_end(connection, method, header.end);
	return NULL;
}
