/*
 * Which of the bootnode's sealed packets count (boot_channel.c), what is asked
 * for if some are missing, and when we are in the room.
 */
#include "cryptod/client/boot_channel.h"
#include "cryptod/client/peer_table.h"

#include "tests/unit/cryptod/client/sealed_stage.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

void boot_sealed_suite(void);

static struct sealed_stage t;

/* Each packet counts once, and only if it is the bootnode's, of the session
 * that there is. */
static void
test_sealed(void)
{
	uint8_t sealed[WIRE_MAX];
	size_t len;

	sealed_open(&t);
	sealed_head(&t, BOOTMSG_ROSTER, BOOTMSG_LAST, 9, 0);
	sealed_joined(&t, 1);
	len = sealed_seal(&t, sealed, 5);
	t.c.boot.have_session = false;
	CU_ASSERT_EQUAL(sealed_bring(&t, 5, sealed, len).version, 0);
	t.c.boot.have_session = true;
	CU_ASSERT_EQUAL(sealed_bring(&t, 6, sealed, len).version, 0);
	CU_ASSERT_EQUAL(sealed_bring(&t, 5, sealed, len - 1).version, 0);
	CU_ASSERT_EQUAL(sealed_bring(&t, 5, sealed, TAG_LEN - 1).version, 0);
	CU_ASSERT_EQUAL(sealed_bring(&t, 5, sealed, 0).version, 0);
	sealed[3] ^= 1;
	CU_ASSERT_EQUAL(sealed_bring(&t, 5, sealed, len).version, 0);
	sealed[3] ^= 1;
	CU_ASSERT_TRUE(sealed_are(&t, ""));
	CU_ASSERT_EQUAL(sealed_bring(&t, 5, sealed, len).version, 9);
	CU_ASSERT_TRUE(sealed_are(&t, "1"));
	CU_ASSERT_EQUAL(sealed_bring(&t, 5, sealed, len).version,
	    0);					  /* again */
	put_init(&t.p, t.plain, sizeof(t.plain)); /* it says nothing at all */
	len = sealed_seal(&t, sealed, 6);
	CU_ASSERT_EQUAL(sealed_bring(&t, 6, sealed, len).version, 0);
	sealed_close(&t);
}

/* Of events that come again only those count that are new. */
static void
test_known_events(void)
{
	struct ipc_boot_version v;

	sealed_open(&t);
	sealed_head(&t, BOOTMSG_ROSTER, BOOTMSG_LAST, 9, 0);
	sealed_joined(&t, 1);
	sealed_come(&t);
	sealed_head(&t, BOOTMSG_EVENTS, 0, 8, 0);
	sealed_left(&t, 1);   /* 8: before it came again */
	sealed_left(&t, 1);   /* 9: likewise */
	sealed_joined(&t, 2); /* 10 */
	v = sealed_come(&t);
	CU_ASSERT_EQUAL(v.version, 10);
	CU_ASSERT_EQUAL(v.sync, SYNC_NOTHING);
	CU_ASSERT_TRUE(sealed_are(&t, "12"));
	sealed_head(&t, BOOTMSG_EVENTS, 0, 10, 0);
	sealed_left(&t, 2);
	CU_ASSERT_EQUAL(sealed_come(&t).version, 10);
	CU_ASSERT_TRUE(sealed_are(&t, "12"));
	sealed_head(&t, BOOTMSG_EVENTS, 0, 11, 0); /* just the next one */
	sealed_left(&t, 2);
	CU_ASSERT_EQUAL(sealed_come(&t).version, 11);
	CU_ASSERT_TRUE(sealed_are(&t, "1"));
	sealed_close(&t);
}

/* A member is seen elsewhere: its netd is told, and it is a change as any. */
static void
test_moved(void)
{
	struct peer_id one = sealed_id(1);

	sealed_open(&t);
	sealed_head(&t, BOOTMSG_ROSTER, BOOTMSG_LAST, 9, 0);
	sealed_joined(&t, 1);
	sealed_come(&t);
	sealed_head(&t, BOOTMSG_EVENTS, 0, 10, 0);
	sealed_moved(&t, 1, 1234);
	CU_ASSERT_EQUAL(sealed_come(&t).version, 10);
	CU_ASSERT_EQUAL(peer_of_id(&t.c, &one)->observed.port, 1234);
	sealed_close(&t);
}

