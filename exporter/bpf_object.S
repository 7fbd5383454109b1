/* SPDX-License-Identifier: Apache-2.0 */
/* BPF_OBJECT: path of the compiled BPF object, given by the build. */
	.section .rodata
	.balign 8
	.globl bpf_object_start
	.globl bpf_object_end
bpf_object_start:
	.incbin BPF_OBJECT
bpf_object_end:
	.section .note.GNU-stack, "", %progbits
