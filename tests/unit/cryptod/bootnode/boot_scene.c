/*
 * A bootnode's cryptod at work, and what netd asks it. See boot_scene.h.
 */
#include "tests/unit/cryptod/bootnode/boot_scene.h"

#include "cryptod/bootnode/keyring.h"
#include "cryptod/claim.h"

#include <CUnit/CUnit.h>

#include <fcntl.h>
#include <string.h>

const uint8_t boot_card[BOOT_CARD_LEN] = "a card";

static void
run(struct child *child, void *arg)
{
	struct scene *s = arg;
	struct cryptod_bootnode_start start = {
		.key = &s->key,
		.fresh = s->fresh,
		.access_fd = -1,
		.slots = s->slots != 0 ? s->slots : SLOTS_MAX,
		.kept = s->kept,
		.memory = s->memory,
	};

	if (s->access == NULL) {
		start.access = crypto_secret_alloc(sizeof(*start.access));
	} else {
		start.access_fd = open(s->access, O_RDONLY | O_CLOEXEC);
		start.access = keyring_read(start.access_fd, 0, true);
	}
	cryptod_bootnode_run(child, &start);
}

struct ipc_channel *
boot_netd(struct scene *s)
{
	return worker_end(&s->w, ROLE_NETD);
}

struct ipc_channel *
boot_ui(struct scene *s)
{
	return worker_end(&s->w, ROLE_UI);
}

/* cryptod tells netd the key, and netd's own key for cookies. */
void
boot_check_keys(struct scene *s, bool fresh)
{
	const struct ipc_boot_keys *keys;
	struct ipc_message_in in;

	keys = worker_says(boot_netd(s), IPC_BOOT_KEYS, &in);
	CU_ASSERT_EQUAL(keys->fresh, fresh);
	CU_ASSERT_EQUAL(memcmp(keys->public_key, s->key.public_key, X25519_LEN),
	    0);
	CU_ASSERT_NOT_EQUAL(memcmp(keys->cookie_key, s->cookie_key,
				SIPHASH_KEY),
	    0);
	memcpy(s->cookie_key, keys->cookie_key, SIPHASH_KEY);
}

void
boot_start(struct scene *s)
{
	crypto_keypair(&s->key);
	boot_run(s);
}

void
boot_run(struct scene *s)
{
	worker_start(&s->w, PROCESS_CRYPTOD_BOOTNODE, MODE_BOOTNODE, run, s);
}

void
boot_begin(struct scene *s, bool fresh)
{
	memset(s, 0, sizeof(*s));
	s->fresh = fresh;
	boot_start(s);
	boot_check_keys(s, fresh);
}

void
boot_say(struct scene *s, enum ipc_type type, const void *body,
    const void *tail, size_t len)
{
	CU_ASSERT_EQUAL(ipc_send(boot_netd(s), type, body, tail, len), 0);
}

void
boot_say_slot(struct scene *s, enum ipc_type type, uint32_t slot)
{
	const struct ipc_slot body = { slot };

	boot_say(s, type, &body, NULL, 0);
}

void
boot_write_join(struct scene *s, struct guest *g, uint32_t slot)
{
	uint8_t payload[BOOTMSG_JOIN_MAX];
	size_t len;

	memset(g, 0, sizeof(*g));
	g->slot = slot;
	crypto_random(g->join.token, sizeof(g->join.token));
	crypto_random(g->join.commitment, sizeof(g->join.commitment));
	crypto_random(&g->join.tag, sizeof(g->join.tag));
	crypto_random(g->start, sizeof(g->start));
	g->join.attempt = slot + 7;
	g->join.flags = slot % 2 == 0 ? JOIN_HIDDEN : 0;
	g->join.card = boot_card;
	g->join.card_len = sizeof(boot_card);
	len = bootmsg_put_join(payload, sizeof(payload), &g->join);
	join_handshake(&g->noise, true, g->start, NULL, s->key.public_key);
	g->len = noise_write(&g->noise, payload, len, g->message);
}

void
boot_send_join(struct scene *s, const struct guest *g, uint32_t slot)
{
	struct ipc_join_open open = { .slot = slot };

	memcpy(open.start, g->start, sizeof(open.start));
	boot_say(s, IPC_JOIN_OPEN, &open, g->message, g->len);
}

void
boot_check_opened(struct scene *s, const struct guest *g)
{
	const struct ipc_join_opened *opened;
	uint8_t reject_key[SIPHASH_KEY];
	struct ipc_message_in in;
	struct peer_id id;

	opened = worker_says(boot_netd(s), IPC_JOIN_OPENED, &in);
	claim_id(&id, g->join.token, g->join.commitment);
	join_reject_key(&g->noise, reject_key);
	CU_ASSERT_EQUAL(opened->slot, g->slot);
	CU_ASSERT_EQUAL(opened->attempt, g->join.attempt);
	CU_ASSERT_EQUAL(opened->hidden, g->join.flags != 0);
	CU_ASSERT_EQUAL(memcmp(&opened->id, &id, sizeof(id)), 0);
	CU_ASSERT_EQUAL(memcmp(&opened->tag, &g->join.tag, ROOM_TAG_LEN), 0);
	CU_ASSERT_EQUAL(memcmp(opened->reject_key, reject_key, SIPHASH_KEY), 0);
	CU_ASSERT_EQUAL(in.tail_len, sizeof(boot_card));
	CU_ASSERT_EQUAL(memcmp(in.tail, boot_card, sizeof(boot_card)), 0);
}

/* The client joins, and has the WELCOME. */
void
boot_join(struct scene *s, struct guest *g, uint32_t slot)
{
	static const uint8_t welcome[] = "welcome";
	const struct ipc_join_reply reply = { .slot = slot };
	const struct ipc_join_sealed *sealed;
	uint8_t mac_key[SIPHASH_KEY], tx[KEY_LEN], payload[WIRE_MAX];
	struct ipc_message_in in;
	size_t len;

	boot_write_join(s, g, slot);
	boot_send_join(s, g, slot);
	boot_check_opened(s, g);
	boot_say(s, IPC_JOIN_REPLY, &reply, welcome, sizeof(welcome));
	sealed = worker_says(boot_netd(s), IPC_JOIN_SEALED, &in);
	CU_ASSERT_EQUAL(sealed->slot, slot);
	CU_ASSERT_EQUAL_FATAL(noise_read(&g->noise, in.tail, in.tail_len,
				  payload, &len),
	    0);
	CU_ASSERT_EQUAL(len, sizeof(welcome));
	CU_ASSERT_EQUAL(memcmp(payload, welcome, len), 0);
	join_control_key(&g->noise, mac_key);
	CU_ASSERT_EQUAL(memcmp(sealed->mac_key, mac_key, SIPHASH_KEY), 0);
	noise_split(&g->noise, tx, g->rx);
}

/* Asks to seal all these pages for all these guests. */
void
boot_seal(struct scene *s, const struct guest *guests, size_t count,
    size_t pages)
{
	struct ipc_seal body = { .count = (uint16_t)count };
	uint8_t tail[SEAL_SLOTS_MAX * 4 + SEAL_PAGES_MAX * 8];
	size_t len = 0;

	for (size_t i = 0; i < count; i++, len += 4)
		memcpy(tail + len, &guests[i].slot, 4);
	for (size_t i = 0; i < pages; i++) {
		body.lens[i] = (uint16_t)(i + 1);
		memset(tail + len, 'a' + (int)i, i + 1);
		len += i + 1;
	}
	boot_say(s, IPC_SEAL, &body, tail, len);
}
