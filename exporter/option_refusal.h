/* SPDX-License-Identifier: Apache-2.0 */
/* Explains why argp refused a word of the command line; argp would take two lines for it. */
#ifndef OPTION_REFUSAL_H
#define OPTION_REFUSAL_H

#include "exporter/settings.h"

struct argp_option;

/*
 * table: all options, up to one without a name. next: index of the word after the last option that
 * argp knew. Writes one line with cause and cure to ret_error.
 */
void option_refusal_explain(const struct argp_option *table, int argc, char **argv, int next,
			    char ret_error[OPTIONS_ERROR_MAX]);

#endif
