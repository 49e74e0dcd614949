/*
 * What ui is told of the bootnode (boot_channel.c), and what it means for us
 * that netd has lost it, or is gone.
 */
#include "cryptod/client/boot_channel.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_stage.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

void boot_status_suite(void);

/* ui is told of this state, and whether there was a bootnode before. */
static void
tells(struct stage *s, enum boot_status status, bool joined)
{
	struct ipc_boot_status body = { .status = (uint8_t)status };
	const struct ipc_bootnode *told;
	struct ipc_message_in in;

	CU_ASSERT_EQUAL(boot_status(s->c, MESSAGE(s->c->now, &body)), 0);
	told = stage_ui(s, IPC_BOOTNODE, &in);
	CU_ASSERT_EQUAL(told->status, status);
	CU_ASSERT_EQUAL(told->joined, joined);
}

static void
test_joined_before(void)
{
	struct stage s;

	stage_open(&s, true);
	s.c->boot.ever_joined = s.c->boot.up = false;
	tells(&s, BOOT_UNREACHABLE, false);
	s.c->boot.ever_joined = s.c->boot.up = true;
	tells(&s, BOOT_LOST, true);
	tells(&s, BOOT_UNREACHABLE, true);
	stage_close(&s);
}

/* What netd says of the bootnode; that we have joined is not for it to say. */
static void
test_status(void)
{
	struct ipc_boot_status body = { .status = BOOT_UNREACHABLE,
		.mtu = 500,
		.addr.port = 77 };
	const struct ipc_bootnode *told;
	struct ipc_message_in in;
	struct stage s;

	stage_open(&s, true);
	boot_tell_ui(s.c); /* there is nothing to tell yet */
	CU_ASSERT_EQUAL(stage_told(&s, IPC_BOOTNODE), 0);
	CU_ASSERT_EQUAL(boot_status(s.c, MESSAGE(s.c->now, &body)), 0);
	told = stage_ui(&s, IPC_BOOTNODE, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(told);
	CU_ASSERT_EQUAL(told->mtu, 500);
	CU_ASSERT_EQUAL(told->addr.port, 77);
	CU_ASSERT_FALSE(told->settling);
	CU_ASSERT_TRUE(s.c->settling.unanswered);
	CU_ASSERT_TRUE(s.c->boot.up);
	body.status = BOOT_LOST;
	CU_ASSERT_EQUAL(boot_status(s.c, MESSAGE(s.c->now, &body)), 0);
	told = stage_ui(&s, IPC_BOOTNODE, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(told);
	CU_ASSERT_EQUAL(told->mtu, 0);
	CU_ASSERT_TRUE(told->settling); /* they may be back with it */
	CU_ASSERT_FALSE(s.c->boot.up);
	boot_tell_settled(s.c);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_SETTLED), 1);
	boot_tell_ui(s.c);
	told = stage_ui(&s, IPC_BOOTNODE, &in);
	CU_ASSERT_FALSE(told->settling);
	body.status = BOOT_JOINED;
	CU_ASSERT_EQUAL(boot_status(s.c, MESSAGE(s.c->now, &body)), -1);
	body.status = BOOT_REJOINED;
	CU_ASSERT_EQUAL(boot_status(s.c, MESSAGE(s.c->now, &body)), -1);
	stage_close(&s);
}

/* netd is gone, and with it the session; ui is told if we were in the room. */
static void
test_gone(void)
{
	struct stage s;

	stage_open(&s, true);
	s.c->boot.joining = s.c->boot.have_session = true;
	boot_gone(s.c);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_BOOTNODE), 1);
	CU_ASSERT_TRUE(settle_awaits(s.c));
	CU_ASSERT_FALSE(
	    s.c->boot.up || s.c->boot.joining || s.c->boot.have_session);
	boot_gone(s.c);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_BOOTNODE), 0);
	stage_close(&s);
}

void
boot_status_suite(void)
{
	CU_pSuite suite = CU_add_suite("boot_status", crypto_setup, NULL);

	CU_add_test(suite, "joined before", test_joined_before);
	CU_add_test(suite, "what netd says", test_status);
	CU_add_test(suite, "netd is gone", test_gone);
}
