/*
 * The launcher starts children, configures them, and gives them the ends of new
 * channels.
 */
#include "launcher/children.h"

#include "common/sandbox.h"

#include "tests/unit/launcher/household_spawner.h"

#include <sys/socket.h>

#include <CUnit/CUnit.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

void children_suite(void);

/* Each child gets its configuration, once, and nothing else; but ui is told of
 * the room. */
static void
test_configured(void)
{
	static const enum ipc_type configs[] = {
		[ROLE_NETD] = IPC_CONFIG_NETD,
		[ROLE_CRYPTOD] = IPC_CONFIG_CRYPTOD,
		[ROLE_UI] = IPC_CONFIG_UI,
	};
	struct household h;

	household_open(&h, MODE_CLIENT);
	memset(h.s.rooms[0].run, 7, sizeof(h.s.rooms[0].run));
	memset(h.s.alias_key, 8, sizeof(h.s.alias_key));
	household_start(&h, false);
	household_all_ready(&h);
	FOREACH_CHILD (child, &h.s) {
		const struct member *m = &h.members[child - h.s.children];
		unsigned int told = 0;

		CU_ASSERT_EQUAL(m->pid, child->pid);
		if (child->pid == 0)
			continue;
		for (size_t type = 0; type < IPC_TYPE_COUNT; type++)
			told += m->told[type];
		CU_ASSERT_EQUAL(m->told[IPC_PRIVILEGES], 1);
		CU_ASSERT_EQUAL(m->told[configs[child->role]], 1);
		CU_ASSERT_EQUAL(told, child->role == ROLE_UI ? 3 : 2);
	}
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->netd.alias_key[0], 8);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->cryptod.run[0], 7);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->cryptod.incarnation,
	    1);
	CU_ASSERT_TRUE(h.s.terminal.used);
	household_close(&h);
}

/* A client's ui is told of the room: which bootnode it is at, and its name. A
 * bootnode has none. */
static void
test_room(void)
{
	const struct member *ui;
	struct household h;

	household_live(&h, MODE_CLIENT);
	ui = household_member(&h, ROLE_UI);
	CU_ASSERT_EQUAL(ui->told[IPC_ROOM], 1);
	CU_ASSERT_EQUAL(ui->room.ticket, 0);
	CU_ASSERT_EQUAL(ui->room.room, ui->ui.first_room);
	CU_ASSERT_EQUAL(ui->room.state, ROOM_OPENED);
	CU_ASSERT_EQUAL(ui->room.bootnode_len, strlen("b.example:9595"));
	CU_ASSERT_STRING_EQUAL(ui->room_texts, "b.example:9595r");
	household_exit(&h, ROLE_UI, 1);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_UI)->starts, 2);
	household_ready(&h, ROLE_UI);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(ui->told[IPC_ROOM], 1);
	household_close(&h);
	household_live(&h, MODE_BOOTNODE);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_UI)->told[IPC_ROOM], 0);
	household_close(&h);
}

/* Some values depend on which netd or ui of the run it is. */
static void
test_numbers(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	household_exit(&h, ROLE_UI, 1);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.s.rooms[0].incarnation, 1);
	CU_ASSERT_EQUAL(h.s.ui_starts, 2);
	household_exit(&h, ROLE_CRYPTOD, 1);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.s.rooms[0].incarnation, 2);
	CU_ASSERT_EQUAL(h.s.ui_starts, 2);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->cryptod.incarnation,
	    2);
	household_close(&h);
}

static void
leave_end(struct household *h, enum role child, enum role other)
{
	struct spawned left = {
		.event = SPAWN_END_LEFT,
		.child = (uint8_t)family_find(&h->s.family, child, 0),
		.other = (uint8_t)family_find(&h->s.family, other, 0),
	};
	int pair[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	household_report(h, &left, &pair[1], 1);
	close(pair[0]);
	close(pair[1]);
}

/* A child that lives on gets the end of its channel to a new neighbour; one to
 * which that cannot be sent is ended. */
static void
test_end_left(void)
{
	struct household h;
	struct member *ui;

	household_live(&h, MODE_CLIENT);
	leave_end(&h, ROLE_UI, ROLE_CRYPTOD);
	household_pass(&h, 0);
	ui = household_member(&h, ROLE_UI);
	CU_ASSERT_EQUAL(ui->told[IPC_CHANNEL], 1);
	CU_ASSERT_EQUAL(ui->signals[SIGKILL], 0);
	ui->undying = true;
	shutdown(ui->channel.fd, SHUT_RD);
	leave_end(&h, ROLE_UI, ROLE_CRYPTOD);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(ui->signals[SIGKILL], 1);
	household_close(&h);
}

/* The log names a pid namespace that is missing, and each step of the sandbox
 * that was refused. */
static void
test_refused(void)
{
	struct household h;

	household_open(&h, MODE_CLIENT);
	h.crowded = true;
	household_start(&h, false);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "info gochat-netd runs without a pid namespace"),
	    1);
	CU_ASSERT_EQUAL(household_logged(&h, "runs without"), 3);
	household_close(&h);
	household_live(&h, MODE_CLIENT);
	CU_ASSERT_EQUAL(household_logged(&h, "runs without"), 0);
	children_log_refused("gochat", 0);
	CU_ASSERT_EQUAL(household_logged(&h, "runs without"), 0);
	children_log_refused("gochat", SANDBOX_STEPS);
	CU_ASSERT(household_logged(&h, "info gochat runs without") > 1);
	household_close(&h);
}

/* A child that arrives when all is ending is ended, and not configured. */
static void
test_too_late(void)
{
	struct household h;
	struct member *netd;

	household_live(&h, MODE_CLIENT);
	h.mood = SPAWNER_SILENT;
	household_exit(&h, ROLE_NETD, 1);
	household_pass(&h, 0);
	raise(SIGTERM);
	household_pass(&h, 0);
	household_start_member(&h, family_find(&h.s.family, ROLE_NETD, 0));
	netd = household_member(&h, ROLE_NETD);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(netd->signals[SIGKILL], 1);
	CU_ASSERT_EQUAL(netd->told[IPC_PRIVILEGES], 0);
	CU_ASSERT_FALSE(children_awaited(&h.s));
	household_close(&h);
}

void
children_suite(void)
{
	CU_pSuite s =
	    CU_add_suite("children", household_setup, household_cleanup);

	CU_add_test(s, "configurations", test_configured);
	CU_add_test(s, "the room", test_room);
	CU_add_test(s, "numbers of a run", test_numbers);
	CU_add_test(s, "an end that is left", test_end_left);
	CU_add_test(s, "what the system refuses", test_refused);
	CU_add_test(s, "too late", test_too_late);
}
