/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page of a simulated node, made by the exporter's own encoder. A node has no memory: its
 * counts follow from its number and the time, so that thousands of nodes cost nothing.
 */
#ifndef FLEET_NODE_H
#define FLEET_NODE_H

#include <stdint.h>

#include "common/page.h"

struct fleet_node {
	uint32_t number; /* from 0 */
	uint32_t rows;   /* of attempts */
	uint64_t up_s;   /* how long it has been counting, seconds */
};

/* Every tenth row has failures. Returns one reference; NULL: out of memory. */
struct page *fleet_node_page(const struct fleet_node *node, enum page_kind kind);

#endif
