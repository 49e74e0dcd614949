/*
 * What a client's cryptod makes of the bootnode's sealed packets: rosters that
 * come piece by piece, in any order, while the room changes; events, and those
 * that were overtaken.
 */
#include "cryptod/client/boot_channel.h"
#include "cryptod/client/client.h"
#include "cryptod/client/members.h"
#include "cryptod/client/peer.h"
#include "cryptod/client/peer_table.h"
#include "tests/unit/bytes.h"
#include "tests/unit/ipc_pair.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

void roster_reader_suite(void);

static struct client client;
static struct ipc_channel netd_end, ui_end;
static uint64_t counter;

/* The plaintext being written. */
static uint8_t plain[WIRE_SEALED_MAX];
static struct putter p;

static struct peer_id
id_of(unsigned int n)
{
	return (struct peer_id){ .bytes = { (uint8_t)n, [15] = 1 } };
}

static void
begin(void)
{
	memset(&client, 0, sizeof(client));
	counter = 0;
	ipc_pair(&client.netd, ROLE_CRYPTOD, &netd_end, ROLE_NETD);
	ipc_pair(&client.ui, ROLE_CRYPTOD, &ui_end, ROLE_UI);
	client.secrets = crypto_secret_alloc(sizeof(*client.secrets));
	memset(&client.secrets->room, 7, sizeof(client.secrets->room));
	client.id = id_of(200);
	client.have_local = true;
	client.boot.have_session = true;
	outbox_init(&client.outbox);
	recall_init(&client.recall);
}

static void
end(void)
{
	struct peer *peer;

	FOREACH_PEER (&client, peer)
		peer_free(peer);
	ipc_close(&client.netd);
	ipc_close(&client.ui);
	ipc_close(&netd_end);
	ipc_close(&ui_end);
	crypto_secret_free(client.secrets, sizeof(*client.secrets));
}

static void
head(enum bootmsg_kind kind, uint8_t flags, uint32_t version,
    unsigned int after)
{
	struct bootmsg_head h = { .kind = kind,
		.flags = flags,
		.version = version };

	if (after != 0)
		h.after = id_of(after);
	put_init(&p, plain, sizeof(plain));
	bootmsg_put_head(&p, &h);
}

static void
joined(unsigned int n)
{
	struct bootmsg_entry e = { .what = MEMBER_JOINED, .id = id_of(n) };
	struct card card = { .nonce = { (uint8_t)n },
		.incarnation = 1,
		.serial = 1 };
	uint8_t sealed[CARD_MAX];

	e.card = sealed;
	e.card_len = card_seal(&card, &client.secrets->room, &e.id, sealed);
	bootmsg_put_entry(&p, &e);
}

static void
left(unsigned int n)
{
	struct bootmsg_entry e = { .what = MEMBER_LEFT,
		.id = id_of(n),
		.reason = LEAVE_GRACEFUL };

	bootmsg_put_entry(&p, &e);
}

static void
overtaken(uint16_t count)
{
	struct bootmsg_entry e = { .what = MEMBER_OVERTAKEN, .count = count };

	bootmsg_put_entry(&p, &e);
}

/* The packet comes. Returns what netd is told of it last; its version is 0 if
 * that is nothing. */
static struct ipc_boot_version
come(void)
{
	uint8_t sealed[WIRE_MAX], nonce[GCM_NONCE_LEN];
	struct ipc_boot_sealed body = { .counter = counter };
	struct ipc_boot_version last = { .version = 0 };
	struct ipc_message_in in;
	size_t len = put_length(&p);

	crypto_counter_nonce(nonce, counter++);
	crypto_seal(sealed, client.secrets->boot_rx, nonce, NULL, 0, plain,
	    len);
	CU_ASSERT_EQUAL(boot_sealed(&client,
			    MESSAGE_WITH(client.now, &body, sealed,
				len + TAG_LEN)),
	    0);
	while (ipc_receive(&netd_end, &in) == IPC_GOT)
		if (in.type == IPC_BOOT_VERSION)
			last = *(const struct ipc_boot_version *)in.body;
	return last;
}

/* Exactly these are in the room. */
static bool
are(const char *people)
{
	const struct peer *peer;
	unsigned int count = 0;

	FOREACH_PEER (&client, peer)
		count += peer->in_roster && peer->state != PEER_LEFT;
	for (const char *n = people; *n != '\0'; n++) {
		struct peer_id id = id_of((unsigned int)(*n - '0'));

		peer = peer_of_id(&client, &id);
		if (peer == NULL || !peer->in_roster)
			return false;
	}
	return count == strlen(people);
}

static void
test_pieces(void)
{
	struct ipc_boot_version v;
	struct peer_id three = id_of(3);

	begin();
	head(BOOTMSG_ROSTER, 0, 9, 0);
	joined(1);
	v = come();
	CU_ASSERT_EQUAL(v.sync, SYNC_MISSING);
	head(BOOTMSG_ROSTER, BOOTMSG_MORE, 9, 1);
	joined(3);
	v = come();
	CU_ASSERT_EQUAL(v.sync, SYNC_ON);
	CU_ASSERT_EQUAL(v.version, 9);
	CU_ASSERT_EQUAL(v.from, 9);
	CU_ASSERT_EQUAL(memcmp(&v.after, &three, sizeof(three)), 0);
	CU_ASSERT_FALSE(client.boot.up);
	/* The end of it, some changes later. */
	head(BOOTMSG_ROSTER, BOOTMSG_LAST, 12, 3);
	joined(5);
	v = come();
	CU_ASSERT_EQUAL(v.sync, SYNC_NOTHING);
	CU_ASSERT_EQUAL(v.version, 9);
	CU_ASSERT_EQUAL(v.from, 0);
	CU_ASSERT_TRUE(client.boot.up);
	CU_ASSERT_TRUE(are("135"));
	end();
}

