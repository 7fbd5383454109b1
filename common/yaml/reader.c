// SPDX-License-Identifier: Apache-2.0
#include "common/yaml/reader.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/yaml/scalar.h"

#define DEPTH_MAX 16 /* the web configuration file needs 3 */

int yaml_line(const yaml_node_t *node)
{
	return (int)node->start_mark.line + 1;
}

static const char *text_of(const yaml_node_t *node)
{
	return (const char *)node->data.scalar.value;
}

/* A plain scalar has the type that it looks like; a quoted one is a string. */
static enum yaml_scalar scalar_of(const yaml_node_t *node)
{
	const char *tag = (const char *)node->tag;

	if (node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return YAML_SCALAR_STRING;
	if (tag && strcmp(tag, YAML_STR_TAG) != 0)
		return yaml_scalar_of_tag(tag);
	return yaml_scalar_of(text_of(node));
}

bool yaml_is_null(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE && scalar_of(node) == YAML_SCALAR_NULL;
}

int yaml_refuse(struct yaml_reader *reader, const yaml_node_t *node, const char *cause, ...)
{
	int length = snprintf(reader->error, YAML_ERROR_MAX, "line %d: ", yaml_line(node));
	va_list arguments;

	va_start(arguments, cause);
	vsnprintf(reader->error + length, YAML_ERROR_MAX - length, cause, arguments);
	va_end(arguments);
	return -EINVAL;
}

int yaml_refuse_type(struct yaml_reader *reader, const yaml_node_t *node, const char *type)
{
	const char *text;

	switch (node->type) {
	case YAML_SEQUENCE_NODE:
		return yaml_refuse(reader, node, "cannot unmarshal !!seq into %s", type);
	case YAML_MAPPING_NODE:
		return yaml_refuse(reader, node, "cannot unmarshal !!map into %s", type);
	default:
		/* The message quotes only the beginning: it can be a secret in the wrong place. */
		text = text_of(node);
		return yaml_refuse(reader, node, "cannot unmarshal !!%s `%.*s%s` into %s",
				   yaml_scalar_name(scalar_of(node)), strlen(text) > 10 ? 7 : 10,
				   text, strlen(text) > 10 ? "..." : "", type);
	}
}

static const struct yaml_field *find_field(const struct yaml_type *type, const char *name)
{
	for (size_t i = 0; i < type->field_count; i++)
		if (strcmp(type->fields[i].name, name) == 0)
			return &type->fields[i];
	return NULL;
}

static yaml_node_t *node_at(struct yaml_reader *reader, int index)
{
	return yaml_document_get_node(reader->document, index);
}

/* Returns whether an earlier pair has this key. */
static bool is_repeated(struct yaml_reader *reader, const yaml_node_t *node,
			const yaml_node_pair_t *pair)
{
	const char *key = text_of(node_at(reader, pair->key));

	for (const yaml_node_pair_t *earlier = node->data.mapping.pairs.start; earlier < pair;
	     earlier++)
		if (strcmp(text_of(node_at(reader, earlier->key)), key) == 0)
			return true;
	return false;
}

/* A key must be a scalar without a NUL byte, because comparisons would end there. */
static int check_key(struct yaml_reader *reader, const yaml_node_t *key)
{
	if (key->type != YAML_SCALAR_NODE || strlen(text_of(key)) != key->data.scalar.length)
		return yaml_refuse_type(reader, key, "string");
	return 0;
}

static int read_field(struct yaml_reader *reader, yaml_node_t *node, const yaml_node_pair_t *pair,
		      const struct yaml_type *type, char *target)
{
	const yaml_node_t *key = node_at(reader, pair->key);
	yaml_node_t *value = node_at(reader, pair->value);
	const struct yaml_field *field = find_field(type, text_of(key));

	if (!field)
		return yaml_refuse(reader, key, "field %.100s not found in type %s", text_of(key),
				   type->name);
	if (is_repeated(reader, node, pair))
		return yaml_refuse(reader, key, "field %s already set in type %s", field->name,
				   type->name);
	return yaml_is_null(value) ? 0 : field->read(reader, value, target + field->offset);
}

int yaml_read_mapping(struct yaml_reader *reader, yaml_node_t *node, const struct yaml_type *type,
		      void *target)
{
	int error = 0;

	if (node->type != YAML_MAPPING_NODE)
		return yaml_refuse_type(reader, node, type->name);
	for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	     !error && pair < node->data.mapping.pairs.top; pair++) {
		error = check_key(reader, node_at(reader, pair->key));
		if (!error)
			error = read_field(reader, node, pair, type, target);
	}
	return error;
}

int yaml_read_map(struct yaml_reader *reader, yaml_node_t *node, const char *type,
		  int (*each)(struct yaml_reader *reader, const char *key, yaml_node_t *value,
			      void *target),
		  void *target)
{
	int error = 0;

	if (node->type != YAML_MAPPING_NODE)
		return yaml_refuse_type(reader, node, type);
	for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	     !error && pair < node->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key = node_at(reader, pair->key);

		error = check_key(reader, key);
		if (!error && is_repeated(reader, node, pair))
			error = yaml_refuse(reader, key, "key \"%.100s\" already set in map",
					    text_of(key));
		if (!error)
			error = each(reader, text_of(key), node_at(reader, pair->value), target);
	}
	return error;
}

