// SPDX-License-Identifier: Apache-2.0
/*
 * Prints the headers of negotiation_cases.h, one case a line: "text", "openmetrics" or
 * "encoding", and each header after a tab. A case without a header has none.
 */
#include <stdio.h>

#include "tests/lib/negotiation_cases.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

int main(void)
{
	for (size_t i = 0; i < LENGTH(formats); i++) {
		fputs(formats[i].kind == PAGE_TEXT ? "text" : "openmetrics", stdout);
		if (formats[i].accept)
			printf("\tAccept: %s", formats[i].accept);
		putchar('\n');
	}
	for (size_t i = 0; i < LENGTH(encodings); i++) {
		fputs("encoding", stdout);
		for (size_t j = 0; j < 2 && encodings[i].headers[j]; j++)
			printf("\tAccept-Encoding: %s", encodings[i].headers[j]);
		putchar('\n');
	}
	return 0;
}