/* One piece is lost, another comes too early, one twice. */
static void
test_order(void)
{
	begin();
	head(BOOTMSG_ROSTER, 0, 9, 1); /* without the start: nothing */
	joined(2);
	CU_ASSERT_EQUAL(come().version, 0);
	CU_ASSERT_TRUE(are(""));
	head(BOOTMSG_ROSTER, 0, 9, 0);
	joined(1);
	come();
	head(BOOTMSG_ROSTER, BOOTMSG_LAST, 9, 3);
	joined(4);
	CU_ASSERT_EQUAL(come().version, 0);
	CU_ASSERT_FALSE(client.boot.up);
	head(BOOTMSG_ROSTER, 0, 9, 0);
	joined(1);
	CU_ASSERT_EQUAL(come().version, 0);
	head(BOOTMSG_ROSTER, BOOTMSG_MORE, 9, 1);
	joined(1); /* that leads nowhere */
	CU_ASSERT_EQUAL(come().version, 0);
	head(BOOTMSG_ROSTER, 0, 9, 1);
	joined(3);
	CU_ASSERT_EQUAL(come().sync, SYNC_MISSING);
	head(BOOTMSG_ROSTER, BOOTMSG_LAST, 9, 3);
	joined(4);
	CU_ASSERT_EQUAL(come().sync, SYNC_NOTHING);
	CU_ASSERT_TRUE(are("134"));
	end();
}

/* What changes while it is read; an older piece is not believed then. */
static void
test_changes(void)
{
	struct ipc_boot_version v;

	begin();
	head(BOOTMSG_ROSTER, 0, 9, 0);
	joined(1);
	joined(3);
	come();
	head(BOOTMSG_EVENTS, 0, 10, 0);
	left(5);
	left(1);
	v = come();
	CU_ASSERT_EQUAL(v.version, 11);
	CU_ASSERT_EQUAL(v.sync, SYNC_MISSING);
	CU_ASSERT_EQUAL(v.from, 9);
	head(BOOTMSG_ROSTER, BOOTMSG_LAST, 9, 3);
	joined(5); /* it was, then */
	CU_ASSERT_EQUAL(come().version, 0);
	head(BOOTMSG_EVENTS, 0, 14, 0); /* 12 and 13 were lost */
	joined(8);
	come();
	head(BOOTMSG_ROSTER, BOOTMSG_LAST, 13, 3);
	joined(6);
	v = come();
	CU_ASSERT_EQUAL(v.sync, SYNC_ON); /* what was lost */
	CU_ASSERT_EQUAL(v.version, 11);
	CU_ASSERT_TRUE(are("36"));
	head(BOOTMSG_EVENTS, BOOTMSG_MORE, 12, 0);
	joined(6);
	v = come();
	CU_ASSERT_EQUAL(v.sync, SYNC_ON);
	CU_ASSERT_EQUAL(v.version, 12);
	head(BOOTMSG_EVENTS, 0, 13, 0);
	left(3);
	joined(8);
	CU_ASSERT_EQUAL(come().version, 14);
	CU_ASSERT_TRUE(are("68"));
	end();
}

/* Versions that others say better count, and change nothing. */
static void
test_overtaken(void)
{
	begin();
	head(BOOTMSG_ROSTER, BOOTMSG_LAST, 9, 0);
	joined(1);
	come();
	head(BOOTMSG_EVENTS, 0, 8, 0);
	overtaken(5); /* 8 to 12 */
	joined(2);
	overtaken(65535);
	left(1);
	CU_ASSERT_EQUAL(come().version, 13 + 65535 + 1);
	CU_ASSERT_TRUE(are("2"));
	end();
}

/* A whole roster says who has gone; so does one of another session, whose
 * versions are lower. */
static void
test_gone(void)
{
	begin();
	head(BOOTMSG_ROSTER, BOOTMSG_LAST, 90, 0);
	joined(1);
	joined(2);
	come();
	head(BOOTMSG_ROSTER, 0, 95, 0);
	joined(2);
	come();
	CU_ASSERT_TRUE(are("12"));
	head(BOOTMSG_ROSTER, BOOTMSG_LAST, 95, 2);
	come(); /* nobody */
	CU_ASSERT_TRUE(are("2"));
	members_unseen(&client);
	client.boot.version = 0;
	head(BOOTMSG_ROSTER, BOOTMSG_LAST, 1, 0);
	joined(3);
	come();
	CU_ASSERT_TRUE(are("3"));
	end();
}

void
roster_reader_suite(void)
{
	CU_pSuite suite = CU_add_suite("roster_reader", crypto_setup, NULL);

	CU_add_test(suite, "a roster in pieces", test_pieces);
	CU_add_test(suite, "pieces lost and twice", test_order);
	CU_add_test(suite, "changes meanwhile", test_changes);
	CU_add_test(suite, "overtaken", test_overtaken);
	CU_add_test(suite, "who has gone", test_gone);
}
