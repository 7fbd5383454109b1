// SPDX-License-Identifier: Apache-2.0
#include "metrics/rows/labels.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/abi/classify.h"
#include "common/label.h"
#include "common/text.h"
#include "metrics/owners/owner.h"
#include "metrics/rows/names.h"

/* The required labels also have a bit, but only in this file. */
#define LABEL_CATEGORY (1U << 31)
#define LABEL_FAMILY   (1U << 30)
#define LABEL_COMM     (1U << 29)
#define LABELS_ALWAYS  (LABEL_CATEGORY | LABEL_FAMILY | LABEL_COMM)

#define LABEL_NAMES                                                                  \
	"category, family, comm, namespace, pod, container, unit, protocol, scope, " \
	"uid, port, netns"

/* In the order in which they stand on the page. */
static const struct {
	uint32_t bit;
	const char *name;
} label_table[] = {
	{LABEL_CATEGORY, "category"}, {LABEL_FAMILY, "family"},
	{LABEL_COMM, "comm"},         {BIND_LABEL_NAMESPACE, "namespace"},
	{BIND_LABEL_POD, "pod"},      {BIND_LABEL_CONTAINER, "container"},
	{BIND_LABEL_UNIT, "unit"},    {BIND_LABEL_PROTOCOL, "protocol"},
	{BIND_LABEL_SCOPE, "scope"},  {BIND_LABEL_UID, "uid"},
	{BIND_LABEL_PORT, "port"},    {BIND_LABEL_NETNS, "netns"},
};

#define LABELS (sizeof(label_table) / sizeof(label_table[0]))

/* name has length bytes and no NUL. Returns 0 if there is no such label. */
static uint32_t label_bit(const char *name, size_t length)
{
	for (size_t i = 0; i < LABELS; i++) {
		const char *candidate = label_table[i].name;

		if (strlen(candidate) == length && memcmp(candidate, name, length) == 0)
			return label_table[i].bit;
	}
	return 0;
}

int bind_labels_parse(const char *list, uint32_t *ret_labels, char ret_error[BIND_LABELS_ERROR_MAX])
{
	uint32_t labels = 0;

	for (const char *name = list;; name++) {
		size_t length = strcspn(name, ",");
		uint32_t bit = label_bit(name, length);

		if (!bit || (labels & bit)) {
			snprintf(ret_error, BIND_LABELS_ERROR_MAX,
				 "%s label \"%.*s\"; use each of these at most once: " LABEL_NAMES,
				 bit ? "repeated" : "unknown", (int)(length < 32 ? length : 32),
				 name);
			return -EINVAL;
		}
		labels |= bit;
		name += length;
		if (!*name)
			break;
	}
	for (size_t i = 0; i < LABELS; i++) {
		if (!(label_table[i].bit & LABELS_ALWAYS & ~labels))
			continue;
		snprintf(ret_error, BIND_LABELS_ERROR_MAX,
			 "the label %s is missing; category, family and comm are required",
			 label_table[i].name);
		return -EINVAL;
	}
	*ret_labels = labels & ~LABELS_ALWAYS;
	return 0;
}

/*
 * An upper limit for all names and values together; each value other than comm and those of owners
 * has less than 24 bytes.
 */
#define LABELS_MAX (2 * sizeof(struct owner) + LABEL_ESCAPED_MAX + 640)
#define VALUE_MAX  (2 * sizeof(struct owner)) /* the same for any one value */

/* Appends ,name="value" and returns the end. */
static char *append(char *out, const char *name, const char *value)
{
	*out++ = ',';
	out = stpcpy(stpcpy(out, name), "=\"");
	return stpcpy(stpcpy(out, value), "\"");
}

static const char *decimal(uint64_t number, char scratch[VALUE_MAX])
{
	*text_format_u64(scratch, number) = '\0';
	return scratch;
}

/* "0" if the kernel was asked to pick a port, "" if the family has no ports. */
static const char *port_value(uint64_t kind, char scratch[VALUE_MAX])
{
	uint16_t port = bind_kind_port(kind);

	if (port)
		return decimal(port, scratch);
	return bind_kind_category(kind) == BIND_AUTO && bind_has_port(bind_kind_family(kind)) ? "0"
											      : "";
}

static const char *comm_value(const struct bind_key *key, char scratch[VALUE_MAX])
{
	char comm[LABEL_COMM_MAX];

	label_from_comm((const char *)key->comm, BIND_COMM_SIZE, comm);
	label_escape(comm, scratch);
	return scratch;
}

static const char *owner_value(uint32_t label, const struct owner *owner, char scratch[VALUE_MAX])
{
	const char *value = label == BIND_LABEL_NAMESPACE   ? owner->namespace
			    : label == BIND_LABEL_POD       ? owner->pod
			    : label == BIND_LABEL_CONTAINER ? owner->container
							    : owner->unit;

	label_escape(value, scratch);
	return scratch;
}

static const char *value_of(uint32_t label, const struct bind_key *key, char scratch[VALUE_MAX])
{
	switch (label) {
	case LABEL_CATEGORY:
		return bind_category_name(bind_kind_category(key->kind));
	case LABEL_FAMILY:
		return bind_family_name(bind_kind_family(key->kind));
	case LABEL_COMM:
		return comm_value(key, scratch);
	case BIND_LABEL_PROTOCOL:
		return bind_protocol_name(bind_kind_protocol(key->kind), scratch);
	case BIND_LABEL_SCOPE:
		return bind_scope_name(bind_kind_scope(key->kind));
	case BIND_LABEL_UID:
		return decimal((uint32_t)key->owner, scratch);
	case BIND_LABEL_PORT:
		return port_value(key->kind, scratch);
	case BIND_LABEL_NETNS:
		return decimal(key->owner >> 32, scratch);
	default:
		return "";
	}
}

/* "(other)" rows are still separate by category and family. */
static const char *value_of_other(uint32_t label, const struct bind_key *key)
{
	if (label == LABEL_COMM)
		return LABEL_OTHER;
	return label == LABEL_CATEGORY || label == LABEL_FAMILY ? value_of(label, key, NULL) : "";
}

char *bind_labels_format(const struct bind_key *key, const struct owner *owner, uint32_t labels,
			 uint32_t known, bool other)
{
	char buffer[LABELS_MAX], scratch[VALUE_MAX], *out = buffer;

	labels |= LABELS_ALWAYS;
	known |= LABELS_ALWAYS;
	if (!owner)
		known &= ~BIND_LABELS_OWNER;
	for (size_t i = 0; i < LABELS; i++) {
		uint32_t label = label_table[i].bit;
		const char *value = "";

		if (!(labels & label))
			continue;
		if (other)
			value = value_of_other(label, key);
		else if (known & label & BIND_LABELS_OWNER)
			value = owner_value(label, owner, scratch);
		else if (known & label)
			value = value_of(label, key, scratch);
		out = append(out, label_table[i].name, value);
	}
	stpcpy(out, "}");
	buffer[0] = '{'; /* in place of the first comma */
	return strdup(buffer);
}

char *bind_labels_with_errno(const char *labels, uint32_t error)
{
	char scratch[BIND_NAME_SCRATCH], *new;
	int without_brace = (int)strlen(labels) - 1;

	if (asprintf(&new, "%.*s,errno=\"%s\"}", without_brace, labels,
		     bind_errno_name(error, scratch)) < 0)
		return NULL;
	return new;
}
