/* SPDX-License-Identifier: Apache-2.0 */
/* The type of a plain YAML 1.1 scalar, by the rules of Go's YAML library. Pure functions. */
#ifndef YAML_SCALAR_H
#define YAML_SCALAR_H

#include <stdbool.h>
#include <stdint.h>

enum yaml_scalar {
	YAML_SCALAR_STRING,
	YAML_SCALAR_NULL,
	YAML_SCALAR_BOOL,
	YAML_SCALAR_INT,
	YAML_SCALAR_FLOAT,
};

enum yaml_scalar yaml_scalar_of(const char *text);
enum yaml_scalar yaml_scalar_of_tag(const char *tag);  /* "tag:yaml.org,2002:int" */
const char *yaml_scalar_name(enum yaml_scalar scalar); /* "int": its short tag */

bool yaml_scalar_bool(const char *text); /* text: a YAML_SCALAR_BOOL */

/*
 * Reads a decimal, 0x, 0b or, after a leading 0, octal number, with "_" anywhere. 0, or -ERANGE
 * also if text is not an int.
 */
int yaml_scalar_int(const char *text, int64_t *ret_number);

#endif