int yaml_read_list(struct yaml_reader *reader, yaml_node_t *node, const char *type, yaml_read *each,
		   void *target)
{
	int error = 0;

	if (node->type != YAML_SEQUENCE_NODE)
		return yaml_refuse_type(reader, node, type);
	for (const yaml_node_item_t *item = node->data.sequence.items.start;
	     !error && item < node->data.sequence.items.top; item++)
		error = each(reader, node_at(reader, *item), target);
	return error;
}

int yaml_read_scalar(struct yaml_reader *reader, yaml_node_t *node, const char *type,
		     char **ret_string)
{
	char *string;

	if (node->type != YAML_SCALAR_NODE)
		return yaml_refuse_type(reader, node, type);
	if (strlen(text_of(node)) != node->data.scalar.length)
		return yaml_refuse(reader, node, "a NUL byte is in the way");
	string = strdup(text_of(node));
	if (!string)
		return -ENOMEM;
	*ret_string = string;
	return 0;
}

int yaml_read_string(struct yaml_reader *reader, yaml_node_t *node, void *target)
{
	char *string = NULL;
	int error = yaml_read_scalar(reader, node, "string", &string);

	if (error)
		return error;
	free(*(char **)target);
	*(char **)target = string;
	return 0;
}

int yaml_read_bool(struct yaml_reader *reader, yaml_node_t *node, void *target)
{
	if (node->type != YAML_SCALAR_NODE || scalar_of(node) != YAML_SCALAR_BOOL)
		return yaml_refuse_type(reader, node, "bool");
	*(bool *)target = yaml_scalar_bool(text_of(node));
	return 0;
}

int yaml_read_int(struct yaml_reader *reader, yaml_node_t *node, void *target)
{
	if (node->type != YAML_SCALAR_NODE || scalar_of(node) != YAML_SCALAR_INT ||
	    yaml_scalar_int(text_of(node), target))
		return yaml_refuse_type(reader, node, "int");
	return 0;
}

/* Reports the parser's own error. Its lines count from 0, and 0 can mean that it knows none. */
static int refuse_syntax(const yaml_parser_t *parser, char ret_error[YAML_ERROR_MAX])
{
	size_t line = parser->problem_mark.line;

	if (parser->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	snprintf(ret_error, YAML_ERROR_MAX, "line %zu: %s", line + 1,
		 parser->problem ? parser->problem : "not YAML");
	return -EINVAL;
}

static int read_document(yaml_document_t *document, const struct yaml_type *type, void *target,
			 char ret_error[YAML_ERROR_MAX])
{
	struct yaml_reader reader = {document, ret_error};
	yaml_node_t *root = yaml_document_get_root_node(document);

	if (!root || yaml_is_null(root))
		return 0;
	return yaml_read_mapping(&reader, root, type, target);
}

static int depth_change(yaml_event_type_t type)
{
	switch (type) {
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		return 1;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return -1;
	default:
		return 0;
	}
}

/* Checks the depth of the first document, the only one that is read. */
static int check_events(yaml_parser_t *parser, char ret_error[YAML_ERROR_MAX])
{
	yaml_event_t event = {.type = YAML_NO_EVENT};
	yaml_event_type_t type = YAML_NO_EVENT;

	for (int depth = 0; type != YAML_DOCUMENT_END_EVENT && type != YAML_STREAM_END_EVENT;) {
		if (!yaml_parser_parse(parser, &event))
			return refuse_syntax(parser, ret_error);
		type = event.type;
		depth += depth_change(type);
		if (depth > DEPTH_MAX) {
			snprintf(ret_error, YAML_ERROR_MAX, "line %zu: nested more than %d deep",
				 event.start_mark.line + 1, DEPTH_MAX);
			yaml_event_delete(&event);
			return -EINVAL;
		}
		yaml_event_delete(&event);
	}
	return 0;
}

/* Runs before anything is loaded: the parser's time grows with the square of the depth. */
static int check_depth(const char *text, size_t length, char ret_error[YAML_ERROR_MAX])
{
	yaml_parser_t parser;
	int error;

	if (!yaml_parser_initialize(&parser))
		return -ENOMEM;
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
	error = check_events(&parser, ret_error);
	yaml_parser_delete(&parser);
	return error;
}

int yaml_read_text(const char *text, size_t length, const struct yaml_type *type, void *target,
		   char ret_error[YAML_ERROR_MAX])
{
	yaml_parser_t parser;
	yaml_document_t document;
	int error;

	snprintf(ret_error, YAML_ERROR_MAX, "out of memory");
	error = check_depth(text, length, ret_error);
	if (error)
		return error;
	if (!yaml_parser_initialize(&parser))
		return -ENOMEM;
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
	if (yaml_parser_load(&parser, &document)) {
		error = read_document(&document, type, target, ret_error);
		yaml_document_delete(&document);
	} else {
		error = refuse_syntax(&parser, ret_error);
	}
	yaml_parser_delete(&parser);
	return error;
}
