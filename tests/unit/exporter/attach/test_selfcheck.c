// SPDX-License-Identifier: Apache-2.0
/* The kernel is a fake: bind(2) plays the programs, and hooks_skipped() counts runs without one. */
#include "exporter/attach/selfcheck.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "bpf/abi/bind_abi.h"
#include "exporter/attach/hooks.h"
#include "tests/unit/suite.h"

#define TRIES 6

struct kernel {
	int seen_from;    /* the number of the first bind that the counting program sees */
	int results_from; /* the same for the program that sees results */
	bool catches;     /* exit_socket_bind sees binds that the counting program does not */
	int bind_error, skipped_error;
};

#define NEVER 100

static struct kernel kernel;
static struct bind_control control, other;
static int binds;
static uint64_t skipped;

int bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	uint64_t nonce;

	(void)fd;
	ck_assert_int_eq(len, BIND_SELFCHECK_LENGTH);
	ck_assert_int_eq(addr->sa_family, AF_UNIX);
	ck_assert_int_eq(((const struct sockaddr_un *)addr)->sun_path[0], 0);
	memcpy(&nonce, (const char *)addr + 8, sizeof(nonce));
	ck_assert_uint_ne(nonce, 0);
	ck_assert_uint_eq(control.selfcheck_nonce, nonce);
	ck_assert(!other.zero || other.selfcheck_nonce == nonce);
	binds++;
	if (kernel.bind_error) {
		errno = kernel.bind_error;
		return -1;
	}
	control.selfcheck_seen += binds >= kernel.seen_from;
	control.selfcheck_fallback += binds < kernel.seen_from && kernel.catches;
	control.selfcheck_results += binds >= kernel.results_from;
	skipped += binds < kernel.seen_from;
	return 0;
}

int hooks_skipped(const struct hooks *hooks, uint64_t *ret_skipped)
{
	(void)hooks;
	*ret_skipped = skipped;
	return kernel.skipped_error;
}

static const struct {
	struct kernel kernel;
	bool results;
	int error, binds;
	__u64 baseline;
} checks[] = {
	{{.seen_from = 1, .results_from = NEVER}, false, 0, 1, 0},
	{{.seen_from = 1, .results_from = 1}, true, 0, 1, 0},
	{{.seen_from = 3, .results_from = NEVER}, false, 0, 3, 2},
	{{.seen_from = 1, .results_from = 2}, true, 0, 2, 0},
	{{.seen_from = 1, .results_from = NEVER}, true, -ENOMSG, TRIES, 0},
	{{.seen_from = NEVER, .results_from = NEVER}, false, -ENODATA, TRIES, TRIES},
	{{.seen_from = NEVER, .results_from = 1}, true, -ENODATA, TRIES, TRIES},
	/* A run that was caught is no lost attempt anyway. */
	{{.seen_from = NEVER, .results_from = 1, .catches = true}, true, -ENODATA, TRIES, 0},
	{{.seen_from = 1, .bind_error = EACCES}, false, -EACCES, 1, 0},
	{{.seen_from = 1, .skipped_error = -EBADF}, false, -EBADF, 0, 0},
};

static void check(int row, struct bind_control *second)
{
	const struct hooks hooks = {.count = 0};
	__u64 baseline = 0;

	kernel = checks[row].kernel;
	ck_assert_int_eq(selfcheck(&hooks, &control, second, checks[row].results, &baseline),
			 checks[row].error);
	ck_assert_int_eq(binds, checks[row].binds);
	ck_assert_uint_eq(baseline, checks[row].baseline);
	ck_assert_uint_eq(control.selfcheck_nonce, 0);
}

START_TEST(sees_its_own_bind)
{
	check(_i, NULL);
}
END_TEST

/* The programs of the previous set must recognise the bind as well. */
START_TEST(shares_the_nonce)
{
	other.zero = 1; /* bind() looks at its nonce */
	check(_i, &other);
	ck_assert_uint_eq(other.selfcheck_nonce, 0);
	ck_assert_uint_eq(other.selfcheck_seen, 0);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{sees_its_own_bind, ARRAY_SIZE(checks)},
		{shares_the_nonce, ARRAY_SIZE(checks)},
	};

	return run_suite("selfcheck", tests, ARRAY_SIZE(tests));
}
