/*
 * The members of the room as the bootnode tells of them (members.c): what netd
 * is told, which cards count, and a room that is full.
 */
#include "cryptod/client/members.h"
#include "cryptod/client/peer_table.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_stage.h"

#include <CUnit/CUnit.h>

#include <string.h>

void members_suite(void);

static const struct addr elsewhere = {
	.ip = { [10] = 0xff, [11] = 0xff, 198, 51, 100, 9 },
	.port = 999
};

/* The bootnode lists them with a card of this age and a host of this port. */
static void
list_card(struct stage *s, const struct card *card)
{
	const struct peer_id *id = &s->them->us.id;
	uint8_t sealed[CARD_MAX];

	stage_list(s, id, sealed,
	    card_seal(card, &s->c->secrets->room, id, sealed));
}

static struct card
make_card(uint32_t incarnation, uint32_t serial, uint16_t port)
{
	return (struct card){ .incarnation = incarnation,
		.serial = serial,
		.nonce = { 9 }, /* as of stage_listed() */
		.count = 1,
		.hosts = { { .ip = { 1 }, .port = port } } };
}

/* The next message of this type to netd, or NULL. */
static const void *
told_netd(struct stage *s, enum ipc_type type, struct ipc_message_in *in)
{
	while (ipc_receive(&s->netd, in) == IPC_GOT)
		if (in->type == type)
			return in->body;
	return NULL;
}

/* netd can reach a new member: it is told where, who begins, and keys. */
static void
test_added(void)
{
	const struct card card = make_card(1, 1, 77);

	for (int lower = 0; lower < 2; lower++) {
		const struct ipc_peer_add *add;
		struct packet_keys room;
		struct ipc_message_in in;
		struct room_side us, them;
		struct stage s;

		stage_open(&s, lower);
		memset(s.c->card.nonce, 7, sizeof(s.c->card.nonce));
		list_card(&s, &card);
		s.p = peer_of_id(s.c, &s.them->us.id);
		add = told_netd(&s, IPC_PEER_ADD, &in);
		CU_ASSERT_PTR_NOT_NULL_FATAL(add);
		CU_ASSERT_EQUAL(add->handle, s.p->handle);
		CU_ASSERT_EQUAL(memcmp(&add->peer, &s.p->id, PEER_ID_LEN), 0);
		CU_ASSERT_EQUAL(add->controlling, lower);
		CU_ASSERT_EQUAL(add->count, 1);
		CU_ASSERT_EQUAL(add->hosts[0].port, 77);
		CU_ASSERT_EQUAL(add->observed.port, 4545);
		us = (struct room_side){ .id = s.c->id };
		memset(us.nonce, 7, sizeof(us.nonce));
		them = (struct room_side){ .id = s.p->id, .nonce = { 9 } };
		room_pair(&s.c->secrets->room, &us, &them, &room);
		CU_ASSERT_EQUAL(memcmp(&add->room, &room, sizeof(room)), 0);
		stage_close(&s);
	}
}

/* netd hears of other addresses of the same member. */
static void
check_update(struct stage *s, uint16_t host, uint16_t observed)
{
	const struct ipc_peer_update *update;
	struct ipc_message_in in;

	update = told_netd(s, IPC_PEER_UPDATE, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(update);
	CU_ASSERT_EQUAL(update->handle, s->p->handle);
	CU_ASSERT_EQUAL(update->count, 1);
	CU_ASSERT_EQUAL(update->hosts[0].port, host);
	CU_ASSERT_EQUAL(update->observed.port, observed);
	CU_ASSERT_PTR_NULL(told_netd(s, IPC_PEER_UPDATE, &in));
}

/* Of its cards the newest counts, whatever is shown again; and one of another
 * run under its id does not count at all. */
static void
test_cards(void)
{
	static const struct {
		uint32_t incarnation, serial;
		uint16_t port;
		bool counts;
	} cards[] = { { 2, 5, 10, true }, { 2, 5, 11, false },
		{ 2, 4, 12, false }, { 1, 9, 13, false }, { 2, 6, 14, true },
		{ 3, 1, 15, true } };
	struct card card;
	uint16_t port = 0;
	struct stage s;

	stage_open(&s, true);
	for (size_t i = 0; i < sizeof(cards) / sizeof(cards[0]); i++) {
		card = make_card(cards[i].incarnation, cards[i].serial,
		    cards[i].port);
		list_card(&s, &card);
		s.p = peer_of_id(s.c, &s.them->us.id);
		if (cards[i].counts)
			port = cards[i].port;
		if (i > 0)
			check_update(&s, port, 4545);
		else
			stage_take(&s);
	}
	card = make_card(4, 1, 16);
	card.nonce[0]++;
	list_card(&s, &card);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER_UPDATE), 0);
	CU_ASSERT_EQUAL(s.p->card.incarnation, 3);
	stage_close(&s);
}

