// SPDX-License-Identifier: Apache-2.0
#include "common/duration.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A unit comes before its own beginnings: "ms" must not be taken for "m". */
static const struct unit {
	const char *name;
	double ns;
} units[] = {
	{"ns", 1},   {"us", 1e3}, {"\xc2\xb5s", 1e3}, /* U+00B5, as Go prints it */
	{"ms", 1e6}, {"s", 1e9},  {"m", 60e9},        {"h", 3600e9},
};

static const struct unit *find_unit(const char *string)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strncmp(string, units[i].name, strlen(units[i].name)) == 0)
			return &units[i];
	return NULL;
}

int duration_parse(const char *string, uint64_t *ret_ns)
{
	double total = 0;

	if (strcmp(string, "0") == 0) {
		*ret_ns = 0;
		return 0;
	}
	do {
		const struct unit *unit;
		char *end;

		/* strtod() alone would also take signs, blanks, hexadecimal, "inf" and "1e3". */
		size_t length = strspn(string, "0123456789.");
		double value = strtod(string, &end);

		if (length == 0 || end != string + length)
			return -EINVAL;
		unit = find_unit(end);
		if (!unit)
			return -EINVAL;
		total += value * unit->ns;
		string = end + strlen(unit->name);
	} while (*string);
	if (total >= (double)INT64_MAX)
		return -ERANGE;
	*ret_ns = (uint64_t)(total + 0.5);
	return 0;
}
