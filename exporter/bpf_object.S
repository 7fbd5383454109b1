/* SPDX-License-Identifier: Apache-2.0 */
/* BPF_OBJECT, BPF_OBJECT_BEFORE_5_12, BPF_STUBS: paths of the compiled BPF objects, given by the build. */
	.section .rodata
	.balign 8
start:
	.incbin BPF_OBJECT
end:
	.balign 8
start_before_5_12:
	.incbin BPF_OBJECT_BEFORE_5_12
end_before_5_12:
	.balign 8
start_stubs:
	.incbin BPF_STUBS
end_stubs:
	.section .data.rel.ro, "aw"
	.balign 8
	.globl bpf_object_5_12
bpf_object_5_12:
	.quad start, end
	.globl bpf_object_before_5_12
bpf_object_before_5_12:
	.quad start_before_5_12, end_before_5_12
	.globl bpf_object_stubs
bpf_object_stubs:
	.quad start_stubs, end_stubs
	.section .note.GNU-stack, "", %progbits
