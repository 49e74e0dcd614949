/*
 * A client and its bootnode with a long or a bad way between them: how long a
 * join takes, how many packets it costs, and whether the session lasts. The
 * bootnode follows PROTOCOL.md section 2; cryptod reads a WELCOME only if it
 * answers its last JOIN; the clock is made up.
 */
#include "tests/unit/netd/client/bootclient_fake.h"

#include "tests/unit/simnet.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <string.h>

void bootclient_delay_suite(void);

#define MSEC(n)	  ((n)*USEC_PER_MSEC)
#define SEC(n)	  ((n)*USEC_PER_SEC)
#define ON_WAY	  64
#define TIMEOUT	  SEC(15)
#define ROSTER_IN MSEC(10) /* after the WELCOME */

struct on_way {
	uint64_t time; /* 0: none */
	bool to_client;
	size_t len;
	uint8_t bytes[WIRE_MAX];
};

struct way {
	struct fixture f;
	uint64_t half; /* half of a round trip */
	uint64_t scrypt_until;
	uint64_t lost; /* as bits: the datagrams, by number, that are lost */
	unsigned int percent; /* percentage of the others that is lost */
	uint64_t seed;
	unsigned int datagrams;
	struct on_way on_way[ON_WAY];
	/* cryptod */
	bool asked; /* it owes a JOIN */
	uint8_t attempt;
	uint8_t session; /* the attempt that made it */
	uint64_t joined_at;
	unsigned int lost_told;
	/* The bootnode. */
	uint8_t member; /* the member's attempt; 0: none */
	bool member_heard;
	uint8_t welcome[WIRE_MAX];
	size_t welcome_len;
	uint64_t heard_at;
	unsigned int timed_out;
	unsigned int received[WIRE_TYPE_COUNT];
	unsigned int sent[WIRE_TYPE_COUNT]; /* packets that the client sent */
};

static void
post(struct way *w, uint64_t time, bool to_client, const uint8_t *bytes,
    size_t len)
{
	unsigned int n = w->datagrams++;
	struct on_way *o = w->on_way;

	if ((n < 64 && (w->lost >> n & 1) != 0) ||
	    simnet_random(&w->seed) % 100 < w->percent)
		return;
	while (o < w->on_way + ON_WAY && o->time != 0)
		o++;
	CU_ASSERT_FATAL(o < w->on_way + ON_WAY);
	o->time = time + w->half;
	o->to_client = to_client;
	o->len = len;
	memcpy(o->bytes, bytes, len);
}

static void
from_client(void *arg, const uint8_t *bytes, size_t len)
{
	struct way *w = arg;

	w->sent[wire_type(bytes, len)]++;
	post(w, w->f.now, false, bytes, len);
}

/* --- The bootnode --------------------------------------------------------- */

static void
send_cookie(struct way *w, const uint8_t *packet, size_t len)
{
	struct wire_cookie_reply c = { .cookie = fake_proof };
	struct wire_hello h;
	uint8_t buf[WIRE_MAX];

	CU_ASSERT_EQUAL_FATAL(wire_get_hello(packet, len, &h), 0);
	memcpy(c.nonce, h.nonce, NONCE_LEN);
	post(w, w->f.now, true, buf, wire_put_cookie_reply(buf, &c));
}

static void
send_roster(struct way *w, uint64_t time)
{
	struct wire_sealed s = { w->member, 0,
		(const uint8_t *)"a roster, and its tag", 21 };
	uint8_t buf[WIRE_MAX];

	post(w, time, true, buf, wire_put_sealed(buf, &s));
}

static void
take_join(struct way *w, const uint8_t *packet, size_t len)
{
	struct wire_welcome welcome = { .noise_len = 9 };
	struct wire_join j;

	CU_ASSERT_EQUAL_FATAL(wire_get_join(packet, len, &j), 0);
	if (j.noise[0] == w->member && !w->member_heard)
		post(w, w->f.now, true, w->welcome, w->welcome_len);
	if (j.noise[0] <= w->member)
		return;
	w->member = j.noise[0];
	w->member_heard = false;
	w->heard_at = w->f.now;
	memcpy(welcome.nonce, j.nonce, NONCE_LEN);
	welcome.noise = j.noise;
	w->welcome_len = wire_put_welcome(w->welcome, &welcome);
	post(w, w->f.now, true, w->welcome, w->welcome_len);
	send_roster(w, w->f.now + ROSTER_IN);
}

static void
take_control(struct way *w, const uint8_t *packet, size_t len)
{
	struct wire_control c;
	uint8_t buf[WIRE_MAX];

	CU_ASSERT_EQUAL_FATAL(wire_get_control(packet, len, &c), 0);
	if (c.session != w->member)
		return;
	w->heard_at = w->f.now;
	w->member_heard = true;
	if (c.type == WIRE_SYNC)
		send_roster(w, w->f.now);
	c.type = WIRE_HEARTBEAT_ACK;
	c.version = 1;
	post(w, w->f.now, true, buf, wire_put_control(buf, &c, fake_mac_key));
}

