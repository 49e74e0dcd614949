/*
 * What the operator asks of a bootnode, and orders: lists, page by page, who is
 * kicked, who is denied, and whether people are let in.
 */
#include "common/log.h"
#include "netd/bootnode/parts.h"
#include "tests/unit/netd/bootnode/crowd.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void bootnode_operate_suite(void);

#define TICKET 77

/* Asks, and has the answer in w->operated and w->entries. */
static const struct ipc_operated *
ask(struct world *w, const struct ipc_operate *o)
{
	const struct ipc_message_in in = { IPC_NET_OPERATE, o, NULL, 0, -1,
		w->now };
	uint64_t before = w->told[IPC_NET_OPERATED];

	CU_ASSERT_EQUAL(dispatch_message(&w->handlers, NULL, &in), 0);
	world_run(w);
	CU_ASSERT_EQUAL(w->told[IPC_NET_OPERATED], before + 1);
	CU_ASSERT_EQUAL(w->operated.what, o->what);
	CU_ASSERT_EQUAL(w->operated.ticket, TICKET);
	return &w->operated;
}

static const struct ipc_operated *
order(struct world *w, enum operate what, uint32_t from)
{
	const struct ipc_operate o = { .what = (uint8_t)what,
		.ticket = TICKET,
		.from = from };

	return ask(w, &o);
}

/* Kicks or denies what has the first bits of the guest's address. */
static const struct ipc_operated *
order_there(struct world *w, enum operate what, const struct guest *c,
    uint8_t bits, uint16_t port)
{
	struct ipc_operate o = { .what = (uint8_t)what,
		.ticket = TICKET,
		.bits = bits };

	memcpy(o.addr.ip, c->addr.ip, sizeof(o.addr.ip));
	o.addr.port = port;
	return ask(w, &o);
}

/* So many guests, four to a room, who have one address. */
static struct world *
crowded(uint32_t guests)
{
	struct world *w = world_new(256, 512);

	for (uint32_t i = 0; i < guests; i++)
		CU_ASSERT_TRUE(
		    guest_enter(guest_behind(w, i, (char)(1 + i / 4), 1)));
	return w;
}

static uint32_t
sessions(const struct world *w)
{
	return w->bootnode->registry.session_count;
}

/* Each room comes once, with all of its members and its alias; whoever listens
 * to the log knows it by that. */
static void
test_rooms(void)
{
	struct world *w = crowded(9);
	uint32_t members = 0;

	CU_ASSERT_EQUAL(order(w, OPERATE_ROOMS, 0)->count, 3);
	CU_ASSERT_EQUAL(w->operated.next, 0);
	for (uint32_t i = 0; i < 3; i++)
		members += w->entries[i].number;
	CU_ASSERT_EQUAL(members, 9);
	CU_ASSERT_EQUAL(w->entries[2].number, 1);
	CU_ASSERT_EQUAL(memcmp(w->entries[2].room, w->member.room,
			    ROOM_ALIAS_LEN),
	    0);
	guest_send(&w->clients[8], WIRE_LEAVE);
	CU_ASSERT_EQUAL(order(w, OPERATE_ROOMS, 0)->count, 2);
	world_free(w);
}

