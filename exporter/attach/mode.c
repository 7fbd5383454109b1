// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/mode.h"

/* Links of perf events can be pinned from 5.15 on (BPF_LINK_TYPE_PERF_EVENT). */
static const struct bind_mode_facts modes[] = {
	[BIND_MODE_LSM] =
		{
			.name = "lsm",
			.program = "lsm_socket_bind",
			.needs_kernel_btf = true,
		},
	[BIND_MODE_KPROBE] =
		{
			.name = "kprobe",
			.program = "kprobe_socket_bind",
			.uses_perf = true,
			.pinnable_from = {5, 15},
		},
	[BIND_MODE_FENTRY] =
		{
			.name = "fentry",
			.program = "fentry_socket_bind",
			.needs_kernel_btf = true,
		},
	[BIND_MODE_TRACEPOINT] =
		{
			.name = "tracepoint",
			.program = "tracepoint_enter_bind",
			.uses_perf = true,
			.pinnable_from = {5, 15},
		},
};

_Static_assert(sizeof(modes) / sizeof(*modes) == BIND_MODES, "every mode has a row");

const struct bind_mode_facts *bind_mode_facts(enum bind_mode mode)
{
	return &modes[mode];
}

const char *bind_mode_name(enum bind_mode mode)
{
	return modes[mode].name;
}
