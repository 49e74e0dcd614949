/*
 * A bootnode's cryptod: JOINs and their answers, what is sealed for whom, and
 * what happens to both when netd or ui is restarted.
 */
#include "cryptod/bootnode/run.h"

#include "cryptod/claim.h"
#include "cryptod/join.h"

#include "tests/unit/bytes.h"
#include "tests/unit/worker.h"

#include <CUnit/CUnit.h>

#include <string.h>

void cryptod_bootnode_suite(void);

/* JOINs that cryptod has at a time. */
#define PENDING_MAX 512

struct scene {
	struct worker w;
	struct x25519_key key;
	bool fresh;
	uint8_t cookie_key[SIPHASH_KEY];
};

/* A client that joins. */
struct guest {
	struct noise noise;
	struct bootmsg_join join;
	uint8_t start[WIRE_JOIN_OVERHEAD], message[WIRE_MAX];
	size_t len;
	uint32_t slot;
	uint8_t rx[KEY_LEN];
	uint64_t counter; /* of the next packet that is sealed for it */
};

static const uint8_t card[] = "a card";

static void
run(struct child *child, void *arg)
{
	struct scene *s = arg;

	cryptod_bootnode_run(child, &s->key, s->fresh);
}

static struct ipc_channel *
netd(struct scene *s)
{
	return worker_end(&s->w, ROLE_NETD);
}

static struct ipc_channel *
ui(struct scene *s)
{
	return worker_end(&s->w, ROLE_UI);
}

/* cryptod tells netd the key, and netd's own key for cookies. */
static void
check_keys(struct scene *s, bool fresh)
{
	const struct ipc_boot_keys *keys;
	struct ipc_message_in in;

	keys = worker_says(netd(s), IPC_BOOT_KEYS, &in);
	CU_ASSERT_EQUAL(keys->fresh, fresh);
	CU_ASSERT_EQUAL(memcmp(keys->public_key, s->key.public_key, X25519_LEN),
	    0);
	CU_ASSERT_NOT_EQUAL(memcmp(keys->cookie_key, s->cookie_key,
				SIPHASH_KEY),
	    0);
	memcpy(s->cookie_key, keys->cookie_key, SIPHASH_KEY);
}

static void
begin(struct scene *s, bool fresh)
{
	memset(s, 0, sizeof(*s));
	s->fresh = fresh;
	crypto_keypair(&s->key);
	worker_start(&s->w, PROCESS_CRYPTOD_BOOTNODE, MODE_BOOTNODE, run, s);
	check_keys(s, fresh);
}

static void
tell(struct scene *s, enum ipc_type type, const void *body, const void *tail,
    size_t len)
{
	CU_ASSERT_EQUAL(ipc_send(netd(s), type, body, tail, len), 0);
}

static void
tell_slot(struct scene *s, enum ipc_type type, uint32_t slot)
{
	const struct ipc_slot body = { slot };

	tell(s, type, &body, NULL, 0);
}

/* --- JOINs ---------------------------------------------------------------- */

static void
write_join(struct scene *s, struct guest *g, uint32_t slot)
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
	g->join.card = card;
	g->join.card_len = sizeof(card);
	len = bootmsg_put_join(payload, sizeof(payload), &g->join);
	join_handshake(&g->noise, true, g->start, NULL, s->key.public_key);
	g->len = noise_write(&g->noise, payload, len, g->message);
}

static void
send_join(struct scene *s, const struct guest *g, uint32_t slot)
{
	struct ipc_join_open open = { .slot = slot };

	memcpy(open.start, g->start, sizeof(open.start));
	tell(s, IPC_JOIN_OPEN, &open, g->message, g->len);
}

