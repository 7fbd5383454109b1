// SPDX-License-Identifier: Apache-2.0
/* Every step of dropping privileges is a fake, which records it, and may be refused. */
#include "exporter/privileges.h"

#include <cap-ng.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>

#include "common/diagnosis.h"
#include "exporter/attach/machine.h"
#include "tests/unit/suite.h"

#define CAP(name) (1ULL << CAP_##name)

/* What the kernel answers: an errno, or 0. */
struct kernel {
	int no_new_privs, set_seccomp, read_capabilities, apply_bounds, apply_capabilities;
	int loads[2];          /* of the filters, as libseccomp returns it */
	uint64_t capabilities; /* permitted and effective */
	bool before_5_19;
};

static struct kernel kernel;

static struct {
	uint64_t kept; /* capabilities that are not dropped */
	bool bounds;   /* the bounding set is empty */
	int filters;
	uint32_t logs[2]; /* whether refusals of a filter are logged */
} done;

bool kernel_older_than(unsigned int major, unsigned int minor)
{
	ck_assert(major == 5 && minor == 19);
	return kernel.before_5_19;
}

static int answer(int error)
{
	errno = error;
	return error ? -1 : 0;
}

int __wrap_prctl(int option, ...)
{
	unsigned long mode;
	va_list arguments;

	if (option == PR_SET_NO_NEW_PRIVS)
		return answer(kernel.no_new_privs);
	va_start(arguments, option);
	mode = va_arg(arguments, int);
	va_end(arguments);
	ck_assert(option == PR_SET_SECCOMP && mode == SECCOMP_MODE_FILTER);
	return answer(kernel.set_seccomp);
}

int __wrap_capng_get_caps_process(void)
{
	return answer(kernel.read_capabilities);
}

int __wrap_capng_have_capability(capng_type_t which, unsigned int capability)
{
	(void)which;
	return (int)(kernel.capabilities >> capability & 1);
}

int __wrap_capng_update(capng_act_t action, capng_type_t types, unsigned int capability)
{
	ck_assert(action == CAPNG_ADD && types == (CAPNG_EFFECTIVE | CAPNG_PERMITTED));
	done.kept |= 1ULL << capability;
	return 0;
}

int __wrap_capng_apply(capng_select_t set)
{
	if (set == CAPNG_SELECT_CAPS)
		return answer(kernel.apply_capabilities);
	ck_assert_int_eq(set, CAPNG_SELECT_BOUNDS);
	done.bounds = true;
	return answer(kernel.apply_bounds);
}

int __wrap_seccomp_load(const scmp_filter_ctx filter)
{
	int result = kernel.loads[done.filters];

	ck_assert_int_eq(seccomp_attr_get(filter, SCMP_FLTATR_CTL_LOG, &done.logs[done.filters++]),
			 0);
	errno = EACCES; /* what -ECANCELED stands for */
	return result;
}

static const struct {
	struct kernel kernel;
	const char *step;
	int error, filters;
} refusals[] = {
	{{.no_new_privs = EINVAL, .read_capabilities = EPERM}, "no_new_privs", -EINVAL, 0},
	{{.read_capabilities = ENOSYS, .apply_capabilities = EPERM}, "capabilities", -EIO, 0},
	{{.apply_bounds = ENOSYS, .capabilities = CAP(SETPCAP)}, "capabilities", -EPERM, 0},
	{{.apply_capabilities = ENOSYS, .loads = {-ENOMEM}}, "capabilities", -EPERM, 0},
	{{.loads = {-ENOMEM}}, "seccomp filter", -ENOMEM, 1},
	{{.loads = {-ECANCELED}}, "seccomp filter", -EACCES, 1},
	{{.loads = {0, -ECANCELED}}, "seccomp filter", -EACCES, 2},
	/* A kernel that forbids filters has them. */
	{{.set_seccomp = EPERM, .loads = {-EPERM}}, "seccomp filter", -EPERM, 1},
};

START_TEST(is_refused)
{
	struct privileges left = {.capabilities = "untouched"};
	struct diagnosis diagnosis = {"", ""};
	size_t length = strlen(refusals[_i].step);

	kernel = refusals[_i].kernel;
	ck_assert_int_eq(privileges_drop(&left, &diagnosis), refusals[_i].error);
	ck_assert_str_eq(left.capabilities, "untouched");
	ck_assert_msg(strncmp(diagnosis.reason, refusals[_i].step, length) == 0, "%s",
		      diagnosis.reason);
	ck_assert_str_eq(diagnosis.reason + length + 2, strerror(-refusals[_i].error));
	ck_assert_ptr_nonnull(strstr(diagnosis.cure, "--privileges.keep"));
	ck_assert_int_eq(done.filters, refusals[_i].filters);
}
END_TEST

static const struct {
	struct kernel kernel;
	const char *capabilities;
	uint64_t kept;
	bool bounds, filtered;
} drops[] = {
	{{.set_seccomp = EFAULT, .capabilities = UINT64_MAX}, "none", 0, true, true},
	{{.set_seccomp = EFAULT, .capabilities = UINT64_MAX, .before_5_19 = true},
	 "CAP_BPF",
	 CAP(BPF),
	 true,
	 true},
	{{.set_seccomp = EFAULT, .capabilities = CAP(BPF), .before_5_19 = true},
	 "CAP_BPF",
	 CAP(BPF),
	 false,
	 true},
	{{.set_seccomp = EFAULT, .capabilities = CAP(SYS_ADMIN), .before_5_19 = true},
	 "CAP_SYS_ADMIN",
	 CAP(SYS_ADMIN),
	 false,
	 true},
	{{.set_seccomp = EFAULT, .before_5_19 = true}, "none", 0, false, true},
	{{.set_seccomp = EINVAL, .capabilities = UINT64_MAX}, "none", 0, true, false},
	{{.set_seccomp = ENOSYS}, "none", 0, false, false},
};

START_TEST(gives_up_privileges)
{
	struct privileges left = {.capabilities = NULL};
	struct diagnosis diagnosis;

	kernel = drops[_i].kernel;
	ck_assert_int_eq(privileges_drop(&left, &diagnosis), 0);
	ck_assert_str_eq(left.capabilities, drops[_i].capabilities);
	ck_assert_uint_eq(done.kept, drops[_i].kept);
	ck_assert(done.bounds == drops[_i].bounds);
	ck_assert(left.filtered == drops[_i].filtered);
	ck_assert_int_eq(done.filters, drops[_i].filtered ? 2 : 0);
	/* The kernel logs refusals, except of clone3(2), which the C library always tries. */
	ck_assert_uint_eq(done.logs[0], 0);
	ck_assert_uint_eq(done.logs[1], drops[_i].filtered);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{is_refused, ARRAY_SIZE(refusals)},
		{gives_up_privileges, ARRAY_SIZE(drops)},
	};

	return run_suite("privileges_refused", tests, ARRAY_SIZE(tests));
}