static void
to_bootnode(struct way *w, const uint8_t *packet, size_t len)
{
	enum wire_type type = wire_type(packet, len);

	w->received[type]++;
	if (w->member != 0 && w->f.now - w->heard_at >= TIMEOUT) {
		w->member = 0;
		w->timed_out++;
	}
	if (type == WIRE_HELLO)
		send_cookie(w, packet, len);
	else if (type == WIRE_JOIN)
		take_join(w, packet, len);
	else
		take_control(w, packet, len);
}

/* --- cryptod -------------------------------------------------------------- */

static void
write_join(struct way *w)
{
	struct ipc_boot_join body = { .addr = w->f.addr[0] };
	uint8_t noise[70] = { ++w->attempt };

	w->asked = false;
	bootclient_join(&w->f.b,
	    MESSAGE_WITH(w->f.now, &body, noise, sizeof(noise)));
}

static void
read_welcome(struct way *w, const uint8_t *noise)
{
	struct ipc_boot_session s = { .session = w->attempt,
		.interval_ms = 10000,
		.timeout_ms = 15000 };

	if (noise[0] != w->attempt || w->session == w->attempt)
		return;
	w->session = w->attempt;
	memcpy(s.mac_key, fake_mac_key, sizeof(s.mac_key));
	bootclient_session(&w->f.b, MESSAGE(w->f.now, &s));
}

static void
cryptod(struct way *w)
{
	struct ipc_boot_version v = { .version = 1 };
	const struct ipc_boot_status *status;
	struct ipc_message_in in;

	while (ipc_receive(&w->f.cryptod, &in) == IPC_GOT) {
		status = in.body;
		if (in.type == IPC_BOOT_COOKIE)
			w->asked = true;
		else if (in.type == IPC_BOOT_WELCOME)
			read_welcome(w, in.tail);
		else if (in.type == IPC_BOOT_STATUS)
			w->lost_told += status->status == BOOT_LOST;
		else if (w->session != 0) {
			bootclient_version(&w->f.b, MESSAGE(w->f.now, &v));
			if (w->joined_at == 0)
				w->joined_at = w->f.now;
		}
	}
	if (w->asked && w->f.now >= w->scrypt_until)
		write_join(w);
}

/* --- Time ----------------------------------------------------------------- */

static struct on_way *
next_arrival(struct way *w)
{
	struct on_way *next = NULL;

	for (struct on_way *o = w->on_way; o < w->on_way + ON_WAY; o++)
		if (o->time != 0 && (next == NULL || o->time < next->time))
			next = o;
	return next;
}

static void
step(struct way *w)
{
	struct on_way *o = next_arrival(w);
	uint64_t due = bootclient_deadline(&w->f.b);

	if (w->asked)
		due = clock_min(due, w->scrypt_until);
	if (o != NULL && o->time <= due) {
		struct on_way arrived = *o;

		o->time = 0;
		w->f.now = arrived.time;
		if (arrived.to_client)
			fake_give(&w->f, arrived.bytes, arrived.len);
		else
			to_bootnode(w, arrived.bytes, arrived.len);
	} else {
		CU_ASSERT_NOT_EQUAL_FATAL(due, CLOCK_NEVER);
		if (due > w->f.now)
			w->f.now = due;
		bootclient_timer(&w->f.b, w->f.now);
	}
	cryptod(w);
	fake_each(&w->f, 0, from_client, w);
}

static void
way_start(struct way *w, uint64_t rtt, uint64_t lost)
{
	memset(w, 0, sizeof(*w));
	w->half = rtt / 2;
	w->lost = lost;
	w->seed = 1;
	fake_start(&w->f, 1);
	fake_each(&w->f, 0, from_client, w);
}

/* Returns how long it takes from now until the roster has been read. */
static uint64_t
way_join(struct way *w, uint64_t limit)
{
	while (w->joined_at == 0 && w->f.now < NOW + limit)
		step(w);
	CU_ASSERT_NOT_EQUAL(w->joined_at, 0);
	return w->joined_at - NOW;
}

static void
way_run(struct way *w, uint64_t time)
{
	uint64_t until = w->f.now + time;

	while (w->f.now < until)
		step(w);
}

/* Microseconds: a LAN, around the world, satellites, and worse. */
static const uint64_t rtts[] = { MSEC(1), MSEC(300), MSEC(600), MSEC(1500),
	MSEC(2400), SEC(5), SEC(10) };
#define RTTS (sizeof(rtts) / sizeof(rtts[0]))

/* --- Tests ---------------------------------------------------------------- */

/* A join takes two round trips, one JOIN, and no more HELLOs than a backoff
 * allows. */
static void
test_join(void)
{
	static struct way w;

	for (size_t i = 0; i < RTTS; i++) {
		way_start(&w, rtts[i], 0);
		CU_ASSERT(way_join(&w, SEC(60)) <= 2 * rtts[i] + ROSTER_IN);
		CU_ASSERT_EQUAL(w.sent[WIRE_JOIN], 1);
		CU_ASSERT(w.sent[WIRE_HELLO] <= 9);
		CU_ASSERT_EQUAL(w.sent[WIRE_SYNC], 0);
		fake_end(&w.f);
	}
}

