/*
 * netd's figures for the operator: the sum of its sockets, and the queue for
 * cryptod.
 */
#include "netd/figures.h"

#include "tests/unit/ipc_pair.h"

#include <CUnit/CUnit.h>

void netd_figures_suite(void);

/* Traffic of each type, which tells its type and its socket. */
static void
fill(struct udp *udp, uint64_t socket)
{
	for (uint64_t type = 0; type < WIRE_TYPE_COUNT; type++) {
		udp->received[type] =
		    (struct ipc_traffic){ socket + type, 7 * (socket + type) };
		udp->sent[type] =
		    (struct ipc_traffic){ 1000 + type, 2 * socket + type };
	}
	udp->unsent = socket;
}

/* Of as many sockets as there are; what was there before is added to. */
static void
test_sum(void)
{
	static struct udp udp[2];
	struct ipc_channel netd, launcher,
	    cryptod = { .queued = 5, .dropped = 6 };
	const struct ipc_figures *told;
	struct ipc_message_in in;

	fill(&udp[0], 100);
	fill(&udp[1], 300);
	ipc_pair(&netd, ROLE_NETD, &launcher, ROLE_LAUNCHER);
	for (uint64_t count = 1; count <= 2; count++) {
		struct ipc_figures f = { .strays = 9 };
		uint64_t sum = count == 1 ? 100 : 400;

		figures_tell(&netd, &f, udp, count, &cryptod);
		CU_ASSERT_EQUAL_FATAL(ipc_receive(&launcher, &in), IPC_GOT);
		CU_ASSERT_EQUAL(in.type, IPC_FIGURES);
		told = in.body;
		for (uint64_t t = 0; t < WIRE_TYPE_COUNT; t++) {
			CU_ASSERT_EQUAL(told->received[t].packets,
			    sum + count * t);
			CU_ASSERT_EQUAL(told->received[t].bytes,
			    7 * (sum + count * t));
			CU_ASSERT_EQUAL(told->sent[t].packets,
			    count * (1000 + t));
			CU_ASSERT_EQUAL(told->sent[t].bytes,
			    2 * sum + count * t);
		}
		CU_ASSERT_EQUAL(told->unsent, sum);
		CU_ASSERT_EQUAL(told->queued, 5);
		CU_ASSERT_EQUAL(told->queue_dropped, 6);
		CU_ASSERT_EQUAL(told->strays, 9);
	}
	ipc_close(&netd);
	ipc_close(&launcher);
}

void
netd_figures_suite(void)
{
	CU_pSuite suite = CU_add_suite("netd_figures", NULL, NULL);

	CU_add_test(suite, "the sum", test_sum);
}
