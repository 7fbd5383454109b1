// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/mode.h"

const char *bind_mode_name(enum bind_mode mode)
{
	static const char *const names[BIND_MODES] = {
		[BIND_MODE_LSM] = "lsm",
		[BIND_MODE_KPROBE] = "kprobe",
		[BIND_MODE_FENTRY] = "fentry",
		[BIND_MODE_TRACEPOINT] = "tracepoint",
	};

	return names[mode];
}
