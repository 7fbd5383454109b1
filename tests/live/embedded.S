/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that test_live carries along, so that it can be run anywhere as one
 * executable. Their paths are given by the build.
 */
	.section .rodata
	.balign 8
	.globl noise_object_start
	.globl noise_object_end
noise_object_start:
	.incbin NOISE_OBJECT
noise_object_end:
	.balign 8
	.globl bind32_start
	.globl bind32_end
bind32_start:
#ifdef BIND32_PROGRAM
	.incbin BIND32_PROGRAM
#endif
bind32_end:
	.section .note.GNU-stack, "", %progbits