/* The bootnode sees a member elsewhere; of nobody it is nothing. */
static void
test_moved(void)
{
	struct bootmsg_entry e = { .what = MEMBER_MOVED,
		.observed = elsewhere };
	const struct card card = make_card(1, 1, 77);
	struct stage s;

	stage_open(&s, true);
	list_card(&s, &card);
	s.p = peer_of_id(s.c, &s.them->us.id);
	stage_take(&s);
	e.id = s.p->id;
	members_moved(s.c, &e);
	check_update(&s, 77, 999);
	/* A netd that comes later is told the same. */
	CU_ASSERT_EQUAL(memcmp(&s.p->observed, &elsewhere, sizeof(elsewhere)),
	    0);
	s.p->known_to_netd = false;
	members_moved(s.c, &e);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER_UPDATE), 0);
	e.id.bytes[3]++;
	members_moved(s.c, &e);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER_UPDATE), 0);
	stage_close(&s);
}

/* Our own entry is no peer. */
static void
test_us(void)
{
	struct stage s;
	uint8_t sealed[CARD_MAX];
	const struct card card = make_card(1, 1, 77);

	stage_open(&s, true);
	stage_list(&s, &s.c->id, sealed,
	    card_seal(&card, &s.c->secrets->room, &s.c->id, sealed));
	CU_ASSERT_PTR_NULL(peer_of_id(s.c, &s.c->id));
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER_ADD), 0);
	CU_ASSERT_EQUAL(s.told[IPC_STRANGER], 0);
	stage_close(&s);
}

static struct peer *
list_number(struct stage *s, uint32_t n)
{
	struct card card = make_card(1, 1, 77);
	struct peer_id id = { { 0x44 } };
	uint8_t sealed[CARD_MAX];

	memcpy(id.bytes + 4, &n, sizeof(n));
	stage_list(s, &id, sealed,
	    card_seal(&card, &s->c->secrets->room, &id, sealed));
	stage_take(s);
	return peer_of_id(s->c, &id);
}

/* As many as there is room for, and no more; unless one of them rests, whom
 * neither the bootnode lists nor we wait for. */
static void
test_full(void)
{
	peer_handle handle;
	struct peer *p;
	struct stage s;

	stage_open(&s, true);
	for (uint32_t n = 0; n < CLIENT_PEERS_MAX; n++)
		CU_ASSERT_PTR_NOT_NULL(list_number(&s, n));
	CU_ASSERT_PTR_NULL(list_number(&s, 1000));
	CU_ASSERT_PTR_NULL(list_number(&s, 1001));
	CU_ASSERT_EQUAL(s.told[IPC_PEER_ADD], CLIENT_PEERS_MAX);
	p = list_number(&s, 9);
	handle = p->handle;
	p->state = PEER_LEFT;
	CU_ASSERT_PTR_NULL(list_number(&s, 1002)); /* it is listed */
	p->in_roster = false;
	p->awaited = true;
	CU_ASSERT_PTR_NULL(list_number(&s, 1003));
	p->awaited = false;
	p->state = PEER_FAILED;
	CU_ASSERT_PTR_NULL(list_number(&s, 1004));
	p->state = PEER_LEFT;
	p = list_number(&s, 1005);
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_EQUAL(PEER_INDEX(p->handle), PEER_INDEX(handle));
	CU_ASSERT_NOT_EQUAL(p->handle, handle);
	CU_ASSERT_PTR_NULL(peer_find(s.c, handle));
	stage_close(&s);
}

/* Who broke the rules does not come back before there is another netd of its,
 * and who said goodbye does not come back. */
static void
test_return(void)
{
	struct card card = make_card(1, 2, 77);
	struct stage s;

	stage_open(&s, true);
	stage_listed(&s);
	stage_connect(&s);
	peer_break(s.p);
	stage_take(&s);
	list_card(&s, &card);
	CU_ASSERT_EQUAL(s.p->state, PEER_FAILED);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER_ADD), 0);
	card.incarnation = 2;
	s.c->have_local = false; /* nor do we, before we have one */
	list_card(&s, &card);
	CU_ASSERT_EQUAL(s.p->state, PEER_FAILED);
	s.c->have_local = true;
	card.incarnation = 3;
	list_card(&s, &card);
	CU_ASSERT_EQUAL(s.p->state, PEER_CONNECTING);
	CU_ASSERT_FALSE(s.p->broken);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER_ADD), 1);
	/* It is there once. */
	card.incarnation = 4;
	list_card(&s, &card);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER_ADD), 0);
	stage_close(&s);

	stage_open(&s, true);
	stage_listed(&s);
	stage_connect(&s);
	s.p->said_bye = true;
	peer_remove(s.p, LEFT_GOODBYE);
	stage_take(&s);
	card.incarnation = 5;
	list_card(&s, &card);
	CU_ASSERT_EQUAL(s.p->state, PEER_LEFT);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER_ADD), 0);
	stage_close(&s);
}

