/* SPDX-License-Identifier: Apache-2.0 */
/* Units of time in nanoseconds. */
#ifndef UNITS_H
#define UNITS_H

#define SECOND_NS 1000000000ULL
#define MS_NS     1000000ULL

#endif
