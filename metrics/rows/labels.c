// SPDX-License-Identifier: Apache-2.0
#include "metrics/rows/labels.h"

#include <errno.h>
#include <stddef.h>
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

/*
 * An upper limit for all names and values together: each name with its punctuation has less than 24
 * bytes, and so has each value other than comm and those of owners.
 */
#define LABELS_MAX (2 * sizeof(struct owner) + LABEL_ESCAPED_MAX + 48 * TYPES)
#define VALUE_MAX  (2 * sizeof(struct owner)) /* the same for any one value */

static const char *decimal(uint64_t number, char scratch[VALUE_MAX])
{
	*text_format_u64(scratch, number) = '\0';
	return scratch;
}

static const char *category_value(const struct bind_key *key, char scratch[VALUE_MAX])
{
	(void)scratch;
	return bind_category_name(bind_kind_category(key->kind));
}

static const char *family_value(const struct bind_key *key, char scratch[VALUE_MAX])
{
	(void)scratch;
	return bind_family_name(bind_kind_family(key->kind));
}

static const char *comm_value(const struct bind_key *key, char scratch[VALUE_MAX])
{
	char comm[LABEL_COMM_MAX];

	label_from_comm((const char *)key->comm, BIND_COMM_SIZE, comm);
	label_escape(comm, scratch);
	return scratch;
}

static const char *protocol_value(const struct bind_key *key, char scratch[VALUE_MAX])
{
	return bind_protocol_name(bind_kind_protocol(key->kind), scratch);
}

static const char *scope_value(const struct bind_key *key, char scratch[VALUE_MAX])
{
	(void)scratch;
	return bind_scope_name(bind_kind_scope(key->kind));
}

static const char *uid_value(const struct bind_key *key, char scratch[VALUE_MAX])
{
	return decimal((uint32_t)key->owner, scratch);
}

/* "0" if the kernel was asked to pick a port, "" if the family has no ports. */
static const char *port_value(const struct bind_key *key, char scratch[VALUE_MAX])
{
	uint64_t kind = key->kind;
	uint16_t port = bind_kind_port(kind);

	if (port)
		return decimal(port, scratch);
	return bind_kind_category(kind) == BIND_AUTO && bind_has_port(bind_kind_family(kind)) ? "0"
											      : "";
}

static const char *netns_value(const struct bind_key *key, char scratch[VALUE_MAX])
{
	return decimal(key->owner >> 32, scratch);
}

struct label_type {
	const char *name;
	uint32_t bit;
	/* Returns the value, escaped: a static string, or in scratch. NULL: it is the owner's. */
	const char *(*value)(const struct bind_key *key, char scratch[VALUE_MAX]);
	size_t owner_field; /* the owner's only: offset in struct owner, where it is not escaped */
	const char *other;  /* value in "(other)" rows; NULL: they are separate by this label */
};

#define OWNER(field) .owner_field = offsetof(struct owner, field)

/* The order is that of the page. */
static const struct label_type types[] = {
	{"category", LABEL_CATEGORY, .value = category_value},
	{"family", LABEL_FAMILY, .value = family_value},
	{"comm", LABEL_COMM, .value = comm_value, .other = LABEL_OTHER},
	{"namespace", BIND_LABEL_NAMESPACE, OWNER(namespace), .other = ""},
	{"pod", BIND_LABEL_POD, OWNER(pod), .other = ""},
	{"container", BIND_LABEL_CONTAINER, OWNER(container), .other = ""},
	{"unit", BIND_LABEL_UNIT, OWNER(unit), .other = ""},
	{"protocol", BIND_LABEL_PROTOCOL, .value = protocol_value, .other = ""},
	{"scope", BIND_LABEL_SCOPE, .value = scope_value, .other = ""},
	{"uid", BIND_LABEL_UID, .value = uid_value, .other = ""},
	{"port", BIND_LABEL_PORT, .value = port_value, .other = ""},
	{"netns", BIND_LABEL_NETNS, .value = netns_value, .other = ""},
};

#define TYPES (sizeof(types) / sizeof(types[0]))

_Static_assert(TYPES == 3 + __builtin_popcount(BIND_LABELS_ALL), "every label has a row");

/* name has length bytes and no NUL. Returns 0 if there is no such label. */
static uint32_t label_bit(const char *name, size_t length)
{
	for (size_t i = 0; i < TYPES; i++) {
		const char *candidate = types[i].name;

		if (strlen(candidate) == length && memcmp(candidate, name, length) == 0)
			return types[i].bit;
	}
	return 0;
}

/* problem: "repeated" or "unknown". name has length bytes. */
static int refuse_name(const char *problem, const char *name, size_t length,
		       char ret_error[BIND_LABELS_ERROR_MAX])
{
	int end = snprintf(ret_error, BIND_LABELS_ERROR_MAX,
			   "%s label \"%.*s\"; use each of these at most once", problem,
			   (int)(length < 32 ? length : 32), name);

	for (size_t i = 0; i < TYPES && end < BIND_LABELS_ERROR_MAX; i++)
		end += snprintf(ret_error + end, BIND_LABELS_ERROR_MAX - end, "%s %s",
				i ? "," : ":", types[i].name);
	return -EINVAL;
}

int bind_labels_parse(const char *list, uint32_t *ret_labels, char ret_error[BIND_LABELS_ERROR_MAX])
{
	uint32_t labels = 0;

	for (const char *name = list;; name++) {
		size_t length = strcspn(name, ",");
		uint32_t bit = label_bit(name, length);

		if (!bit || (labels & bit))
			return refuse_name(bit ? "repeated" : "unknown", name, length, ret_error);
		labels |= bit;
		name += length;
		if (!*name)
			break;
	}
	for (size_t i = 0; i < TYPES; i++) {
		if (!(types[i].bit & LABELS_ALWAYS & ~labels))
			continue;
		snprintf(ret_error, BIND_LABELS_ERROR_MAX,
			 "the label %s is missing; category, family and comm are required",
			 types[i].name);
		return -EINVAL;
	}
	*ret_labels = labels & ~LABELS_ALWAYS;
	return 0;
}

/* Appends ,name="value" and returns the end. */
static char *append(char *out, const char *name, const char *value)
{
	*out++ = ',';
	out = stpcpy(stpcpy(out, name), "=\"");
	return stpcpy(stpcpy(out, value), "\"");
}

/* owner may be NULL. */
static const char *value_of(const struct label_type *type, const struct bind_key *key,
			    const struct owner *owner, char scratch[VALUE_MAX])
{
	if (type->value)
		return type->value(key, scratch);
	if (!owner)
		return "";
	label_escape((const char *)owner + type->owner_field, scratch);
	return scratch;
}

char *bind_labels_format(const struct bind_key *key, const struct owner *owner, uint32_t labels,
			 uint32_t known, bool other)
{
	char buffer[LABELS_MAX], scratch[VALUE_MAX], *out = buffer;

	labels |= LABELS_ALWAYS;
	known |= LABELS_ALWAYS;
	for (size_t i = 0; i < TYPES; i++) {
		const struct label_type *type = &types[i];
		const char *value = "";

		if (!(labels & type->bit))
			continue;
		if (other && type->other)
			value = type->other;
		else if (known & type->bit)
			value = value_of(type, key, owner, scratch);
		out = append(out, type->name, value);
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
