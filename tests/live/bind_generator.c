/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes a known number of bind attempts under a given name and prints the number of each kind. It
 * is the manual counterpart of the loads of the live tests (bind_load.h).
 */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/live/bind_cases.h"
#include "tests/live/bind_load.h"

#define COMM_SIZE 16 /* with its NUL, as in the kernel */

enum {
	OPTION_COMM = 256,
	OPTION_THREAD_NAME,
	OPTION_CASE,
	OPTION_COUNT,
	OPTION_THREADS,
	OPTION_PROCESSES,
	OPTION_BARRIER,
	OPTION_LIST,
};

struct settings {
	char comm[COMM_SIZE];
	char thread_comm[COMM_SIZE];
	const char *case_name;
	struct bind_load load;
};

static const struct argp_option options[] = {
	{"comm", OPTION_COMM, "NAME", 0,
	 "Name of the processes, up to 15 bytes; C-style escapes such as \\xNN and \\n", 0},
	{"thread-name", OPTION_THREAD_NAME, "NAME", 0, "Name of the threads, likewise", 0},
	{"case", OPTION_CASE, "NAME", 0, "Kind of bind, or all (the default)", 0},
	{"count", OPTION_COUNT, "N", 0, "Attempts of every case by every thread (1)", 0},
	{"threads", OPTION_THREADS, "T", 0,
	 "Threads of every process beside the main thread, which then makes no attempts (0)", 0},
	{"processes", OPTION_PROCESSES, "P", 0, "Processes (1)", 0},
	{"barrier", OPTION_BARRIER, NULL, 0, "Let all threads begin at the same moment", 0},
	{"list", OPTION_LIST, NULL, 0, "Print the cases and their labels, and exit", 0},
	{0},
};

/* Decodes one escape after its backslash. Returns the text after it; NULL: it is not an escape. */
static const char *unescape_one(const char *text, char *ret_byte)
{
	static const char names[] = "n\nt\tr\r\\\\\"\"''0\0";
	char digits[3] = {0};
	char *end;
	size_t i;

	if (*text == 'x' && text[1] && text[2]) {
		memcpy(digits, text + 1, 2);
		*ret_byte = (char)strtoul(digits, &end, 16);
		return *end ? NULL : text + 3;
	}
	for (i = 0; i + 1 < sizeof(names); i += 2) {
		if (*text && names[i] == *text) {
			*ret_byte = names[i + 1];
			return text + 1;
		}
	}
	return NULL;
}

static void set_name(struct argp_state *state, const char *text, char ret_name[COMM_SIZE])
{
	size_t length = 0;

	memset(ret_name, 0, COMM_SIZE);
	while (*text && length < COMM_SIZE - 1) {
		const char *rest = text + 1;

		if (*text != '\\')
			ret_name[length++] = *text;
		else
			rest = unescape_one(text + 1, &ret_name[length++]);
		if (!rest) {
			argp_error(state, "unknown escape; known are \\xNN \\n \\t \\r \\\\ \\\"");
			return;
		}
		text = rest;
	}
	if (*text)
		argp_error(state, "a name has at most %d bytes", COMM_SIZE - 1);
}

static void set_number(struct argp_state *state, const char *text, unsigned int *ret_number)
{
	char *end;
	unsigned long number;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (errno || *end || end == text || *text == '-' || number > 1000000000)
		argp_error(state, "'%s' is not a number from 0 to 1000000000", text);
	*ret_number = (unsigned int)number;
}

static void list_cases(void)
{
	size_t i;

	for (i = 0; i < bind_cases_n; i++)
		printf("%-28s category=\"%s\",family=\"%s\"\n", bind_cases[i].name,
		       bind_cases[i].category, bind_cases[i].family);
	exit(0);
}

static error_t set_option(int key, char *text, struct argp_state *state)
{
	struct settings *settings = state->input;

	switch (key) {
	case OPTION_COMM:
		set_name(state, text, settings->comm);
		break;
	case OPTION_THREAD_NAME:
		set_name(state, text, settings->thread_comm);
		settings->load.thread_comm = settings->thread_comm;
		break;
	case OPTION_CASE:
		settings->case_name = text;
		break;
	case OPTION_COUNT:
		set_number(state, text, &settings->load.count);
		break;
	case OPTION_THREADS:
		set_number(state, text, &settings->load.threads);
		break;
	case OPTION_PROCESSES:
		set_number(state, text, &settings->load.processes);
		break;
	case OPTION_BARRIER:
		settings->load.barrier = true;
		break;
	case OPTION_LIST:
		list_cases();
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* Fills cases with one case or with all of them. Returns their number; 0: the name is unknown. */
static size_t choose_cases(const char *name, const struct bind_case **cases)
{
	size_t i;

	if (strcmp(name, "all")) {
		cases[0] = bind_case_find(name);
		return cases[0] ? 1 : 0;
	}
	for (i = 0; i < bind_cases_n; i++)
		cases[i] = &bind_cases[i];
	return bind_cases_n;
}

static void print_made(const struct bind_load *load, const uint64_t *made)
{
	size_t i;

	for (i = 0; i < load->cases_n; i++) {
		const struct bind_case *bind_case = load->cases[i];

		if (made[i])
			printf("%-28s category=\"%s\",family=\"%s\" %" PRIu64 "\n", bind_case->name,
			       bind_case->category, bind_case->family, made[i]);
		else
			printf("%-28s skipped: no such sockets here\n", bind_case->name);
	}
}

static int generate(struct settings *settings)
{
	const struct bind_case **cases = calloc(bind_cases_n, sizeof(const struct bind_case *));
	uint64_t *made = calloc(bind_cases_n, sizeof(*made));
	struct bind_load *load = &settings->load;
	int error = -ENOMEM;

	if (cases && made) {
		load->comm = settings->comm;
		load->cases = cases;
		load->cases_n = choose_cases(settings->case_name, cases);
		error = load->cases_n ? bind_load_run(load, made) : -EINVAL;
	}
	if (!error)
		print_made(load, made);
	free(cases);
	free(made);
	return error;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = set_option,
		.doc = "Makes a known number of bind(2) attempts under a name of your choice.",
	};
	struct settings settings = {
		.comm = "bind_generator",
		.case_name = "all",
		.load.count = 1,
	};
	int error = argp_parse(&argp, argc, argv, 0, NULL, &settings);

	if (!error)
		error = generate(&settings);
	if (error)
		fprintf(stderr,
			"bind_generator: no attempts counted: %s (see --list for the cases)\n",
			strerror(-error));
	return error ? 1 : 0;
}
