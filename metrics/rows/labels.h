/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which labels rows have, and their text. A set of labels is a mask of enum
 * bind_label: category, family and comm are always there, and have no bit.
 */
#ifndef BIND_LABELS_H
#define BIND_LABELS_H

#include <stdbool.h>
#include <stdint.h>

struct bind_key;
struct owner;

#define BIND_LABELS_ERROR_MAX 192

/*
 * list: names with commas between them, in any order. 0, or -EINVAL with cause and
 * cure in ret_error: an unknown, repeated or missing name.
 */
int bind_labels_parse(const char *list, uint32_t *ret_labels,
		      char ret_error[BIND_LABELS_ERROR_MAX]);

/*
 * The labels of a row as they stand on the page, braces included, in an order that
 * does not depend on how they were asked for:
 *
 *   {category="well_known",family="inet",comm="nginx",scope="any",port="80"}
 *
 * key: as the kernel wrote it; of dimensions that are not in labels nothing is
 * read. owner: of the key's cgroup; NULL: it has none, BIND_LABELS_OWNER are empty. known: those of
 * labels that it was counted by; the others are empty. other: the row of what did not fit,
 * comm="(other)", which has the optional labels, too, but empty. The caller frees the result; NULL:
 * out of memory.
 */
char *bind_labels_format(const struct bind_key *key, const struct owner *owner, uint32_t labels,
			 uint32_t known, bool other);

/*
 * The labels of the same row's failures: those above and errno. error: a positive
 * errno, or BIND_ANY_ERROR. The caller frees the result; NULL: out of memory.
 */
char *bind_labels_with_errno(const char *labels, uint32_t error);

#endif
