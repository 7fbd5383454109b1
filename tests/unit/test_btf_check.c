// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/btf_check.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "exporter/attach/explain.h"
#include "scratch.h"
#include "suite.h"

#define NOT_SUPPORTED 524 /* the kernel's ENOTSUPP */

/* A longer list than any kernel has. */
#define ALL_MODULES                                                                              \
	"lockdown,capability,landlock,yama,loadpin,safesetid,selinux,smack,tomoyo,apparmor,ipe," \
	"ima,evm,and,some,that,are,not,known,yet"

static int silent(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level;
	(void)format;
	(void)arguments;
	return 0;
}

static const char raw_header[] = "\x9f\xeb\x01\x00\x18\x00\x00\x00";

static const struct {
	const char *bytes;
	size_t length;
	const char *reason;
} files[] = {
	{"root:x:0:0:root:/root:/bin/bash\n", 32, "neither BTF nor ELF"},
	{"", 0, "neither BTF nor ELF"},
	{"\x7f\x45LF and nothing of it", 22, "neither BTF nor ELF"},
	{raw_header, sizeof(raw_header), "damaged or truncated"},
};

static void check(const char *path, const char *expected)
{
	struct diagnosis diagnosis = {"", ""};

	libbpf_set_print(silent);
	ck_assert_int_lt(btf_check(path, &diagnosis), 0);
	ck_assert_msg(strstr(diagnosis.reason, path) && strstr(diagnosis.reason, expected), "%s",
		      diagnosis.reason);
	ck_assert_msg(strstr(diagnosis.cure, "raw or in an ELF file"), "%s", diagnosis.cure);
}

START_TEST(says_what_is_wrong_with_a_file)
{
	char scratch[SCRATCH_SIZE], path[SCRATCH_SIZE + 16];

	ck_assert_int_eq(scratch_make(scratch), 0);
	snprintf(path, sizeof(path), "%s/btf", scratch);
	ck_assert_int_eq(scratch_write(path, files[_i].bytes, files[_i].length), 0);
	check(path, files[_i].reason);
	scratch_remove(scratch);
}
END_TEST

/* Opening a pipe without a writer would block. */
START_TEST(says_what_is_no_file)
{
	char scratch[SCRATCH_SIZE], path[SCRATCH_SIZE + 16];

	ck_assert_int_eq(scratch_make(scratch), 0);
	snprintf(path, sizeof(path), "%s/btf", scratch);
	check(path, "No such file");
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	check(path, "not a regular file");
	check(scratch, "not a regular file");
	check("/proc/self/exe", "ELF file without BTF");
	scratch_remove(scratch);
}
END_TEST

static void check_words(int error)
{
	char text[ERROR_TEXT_MAX];
	const char *words = error_text(error, text);

	ck_assert_msg(*words && !strstr(words, "Unknown") && !strstr(words, "null"), "%d: %s",
		      error, words);
}

/* The last number is one more than this libbpf has: the exporter may run with a newer one. */
START_TEST(has_words_for_every_number)
{
	for (int error = __LIBBPF_ERRNO__START; error <= __LIBBPF_ERRNO__END; error++)
		check_words(error);
	check_words(NOT_SUPPORTED);
	check_words(EPERM);
}
END_TEST

static const int numbers[] = {LIBBPF_ERRNO__RELOC, NOT_SUPPORTED};

START_TEST(refuses_in_words)
{
	struct diagnosis diagnosis[4];
	int error = numbers[_i];

	explain_load(BIND_MODE_FENTRY, error, &diagnosis[0]);
	explain_attach(BIND_MODE_KPROBE, error, &diagnosis[1]);
	explain_pin(error, &diagnosis[2]);
	explain_selfcheck(BIND_MODE_FENTRY, error, &diagnosis[3]);
	for (size_t i = 0; i < ARRAY_SIZE(diagnosis); i++)
		ck_assert_msg(!strstr(diagnosis[i].reason, "Unknown"), "%s", diagnosis[i].reason);
}
END_TEST

static const struct {
	const char *modules, *reason, *cure;
} silences[] = {
	{NULL, "lsm cannot be read here)", "lsm= on the kernel's command line"},
	{ALL_MODULES, "bpf is missing from the active security modules (lsm=lockdown,",
	 "lsm= on the kernel's command line"},
	{ALL_MODULES ",bpf", "another security module may have denied that bind first (lsm=lock",
	 "let that module allow the exporter"},
};

/* A long list of modules is cut, the sentence around it is not. */
START_TEST(says_why_lsm_is_silent)
{
	struct diagnosis diagnosis = {"", ""};

	explain_silent_lsm(silences[_i].modules, &diagnosis);
	ck_assert_msg(strstr(diagnosis.reason, silences[_i].reason), "%s", diagnosis.reason);
	ck_assert_msg(diagnosis.reason[strlen(diagnosis.reason) - 1] == ')', "%s",
		      diagnosis.reason);
	ck_assert_msg(strstr(diagnosis.cure, silences[_i].cure), "%s", diagnosis.cure);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{says_what_is_wrong_with_a_file, ARRAY_SIZE(files)},
		{says_what_is_no_file, 0},
		{has_words_for_every_number, 0},
		{refuses_in_words, ARRAY_SIZE(numbers)},
		{says_why_lsm_is_silent, ARRAY_SIZE(silences)},
	};

	return run_suite("btf_check", tests, ARRAY_SIZE(tests));
}
