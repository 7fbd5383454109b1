// SPDX-License-Identifier: Apache-2.0
/*
 * Starts the exporter and measures the time to the first scrape, and the memory with 1,000 rows.
 * The exporter's flags follow its path on the command line.
 */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/lib/http_client.h"
#include "tests/lib/page_reader.h"

#define PORT 10068
#define ROWS 1000

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Makes one bind under each of 1,000 names. */
static void make_rows(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	char name[16];

	for (int i = 0; i < ROWS; i++) {
		int unbound = socket(AF_INET, SOCK_DGRAM, 0);

		snprintf(name, sizeof(name), "row-%d", i);
		prctl(PR_SET_NAME, name);
		bind(unbound, (struct sockaddr *)&address, sizeof(address));
		close(unbound);
	}
}

static void print(const char *page, const char *what, const char *series, double unit)
{
	double value = -1;

	page_number(page, series, &value);
	printf("%-18s %8.2f\n", what, value / unit);
}

int main(int argc, char **argv)
{
	struct http_response response = {0};
	double begin = now_ms();
	pid_t exporter;

	if (argc < 2)
		return EXIT_FAILURE;
	exporter = fork();
	if (exporter == 0) {
		execv(argv[1], argv + 1);
		_exit(127);
	}
	while (http_request(PORT, "GET", "/metrics", &response)) {
		if (waitpid(exporter, NULL, WNOHANG) == exporter)
			return EXIT_FAILURE;
		usleep(500);
	}
	printf("first scrape, ms   %8.1f\n", now_ms() - begin);
	http_response_done(&response);
	make_rows();
	sleep(2);
	if (http_request(PORT, "GET", "/metrics", &response) == 0) {
		print(response.body, "rows", "socket_bind_exporter_series", 1);
		print(response.body, "resident, MB", "process_resident_memory_bytes", 1e6);
		print(response.body, "CPU seconds", "process_cpu_seconds_total", 1);
		http_response_done(&response);
	}
	kill(exporter, SIGTERM);
	waitpid(exporter, NULL, 0);
	return EXIT_SUCCESS;
}
