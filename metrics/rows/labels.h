/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which labels rows have, and their text. A set of labels is a mask of enum bind_label. Category,
 * family and comm are always present and have no bit there.
 */
#ifndef BIND_LABELS_H
#define BIND_LABELS_H

#include <stdbool.h>
#include <stdint.h>

struct bind_key;
struct owner;

#define BIND_LABELS_ERROR_MAX 192

/*
 * list: names separated by commas, in any order. Returns 0, or -EINVAL with cause and cure in
 * ret_error: a name is unknown, repeated or missing.
 */
int bind_labels_parse(const char *list, uint32_t *ret_labels,
		      char ret_error[BIND_LABELS_ERROR_MAX]);

/*
 * Returns the labels of a row as they stand on the page, with braces. Their order does not depend
 * on the order of bind_labels_parse():
 *
 *   {category="well_known",family="inet",comm="nginx",scope="any",port="80"}
 *
 * key: as the kernel wrote it; only the dimensions in labels are read.
 * owner: that of the key's cgroup. NULL: it has none, and BIND_LABELS_OWNER are empty.
 * known: the labels that the key was counted by; the others are empty.
 * other: this is the "(other)" row. It has comm="(other)", and its optional labels are empty.
 *
 * The caller frees the result. NULL: out of memory.
 */
char *bind_labels_format(const struct bind_key *key, const struct owner *owner, uint32_t labels,
			 uint32_t known, bool other);

/*
 * Returns the labels of the same row's failures: labels and errno. error: a positive errno, or
 * BIND_ANY_ERROR. The caller frees the result. NULL: out of memory.
 */
char *bind_labels_with_errno(const char *labels, uint32_t error);

#endif
