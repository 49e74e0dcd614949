/*
 * netd's figures for the operator. See figures.h.
 */
#include "netd/figures.h"

static void
add(struct ipc_traffic *sum, const struct ipc_traffic *t)
{
	for (size_t type = 0; type < WIRE_TYPE_COUNT; type++) {
		sum[type].packets += t[type].packets;
		sum[type].bytes += t[type].bytes;
	}
}

void
figures_tell(struct ipc_channel *control, struct ipc_figures *f,
    const struct udp *udp, size_t count, const struct ipc_channel *cryptod)
{
	for (size_t i = 0; i < count; i++) {
		add(f->received, udp[i].received);
		add(f->sent, udp[i].sent);
		f->unsent += udp[i].unsent;
	}
	f->queued = cryptod->queued;
	f->queue_dropped = cryptod->dropped;
	ipc_send(control, IPC_FIGURES, f, NULL, 0);
}