/* A session comes with who it is, from where, and since when it is silent. */
static void
test_sessions(void)
{
	struct world *w = crowded(2);
	const struct session *s = registry_slot(&w->bootnode->registry, 1);

	world_until(w, w->now + 3 * USEC_PER_SEC);
	guest_send(&w->clients[0], WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(order(w, OPERATE_SESSIONS, 0)->count, 2);
	CU_ASSERT_EQUAL(w->entries[0].number, 0);
	CU_ASSERT(w->entries[1].number >= 3000 && w->entries[1].number < 4000);
	CU_ASSERT_TRUE(addr_equal(&w->entries[1].addr, &w->clients[1].addr));
	CU_ASSERT_EQUAL(memcmp(&w->entries[1].id, &s->peer, PEER_ID_LEN), 0);
	CU_ASSERT_EQUAL(memcmp(w->entries[0].room, w->entries[1].room,
			    ROOM_ALIAS_LEN),
	    0);
	world_free(w);
}

/* A list is told in pages, from where the operator goes on, and has nobody
 * twice. */
static void
test_pages(void)
{
	struct world *w = crowded(2 * OPERATED_MAX + 5);
	uint32_t pages = 0, all = 0, from = 0;
	struct peer_id last = { { 0 } };

	do {
		all += order(w, OPERATE_SESSIONS, from)->count;
		CU_ASSERT_NOT_EQUAL(memcmp(&last, &w->entries[0].id,
					sizeof(last)),
		    0);
		last = w->entries[w->operated.count - 1].id;
		CU_ASSERT(w->operated.next == 0 || w->operated.next > from);
		from = w->operated.next;
	} while (++pages < 10 && from != 0);
	CU_ASSERT_EQUAL(pages, 3);
	CU_ASSERT_EQUAL(all, 2 * OPERATED_MAX + 5);
	/* Beyond the last there is nobody. */
	CU_ASSERT_EQUAL(order(w, OPERATE_SESSIONS, UINT32_MAX)->count, 0);
	CU_ASSERT_EQUAL(w->operated.next, 0);
	world_free(w);
}

/* A JOIN that cryptod is still opening is nobody yet. */
static void
test_pending(void)
{
	struct world *w = crowded(1);

	w->stuck_at = IPC_JOIN_OPEN;
	CU_ASSERT_FALSE(guest_enter(guest_behind(w, 1, 'y', 1)));
	w->stuck_at = IPC_NONE;
	CU_ASSERT_EQUAL(registry_slot(&w->bootnode->registry, 1)->state,
	    SESSION_PENDING);
	CU_ASSERT_EQUAL(order_there(w, OPERATE_KICK_ADDRESS, &w->clients[0],
			    128, 0)
			    ->count,
	    1);
	CU_ASSERT_EQUAL(w->clients[1].welcomes, 1);
	world_free(w);
}

/* By its id, or the first digits of it: nobody else's. The room hears that it
 * fell silent, and it may come again. */
static void
test_kick_peer(void)
{
	struct world *w = crowded(2);
	struct ipc_operate o = { .what = OPERATE_KICK_PEER,
		.ticket = TICKET,
		.bits = OPERATE_ID_BITS_MIN };

	world_until(w, w->now + FAKE_FLUSH);
	o.id = registry_slot(&w->bootnode->registry, 1)->peer;
	o.id.bytes[3] ^= 1;
	CU_ASSERT_EQUAL(ask(w, &o)->count, 0);
	CU_ASSERT_EQUAL(sessions(w), 2);
	o.id.bytes[3] ^= 1;
	o.id.bytes[4] ^= 1; /* beyond the bits */
	CU_ASSERT_EQUAL(ask(w, &o)->count, 1);
	CU_ASSERT_EQUAL(sessions(w), 1);
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_EQUAL(w->clients[0].left_timeout, 1);
	CU_ASSERT_EQUAL(w->clients[0].left_graceful, 0);
	CU_ASSERT_EQUAL(w->member.reason, LEAVE_TIMEOUT);
	CU_ASSERT_TRUE(guest_enter(&w->clients[1]));
	world_free(w);
}

/* From an address, with a port or without one, or from a prefix of any
 * length. */
static void
test_kick_address(void)
{
	static const struct {
		uint8_t bits;
		bool with_port;
		uint32_t kicked;
	} cases[] = { { 128, true, 1 }, { 128, false, 4 }, { 127, false, 6 },
		{ 120, false, 6 }, { 0, false, 7 } };
	struct world *w;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		w = crowded(4); /* of host 1 */
		for (uint32_t n = 4; n < 6; n++)
			CU_ASSERT_TRUE(guest_enter(guest_behind(w, n, 'y', 0)));
		guest_entered(w, 6, 'z');
		CU_ASSERT_EQUAL(order_there(w, OPERATE_KICK_ADDRESS,
				    &w->clients[0], cases[i].bits,
				    cases[i].with_port ? w->clients[0].addr.port
						       : 0)
				    ->count,
		    cases[i].kicked);
		CU_ASSERT_EQUAL(sessions(w), 7 - cases[i].kicked);
		world_free(w);
	}
}

/* The log, each line as its first word and its count. */
static char lines[512];

static void
on_line(enum log_level level, bool event, const char *text)
{
	const char *count = strstr(text, " count=");
	size_t len = strlen(lines);

	(void)level;
	CU_ASSERT_TRUE(event);
	(void)snprintf(lines + len, sizeof(lines) - len, "%.*s%.*s;",
	    (int)strcspn(text, " "), text,
	    count != NULL ? (int)strcspn(count + 1, " ") + 1 : 0,
	    count != NULL ? count : "");
}

/* Many are kicked in portions. The log has their number, and no line for each:
 * the launcher would leave out what is over its limit. The operator's view
 * hears of each. */