static void
check_opened(struct scene *s, const struct guest *g)
{
	const struct ipc_join_opened *opened;
	uint8_t reject_key[SIPHASH_KEY];
	struct ipc_message_in in;
	struct peer_id id;

	opened = worker_says(netd(s), IPC_JOIN_OPENED, &in);
	claim_id(&id, g->join.token, g->join.commitment);
	join_reject_key(&g->noise, reject_key);
	CU_ASSERT_EQUAL(opened->slot, g->slot);
	CU_ASSERT_EQUAL(opened->attempt, g->join.attempt);
	CU_ASSERT_EQUAL(opened->hidden, g->join.flags != 0);
	CU_ASSERT_EQUAL(memcmp(&opened->id, &id, sizeof(id)), 0);
	CU_ASSERT_EQUAL(memcmp(&opened->tag, &g->join.tag, ROOM_TAG_LEN), 0);
	CU_ASSERT_EQUAL(memcmp(opened->reject_key, reject_key, SIPHASH_KEY), 0);
	CU_ASSERT_EQUAL(in.tail_len, sizeof(card));
	CU_ASSERT_EQUAL(memcmp(in.tail, card, sizeof(card)), 0);
}

/* The client joins, and has the WELCOME. */
static void
join(struct scene *s, struct guest *g, uint32_t slot)
{
	static const uint8_t welcome[] = "welcome";
	const struct ipc_join_reply reply = { slot };
	const struct ipc_join_sealed *sealed;
	uint8_t mac_key[SIPHASH_KEY], tx[KEY_LEN], payload[WIRE_MAX];
	struct ipc_message_in in;
	size_t len;

	write_join(s, g, slot);
	send_join(s, g, slot);
	check_opened(s, g);
	tell(s, IPC_JOIN_REPLY, &reply, welcome, sizeof(welcome));
	sealed = worker_says(netd(s), IPC_JOIN_SEALED, &in);
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

static void
test_keys(void)
{
	struct scene s;

	begin(&s, true);
	worker_stop(&s.w);
	begin(&s, false);
	worker_stop(&s.w);
}

static void
test_join(void)
{
	struct scene s;
	struct guest g;

	begin(&s, false);
	join(&s, &g, 0);
	join(&s, &g, 1);
	join(&s, &g, SESSIONS_MAX - 1);
	worker_stop(&s.w);
}

/* A JOIN that was changed on the way, or is something else, is refused, and
 * nothing is left of it. */
static void
test_no_join(void)
{
	const struct ipc_join_failed *failed;
	struct ipc_message_in in;
	struct guest g, bad;
	struct scene s;

	begin(&s, false);
	write_join(&s, &g, 5);
	for (int i = 0; i < 3; i++) {
		bad = g;
		if (i == 0)
			bad.message[bad.len - 1] ^= 1;
		else if (i == 1)
			bad.start[0] ^= 1; /* the cookie of another JOIN */
		else
			bad.len = 10;
		send_join(&s, &bad, 5);
		failed = worker_says(netd(&s), IPC_JOIN_FAILED, &in);
		CU_ASSERT_EQUAL(failed->slot, 5);
	}
	/* The handshake is right, and there is nothing in it. */
	join_handshake(&bad.noise, true, g.start, NULL, s.key.public_key);
	memcpy(bad.start, g.start, sizeof(bad.start));
	bad.len = noise_write(&bad.noise, card, sizeof(card), bad.message);
	send_join(&s, &bad, 5);
	worker_says(netd(&s), IPC_JOIN_FAILED, &in);
	send_join(&s, &g, 5);
	check_opened(&s, &g);
	worker_stop(&s.w);
}

/* At most so many JOINs are open at a time. One that is dropped makes room. */
static void
test_many(void)
{
	struct ipc_message_in in;
	struct scene s;
	struct guest g;

	begin(&s, false);
	for (uint32_t slot = 0; slot < PENDING_MAX; slot++) {
		write_join(&s, &g, slot);
		send_join(&s, &g, slot);
		check_opened(&s, &g);
	}
	write_join(&s, &g, PENDING_MAX);
	send_join(&s, &g, PENDING_MAX);
	worker_says(netd(&s), IPC_JOIN_FAILED, &in);
	tell_slot(&s, IPC_JOIN_DROP, 9);
	send_join(&s, &g, PENDING_MAX);
	check_opened(&s, &g);
	send_join(&s, &g, 9);
	worker_says(netd(&s), IPC_JOIN_FAILED, &in);
	worker_stop(&s.w);
}

/* netd may not say these things of a slot. */
static void
test_faults(void)
{
	const struct ipc_join_reply reply = { 3 };
	struct scene s;
	struct guest g;

	begin(&s, false);
	tell(&s, IPC_JOIN_REPLY, &reply, card, sizeof(card));
	worker_blames(&s.w, ROLE_NETD, IPC_JOIN_REPLY);
	begin(&s, false);
	tell_slot(&s, IPC_JOIN_DROP, 3);
	worker_blames(&s.w, ROLE_NETD, IPC_JOIN_DROP);
	begin(&s, false);
	write_join(&s, &g, 3);
	send_join(&s, &g, 3);
	send_join(&s, &g, 3);
	check_opened(&s, &g);
	worker_blames(&s.w, ROLE_NETD, IPC_JOIN_OPEN);
	/* A JOIN gets only one answer. */
	begin(&s, false);
	join(&s, &g, 3);
	tell(&s, IPC_JOIN_REPLY, &reply, card, sizeof(card));
	worker_blames(&s.w, ROLE_NETD, IPC_JOIN_REPLY);
}

/* --- Sealing -------------------------------------------------------------- */

/* Asks to seal all these pages for all these guests. */
static void
seal(struct scene *s, const struct guest *guests, size_t count, size_t pages)
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
	tell(s, IPC_SEAL, &body, tail, len);
}

