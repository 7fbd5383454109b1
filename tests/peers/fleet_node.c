// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/fleet_node.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

#include "common/units.h"
#include "exporter/collect/render.h"
#include "metrics/pages/bind_metrics.h"
#include "metrics/pages/exporter_metrics.h"
#include "metrics/rows/snapshot.h"
#include "tests/lib/fake_kernel.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define CPUS     1
#define START_NS (1700000000 * SECOND_NS)

/* Names that most nodes have. The other rows have names of their own. */
static const char *const common_names[] = {
	"systemd", "systemd-udevd", "systemd-network", "systemd-resolve", "dbus-daemon", "sshd",
	"chronyd", "containerd",    "kubelet",         "kube-proxy",      "cron",        "sudo",
};

static const struct {
	uint8_t category;
	uint16_t family;
} kinds[] = {{BIND_NONE, AF_NETLINK},   {BIND_AUTO, AF_INET},        {BIND_AUTO, AF_UNIX},
	     {BIND_AUTO, AF_INET6},     {BIND_REGISTERED, AF_INET6}, {BIND_PATHNAME, AF_UNIX},
	     {BIND_ABSTRACT, AF_UNIX},  {BIND_WELL_KNOWN, AF_INET},  {BIND_DYNAMIC, AF_INET},
	     {BIND_REGISTERED, AF_INET}};

/* Each process has two kinds of rows. */
static void name_row(const struct fleet_node *node, uint32_t row, char ret_name[16])
{
	uint32_t process = row / 2;

	if (process < LENGTH(common_names))
		snprintf(ret_name, 16, "%s", common_names[process]);
	else
		snprintf(ret_name, 16, "app-%u-%u", node->number % 100000, process % 10000);
}

/* Rates differ between rows, from once in ten seconds to ten times a second. */
static uint64_t attempts_of(const struct fleet_node *node, uint32_t row)
{
	uint64_t mixed = (node->number * 2654435761U ^ row * 2246822519U) >> 7;

	return 1 + mixed % 100000 + node->up_s * (1 + mixed % 100) / 10;
}

static void count_binds(const struct fleet_node *node, struct fake_kernel *kernel)
{
	char name[16];

	for (uint32_t row = 0; row < node->rows; row++) {
		uint32_t kind = (row + row / LENGTH(kinds)) % LENGTH(kinds);
		uint64_t attempts = attempts_of(node, row);

		name_row(node, row, name);
		fake_kernel_claim(kernel, row, kinds[kind].category, kinds[kind].family, name,
				  row * MS_NS + node->number);
		fake_kernel_count(kernel, row, 0, attempts);
		if (row % 10 == 0)
			fake_kernel_fail(kernel, row, row, EADDRINUSE, attempts / 10);
	}
}

static struct page *render(const struct fleet_node *node, enum page_kind kind,
			   const struct snapshot *snapshot)
{
	const struct exporter_identity identity = {
		.version = "1.2.3",
		.revision = "0123456789ab",
		.branch = "main",
		.mode = "lsm",
		.node = "node",
		.kernel = "6.1.0",
		.telemetry_path = "/metrics",
		.sees_denials = true,
		.max_rows = 2000,
		.map_count = 9,
		.maps = {{"table", 8192, 524288},
			 {"attempts", 16384, 131072},
			 {"overflow", 1024, 8192},
			 {"failures", 8192, 131072},
			 {"failure_overflow", 512, 4096},
			 {"calls", 2048, 131072},
			 {"missed", 16, 4096},
			 {"control", 1, 4096},
			 {"ledger", 5644, 364544}},
	};
	const uint64_t now_ns = START_NS + node->up_s * SECOND_NS;
	const struct exporter_status status = {
		.collected = true,
		.selfcheck_wall_ns = now_ns - node->up_s % 60 * SECOND_NS,
		.collect_wall_ns = now_ns,
		.collect_duration_ns = 100000 + node->number,
	};
	const struct render_config config = {
		.identity = &identity, .exporter_metrics = true, .process_metrics = true};
	const struct bind_metrics_config rows = {.boot_to_wall_ns = START_NS};

	return render_page(kind, &config, snapshot_collection(snapshot), &status, &rows);
}

struct page *fleet_node_page(const struct fleet_node *node, enum page_kind kind)
{
	const uint32_t max_rows = node->rows + ROW_SET_OTHERS + SNAPSHOT_MAX_ROWS_MIN;
	const struct snapshot_config config = {.table_bits = snapshot_table_bits(max_rows),
					       .max_rows = max_rows};
	struct snapshot *snapshot = snapshot_new(&config);
	struct page *page = NULL;
	struct fake_kernel kernel;

	if (!snapshot)
		return NULL;
	fake_kernel_init(&kernel, config.table_bits, CPUS);
	kernel.view.results = true;
	count_binds(node, &kernel);
	if (snapshot_collect(snapshot, &kernel.view) == 0)
		page = render(node, kind, snapshot);
	fake_kernel_free(&kernel);
	snapshot_free(snapshot);
	return page;
}
