/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads strict YAML: the keys of a mapping are all known and appear once, and values have the
 * requested type. A refusal is one line in the words of the YAML library that Prometheus' exporters
 * use: "line 3: field foo not found in type web.Config". Readers return 0, -EINVAL with that line,
 * or -ENOMEM. A value of null leaves the target untouched. Touches only memory.
 */
#ifndef YAML_READER_H
#define YAML_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

#define YAML_ERROR_MAX 512

struct yaml_reader {
	yaml_document_t *document;
	char *error; /* YAML_ERROR_MAX bytes */
};

typedef int yaml_read(struct yaml_reader *reader, yaml_node_t *node, void *target);

struct yaml_field {
	const char *name;
	yaml_read *read;
	size_t offset; /* of the field in the target of the mapping */
};

struct yaml_type {
	const char *name; /* in Go, for messages */
	const struct yaml_field *fields;
	size_t field_count;
};

/*
 * Reads a whole text as one mapping; it can be empty or contain only comments. 0, or -EINVAL or
 * -ENOMEM with one line in ret_error.
 */
int yaml_read_text(const char *text, size_t length, const struct yaml_type *type, void *target,
		   char ret_error[YAML_ERROR_MAX]);

int yaml_read_mapping(struct yaml_reader *reader, yaml_node_t *node, const struct yaml_type *type,
		      void *target);

/* each: called for every pair of the mapping; key lives as long as the document. */
int yaml_read_map(struct yaml_reader *reader, yaml_node_t *node, const char *type,
		  int (*each)(struct yaml_reader *reader, const char *key, yaml_node_t *value,
			      void *target),
		  void *target);

/* each: called for every item, with the same target. */
int yaml_read_list(struct yaml_reader *reader, yaml_node_t *node, const char *type, yaml_read *each,
		   void *target);

/* Copies a scalar of any type as it is written. type is for the message. The caller frees it. */
int yaml_read_scalar(struct yaml_reader *reader, yaml_node_t *node, const char *type,
		     char **ret_string);

yaml_read yaml_read_string; /* char **; an earlier string is freed */
yaml_read yaml_read_bool;   /* bool * */
yaml_read yaml_read_int;    /* int64_t * */

bool yaml_is_null(const yaml_node_t *node);
int yaml_line(const yaml_node_t *node); /* counts from 1 */

/* Write the line of the refusal, with the line number of node. Return -EINVAL. */
int yaml_refuse_type(struct yaml_reader *reader, const yaml_node_t *node, const char *type);
__attribute__((format(printf, 3, 4))) int yaml_refuse(struct yaml_reader *reader,
						      const yaml_node_t *node, const char *cause,
						      ...);

#endif
