// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/web/config/config_fixture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/certificates.h"

#define PATH_SIZE (2 * SCRATCH_SIZE)

char config_directory[SCRATCH_SIZE];

const char *path_of(const char *name)
{
	static char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/%s", config_directory, name);
	return path;
}

const char *write_config(const char *text)
{
	const char *path = path_of("web.yml");

	unlink(path);
	ck_assert_int_eq(scratch_write(path, text, strlen(text)), 0);
	return path;
}

static void write_pair(const struct certificate_request *request, const char *certificate,
		       const char *key)
{
	struct certificate made = certificate_make(request, NULL);
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s", path_of(certificate));
	certificate_write(&made, path, key ? path_of(key) : NULL);
	certificate_free(&made);
}

int run_config_suite(const char *name, const struct unit_test *tests, size_t count)
{
	int failed;

	if (scratch_make(config_directory))
		return EXIT_FAILURE;
	write_pair(&(struct certificate_request){.name = "server"}, "server.pem", "server.key");
	write_pair(&(struct certificate_request){.name = "CA", .is_ca = true}, "ca.pem", NULL);
	failed = run_suite(name, tests, count);
	scratch_remove(config_directory);
	return failed;
}