/* Checks that each guest can read all pages, in order. */
static void
check_sealed(struct scene *s, struct guest *guests, size_t count, size_t pages)
{
	const struct ipc_sealed *sealed = NULL;
	struct ipc_message_in in = { 0 };
	const uint8_t *at = NULL;
	size_t in_it = 0;

	for (size_t k = 0; k < count * pages; k++, in_it++) {
		struct guest *g = &guests[k / pages];
		const size_t page = k % pages;
		uint8_t nonce[GCM_NONCE_LEN], plain[64];

		if (sealed == NULL || in_it == sealed->count) {
			sealed = worker_says(netd(s), IPC_SEALED, &in);
			at = in.tail;
			in_it = 0;
		}
		CU_ASSERT_EQUAL(sealed->slots[in_it], g->slot);
		CU_ASSERT_EQUAL(sealed->counters[in_it], g->counter);
		CU_ASSERT_EQUAL_FATAL(sealed->lens[in_it], page + 1 + TAG_LEN);
		crypto_counter_nonce(nonce, g->counter++);
		CU_ASSERT_EQUAL(crypto_open(plain, g->rx, nonce, NULL, 0, at,
				    sealed->lens[in_it]),
		    0);
		CU_ASSERT_EQUAL(plain[page], 'a' + page);
		at += sealed->lens[in_it];
	}
	CU_ASSERT_EQUAL(in_it, sealed->count);
}

static void
test_seal(void)
{
	struct guest guests[7];
	struct scene s;

	begin(&s, false);
	for (uint32_t i = 0; i < 7; i++)
		join(&s, &guests[i], 60 + i); /* in two blocks of keys */
	seal(&s, guests, 1, 1);
	check_sealed(&s, guests, 1, 1);
	seal(&s, guests, 3, 4); /* fills just one message */
	check_sealed(&s, guests, 3, 4);
	worker_is_silent(&s.w, netd(&s));
	seal(&s, guests, 7, 4);
	check_sealed(&s, guests, 7, 4);
	worker_is_silent(&s.w, netd(&s));
	/* The next client in that slot begins with new keys. */
	tell_slot(&s, IPC_SLOT_FREE, guests[2].slot);
	join(&s, &guests[2], guests[2].slot);
	seal(&s, guests, 7, 2);
	check_sealed(&s, guests, 7, 2);
	worker_stop(&s.w);
}

