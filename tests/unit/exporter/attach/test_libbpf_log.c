// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/libbpf_log.h"

#include <bpf/libbpf.h>
#include <stdarg.h>
#include <string.h>

#include "common/log.h"
#include "tests/lib/captured.h"
#include "tests/unit/suite.h"

static libbpf_print_fn_t print;

static __attribute__((format(printf, 2, 3))) void say(enum libbpf_print_level level,
						      const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	ck_assert_int_eq(print(level, format, arguments), 0);
	va_end(arguments);
}

static const struct {
	enum libbpf_print_level level;
	const char *text;
	const char *level_text, *logged; /* NULL: nothing is logged */
} messages[] = {
	{LIBBPF_WARN, "libbpf: map 'table': failed to create\n", "level=INFO",
	 "says=\"map 'table': failed to create\""},
	{LIBBPF_INFO, "libbpf: loading\n", "level=DEBUG", "says=loading"},
	{LIBBPF_WARN, "without a prefix or a newline", "level=INFO",
	 "says=\"without a prefix or a newline\""},
	{LIBBPF_WARN, "a verifier's\nlines\n", "level=INFO", "lines"},
	{LIBBPF_DEBUG, "libbpf: sec 'lsm/socket_bind'\n", NULL, NULL},
};

START_TEST(logs_a_message)
{
	char text[1024];

	log_setup(LOG_LEVEL_DEBUG, LOG_FORMAT_LOGFMT);
	libbpf_log_start();
	print = libbpf_set_print(NULL);
	capture(text, say(messages[_i].level, "%s", messages[_i].text));
	if (!messages[_i].logged)
		ck_assert_str_eq(text, "");
	else
		ck_assert_msg(strstr(text, messages[_i].level_text) &&
				      strstr(text, messages[_i].logged),
			      "%s", text);
}
END_TEST

/* libbpf guesses that the limit is the cause of every EPERM. */
START_TEST(leaves_out_the_guess_about_a_limit)
{
	char text[1024];

	libbpf_log_start();
	print = libbpf_set_print(NULL);
	ck_assert_int_eq(capture_begin(), 0);
	say(LIBBPF_WARN, "libbpf: permission error; try raising 'ulimit -l', current value: %s\n",
	    "64.0 KiB");
	capture_end(text, sizeof(text));
	ck_assert_str_eq(text, "");
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{logs_a_message, ARRAY_SIZE(messages)},
		{leaves_out_the_guess_about_a_limit, 0},
	};

	return run_suite("libbpf_log", tests, ARRAY_SIZE(tests));
}
