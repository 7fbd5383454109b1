// SPDX-License-Identifier: Apache-2.0
/* The ways to run, and the exit status. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/diagnosis.h"
#include "common/log.h"
#include "common/signals.h"
#include "exporter/counting.h"
#include "exporter/once.h"
#include "exporter/options.h"
#include "exporter/pins/dir.h"
#include "exporter/service.h"
#include "web/access/access.h"

/* Needs no privileges, and nothing of the kernel. */
static int check_web_config(const struct options *options)
{
	char error[ACCESS_ERROR_MAX];

	if (access_file_check(options->web_config, error)) {
		fprintf(stderr, "socket_bind_exporter: %s\n", error);
		return -EINVAL;
	}
	printf("%s: the web configuration is valid\n", options->web_config);
	return 0;
}

static int unpin(const struct options *options)
{
	struct diagnosis diagnosis;

	if (pins_unpin(options->pin_path, &diagnosis)) {
		log_event(LOG_LEVEL_ERROR, "cannot remove pinned counters", "reason",
			  diagnosis.reason, "cure", diagnosis.cure, NULL);
		return -ENODEV;
	}
	log_event(LOG_LEVEL_INFO, "no pinned counters left", "path", options->pin_path, NULL);
	return 0;
}

static int print_page(const struct options *options)
{
	struct counting counting = {.options = options};
	int error = counting_open(&counting);

	if (counting_is_cancelled(error))
		error = -EINTR;
	else if (!error)
		error = counting_start(&counting);
	if (!error)
		error = once_print(counting.collector);
	counting_stop(&counting);
	return error;
}

static int run(const struct options *options)
{
	if (options->check_web_config)
		return check_web_config(options);
	if (options->unpin)
		return unpin(options);
	return options->once ? print_page(options) : service_run(options);
}

int main(int argc, char **argv)
{
	struct options options;
	char error[OPTIONS_ERROR_MAX];

	if (options_parse(argc, argv, &options, error)) {
		fprintf(stderr, "socket_bind_exporter: %s\n", error);
		return EXIT_FAILURE;
	}
	signals_hold();
	log_setup(options.log_level, options.log_format);
	return run(&options) ? EXIT_FAILURE : EXIT_SUCCESS;
}
