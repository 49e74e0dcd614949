/*
 * A client's way to a session with the bootnode: HELLO, COOKIE, JOIN and
 * WELCOME. See bootclient.h and bootclient_parts.h.
 */
#include "netd/bootclient_parts.h"

#include "netd/random.h"

#include <string.h>

void
boot_tell(struct bootclient *b, enum boot_status status, enum boot_refusal why)
{
	struct ipc_boot_status body = {
		.status = (uint8_t)status,
		.refusal = (uint8_t)why,
		.addr = b->addr,
	};

	ipc_send(b->cryptod, IPC_BOOT_STATUS, &body, NULL, 0);
}

/* --- Joining -------------------------------------------------------- */

static void
retry_later(struct bootclient *b, uint64_t now)
{
	uint64_t half = b->retry_after / 2;

	b->retry_at = now + b->retry_after - half / 2 + random_u64() % half;
	b->retry_after =
	    clock_min(b->retry_after + b->retry_after / 4, JOIN_RETRY_MAX);
}

/* One attempt: a HELLO to the next of its addresses. */
static void
send_hello(struct bootclient *b, uint64_t now)
{
	struct wire_hello h;
	uint8_t buf[WIRE_MAX];

	b->phase = BOOT_HELLO;
	b->join_sent = false;
	retry_later(b, now);
	if (b->addr_count == 0) /* not resolved yet */
		return;
	b->addr = b->addrs[b->addr_turn++ % b->addr_count];
	random_bytes(b->nonce, sizeof(b->nonce));
	memcpy(h.nonce, b->nonce, sizeof(h.nonce));
	udp_send(b->udp, &b->addr, buf, wire_put_hello(buf, &h));
}

/* cryptod writes a fresh JOIN each time: no two are alike. It may be at its
 * scrypt still, or refuse the key; bootclient_join() shortens the wait. */
static void
ask_for_join(struct bootclient *b, uint64_t now)
{
	struct ipc_boot_cookie body = { .addr = b->addr };

	b->retry_at = now + JOIN_RETRY_MAX;
	memcpy(body.boot_key, b->boot_key, sizeof(body.boot_key));
	ipc_send(b->cryptod, IPC_BOOT_COOKIE, &body, NULL, 0);
}

void
boot_retry_joining(struct bootclient *b, uint64_t now)
{
	if (b->join_sent && now - b->cookie_at < COOKIE_FRESH)
		ask_for_join(b, now);
	else
		send_hello(b, now);
}

void
boot_start_joining(struct bootclient *b, uint64_t now)
{
	b->retry_after = JOIN_RETRY_MIN;
	b->silent_at = now + JOIN_SILENT;
	b->resolve_at = now + RESOLVE_AFTER;
	send_hello(b, now);
}

void
bootclient_addrs(struct bootclient *b, uint64_t now, const struct addr *addrs,
    size_t count)
{
	if (b->addr_count == count &&
	    memcmp(b->addrs, addrs, count * sizeof(*addrs)) == 0 && count > 0)
		return; /* as before: attempts go on as they were */
	memcpy(b->addrs, addrs, count * sizeof(*addrs));
	b->addr_count = count;
	b->addr_turn = 0;
	if (b->phase == BOOT_HELLO)
		boot_start_joining(b, now);
}

void
boot_on_cookie(struct bootclient *b, uint64_t now, const uint8_t *packet,
    size_t len)
{
	struct wire_cookie_reply c;

	if (wire_get_cookie_reply(packet, len, &c) == -1 ||
	    b->phase != BOOT_HELLO ||
	    memcmp(c.nonce, b->nonce, NONCE_LEN) != 0) {
		b->dropped++;
		return;
	}
	b->phase = BOOT_JOINING;
	b->retry_after = JOIN_RETRY_MIN; /* it is there */
	b->silent_at = CLOCK_NEVER;
	b->cookie = c.cookie;
	b->cookie_at = now;
	memcpy(b->boot_key, c.bootnode_key, sizeof(b->boot_key));
	ask_for_join(b, now);
}

int
bootclient_join(struct bootclient *b, uint64_t now,
    const struct ipc_boot_join *body, const uint8_t *noise, size_t len)
{
	struct wire_join j = {
		.cookie = b->cookie,
		.noise = noise,
		.noise_len = len,
	};
	uint8_t buf[WIRE_MAX];

	/* Another attempt, or leaving, has begun: the answer is late. */
	if (b->phase != BOOT_JOINING || !addr_equal(&body->addr, &b->addr))
		return 0;
	memcpy(j.nonce, b->nonce, sizeof(j.nonce));
	retry_later(b, now);
	b->join_sent = true;
	udp_send(b->udp, &b->addr, buf, wire_put_join(buf, &j));
	return 0;
}

void
boot_on_welcome(struct bootclient *b, const uint8_t *packet, size_t len)
{
	struct ipc_boot_welcome body = { .addr = b->addr };
	struct wire_welcome w;

	if (wire_get_welcome(packet, len, &w) == -1 ||
	    b->phase != BOOT_JOINING ||
	    memcmp(w.nonce, b->nonce, NONCE_LEN) != 0) {
		b->dropped++;
		return;
	}
	ipc_send(b->cryptod, IPC_BOOT_WELCOME, &body, w.noise, w.noise_len);
}

static enum boot_refusal
refusal(enum wire_reject_reason reason)
{
	switch (reason) {
	case REJECT_ROOM_FULL:
		return REFUSAL_ROOM_FULL;
	case REJECT_ADDRESS_FULL:
		return REFUSAL_ADDRESS_FULL;
	default:
		return REFUSAL_BOOTNODE_FULL;
	}
}

void
boot_refused(struct bootclient *b, uint64_t now, enum wire_reject_reason reason)
{
	boot_tell(b, BOOT_REFUSED, refusal(reason));
	b->phase = BOOT_HELLO;
	b->join_sent = false;
	b->retry_after = JOIN_RETRY_MAX;
	retry_later(b, now);
}
