/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page of a node of a fleet that is not there, made by the exporter's own encoder. A node has
 * no memory: what it counted follows from its number and the time, so that thousands cost nothing.
 */
#ifndef FLEET_NODE_H
#define FLEET_NODE_H

#include <stdint.h>

#include "common/page.h"

struct fleet_node {
	uint32_t number; /* from 0 */
	uint32_t rows;   /* of attempts */
	uint64_t up_s;   /* for how long it has been counting, seconds */
};

/* Every tenth row has failures. One reference; NULL: out of memory. */
struct page *fleet_node_page(const struct fleet_node *node, enum page_kind kind);

#endif
