/* SPDX-License-Identifier: Apache-2.0 */
/* The command line. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "exporter/settings.h"

/*
 * 0, or -EINVAL with one line that names the cause and the cure in ret_error.
 * --help and --version print to standard output and exit with 0.
 */
int options_parse(int argc, char **argv, struct options *ret_options,
		  char ret_error[OPTIONS_ERROR_MAX]);

#endif
