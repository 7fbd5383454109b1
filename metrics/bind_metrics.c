// SPDX-License-Identifier: Apache-2.0
#include "bind_metrics.h"

#include "exposition.h"
#include "snapshot.h"

static const struct metric attempts = {
	.name = "socket_bind_attempts_total",
	.type = "counter",
	.help = "Attempts to bind a socket to a local address, counted where the kernel asks its "
		"security modules, before the protocol looks at the address: attempts that failed "
		"later are included. Read from the kernel periodically.",
};

static const struct metric first_attempt = {
	.name = "socket_bind_first_attempt_timestamp_seconds",
	.type = "gauge",
	.help = "UNIX time of the first attempt of this row, in seconds.",
};

void bind_metrics_encode(struct text *text, const struct snapshot *snapshot,
			 uint64_t boot_to_wall_ns)
{
	exposition_family(text, &attempts);
	for (uint32_t i = 0; i < snapshot_rows(snapshot); i++) {
		const struct snapshot_row *row = snapshot_row(snapshot, i);

		exposition_u64(text, &attempts, row->labels, row->attempts);
	}
	exposition_family(text, &first_attempt);
	for (uint32_t i = 0; i < snapshot_rows(snapshot); i++) {
		const struct snapshot_row *row = snapshot_row(snapshot, i);

		exposition_nanoseconds(text, &first_attempt, row->labels,
				       row->first_ns + boot_to_wall_ns);
	}
}
