/* SPDX-License-Identifier: Apache-2.0 */
/* A cause and a cure that a person can act on, as a log line shows them. Both are cut where they
 * are too long. */
#ifndef DIAGNOSIS_H
#define DIAGNOSIS_H

struct diagnosis {
	char reason[256];
	char cure[256];
};

__attribute__((format(printf, 2, 3))) void diagnosis_reason(struct diagnosis *diagnosis,
							    const char *format, ...);
__attribute__((format(printf, 2, 3))) void diagnosis_cure(struct diagnosis *diagnosis,
							  const char *format, ...);

#endif
