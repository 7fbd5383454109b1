/* SPDX-License-Identifier: Apache-2.0 */
/* The files of assets/, which the build has on the include path. */
	.section .rodata
start_style:
	.incbin "style.css"
end_style:
start_script:
	.incbin "refresh.js"
end_script:
start_icon:
	.incbin "icon.svg"
end_icon:
	.section .data.rel.ro, "aw"
	.balign 8
	.globl asset_style
asset_style:
	.quad start_style, end_style
	.globl asset_script
asset_script:
	.quad start_script, end_script
	.globl asset_icon
asset_icon:
	.quad start_icon, end_icon
	.section .note.GNU-stack, "", %progbits
