/* SPDX-License-Identifier: Apache-2.0 */
/* What is written to standard error between two calls, as far as a pipe holds it. */
#ifndef LIB_CAPTURED_H
#define LIB_CAPTURED_H

#include <check.h>
#include <stddef.h>
#include <string.h>

/* 0 or -errno. From now on standard error is a pipe. */
int capture_begin(void);

/* Standard error is what it was before. Cut at size - 1 bytes; NUL-terminated. */
void capture_end(char *ret_text, size_t size);

/* Does both around one statement, in a test. ret_text: an array, not a pointer to one. */
#define capture(ret_text, statement)                                               \
	do {                                                                       \
		_Static_assert(sizeof(ret_text) > sizeof(char *), "not an array"); \
		ck_assert_int_eq(capture_begin(), 0);                              \
		statement;                                                         \
		capture_end(ret_text, sizeof(ret_text));                           \
	} while (0)

/* Macros, as those of Check: a failure has the line of the test. */
#define assert_captured(text, part) \
	ck_assert_msg(strstr(text, part), "\"%s\" is not in:\n%s", part, text)
#define assert_not_captured(text, part) \
	ck_assert_msg(!strstr(text, part), "\"%s\" is in:\n%s", part, text)

#endif
