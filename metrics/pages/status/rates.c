// SPDX-License-Identifier: Apache-2.0
#include "metrics/pages/status/rates.h"

#include <stdlib.h>

#include "common/units.h"
#include "metrics/rows/row_set.h"

#define PERIOD_NS  (30 * SECOND_NS)
#define MINIMUM_NS (SECOND_NS / 2) /* a shorter time would give noise */

static const struct rate_marks *marks_of(const struct rates *rates)
{
	return rates->older.rows ? &rates->older : &rates->newer;
}

void rates_note(struct rates *rates, const struct row_set *rows, uint64_t now_ns)
{
	struct rate_marks new = {.count = rows->used, .at_ns = now_ns};

	if (rates->newer.rows && now_ns - rates->newer.at_ns < PERIOD_NS)
		return;
	new.rows = malloc((rows->used + 1) * sizeof(*new.rows));
	if (!new.rows)
		return;
	for (uint32_t number = 0; number < rows->used; number++)
		new.rows[number] =
			(struct rate_mark){rows->rows[number].count, rows->rows[number].first_ns};
	free(rates->older.rows);
	rates->older = rates->newer;
	rates->newer = new;
}

void rates_forget(struct rates *rates)
{
	free(rates->older.rows);
	free(rates->newer.rows);
	*rates = (struct rates){0};
}

uint64_t rates_window_ns(const struct rates *rates, uint64_t now_ns)
{
	const struct rate_marks *marks = marks_of(rates);

	return marks->rows && now_ns - marks->at_ns >= MINIMUM_NS ? now_ns - marks->at_ns : 0;
}

/*
 * The first attempt of a row may be found to be earlier, but never later. If it is later, this is
 * another row.
 */
uint64_t rates_growth(const struct rates *rates, const struct row *row, uint32_t number)
{
	const struct rate_marks *marks = marks_of(rates);
	const struct rate_mark *mark = marks->rows + number;

	if (number >= marks->count || row->first_ns > mark->first_ns)
		return row->count;
	return row->count > mark->count ? row->count - mark->count : 0;
}
