/*
 * The figures that netd has counted for the operator: the launcher asks for
 * them, and tells them on the metrics socket or in the log. See ipc.h.
 */
#ifndef COMMON_IPC_FIGURES_H
#define COMMON_IPC_FIGURES_H

#include "common/ipc_stats.h"
#include "common/wire.h"

/* The structs have no padding: see ipc_messages.h. */
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

struct ipc_traffic {
	uint64_t packets;
	uint64_t bytes; /* of UDP payload */
};

/* All figures of both tables in figures_table.h, and those of the queue. */
struct ipc_figures { /* totals since netd's start, except what is "now" */
	/* A bootnode's figures, without its sources: a time series has no
	 * business with who sends what. A client has only the uptime. */
	struct ipc_stats stats;
	/* By enum wire_type; WIRE_INVALID counts datagrams that have none. */
	struct ipc_traffic received[WIRE_TYPE_COUNT];
	struct ipc_traffic sent[WIRE_TYPE_COUNT];
	uint64_t unsent; /* packets that the kernel refused */
	uint64_t strays; /* client: neither the bootnode's nor a peer's */
	uint64_t queued; /* bytes for cryptod that wait, now */
	uint64_t queue_dropped; /* messages that cryptod had no room for */
};

#pragma GCC diagnostic pop

#endif
