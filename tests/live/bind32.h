/* SPDX-License-Identifier: Apache-2.0 */
/* The binds of bind32.c, for the tests that count them. */
#ifndef LIVE_BIND32_H
#define LIVE_BIND32_H

#define BIND32_PORT      90 /* this port and the next; of 127.0.0.1 */
#define BIND32_TRIES     5  /* through each interface */
#define BIND32_SUCCESSES 2
#define BIND32_FAILURES  (2 * BIND32_TRIES) /* EADDRINUSE */

#endif
