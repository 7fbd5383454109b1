/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strict YAML: mappings whose keys are all known and stand there once, and values of
 * the type that is asked for. Refusals are one line each, in the words of the YAML
 * library that Prometheus' exporters use: "line 3: field foo not found in type web.Config".
 * Readers return 0, -EINVAL with that line, or -ENOMEM. A value of null leaves the
 * target as it is.
 */
#ifndef YAML_READER_H
#define YAML_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

struct yaml_reader {
	yaml_document_t *document;
	char *error;
	size_t error_size;
};

typedef int yaml_read(struct yaml_reader *reader, yaml_node_t *node, void *target);

struct yaml_field {
	const char *name;
	yaml_read *read;
	size_t offset; /* of its target */
};

struct yaml_type {
	const char *name; /* as Go calls it */
	const struct yaml_field *fields;
	size_t field_count;
};

/*
 * The whole of a text, which may be empty or only comments, as one mapping. 0, or -EINVAL or
 * -ENOMEM with one line in ret_error.
 */
int yaml_read_text(const char *text, size_t length, const struct yaml_type *type, void *target,
		   char *ret_error, size_t error_size);

int yaml_read_mapping(struct yaml_reader *reader, yaml_node_t *node, const struct yaml_type *type,
		      void *target);

/* each: called with the value as node, and the key in the bytes of a NUL-terminated string. */
int yaml_read_map(struct yaml_reader *reader, yaml_node_t *node, const char *type,
		  int (*each)(struct yaml_reader *reader, const char *key, yaml_node_t *value,
			      void *target),
		  void *target);

/* each: called for every item, with the same target. */
int yaml_read_list(struct yaml_reader *reader, yaml_node_t *node, const char *type, yaml_read *each,
		   void *target);

/* A scalar of any type, as it is written; type is for the refusal. To be freed. */
int yaml_read_scalar(struct yaml_reader *reader, yaml_node_t *node, const char *type,
		     char **ret_string);

yaml_read yaml_read_string; /* char **, freed if it was set */
yaml_read yaml_read_bool;   /* bool * */
yaml_read yaml_read_int;    /* int64_t * */

bool yaml_is_null(const yaml_node_t *node);
int yaml_line(const yaml_node_t *node); /* from 1 */

/* Say what is wrong there. Return -EINVAL. */
int yaml_refuse_type(struct yaml_reader *reader, const yaml_node_t *node, const char *type);
__attribute__((format(printf, 3, 4))) int yaml_refuse(struct yaml_reader *reader,
						      const yaml_node_t *node, const char *cause,
						      ...);

#endif
