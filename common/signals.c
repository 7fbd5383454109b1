// SPDX-License-Identifier: Apache-2.0
#include "common/signals.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>

#include "common/clock.h"

static sigset_t held(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	return signals;
}

void signals_hold(void)
{
	const sigset_t signals = held();

	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int signals_end(void)
{
	sigset_t pending;

	sigemptyset(&pending);
	sigpending(&pending);
	if (sigismember(&pending, SIGTERM) == 1)
		return SIGTERM;
	return sigismember(&pending, SIGINT) == 1 ? SIGINT : 0;
}

int signals_wait(uint64_t timeout_ns)
{
	const struct timespec timeout = clock_timespec(timeout_ns);
	const sigset_t signals = held();
	int received = sigtimedwait(&signals, NULL, timeout_ns ? &timeout : NULL);

	return received < 0 ? 0 : received;
}
