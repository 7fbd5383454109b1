/* SPDX-License-Identifier: Apache-2.0 */
/* What bind32.c does, for those who count it. */
#ifndef LIVE_BIND32_H
#define LIVE_BIND32_H

#define BIND32_PORT      90 /* and the next one; of 127.0.0.1 */
#define BIND32_TRIES     5  /* by each way */
#define BIND32_SUCCESSES 2
#define BIND32_FAILURES  (2 * BIND32_TRIES) /* EADDRINUSE */

#endif