static void
test_kick_many(void)
{
	struct world *w = crowded(400);
	uint32_t next;

	lines[0] = '\0';
	log_to_function(on_line);
	w->told[IPC_MEMBER] = 0;
	order_there(w, OPERATE_KICK_ADDRESS, &w->clients[0], 128, 0);
	CU_ASSERT_EQUAL(w->operated.count, 256);
	CU_ASSERT_EQUAL(sessions(w), 144);
	next = w->operated.next;
	CU_ASSERT_EQUAL(next, 256);
	order_there(w, OPERATE_KICK_ADDRESS, &w->clients[0], 128, 0);
	CU_ASSERT_EQUAL(w->operated.count, 144);
	CU_ASSERT_EQUAL(w->operated.next, 0);
	CU_ASSERT_EQUAL(sessions(w), 0);
	CU_ASSERT_EQUAL(w->told[IPC_MEMBER], 400);
	order_there(w, OPERATE_KICK_ADDRESS, &w->clients[0], 128, 0);
	log_to_function(NULL);
	CU_ASSERT_STRING_EQUAL(lines, "kicked count=256;kicked count=144;");
	world_free(w);
}

/* Nobody new is let in, and nobody is sent away, until it is taken back. The
 * log says each once. */
static void
test_drain(void)
{
	struct world *w = crowded(1);
	struct guest *c = guest_behind(w, 1, 'y', 1);

	lines[0] = '\0';
	log_to_function(on_line);
	order(w, OPERATE_DRAIN, 0);
	order(w, OPERATE_DRAIN, 0);
	CU_ASSERT_STRING_EQUAL(lines, "draining;");
	log_to_function(NULL);
	CU_ASSERT_FALSE(guest_enter(c));
	CU_ASSERT_EQUAL(c->reject.reason, REJECT_BOOTNODE_FULL);
	CU_ASSERT_EQUAL(w->bootnode->stats.rejections[REJECTION_DRAINING], 1);
	guest_send(&w->clients[0], WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(w->clients[0].ack.counter, w->clients[0].counter);
	world_until(w, w->now + USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->stats.draining, 1);
	lines[0] = '\0';
	log_to_function(on_line);
	order(w, OPERATE_REFILL, 0);
	order(w, OPERATE_REFILL, 0);
	CU_ASSERT_STRING_EQUAL(lines, "refilling;");
	log_to_function(NULL);
	CU_ASSERT_TRUE(guest_enter(c));
	world_free(w);
}

/* Nobody is here and nothing else changes, as in a netd that was started again:
 * the operator's console hears at once that it drains, and does so once. */
static void
test_drain_told(void)
{
	struct world *w = world_new(256, 16);
	uint64_t told;

	world_until(w, w->now + 2 * USEC_PER_SEC);
	told = w->told[IPC_STATS];
	order(w, OPERATE_DRAIN, 0);
	world_until(w, w->now + USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->told[IPC_STATS], told + 1);
	CU_ASSERT_EQUAL(w->stats.draining, 1);
	CU_ASSERT_EQUAL(w->stats.sessions, 0);
	order(w, OPERATE_DRAIN, 0);
	world_until(w, w->now + 5 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->told[IPC_STATS], told + 1);
	world_free(w);
}

/* The answer tells a prefix that was denied from one that is so already, and
 * from one that finds the list full. */
static void
test_deny(void)
{
	struct world *w = crowded(3);
	struct guest there = w->clients[0];

	lines[0] = '\0';
	log_to_function(on_line);
	CU_ASSERT_EQUAL(order_there(w, OPERATE_DENY, &there, 128, 0)->count, 1);
	CU_ASSERT_EQUAL(order_there(w, OPERATE_DENY, &there, 128, 0)->count, 0);
	CU_ASSERT_EQUAL(w->operated.full, 0);
	world_until(w, w->now + USEC_PER_SEC);
	CU_ASSERT_EQUAL(sessions(w), 0);
	CU_ASSERT_STRING_EQUAL(lines, "denying;denied;");
	log_to_function(NULL);
	for (uint32_t i = 1; i < PREFIXES_MAX; i++) {
		memcpy(there.addr.ip + 12, &i, sizeof(i));
		CU_ASSERT_EQUAL(order_there(w, OPERATE_DENY, &there, 128, 0)
				    ->count,
		    1);
	}
	there.addr.ip[10] = 0;
	CU_ASSERT_EQUAL(order_there(w, OPERATE_DENY, &there, 128, 0)->full, 1);
	CU_ASSERT_EQUAL(w->operated.count, 0);
	world_free(w);
}

void
bootnode_operate_suite(void)
{
	CU_pSuite suite = CU_add_suite("bootnode_operate", NULL, NULL);

	CU_add_test(suite, "rooms", test_rooms);
	CU_add_test(suite, "sessions", test_sessions);
	CU_add_test(suite, "pages", test_pages);
	CU_add_test(suite, "who is not there yet", test_pending);
	CU_add_test(suite, "kick a peer", test_kick_peer);
	CU_add_test(suite, "kick an address", test_kick_address);
	CU_add_test(suite, "kick many", test_kick_many);
	CU_add_test(suite, "drain", test_drain);
	CU_add_test(suite, "that it drains is told", test_drain_told);
	CU_add_test(suite, "deny", test_deny);
}
