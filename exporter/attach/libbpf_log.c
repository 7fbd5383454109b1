// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/libbpf_log.h"

#include <bpf/libbpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "exporter/attach/explain.h"

/*
 * Messages are logged one level lower: the exporter decides whether a program that does not load
 * matters, and logs a diagnosis. The prefix "libbpf: " and the newline are removed. After every
 * EPERM libbpf suggests "ulimit -l"; that message is left out, since explain_load() knows when that
 * limit is the cause.
 */
static __attribute__((format(printf, 2, 0))) int log_libbpf(enum libbpf_print_level level,
							    const char *format, va_list arguments)
{
	static const char name[] = "libbpf: ";
	char *text, *end;

	if (level == LIBBPF_DEBUG || strstr(format, "ulimit -l") ||
	    vasprintf(&text, format, arguments) < 0)
		return 0;
	end = strrchr(text, '\n');
	if (end && !end[1])
		*end = '\0';
	log_event(level == LIBBPF_WARN ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG, "libbpf", "says",
		  text + (strncmp(text, name, sizeof(name) - 1) ? 0 : sizeof(name) - 1), NULL);
	free(text);
	return 0;
}

void libbpf_log_start(void)
{
	libbpf_set_print(log_libbpf);
}
