/* SPDX-License-Identifier: Apache-2.0 */
/* Embeds files in the program. */
#ifndef EMBED_H
#define EMBED_H

/*
 * Puts the bytes of the file at path between name_start and name_end. This is C rather than a file
 * of assembly, because the compiler then notes in the object which branch protection it has: the
 * linker gives the program only the protection that all objects have.
 */
#define EMBED(name, path)                                                   \
	__asm__(".pushsection .rodata\n"                                    \
		".balign 8\n"                                               \
		".globl " #name "_start, " #name "_end\n" #name "_start:\n" \
		".incbin \"" path "\"\n" #name "_end:\n"                    \
		".popsection\n");                                           \
	extern const unsigned char name##_start[], name##_end[]

#endif
