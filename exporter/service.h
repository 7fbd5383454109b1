/* SPDX-License-Identifier: Apache-2.0 */
/* The usual way to run: counts and serves, until a signal ends it. Logs its errors. */
#ifndef SERVICE_H
#define SERVICE_H

struct options;

/* signals_hold() must have been called. 0: it was told to end; -errno: it cannot start or go on. */
int service_run(const struct options *options);

#endif
