// SPDX-License-Identifier: Apache-2.0
#include "common/signals.h"

#include <signal.h>
#include <unistd.h>

#include "common/units.h"
#include "tests/unit/suite.h"

static const int ends[] = {SIGTERM, SIGINT};

/* Signals are held in any order, and taken one by one. */
START_TEST(are_held)
{
	signals_hold();
	ck_assert_int_eq(signals_end(), 0);
	ck_assert_int_eq(signals_wait(1), 0);
	ck_assert_int_eq(kill(getpid(), SIGHUP), 0);
	ck_assert_int_eq(kill(getpid(), SIGPIPE), 0);
	ck_assert_int_eq(signals_end(), 0);
	ck_assert_int_eq(kill(getpid(), ends[_i]), 0);
	ck_assert_int_eq(signals_end(), ends[_i]);
	ck_assert_int_eq(signals_wait(SECOND_NS), SIGHUP);
	ck_assert_int_eq(signals_end(), ends[_i]);
	ck_assert_int_eq(signals_wait(0), ends[_i]);
	ck_assert_int_eq(signals_end(), 0);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {{are_held, ARRAY_SIZE(ends)}};

	return run_suite("signals", tests, ARRAY_SIZE(tests));
}
