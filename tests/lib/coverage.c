// SPDX-License-Identifier: Apache-2.0
/*
 * With SBE_COVERAGE, linked with --wrap=_exit: children of unit tests end by _exit(), which would
 * lose the counts of the lines that they ran.
 */
#include <unistd.h>

/* As gcc's gcov.h declares it, which other compilers do not have. */
void __gcov_dump(void);

void __real__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status) __attribute__((noreturn));

void __wrap__exit(int status)
{
	__gcov_dump();
	__real__exit(status);
}
