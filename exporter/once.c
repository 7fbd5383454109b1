// SPDX-License-Identifier: Apache-2.0
#include "exporter/once.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/page.h"
#include "exporter/collect/collector.h"

static int write_all(const char *data, size_t length)
{
	while (length) {
		ssize_t written = write(STDOUT_FILENO, data, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		data += written;
		length -= written;
	}
	return 0;
}

static void log_error(int error, const char *problem)
{
	log_event(LOG_LEVEL_ERROR, "cannot print metrics", "reason",
		  problem ? problem : strerror(-error), "cure",
		  "run it again, with standard output to a file or pipe that has room for the page",
		  NULL);
}

int once_print(struct collector *collector)
{
	struct page *page = collector_page(collector, PAGE_TEXT);
	int error = -EAGAIN;

	if (page && !collector_unready(collector))
		error = write_all(page_data(page), page_length(page));
	page_unref(page);
	if (error)
		log_error(error, collector_unready(collector));
	return error;
}
