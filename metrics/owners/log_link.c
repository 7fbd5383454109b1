// SPDX-License-Identifier: Apache-2.0
#include "metrics/owners/log_link.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SUFFIX     ".log"
#define NAME_CUT   251 /* without the suffix; NAME_MAX is 255 */
#define ID_LENGTH  64
#define ID_ENOUGH  8 /* digits of a cut id that make a mistake practically impossible */
#define CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789-."

/* The characters that Kubernetes allows in names of pods, namespaces and containers. */
static bool copy_name(const char *from, size_t length, char *ret_name, size_t size)
{
	if (length == 0 || length >= size || strspn(from, CHARACTERS) < length)
		return false;
	memcpy(ret_name, from, length);
	ret_name[length] = '\0';
	return true;
}

/* NAMESPACE_POD_UID; none of them contains an underscore. */
static bool parse_pod(const char *from, size_t length, struct log_link *link)
{
	const char *end = from + length;
	const char *pod = memchr(from, '_', length);
	const char *uid = pod ? memchr(pod + 1, '_', end - pod - 1) : NULL;

	if (!uid || !copy_name(from, pod - from, link->namespace, sizeof(link->namespace)) ||
	    !copy_name(pod + 1, uid - pod - 1, link->pod, sizeof(link->pod)))
		return false;
	uid++;
	if (!pod_uid_is_valid(uid, end - uid))
		return false;
	memcpy(link->pod_uid, uid, end - uid);
	link->pod_uid[end - uid] = '\0';
	return true;
}

/* Returns the last '/' before end, or NULL. */
static const char *slash_before(const char *text, const char *end)
{
	return end > text ? memrchr(text, '/', end - text) : NULL;
}

static bool parse_target(const char *target, struct log_link *link)
{
	const char *file = strrchr(target, '/');
	const char *container = file ? slash_before(target, file) : NULL;
	const char *pod = container ? slash_before(target, container) : NULL;

	return pod &&
	       copy_name(container + 1, file - container - 1, link->container,
			 sizeof(link->container)) &&
	       parse_pod(pod + 1, container - pod - 1, link);
}

/* The name repeats the target, and adds the id. */
static bool parse_name(const char *name, struct log_link *link)
{
	char before[sizeof(*link)];
	size_t length = strlen(name), before_length;

	if (length <= strlen(SUFFIX) || strcmp(name + length - strlen(SUFFIX), SUFFIX) != 0)
		return false;
	length -= strlen(SUFFIX);
	before_length = snprintf(before, sizeof(before), "%s_%s_%s-", link->pod, link->namespace,
				 link->container);
	if (strncmp(name, before, length < before_length ? length : before_length) != 0)
		return false;
	link->id[0] = '\0';
	if (length < before_length)
		return length == NAME_CUT;
	name += before_length;
	length -= before_length;
	if (length > ID_LENGTH || strspn(name, "0123456789abcdef") < length)
		return false;
	memcpy(link->id, name, length);
	link->id[length] = '\0';
	return length == ID_LENGTH || before_length + length == NAME_CUT;
}

int log_link_parse(const char *name, const char *target, struct log_link *ret_link)
{
	struct log_link link;

	if (!parse_target(target, &link) || !parse_name(name, &link))
		return -EINVAL;
	*ret_link = link;
	return 0;
}

bool log_link_is_of(const struct log_link *link, const char *container_id)
{
	size_t length = strlen(link->id);

	return length >= ID_ENOUGH && strncmp(link->id, container_id, length) == 0;
}
