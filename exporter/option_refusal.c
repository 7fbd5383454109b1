// SPDX-License-Identifier: Apache-2.0
#include "exporter/option_refusal.h"

#include <argp.h>
#include <stdio.h>
#include <string.h>

/*
 * Finds the option of that name, or the last of those that begin with it, as getopt_long(3) does if
 * there is only one.
 */
static const struct argp_option *find_option(const struct argp_option *table, const char *name,
					     size_t length, int *ret_matches)
{
	const struct argp_option *found = NULL;

	*ret_matches = 0;
	for (const struct argp_option *option = table; option->name; option++) {
		if (strncmp(option->name, name, length) != 0)
			continue;
		found = option;
		(*ret_matches)++;
		if (option->name[length])
			continue;
		*ret_matches = 1;
		break;
	}
	return found;
}

/* Explains why a flag with a value is refused. A flag can have a counterpart with "no-". */
static void explain_value(const struct argp_option *table, const char *word, const char *flag,
			  char ret_error[OPTIONS_ERROR_MAX])
{
	char negation[64];
	int matches;

	if (strncmp(flag, "no-", 3) == 0)
		flag += 3;
	snprintf(negation, sizeof(negation), "no-%s", flag);
	find_option(table, negation, strlen(negation), &matches);
	snprintf(ret_error, OPTIONS_ERROR_MAX, "%.200s: this option takes no value; write --%s%s%s",
		 word, flag, matches ? " or --" : "", matches ? negation : "");
}

static void explain(const struct argp_option *table, const char *word,
		    char ret_error[OPTIONS_ERROR_MAX])
{
	const struct argp_option *option;
	int matches;

	if (strncmp(word, "--", 2) != 0) {
		snprintf(ret_error, OPTIONS_ERROR_MAX, "%.200s: unknown option; %s", word,
			 strlen(word) > 2 ? "long options begin with two dashes, see --help"
					  : "see --help");
		return;
	}
	option = find_option(table, word + 2, strcspn(word + 2, "="), &matches);
	if (matches == 0)
		snprintf(ret_error, OPTIONS_ERROR_MAX, "%.200s: unknown option; see --help", word);
	else if (matches > 1)
		snprintf(ret_error, OPTIONS_ERROR_MAX,
			 "%.200s: ambiguous, %d options begin like this; write the whole name, see "
			 "--help",
			 word, matches);
	else if (option->arg)
		snprintf(ret_error, OPTIONS_ERROR_MAX,
			 "--%s: this option needs a value; write --%s=%s", option->name,
			 option->name, option->arg);
	else
		explain_value(table, word, option->name, ret_error);
}

/* Returns the refused word. Words that are not options are refused after all options. */
static const char *refused_word(int argc, char **argv, int next)
{
	while (next < argc - 1 && argv[next][0] != '-')
		next++;
	return argv[next < argc ? next : argc - 1];
}

void option_refusal_explain(const struct argp_option *table, int argc, char **argv, int next,
			    char ret_error[OPTIONS_ERROR_MAX])
{
	explain(table, refused_word(argc, argv, next), ret_error);
}