/* cryptod is busy with its scrypt meanwhile. */
static void
test_scrypt(void)
{
	static struct way w;
	uint64_t took;

	for (size_t i = 0; i < RTTS; i++) {
		way_start(&w, rtts[i], 0);
		w.scrypt_until = NOW + SEC(20);
		took = rtts[i] > SEC(20) ? rtts[i] : SEC(20);
		CU_ASSERT(way_join(&w, SEC(60)) <= took + rtts[i] + ROSTER_IN);
		CU_ASSERT_EQUAL(w.sent[WIRE_JOIN], 1);
		fake_end(&w.f);
	}
}

/* The session lasts, on both sides, and costs a few packets. */
static void
test_stands(void)
{
	static struct way w;

	for (size_t i = 0; i < RTTS; i++) {
		way_start(&w, rtts[i], 0);
		way_join(&w, SEC(60));
		way_run(&w, SEC(300));
		CU_ASSERT_EQUAL(w.lost_told, 0);
		CU_ASSERT_EQUAL(w.timed_out, 0);
		CU_ASSERT_EQUAL(w.sent[WIRE_JOIN], 1);
		CU_ASSERT(w.sent[WIRE_HEARTBEAT] >= 300 / 10);
		CU_ASSERT(w.sent[WIRE_HEARTBEAT] <=
		    (rtts[i] < SEC(1) ? 300 / 10 + 2 : 300 / 3));
		fake_end(&w.f);
	}
}

/*
 * If one datagram of a join is lost, that costs one wait, of at most 0.95 s or
 * the probe timeout of RFC 9002. If two are lost, the client has still joined
 * within 3 s where the way is short.
 */
static void
test_lost_datagrams(void)
{
	static struct way w;

	for (size_t i = 0; i < RTTS; i++)
		for (unsigned int n = 0; n < 8; n++) {
			uint64_t wait = 15 * rtts[i] / 4 + MSEC(100);

			if (wait < MSEC(950))
				wait = MSEC(950);
			way_start(&w, rtts[i], 1ULL << n);
			CU_ASSERT(way_join(&w, SEC(120)) <=
			    3 * rtts[i] + wait + ROSTER_IN);
			CU_ASSERT(w.sent[WIRE_JOIN] <= 2);
			fake_end(&w.f);
		}
	for (unsigned int n = 0; n < 8; n++)
		for (unsigned int m = 0; m < n; m++) {
			way_start(&w, MSEC(20), 1ULL << n | 1ULL << m);
			CU_ASSERT(way_join(&w, SEC(60)) <= SEC(3));
			CU_ASSERT(w.sent[WIRE_JOIN] <= 3);
			fake_end(&w.f);
		}
}

/* The way becomes long after the COOKIE, as a busy machine makes it: the JOIN
 * is sent again, but the WELCOME to its first copy is still good. */
static void
test_sudden_delay(void)
{
	static struct way w;

	for (size_t i = 0; i < RTTS; i++) {
		way_start(&w, MSEC(1), 0);
		while (w.sent[WIRE_JOIN] == 0)
			step(&w);
		CU_ASSERT(w.f.now < NOW + MSEC(10));
		w.half = rtts[i] / 2;
		w.on_way[0].time += w.half; /* also the JOIN itself */
		CU_ASSERT(way_join(&w, SEC(60)) <= 2 * rtts[i] + SEC(2));
		CU_ASSERT(w.sent[WIRE_JOIN] <= JOIN_COPIES);
		fake_end(&w.f);
	}
}

/*
 * The round trip is 10 s, and one of twenty packets is lost each way: the
 * client joins, and stays. Only if three heartbeats in a row are lost does the
 * bootnode give it up, which is to be expected once in 8 hours; here the
 * session lasts 4.
 */
static void
test_long_and_bad(void)
{
	unsigned int given_up = 0;
	static struct way w;

	for (uint64_t seed = 1; seed <= 50; seed++) {
		way_start(&w, SEC(10), 0);
		w.seed = seed;
		w.percent = 5;
		way_join(&w, SEC(600));
		w.timed_out = 0; /* a lost WELCOME is told to nobody */
		way_run(&w, SEC(300));
		CU_ASSERT(w.sent[WIRE_HEARTBEAT] <= 2 * 300 / 3);
		given_up += w.lost_told > 0 || w.timed_out > 0;
		fake_end(&w.f);
	}
	CU_ASSERT(given_up <= 5);
}

void
bootclient_delay_suite(void)
{
	CU_pSuite suite =
	    CU_add_suite("bootclient_delay", fake_open_udp, fake_close_udp);

	CU_add_test(suite, "a join", test_join);
	CU_add_test(suite, "a join and a slow scrypt", test_scrypt);
	CU_add_test(suite, "a session stands", test_stands);
	CU_add_test(suite, "one datagram lost, or two", test_lost_datagrams);
	CU_add_test(suite, "a way that gets long", test_sudden_delay);
	CU_add_test(suite, "10 s and 5 % lost", test_long_and_bad);
}
