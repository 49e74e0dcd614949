/*
 * A bootnode's sealed packets in a test. See sealed_stage.h.
 */
#include "tests/unit/cryptod/client/sealed_stage.h"

#include "cryptod/client/boot_channel.h"
#include "cryptod/client/peer_table.h"

#include "tests/unit/ipc_pair.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

struct peer_id
sealed_id(unsigned int n)
{
	return (struct peer_id){ .bytes = { (uint8_t)n, [15] = 1 } };
}

void
sealed_open(struct sealed_stage *t)
{
	memset(t, 0, sizeof(*t));
	ipc_pair(&t->c.netd, ROLE_CRYPTOD, &t->netd, ROLE_NETD);
	ipc_pair(&t->c.ui, ROLE_CRYPTOD, &t->ui, ROLE_UI);
	t->c.secrets = crypto_secret_alloc(sizeof(*t->c.secrets));
	memset(&t->c.secrets->room, 7, sizeof(t->c.secrets->room));
	t->c.id = sealed_id(200);
	t->c.have_local = true;
	t->c.boot.have_session = true;
	outbox_init(&t->c.outbox);
	recall_init(&t->c.recall);
}

void
sealed_close(struct sealed_stage *t)
{
	struct peer *peer;

	FOREACH_PEER (&t->c, peer)
		peer_free(peer);
	ipc_close(&t->c.netd);
	ipc_close(&t->c.ui);
	ipc_close(&t->netd);
	ipc_close(&t->ui);
	crypto_secret_free(t->c.secrets, sizeof(*t->c.secrets));
}

void
sealed_head(struct sealed_stage *t, enum bootmsg_kind kind, uint8_t flags,
    uint32_t version, unsigned int after)
{
	struct bootmsg_head h = { .kind = kind,
		.flags = flags,
		.version = version };

	if (after != 0)
		h.after = sealed_id(after);
	put_init(&t->p, t->plain, sizeof(t->plain));
	bootmsg_put_head(&t->p, &h);
}

void
sealed_joined(struct sealed_stage *t, unsigned int n)
{
	struct bootmsg_entry e = { .what = MEMBER_JOINED, .id = sealed_id(n) };
	struct card card = { .nonce = { (uint8_t)n },
		.incarnation = 1,
		.serial = 1 };
	uint8_t sealed[CARD_MAX];

	e.card = sealed;
	e.card_len = card_seal(&card, &t->c.secrets->room, &e.id, sealed);
	bootmsg_put_entry(&t->p, &e);
}

void
sealed_left(struct sealed_stage *t, unsigned int n)
{
	struct bootmsg_entry e = { .what = MEMBER_LEFT,
		.id = sealed_id(n),
		.reason = LEAVE_GRACEFUL };

	bootmsg_put_entry(&t->p, &e);
}

void
sealed_overtaken(struct sealed_stage *t, uint16_t count)
{
	struct bootmsg_entry e = { .what = MEMBER_OVERTAKEN, .count = count };

	bootmsg_put_entry(&t->p, &e);
}

/* Where the bootnode sees a member from now on. */
void
sealed_moved(struct sealed_stage *t, unsigned int n, uint16_t port)
{
	struct bootmsg_entry e = { .what = MEMBER_MOVED,
		.id = sealed_id(n),
		.observed = { .ip = { 0x20 }, .port = port } };

	bootmsg_put_entry(&t->p, &e);
}

/* Seals what was written. Returns its length. */
size_t
sealed_seal(struct sealed_stage *t, uint8_t sealed[WIRE_MAX], uint64_t number)
{
	uint8_t nonce[GCM_NONCE_LEN];
	size_t len = put_length(&t->p);

	crypto_counter_nonce(nonce, number);
	crypto_seal(sealed, t->c.secrets->boot_rx, nonce, NULL, 0, t->plain,
	    len);
	return len + TAG_LEN;
}

/* A packet with this number comes. Returns what netd is told of it last; its
 * version is 0 if that is nothing. */
struct ipc_boot_version
sealed_bring(struct sealed_stage *t, uint64_t number, const uint8_t *sealed,
    size_t len)
{
	struct ipc_boot_sealed body = { .counter = number };
	struct ipc_boot_version last = { .version = 0 };
	struct ipc_message_in in;

	CU_ASSERT_EQUAL(boot_sealed(&t->c,
			    MESSAGE_WITH(t->c.now, &body,
				bytes_guarded(sealed, len), len)),
	    0);
	while (ipc_receive(&t->netd, &in) == IPC_GOT)
		if (in.type == IPC_BOOT_VERSION)
			last = *(const struct ipc_boot_version *)in.body;
	return last;
}

/* The packet that was written comes, with the next number. */
struct ipc_boot_version
sealed_come(struct sealed_stage *t)
{
	uint8_t sealed[WIRE_MAX];
	size_t len = sealed_seal(t, sealed, t->counter);

	return sealed_bring(t, t->counter++, sealed, len);
}

/* Exactly these are in the room. */
bool
sealed_are(struct sealed_stage *t, const char *people)
{
	const struct peer *peer;
	unsigned int count = 0;

	FOREACH_PEER (&t->c, peer)
		count += peer->in_roster && peer->state != PEER_LEFT;
	for (const char *n = people; *n != '\0'; n++) {
		struct peer_id id = sealed_id((unsigned int)(*n - '0'));

		peer = peer_of_id(&t->c, &id);
		if (peer == NULL || !peer->in_roster)
			return false;
	}
	return count == strlen(people);
}