/* There is no key for a slot without a session. */
static void
test_seal_faults(void)
{
	struct guest guests[2];
	struct scene s;

	begin(&s, false);
	join(&s, &guests[0], 2);
	write_join(&s, &guests[1], 3);
	send_join(&s, &guests[1], 3);
	check_opened(&s, &guests[1]);
	seal(&s, guests, 2, 1); /* it has no WELCOME yet */
	worker_blames(&s.w, ROLE_NETD, IPC_SEAL);
	begin(&s, false);
	join(&s, &guests[0], 2);
	tell_slot(&s, IPC_SLOT_FREE, 2);
	seal(&s, guests, 1, 1);
	worker_blames(&s.w, ROLE_NETD, IPC_SEAL);
}

/* --- netd and ui ---------------------------------------------------------- */

static void
listening(struct scene *s, uint16_t port)
{
	const struct ipc_listening body = { .addr.port = port };

	tell(s, IPC_LISTENING, &body, NULL, 0);
}

static void
check_ready(struct scene *s, uint16_t port)
{
	const struct ipc_bootnode_ready *ready;
	struct ipc_message_in in;

	ready = worker_says(ui(s), IPC_BOOTNODE_READY, &in);
	CU_ASSERT_EQUAL(ready->addr.port, port);
	CU_ASSERT_EQUAL(memcmp(ready->key, s->key.public_key, X25519_LEN), 0);
}

static void
test_listening(void)
{
	struct scene s;

	begin(&s, false);
	listening(&s, 1000);
	listening(&s, 1001);
	check_ready(&s, 1000);
	check_ready(&s, 1001);
	/* A restarted ui is told the same. */
	worker_replace(&s.w, ROLE_UI);
	check_ready(&s, 1000);
	check_ready(&s, 1001);
	worker_is_silent(&s.w, ui(&s));
	/* A restarted netd has to say again where it listens. */
	worker_replace(&s.w, ROLE_NETD);
	check_keys(&s, false);
	worker_lose(&s.w, ROLE_UI);
	worker_replace(&s.w, ROLE_UI);
	worker_is_silent(&s.w, ui(&s));
	listening(&s, 1002);
	check_ready(&s, 1002);
	for (int i = 1; i < BINDS_MAX + 1; i++)
		listening(&s, 1003);
	worker_blames(&s.w, ROLE_NETD, IPC_LISTENING);
}

/* When netd is gone, so are all sessions and all JOINs that were begun. */
static void
test_netd_gone(void)
{
	struct scene s;
	struct guest g, other;

	for (int seen = 0; seen < 2; seen++) {
		begin(&s, true);
		join(&s, &g, 4);
		write_join(&s, &other, 5);
		send_join(&s, &other, 5);
		check_opened(&s, &other);
		if (seen)
			worker_lose(&s.w, ROLE_NETD);
		worker_replace(&s.w, ROLE_NETD);
		check_keys(&s, false);
		send_join(&s, &other, 5);
		check_opened(&s, &other);
		seal(&s, &g, 1, 1);
		worker_blames(&s.w, ROLE_NETD, IPC_SEAL);
	}
}

static void
test_figures(void)
{
	struct ipc_stats stats = { .asked = 1 };
	const struct ipc_stats *shown;
	struct ipc_message_in in;
	struct scene s;

	begin(&s, false);
	ipc_send(ui(&s), IPC_STATUS_ASK, NULL, NULL, 0);
	worker_says(netd(&s), IPC_NET_ASK, &in);
	/* The netd that was asked has died: the next one is asked. */
	worker_replace(&s.w, ROLE_NETD);
	check_keys(&s, false);
	worker_says(netd(&s), IPC_NET_ASK, &in);
	tell(&s, IPC_STATS, &stats, NULL, 0);
	shown = worker_says(ui(&s), IPC_STATS_SHOW, &in);
	CU_ASSERT_TRUE(shown->asked);
	/* cryptod has answered, so the next netd is not asked. */
	worker_replace(&s.w, ROLE_NETD);
	check_keys(&s, false);
	worker_is_silent(&s.w, netd(&s));
	stats.asked = 0;
	tell(&s, IPC_STATS, &stats, NULL, 0);
	shown = worker_says(ui(&s), IPC_STATS_SHOW, &in);
	CU_ASSERT_FALSE(shown->asked);
	worker_stop(&s.w);
}

