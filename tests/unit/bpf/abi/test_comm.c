// SPDX-License-Identifier: Apache-2.0
#include "bpf/abi/comm.h"

#include <string.h>

#include "tests/unit/suite.h"

/* Every length of a name, with every kind of bytes left after its NUL. */
START_TEST(pads_every_length)
{
	const char rests[] = {0, 1, 'x', 0x7f, (char)0x80, (char)0xff};

	for (size_t rest = 0; rest < sizeof(rests); rest++) {
		char bytes[16], expected[16] = "";
		__u64 comm[2];

		memset(bytes, rests[rest], sizeof(bytes));
		for (int i = 0; i < _i; i++)
			expected[i] = bytes[i] = (char)(0x80 - i * 9 % 0x7f);
		bytes[_i] = '\0';
		bytes[15] = '\0';
		memcpy(comm, bytes, sizeof(comm));
		bind_pad_comm(comm);
		ck_assert_mem_eq(comm, expected, sizeof(comm));
	}
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {{pads_every_length, 16}};

	return run_suite("comm", tests, ARRAY_SIZE(tests));
}