/* Another netd of ours is told of all who may be there, with the keys of the
 * packets of each, old and new. */
static void
test_another_netd(void)
{
	const struct ipc_peer_session *session;
	struct ipc_message_in in;
	struct stage s;

	stage_open(&s, true);
	stage_listed(&s);
	stage_connect(&s);
	stage_list_other(&s, 1)->state = PEER_LEFT;
	stage_list_other(&s, 2)->said_bye = true;
	stage_list_other(&s, 3)->broken = true;
	stage_list_other(&s, 4)->state = PEER_FAILED;
	stage_take(&s);
	members_tell_netd(s.c);
	session = told_netd(&s, IPC_PEER_SESSION, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(session);
	CU_ASSERT_EQUAL(session->handle, s.p->handle);
	CU_ASSERT_EQUAL(session->serial, s.p->session_serial);
	CU_ASSERT_TRUE(session->confirmed);
	CU_ASSERT_FALSE(session->has_stream);
	CU_ASSERT_EQUAL(memcmp(&session->keys, s.p->packets,
			    sizeof(session->keys)),
	    0);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER_ADD), 1); /* the failed one */
	members_tell_netd(s.c);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER_ADD), 2);
	/* Those of a handshake that the peer may not have finished, too. */
	s.p->packets_next = crypto_secret_alloc(sizeof(*s.p->packets_next));
	s.p->serial = s.p->session_serial + 1;
	members_tell_netd(s.c);
	session = told_netd(&s, IPC_PEER_SESSION, &in);
	session = told_netd(&s, IPC_PEER_SESSION, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(session);
	CU_ASSERT_EQUAL(session->serial, s.p->session_serial + 1);
	CU_ASSERT_FALSE(session->confirmed);
	stage_close(&s);
}

/* The bootnode lists it no more: netd looks whether it is there, if there was a
 * session; without one it has left. */
static void
test_left(void)
{
	struct peer_id id;
	struct stage s;

	stage_open(&s, true);
	stage_listed(&s);
	stage_connect(&s);
	stage_take(&s);
	members_left(s.c, &s.p->id, LEAVE_TIMEOUT);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER_CHECK), 1);
	CU_ASSERT_EQUAL(s.p->state, PEER_CONNECTED);
	CU_ASSERT_FALSE(s.p->in_roster);
	id = stage_list_other(&s, 3)->id;
	stage_take(&s);
	members_left(s.c, &id, LEAVE_GRACEFUL);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER_CHECK), 0);
	CU_ASSERT_EQUAL(s.told[IPC_PEER_DROP], 1);
	CU_ASSERT_PTR_NULL(peer_of_id(s.c, &id));
	members_left(s.c, &id, LEAVE_GRACEFUL); /* of nobody */
	stage_close(&s);
}

/* Who is not in a roster, and did not come after it began, has left. */
static void
test_roster(void)
{
	struct peer_id early, late;
	struct stage s;

	stage_open(&s, true);
	early = stage_list_other(&s, 1)->id;
	late = stage_list_other(&s, 2)->id;
	members_unseen(s.c);
	CU_ASSERT_EQUAL(peer_of_id(s.c, &early)->seen, 0);
	peer_of_id(s.c, &early)->seen = 6;
	peer_of_id(s.c, &late)->seen = 7;
	members_roster_end(s.c, 7);
	CU_ASSERT_PTR_NULL(peer_of_id(s.c, &early));
	CU_ASSERT_PTR_NOT_NULL(peer_of_id(s.c, &late));
	stage_close(&s);
}

void
members_suite(void)
{
	CU_pSuite s = CU_add_suite("members", crypto_setup, NULL);

	CU_add_test(s, "added", test_added);
	CU_add_test(s, "which card counts", test_cards);
	CU_add_test(s, "moved", test_moved);
	CU_add_test(s, "we ourselves", test_us);
	CU_add_test(s, "a full room", test_full);
	CU_add_test(s, "who may come back", test_return);
	CU_add_test(s, "another netd", test_another_netd);
	CU_add_test(s, "left", test_left);
	CU_add_test(s, "a roster", test_roster);
}
