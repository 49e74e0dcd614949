/*
 * The links: who may say that a peer's netd is a new one, and what follows; and
 * whose records are next. Peers are at the second address of the fake bootnode.
 */
#include "netd/links.h"
#include "netd/transport.h"

#include "tests/unit/bootclient_fake.h"

#include <CUnit/CUnit.h>

#include <string.h>

void links_suite(void);

#define HANDLE 0x1001
#define TX     0x7100000000000071 /* connection ids: of packets to the peer, */
#define RX     0x7200000000000072 /* and of packets to us */

static const struct peer_keys keys = { { 1 }, { 2 } };

struct scene {
	struct fixture f;
	struct nat nat;
	struct links links;
};

/* The nth peer, from 0. */
static void
add_peer(struct scene *s, uint32_t n)
{
	struct ipc_peer_add add = {
		.handle = HANDLE + n,
		.incarnation = 1,
		.controlling = 1,
		.connection_tx = TX + n,
		.connection_rx = RX + n,
		.probe = keys,
		.data = keys,
		.observed = s->f.addr[1],
	};

	CU_ASSERT_EQUAL(links_add(&s->links, s->f.now, &add), 0);
}

static void
begin(struct scene *s)
{
	struct ipc_config_netd config = { .incarnation = 1 };
	struct lan lan = { .count = 0 };

	memset(s, 0, sizeof(*s));
	fake_come_in(&s->f, 10000);
	nat_init(&s->nat, 0, &lan);
	links_init(&s->links, &fake_udp, &s->f.netd, &s->f.b, &s->nat, &config,
	    &lan);
	add_peer(s, 0);
}

static void
end(struct scene *s)
{
	struct ipc_peer body = { .handle = HANDLE };

	CU_ASSERT_EQUAL(links_drop(&s->links, s->f.now, &body), 0);
	fake_end(&s->f);
}

/* The probe that is sent to the peer within a second, or one of id 0. */
static struct wire_probe
probed(struct scene *s)
{
	struct wire_probe p = { .id = 0 };

	for (int i = 0; i < 100; i++) {
		s->f.now += 10 * USEC_PER_MSEC;
		links_timer(&s->links, s->f.now);
		if (fake_collect(&s->f, 1) > 0 &&
		    wire_get_probe(s->f.packet, s->f.len, &p) == 0)
			break;
	}
	return p;
}

/* A packet of a peer's netd, or of somebody who has the keys, too. */
static void
give_to(struct scene *s, uint64_t connection, enum wire_type type, uint64_t id,
    uint32_t incarnation, const struct addr *from)
{
	struct wire_probe w = {
		.type = type,
		.connection = connection,
		.id = id,
		.incarnation = incarnation,
	};
	struct remote remote = { .addr = *from };
	uint8_t packet[WIRE_MAX];

	links_packet(&s->links, s->f.now, &fake_udp, &remote, packet,
	    wire_put_probe(packet, &w, keys.rx));
	links_deliver(&s->links);
}

static void
give(struct scene *s, enum wire_type type, uint64_t id, uint32_t incarnation,
    const struct addr *from)
{
	give_to(s, RX, type, id, incarnation, from);
}

/* What cryptod is told: that the peer restarted, as which incarnation; or 0. */
static uint32_t
restarted(struct scene *s)
{
	const struct ipc_peer_restarted *r;
	struct ipc_message_in in;
	uint32_t incarnation = 0;

	while (ipc_receive(&s->f.cryptod, &in) == IPC_GOT)
		if (in.type == IPC_PEER_RESTARTED) {
			r = in.body;
			CU_ASSERT_EQUAL(r->handle, HANDLE);
			incarnation = r->incarnation;
		}
	return incarnation;
}

static void
come_up(struct scene *s)
{
	begin(s);
	give(s, WIRE_PROBE_REPLY, probed(s).id, 1, &s->f.addr[1]);
	CU_ASSERT_EQUAL(restarted(s), 0);
	CU_ASSERT_EQUAL(probed(s).flags, PROBE_NOMINATE);
}

static int
reset(struct scene *s, uint32_t incarnation)
{
	struct ipc_peer_reset body = {
		.handle = HANDLE,
		.incarnation = incarnation,
		.data = keys,
	};

	return links_reset(&s->links, &body);
}

/* Somebody of the room claims it from elsewhere, or guesses an answer. The
 * peer is asked over its path, and answers as before. */
static void
test_claimed(void)
{
	struct addr elsewhere;
	struct wire_probe check;
	struct scene s;

	come_up(&s);
	elsewhere = s.f.addr[1];
	elsewhere.ip[15]++;
	s.f.now += 2 * USEC_PER_SEC;
	give(&s, WIRE_PROBE, 5, UINT32_MAX, &elsewhere);
	give(&s, WIRE_PROBE, 6, UINT32_MAX, &s.f.addr[1]); /* forged source */
	give(&s, WIRE_PROBE_REPLY, 7, UINT32_MAX, &s.f.addr[1]);
	CU_ASSERT_EQUAL(restarted(&s), 0);
	check = probed(&s);
	CU_ASSERT_NOT_EQUAL(check.id, 0);
	give(&s, WIRE_PROBE_REPLY, check.id, UINT32_MAX, &elsewhere);
	give(&s, WIRE_PROBE_REPLY, check.id, 1, &s.f.addr[1]);
	CU_ASSERT_EQUAL(restarted(&s), 0);
	end(&s);
}

