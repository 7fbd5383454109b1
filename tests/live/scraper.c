/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/scraper.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/http_client.h"
#include "tests/lib/page_reader.h"

/* In memory that both processes share. */
struct scraper {
	pid_t pid;
	atomic_bool stop;
	atomic_uint pages;
	char problem[SCRAPER_PROBLEM_MAX]; /* written before the process ends with status 1 */
};

/* The page; NULL: the problem is set. */
static char *read_page(uint16_t port, char *ret_problem)
{
	struct http_response response;
	char *page;
	int error = http_request(port, "GET", "/metrics", &response);

	if (error || response.status != 200) {
		snprintf(ret_problem, SCRAPER_PROBLEM_MAX, "GET /metrics: %s",
			 error ? strerror(-error) : response.body);
		return NULL;
	}
	page = response.body;
	response.body = NULL;
	http_response_done(&response);
	return page;
}

static int scrape(struct scraper *scraper, uint16_t port)
{
	char *before = NULL;
	bool wrong = false;

	while (!scraper->stop && !wrong) {
		char *page = read_page(port, scraper->problem);

		wrong = !page || page_problem(page, scraper->problem, SCRAPER_PROBLEM_MAX) ||
			(before && page_falls(before, page, scraper->problem, SCRAPER_PROBLEM_MAX));
		free(before);
		before = page;
		scraper->pages++;
	}
	free(before);
	return wrong;
}

int scraper_start(uint16_t port, struct scraper **ret_scraper)
{
	struct scraper *scraper = mmap(NULL, sizeof(*scraper), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	if (scraper == MAP_FAILED)
		return -errno;
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(scrape(scraper, port));
	}
	if (pid < 0) {
		munmap(scraper, sizeof(*scraper));
		return -EAGAIN;
	}
	scraper->pid = pid;
	*ret_scraper = scraper;
	return 0;
}

unsigned int scraper_pages(const struct scraper *scraper)
{
	return scraper->pages;
}

int scraper_stop(struct scraper *scraper, unsigned int *ret_pages,
		 char ret_problem[SCRAPER_PROBLEM_MAX])
{
	int status = 0;

	scraper->stop = true;
	if (waitpid(scraper->pid, &status, 0) != scraper->pid)
		status = -1;
	*ret_pages = scraper->pages;
	if (*scraper->problem)
		memcpy(ret_problem, scraper->problem, SCRAPER_PROBLEM_MAX);
	else
		snprintf(ret_problem, SCRAPER_PROBLEM_MAX, "it ended with wait status %d", status);
	munmap(scraper, sizeof(*scraper));
	return status ? -EPROTO : 0;
}