/* An answer that could not be sent to ui comes with the next figures. */
static void
test_figures_late(void)
{
	struct ipc_stats stats = { .asked = 1 };
	const struct ipc_stats *shown;
	struct ipc_message_in in;
	struct scene s;

	begin(&s, false);
	worker_lose(&s.w, ROLE_UI);
	worker_is_silent(&s.w, netd(&s));
	tell(&s, IPC_STATS, &stats, NULL, 0);
	worker_is_silent(&s.w, netd(&s));
	worker_replace(&s.w, ROLE_UI);
	stats.asked = 0;
	worker_is_silent(&s.w, ui(&s));
	for (int i = 0; i < 2; i++) {
		tell(&s, IPC_STATS, &stats, NULL, 0);
		shown = worker_says(ui(&s), IPC_STATS_SHOW, &in);
		CU_ASSERT_EQUAL(shown->asked, i == 0);
	}
	worker_stop(&s.w);
}

static void
test_members(void)
{
	const struct ipc_member member = { .what = MEMBER_JOINED,
		.id = { { 1, 2 } } };
	const struct ipc_member *shown;
	struct ipc_message_in in;
	struct scene s;

	begin(&s, false);
	tell(&s, IPC_MEMBER, &member, NULL, 0);
	shown = worker_says(ui(&s), IPC_MEMBER_SHOW, &in);
	CU_ASSERT_EQUAL(memcmp(shown, &member, sizeof(member)), 0);
	worker_stop(&s.w);
}

/* Each ui gets GOODBYE once, whichever ui has asked for the end. */
static void
test_quit(void)
{
	struct ipc_message_in in;
	struct scene s;

	begin(&s, false);
	ipc_send(ui(&s), IPC_QUIT, NULL, NULL, 0);
	worker_says(ui(&s), IPC_GOODBYE, &in);
	worker_replace(&s.w, ROLE_UI);
	worker_says(ui(&s), IPC_GOODBYE, &in);
	ipc_send(ui(&s), IPC_QUIT, NULL, NULL, 0);
	worker_is_silent(&s.w, ui(&s));
	worker_stop(&s.w);
}

static void
test_other_channel(void)
{
	struct scene s;

	begin(&s, false);
	worker_pass(&s.w, ROLE_CRYPTOD);
	worker_blames(&s.w, ROLE_LAUNCHER, IPC_CHANNEL);
}

void
cryptod_bootnode_suite(void)
{
	CU_pSuite s = CU_add_suite("cryptod_bootnode", crypto_setup, NULL);

	CU_add_test(s, "keys", test_keys);
	CU_add_test(s, "a JOIN", test_join);
	CU_add_test(s, "no JOIN", test_no_join);
	CU_add_test(s, "many JOINs", test_many);
	CU_add_test(s, "answers without a JOIN", test_faults);
	CU_add_test(s, "SEAL", test_seal);
	CU_add_test(s, "SEAL without a session", test_seal_faults);
	CU_add_test(s, "LISTENING", test_listening);
	CU_add_test(s, "another netd", test_netd_gone);
	CU_add_test(s, "figures", test_figures);
	CU_add_test(s, "figures that are late", test_figures_late);
	CU_add_test(s, "members", test_members);
	CU_add_test(s, "QUIT", test_quit);
	CU_add_test(s, "a channel to nobody", test_other_channel);
}
