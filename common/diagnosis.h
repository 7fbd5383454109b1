/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reason and a cure that a user can act on, as a log line shows them. A text that is too long is
 * cut. Allocates nothing.
 */
#ifndef DIAGNOSIS_H
#define DIAGNOSIS_H

struct diagnosis {
	char reason[256];
	char cure[256];
};

/* Each replaces the earlier text. */
__attribute__((format(printf, 2, 3))) void diagnosis_reason(struct diagnosis *diagnosis,
							    const char *format, ...);
__attribute__((format(printf, 2, 3))) void diagnosis_cure(struct diagnosis *diagnosis,
							  const char *format, ...);

#endif
