// SPDX-License-Identifier: Apache-2.0
#include "common/diagnosis.h"

#include <stdarg.h>
#include <stdio.h>

void diagnosis_reason(struct diagnosis *diagnosis, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(diagnosis->reason, sizeof(diagnosis->reason), format, arguments);
	va_end(arguments);
}

void diagnosis_cure(struct diagnosis *diagnosis, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(diagnosis->cure, sizeof(diagnosis->cure), format, arguments);
	va_end(arguments);
}
