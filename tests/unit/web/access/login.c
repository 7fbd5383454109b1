// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/web/access/login.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t told = PTHREAD_COND_INITIALIZER;
static int answer = -1;

static void done(void *context, enum auth_answer said)
{
	(void)context;
	pthread_mutex_lock(&lock);
	answer = said;
	pthread_cond_broadcast(&told);
	pthread_mutex_unlock(&lock);
}

const struct auth_waiter login_waiter = {.done = done};

enum auth_answer login(struct access *access, const struct peer *peer, const char *authorization)
{
	enum auth_answer said = access_authenticate(access, peer, authorization, login_waiter);

	pthread_mutex_lock(&lock);
	while (said == AUTH_PENDING && answer < 0)
		pthread_cond_wait(&told, &lock);
	if (said == AUTH_PENDING)
		said = (enum auth_answer)answer;
	answer = -1;
	pthread_mutex_unlock(&lock);
	return said;
}
