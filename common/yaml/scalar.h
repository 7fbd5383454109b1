/* SPDX-License-Identifier: Apache-2.0 */
/* What a plain YAML 1.1 scalar is, as Go's YAML library sees it. */
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

bool yaml_scalar_bool(const char *text); /* of one that is a bool */

/* Decimal, 0x, 0b or octal from 0, with "_" anywhere. 0, or -ERANGE. */
int yaml_scalar_int(const char *text, int64_t *ret_number);

#endif
