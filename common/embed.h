/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are part of the program. */
#ifndef EMBED_H
#define EMBED_H

/*
 * Puts the bytes of a file between name_start and name_end. In C rather than in assembly, so that
 * the compiler notes on the object what branch protection it bears: the program has what all
 * objects have.
 */
#define EMBED(name, path)                                                   \
	__asm__(".pushsection .rodata\n"                                    \
		".balign 8\n"                                               \
		".globl " #name "_start, " #name "_end\n" #name "_start:\n" \
		".incbin \"" path "\"\n" #name "_end:\n"                    \
		".popsection\n");                                           \
	extern const unsigned char name##_start[], name##_end[]

#endif