/* What is cut off in the middle counts as far as it goes, and no version is
 * told: the rest is still missing. */
static void
test_cut_off(void)
{
	struct ipc_boot_version v;

	sealed_open(&t);
	sealed_head(&t, BOOTMSG_ROSTER, BOOTMSG_LAST, 9, 0);
	sealed_joined(&t, 1);
	sealed_joined(&t, 2);
	t.p.left += 1; /* half an entry less */
	t.p.p -= 1;
	CU_ASSERT_EQUAL(sealed_come(&t).version, 0);
	CU_ASSERT_FALSE(t.c.boot.up);
	sealed_head(&t, BOOTMSG_ROSTER, BOOTMSG_LAST, 9, 0);
	sealed_joined(&t, 1);
	sealed_come(&t);
	CU_ASSERT_TRUE(sealed_are(&t, "1"));
	sealed_head(&t, BOOTMSG_EVENTS, 0, 10, 0);
	sealed_joined(&t, 2);
	put_u8(&t.p, 0xff);
	CU_ASSERT_EQUAL(sealed_come(&t).version, 0);
	CU_ASSERT_TRUE(sealed_are(&t, "12"));
	sealed_head(&t, BOOTMSG_EVENTS, 0, 10, 0);
	sealed_left(&t, 2); /* as 10 it is known */
	sealed_joined(&t, 3);
	v = sealed_come(&t);
	CU_ASSERT_EQUAL(v.version, 11);
	CU_ASSERT_TRUE(sealed_are(&t, "123"));
	sealed_close(&t);
}

/* Changes are missing: they are asked for, unless there is no roster yet, which
 * netd asks for by itself; and one that is older than what we have is none. */
static void
test_missing(void)
{
	sealed_open(&t);
	sealed_head(&t, BOOTMSG_EVENTS, 0, 9, 0);
	sealed_joined(&t, 1);
	CU_ASSERT_EQUAL(sealed_come(&t).version, 0);
	CU_ASSERT_FALSE(t.c.boot.up);
	sealed_head(&t, BOOTMSG_ROSTER, BOOTMSG_LAST, 9, 0);
	sealed_joined(&t, 1);
	CU_ASSERT_EQUAL(sealed_come(&t).sync, SYNC_NOTHING);
	sealed_head(&t, BOOTMSG_EVENTS, 0, 11, 0);
	sealed_joined(&t, 2);
	CU_ASSERT_EQUAL(sealed_come(&t).sync, SYNC_MISSING);
	CU_ASSERT_TRUE(sealed_are(&t, "1"));
	sealed_head(&t, BOOTMSG_ROSTER, BOOTMSG_LAST, 8, 0);
	sealed_joined(&t, 3);
	CU_ASSERT_EQUAL(sealed_come(&t).version, 0);
	CU_ASSERT_TRUE(sealed_are(&t, "1"));
	sealed_close(&t);
}

/* What ui is told of the bootnode last; BOOT_STATUS_COUNT: nothing. */
static enum boot_status
told(void)
{
	enum boot_status last = BOOT_STATUS_COUNT;
	struct ipc_message_in in;

	while (ipc_receive(&t.ui, &in) == IPC_GOT)
		if (in.type == IPC_BOOTNODE)
			last = (enum boot_status)(
			    (const struct ipc_bootnode *)in.body)
				   ->status;
	return last;
}

/* We are in the room with the whole roster, or with changes to one that we
 * have; ui is told once. */
