// SPDX-License-Identifier: Apache-2.0
#include "metrics/pages/bind_metrics.h"

#include "common/units.h"
#include "metrics/pages/exposition.h"
#include "metrics/rows/collection.h"
#include "metrics/rows/row_set.h"

static const struct metric attempts = {
	.name = "socket_bind_attempts_total",
	.type = "counter",
	.help = "Number of attempts to bind a socket to a local address, including those that "
		"failed. They are counted in the kernel, before the protocol checks the address.",
};

static const struct metric failures = {
	.name = "socket_bind_failures_total",
	.type = "counter",
	.help = "Number of attempts that failed, by errno. Failures beyond --metrics.max-series rows "
		"are counted with errno (other) and, if necessary, with comm (other).",
};

static const struct metric first_attempt = {
	.name = "socket_bind_first_attempt_timestamp_seconds",
	.type = "gauge",
	.help = "Unix time of the first attempt of this row, in seconds.",
};

static const struct metric last_attempt = {
	.name = "socket_bind_last_attempt_timestamp_seconds",
	.type = "gauge",
	.help = "Unix time of the last attempt of this row, in whole seconds.",
};

/* A row's counter began with its first attempt. */
static void encode_attempts(const struct exposition *out, const struct row_set *set,
			    uint64_t boot_to_wall_ns)
{
	exposition_family(out, &attempts);
	for (uint32_t i = 0; i < set->count; i++) {
		const struct row *row = row_set_at(set, i);

		exposition_u64(out, &attempts, row->labels, row->count);
		exposition_created(out, &attempts, row->labels, row->first_ns + boot_to_wall_ns);
	}
}

static void encode_failures(const struct exposition *out, const struct row_set *set)
{
	exposition_family(out, &failures);
	for (uint32_t i = 0; i < set->count; i++) {
		const struct row *row = row_set_at(set, i);

		exposition_u64(out, &failures, row->labels, row->count);
	}
}

static void encode_first(const struct exposition *out, const struct row_set *set,
			 uint64_t boot_to_wall_ns)
{
	exposition_family(out, &first_attempt);
	for (uint32_t i = 0; i < set->count; i++) {
		const struct row *row = row_set_at(set, i);

		exposition_nanoseconds(out, &first_attempt, row->labels,
				       row->first_ns + boot_to_wall_ns);
	}
}

/* An "(other)" row of attempts that found no entry may have no last attempt. */
static void encode_last(const struct exposition *out, const struct row_set *set,
			uint64_t boot_to_wall_ns)
{
	exposition_family(out, &last_attempt);
	for (uint32_t i = 0; i < set->count; i++) {
		const struct row *row = row_set_at(set, i);

		if (row->last_s)
			exposition_u64(out, &last_attempt, row->labels,
				       (row->last_s * SECOND_NS + boot_to_wall_ns) / SECOND_NS);
	}
}

void bind_metrics_encode(const struct exposition *out, const struct collection *collection,
			 const struct bind_metrics_config *config)
{
	const struct row_set *rows = collection->rows;

	if (collection->results)
		encode_failures(out, collection->failures);
	encode_attempts(out, rows, config->boot_to_wall_ns);
	encode_first(out, rows, config->boot_to_wall_ns);
	if (config->last_attempt)
		encode_last(out, rows, config->boot_to_wall_ns);
}
