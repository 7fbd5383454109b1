// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/btf_check.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/diagnosis.h"
#include "tests/lib/scratch.h"
#include "tests/unit/suite.h"

/* What libbpf says: of a file, where parse_error is set, and of the kernel. */
static struct {
	int parse_error, access_error; /* positive errno */
	bool elsewhere;                /* libbpf finds the kernel's BTF at another path */
} fake;

struct btf *btf__parse(const char *path, struct btf_ext **ret_ext)
{
	(void)ret_ext;
	if (!fake.parse_error)
		return btf__parse_split(path, NULL);
	errno = fake.parse_error;
	return NULL;
}

struct btf *btf__load_vmlinux_btf(void)
{
	errno = ENOENT;
	return fake.elsewhere ? btf__new_empty() : NULL;
}

int access(const char *name, int type)
{
	if (strcmp(name, KERNEL_BTF) != 0)
		return faccessat(AT_FDCWD, name, type, 0);
	ck_assert_int_eq(type, R_OK);
	errno = fake.access_error;
	return fake.access_error ? -1 : 0;
}

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

static const struct {
	int error;
	const char *reason;
} answers[] = {
	{LIBBPF_ERRNO__FORMAT, "neither BTF nor ELF"},
	{LIBBPF_ERRNO__LIBELF, "neither BTF nor ELF"},
	{EPROTO, "neither BTF nor ELF"},
	{LIBBPF_ERRNO__ENDIAN, "wrong byte order"},
	{EINVAL, "damaged or truncated"},
	{ENODATA, "ELF file without BTF"},
	{ENOENT, "ELF file without BTF"},
	{ENOMEM, "Cannot allocate memory"},
	{LIBBPF_ERRNO__KVERSION, "version"},
};

/* Versions of libbpf differ in the error for the same file. */
START_TEST(knows_the_answers_of_libbpf)
{
	fake.parse_error = answers[_i].error;
	check("/proc/self/exe", answers[_i].reason);
}
END_TEST

START_TEST(accepts_btf)
{
	struct diagnosis diagnosis = {"", ""};
	char scratch[SCRATCH_SIZE], path[SCRATCH_SIZE + 16];
	struct btf *btf = btf__new_empty();
	const void *bytes;
	__u32 size;

	ck_assert_int_eq(scratch_make(scratch), 0);
	snprintf(path, sizeof(path), "%s/btf", scratch);
	bytes = btf__raw_data(btf, &size);
	ck_assert_int_eq(scratch_write(path, bytes, size), 0);
	ck_assert_int_eq(btf_check(path, &diagnosis), 0);
	ck_assert_str_eq(diagnosis.reason, "");
	btf__free(btf);
	scratch_remove(scratch);
}
END_TEST

static const struct {
	int access_error;
	bool elsewhere;
	int error;
	const char *reason, *cure;
} kernels[] = {
	{0, false, 0, "", ""},
	{ENOENT, true, 0, "", ""},
	{ENOENT, false, -ENOENT, "built without CONFIG_DEBUG_INFO_BTF", "--bpf.btf=FILE"},
	{EACCES, false, -EACCES, "cannot be read: Permission denied", "start the exporter as root"},
};

START_TEST(checks_the_kernel)
{
	struct diagnosis diagnosis = {"", ""};

	fake.access_error = kernels[_i].access_error;
	fake.elsewhere = kernels[_i].elsewhere;
	ck_assert_int_eq(btf_check(NULL, &diagnosis), kernels[_i].error);
	ck_assert_msg(strstr(diagnosis.reason, kernels[_i].reason), "%s", diagnosis.reason);
	ck_assert_msg(strstr(diagnosis.cure, kernels[_i].cure), "%s", diagnosis.cure);
	ck_assert_int_eq(!diagnosis.reason[0], !kernels[_i].error);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{says_what_is_wrong_with_a_file, ARRAY_SIZE(files)},
		{says_what_is_no_file, 0},
		{knows_the_answers_of_libbpf, ARRAY_SIZE(answers)},
		{accepts_btf, 0},
		{checks_the_kernel, ARRAY_SIZE(kernels)},
	};

	return run_suite("btf_check", tests, ARRAY_SIZE(tests));
}