static void
test_joined(void)
{
	sealed_open(&t);
	sealed_head(&t, BOOTMSG_ROSTER, BOOTMSG_LAST, 9, 0);
	sealed_come(&t);
	CU_ASSERT_EQUAL(told(), BOOT_JOINED);
	sealed_head(&t, BOOTMSG_EVENTS, 0, 10, 0);
	sealed_joined(&t, 1);
	sealed_come(&t);
	CU_ASSERT_EQUAL(told(), BOOT_STATUS_COUNT);
	t.c.boot.up = false;
	sealed_head(&t, BOOTMSG_ROSTER, 0, 11, 0);
	sealed_joined(&t, 2);
	sealed_come(&t);
	sealed_head(&t, BOOTMSG_EVENTS, 0, 12, 0);
	sealed_joined(&t, 3);
	CU_ASSERT_EQUAL(sealed_come(&t).sync, SYNC_MISSING);
	CU_ASSERT_FALSE(t.c.boot.up);
	t.c.boot.roster_open = false;
	sealed_head(&t, BOOTMSG_EVENTS, 0, 13, 0);
	sealed_joined(&t, 4);
	sealed_come(&t);
	CU_ASSERT_TRUE(t.c.boot.up);
	CU_ASSERT_EQUAL(told(), BOOT_REJOINED);
	sealed_close(&t);
}

/* The last changes are asked for if we are in the room, and have its roster. */
static void
test_ask(void)
{
	struct ipc_message_in in;

	sealed_open(&t);
	boot_ask_changes(&t.c);
	CU_ASSERT_EQUAL(ipc_receive(&t.netd, &in), IPC_EMPTY);
	t.c.boot.up = t.c.boot.roster_open = true;
	boot_ask_changes(&t.c);
	CU_ASSERT_EQUAL(ipc_receive(&t.netd, &in), IPC_EMPTY);
	t.c.boot.roster_open = false;
	boot_ask_changes(&t.c);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&t.netd, &in), IPC_GOT);
	CU_ASSERT_EQUAL(((const struct ipc_boot_version *)in.body)->sync,
	    SYNC_ON);
	sealed_close(&t);
}

/* A MOVE to this address comes, with so many bytes more than it has. */
static void
bring_move(const struct addr *home, unsigned int more)
{
	const struct ipc_boot_sealed body = { .counter = t.counter };
	uint8_t sealed[WIRE_MAX];
	size_t len;

	sealed_head(&t, BOOTMSG_MOVE, 0, 0, 0);
	put_u8(&t.p, 1);
	wire_put_addr(&t.p, home);
	while (more-- > 0)
		put_u8(&t.p, 0);
	len = sealed_seal(&t, sealed, t.counter++);
	CU_ASSERT_EQUAL(boot_sealed(&t.c, MESSAGE_WITH(0, &body, sealed, len)),
	    0);
}

/* A MOVE is netd's to follow, if it is well formed; the session stays. */
static void
test_move(void)
{
	const struct addr home = { .ip = { 0x20 }, .port = 9595 };
	const struct ipc_boot_node *node;
	struct ipc_message_in in;

	sealed_open(&t);
	bring_move(&home, 1);
	CU_ASSERT_EQUAL(ipc_receive(&t.netd, &in), IPC_EMPTY);
	bring_move(&home, 0);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&t.netd, &in), IPC_GOT);
	CU_ASSERT_EQUAL(in.type, IPC_BOOT_MOVE);
	node = in.body;
	CU_ASSERT_EQUAL(node->count, 1);
	CU_ASSERT_TRUE(addr_equal(&node->addrs[0], &home));
	CU_ASSERT_TRUE(t.c.boot.have_session);
	sealed_close(&t);
}

void
boot_sealed_suite(void)
{
	CU_pSuite suite = CU_add_suite("boot_sealed", crypto_setup, NULL);

	CU_add_test(suite, "sealed, and once", test_sealed);
	CU_add_test(suite, "known events", test_known_events);
	CU_add_test(suite, "moved", test_moved);
	CU_add_test(suite, "cut off", test_cut_off);
	CU_add_test(suite, "missing", test_missing);
	CU_add_test(suite, "joined", test_joined);
	CU_add_test(suite, "asked for", test_ask);
	CU_add_test(suite, "the room moves", test_move);
}