/* The peer itself answers as another. */
static void
test_proven(void)
{
	struct scene s;
	uint64_t dropped;

	come_up(&s);
	s.f.now += 2 * USEC_PER_SEC;
	give(&s, WIRE_PROBE, 5, 2, &s.f.addr[1]);
	CU_ASSERT_EQUAL(restarted(&s), 0);
	give(&s, WIRE_PROBE_REPLY, probed(&s).id, 2, &s.f.addr[1]);
	CU_ASSERT_EQUAL(restarted(&s), 2);
	/* And once more, before cryptod has answered: its answers are for one
	 * each, and the old one is for nobody. */
	give(&s, WIRE_PROBE_REPLY, probed(&s).id, 3, &s.f.addr[1]);
	CU_ASSERT_EQUAL(restarted(&s), 3);
	CU_ASSERT_EQUAL(reset(&s, 2), 0);
	CU_ASSERT_EQUAL(reset(&s, 3), 0);
	CU_ASSERT_EQUAL(reset(&s, 3), 0);
	/* What the ones before have sent is late. */
	dropped = s.links.dropped;
	give(&s, WIRE_PROBE, 6, 2, &s.f.addr[1]);
	CU_ASSERT_EQUAL(s.links.dropped, dropped + 1);
	CU_ASSERT_EQUAL(restarted(&s), 0);
	end(&s);
}

/* Where there is no path, there is nothing to be lost. */
static void
test_unproven(void)
{
	struct scene s;

	begin(&s);
	give(&s, WIRE_PROBE, 5, 2, &s.f.addr[1]);
	CU_ASSERT_EQUAL(restarted(&s), 2);
	CU_ASSERT_EQUAL(reset(&s, 2), 0);
	end(&s);
}

/* All that a peer's transport may send at once. */
static void
send_records(struct scene *s, uint64_t connection, struct transport *t)
{
	static uint8_t frames[TRANSPORT_FRAMES_MAX], packet[WIRE_DATA_MAX];
	struct wire_data d = { .connection = connection, .frames = frames };
	struct remote from = { .addr = s->f.addr[1] };

	while ((d.frames_len = transport_output(t, s->f.now, &d.number, frames,
		    sizeof(frames))) > 0)
		links_packet(&s->links, s->f.now, &fake_udp, &from,
		    packet, wire_put_data(packet, &d, keys.rx));
}

/* A peer that sends as much as it can does not keep another waiting until it
 * has nothing more. */
static void
test_turns(void)
{
	static uint8_t record[RECORD_MAX];
	struct transport *much = transport_new(), *little = transport_new();
	const struct ipc_record *got;
	struct ipc_message_in in;
	unsigned int before = 0;
	struct scene s;

	begin(&s);
	add_peer(&s, 1);
	for (int i = 0; i < 4; i++) {
		struct wire_probe p = probed(&s);

		give_to(&s, RX + (p.connection - TX), WIRE_PROBE_REPLY, p.id, 1,
		    &s.f.addr[1]);
	}
	restarted(&s); /* and all else that was told */
	transport_path(much, s.f.now, 1000, TRANSPORT_BASE, TRANSPORT_BASE);
	transport_path(little, s.f.now, 1000, TRANSPORT_BASE, TRANSPORT_BASE);
	for (int i = 0; i < 10; i++)
		CU_ASSERT_EQUAL(transport_queue(much, record, 1000), 0);
	CU_ASSERT_EQUAL(transport_queue(little, record, 100), 0);
	send_records(&s, RX, much);
	send_records(&s, RX + 1, little);
	links_deliver(&s.links);
	while (ipc_receive(&s.f.cryptod, &in) == IPC_GOT) {
		got = in.body;
		if (in.type != IPC_RECORD_IN)
			continue;
		if (got->handle == HANDLE + 1)
			break;
		before++;
	}
	CU_ASSERT_EQUAL(in.type, IPC_RECORD_IN);
	CU_ASSERT(before <= 1);
	transport_free(much);
	transport_free(little);
	links_drop(&s.links, s.f.now, &(struct ipc_peer){ HANDLE + 1 });
	end(&s);
}

/*
 * A member whose announcement was lost probes us: the bootnode is asked soon
 * what is new, but a stranger who goes on is no reason to ask all the time.
 */
static void
test_stranger(void)
{
	unsigned int heartbeats = 0;
	struct scene s;
	uint64_t since;

	begin(&s);
	s.f.now += 5 * USEC_PER_SEC;
	since = s.f.now;
	while (s.f.now < since + 4 * USEC_PER_SEC) {
		give_to(&s, RX + 1, WIRE_PROBE, 1, 1, &s.f.addr[1]);
		s.f.now += 20 * USEC_PER_MSEC;
		bootclient_timer(&s.f.b, s.f.now);
		while (fake_collect(&s.f, 0) > 0) {
			CU_ASSERT_EQUAL(fake_control(&s.f).type,
			    WIRE_HEARTBEAT);
			if (heartbeats++ == 0)
				CU_ASSERT(
				    s.f.now <= since + 300 * USEC_PER_MSEC);
			fake_answer(&s.f, WIRE_HEARTBEAT_ACK, SESSION,
			    fake_control(&s.f).counter, 5, fake_mac_key);
		}
	}
	CU_ASSERT_EQUAL(heartbeats, 2);
	end(&s);
}

void
links_suite(void)
{
	CU_pSuite s = CU_add_suite("links", fake_open_udp, fake_close_udp);

	CU_add_test(s, "a restart that is claimed", test_claimed);
	CU_add_test(s, "a restart that is proven", test_proven);
	CU_add_test(s, "a restart without a path", test_unproven);
	CU_add_test(s, "in turn", test_turns);
	CU_add_test(s, "a stranger", test_stranger);
}
