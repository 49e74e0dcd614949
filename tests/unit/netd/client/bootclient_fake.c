/*
 * The bootnode and the cryptod of the client's tests. See bootclient_fake.h.
 */
#include "tests/unit/netd/client/bootclient_fake.h"

#include "tests/unit/ipc_pair.h"
#include "tests/unit/message.h"
#include "common/processes.h"

#include <CUnit/CUnit.h>

#include <sys/socket.h>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAIT_MSEC 10000 /* for packets that are sure to come */

const uint8_t fake_mac_key[SIPHASH_KEY] = "a session's key";
const uint8_t fake_reject_key[SIPHASH_KEY] = "a REJECT's key";
const struct wire_cookie fake_proof = { 7, "a cookie's MAC." };

struct udp fake_udp;
static int saved_fd = -1;

/* --- The world around it -------------------------------------------------- */

static struct addr
loopback(uint16_t port)
{
	return (struct addr){
		.ip = { [10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1 },
		.port = port
	};
}

/* udp_open() takes a fixed descriptor, which may be in use here. */
int
fake_open_udp(void)
{
	struct addr any = loopback(0);

	saved_fd = fcntl(FD_UDP, F_DUPFD_CLOEXEC, 64);
	return udp_open(&fake_udp, FD_UDP, &any);
}

int
fake_close_udp(void)
{
	close(fake_udp.fd);
	free(fake_udp.in);
	free(fake_udp.out);
	if (saved_fd != -1) {
		dup3(saved_fd, FD_UDP, O_CLOEXEC);
		close(saved_fd);
	}
	return 0;
}

static void
open_bootnode(struct fixture *f, int n)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sin);

	f->fd[n] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_EQUAL_FATAL(bind(f->fd[n], (struct sockaddr *)&sin, len), 0);
	CU_ASSERT_EQUAL(getsockname(f->fd[n], (struct sockaddr *)&sin, &len),
	    0);
	f->addr[n] = loopback(ntohs(sin.sin_port));
}

static void
start(struct fixture *f, uint8_t addresses, bool access)
{
	struct ipc_config_netd config = {
		.access = access,
		.mode = MODE_CLIENT,
		.limits.heartbeat_ms = 10000,
		.limits.timeout_ms = 15000,
		.boot_addr_count = addresses,
	};

	memset(f, 0, sizeof(*f));
	f->now = NOW;
	open_bootnode(f, 0);
	open_bootnode(f, 1);
	memcpy(config.boot_addrs, f->addr, sizeof(f->addr));
	ipc_pair(&f->netd, ROLE_NETD, &f->cryptod, ROLE_CRYPTOD);
	bootclient_init(&f->b, &fake_udp, &f->netd, &config, f->now);
}

void
fake_start(struct fixture *f, uint8_t addresses)
{
	start(f, addresses, false);
}

void
fake_start_private(struct fixture *f)
{
	start(f, 1, true);
}

void
fake_end(struct fixture *f)
{
	ipc_close(&f->netd);
	ipc_close(&f->cryptod);
	close(f->fd[0]);
	close(f->fd[1]);
}

/* A mark is sent behind the packets: all packets before it are theirs. */
void
fake_each(struct fixture *f, int n,
    void (*packet)(void *arg, const uint8_t *bytes, size_t len), void *arg)
{
	struct pollfd pfd = { .fd = f->fd[n], .events = POLLIN };
	static const uint8_t mark = 0;
	uint8_t bytes[WIRE_MAX + 1];
	ssize_t len;

	udp_send(&fake_udp, &f->addr[n], &mark, 1);
	udp_flush(&fake_udp);
	for (;;) {
		CU_ASSERT_EQUAL_FATAL(poll(&pfd, 1, WAIT_MSEC), 1);
		len = recv(f->fd[n], bytes, sizeof(bytes), 0);
		CU_ASSERT_FATAL(len > 0);
		if (len == 1)
			return;
		packet(arg, bytes, (size_t)len);
	}
}

static void
keep(void *arg, const uint8_t *bytes, size_t len)
{
	struct wire_hello hello;
	struct fixture *f = arg;

	memcpy(f->packet, bytes, len);
	if (wire_get_hello(bytes, len, &hello) == 0)
		memcpy(f->nonce, hello.nonce, NONCE_LEN);
	f->len = len;
	f->count++;
}

unsigned int
fake_collect(struct fixture *f, int n)
{
	f->count = 0;
	f->len = 0;
	fake_each(f, n, keep, f);
	return f->count;
}

bool
fake_sent(struct fixture *f, enum wire_type type)
{
	return fake_collect(f, 0) == 1 && wire_type(f->packet, f->len) == type;
}

bool
fake_sent_nothing(struct fixture *f)
{
	return fake_collect(f, 0) == 0;
}

bool
fake_told(struct fixture *f, enum ipc_type type, struct ipc_message_in *in)
{
	return ipc_receive(&f->cryptod, in) == IPC_GOT && in->type == type;
}

bool
fake_told_nothing(struct fixture *f)
{
	struct ipc_message_in in;

	return ipc_receive(&f->cryptod, &in) == IPC_EMPTY;
}

bool
fake_told_status(struct fixture *f, enum boot_status status,
    enum boot_refusal refusal)
{
	const struct ipc_boot_status *body;
	struct ipc_message_in in;

	if (!fake_told(f, IPC_BOOT_STATUS, &in))
		return false;
	body = in.body;
	return body->status == status && body->refusal == refusal;
}

void
fake_give(struct fixture *f, const uint8_t *packet, size_t len)
{
	bootclient_packet(&f->b, f->now, &fake_udp, &f->addr[0], packet, len);
}

void
fake_until_deadline(struct fixture *f)
{
	uint64_t deadline = bootclient_deadline(&f->b);

	CU_ASSERT(deadline > f->now && deadline != CLOCK_NEVER);
	bootclient_timer(&f->b, deadline - 1);
	CU_ASSERT_TRUE(fake_sent_nothing(f));
	f->now = deadline;
	bootclient_timer(&f->b, f->now);
	CU_ASSERT(bootclient_deadline(&f->b) > f->now);
}

/* --- Packets of the bootnode ---------------------------------------------- */

void
fake_cookie_at(struct fixture *f, const struct udp *udp,
    const uint8_t nonce[NONCE_LEN])
{
	struct wire_cookie_reply c = { .cookie = fake_proof,
		.bootnode_key = "the bootnode's static key" };
	uint8_t buf[WIRE_MAX];

	memcpy(c.nonce, nonce, NONCE_LEN);
	bootclient_packet(&f->b, f->now, udp, &f->addr[0], buf,
	    wire_put_cookie_reply(buf, &c));
}

void
fake_cookie(struct fixture *f, const uint8_t nonce[NONCE_LEN])
{
	fake_cookie_at(f, &fake_udp, nonce);
}

void
fake_welcome(struct fixture *f, const uint8_t nonce[NONCE_LEN])
{
	struct wire_welcome w = { .noise = (const uint8_t *)"message 2",
		.noise_len = 9 };
	uint8_t buf[WIRE_MAX];

	memcpy(w.nonce, nonce, NONCE_LEN);
	fake_give(f, buf, wire_put_welcome(buf, &w));
}

void
fake_answer(struct fixture *f, enum wire_type type, uint64_t session,
    uint64_t counter, uint32_t version, const uint8_t *key)
{
	struct wire_control c = { .type = type,
		.session = session,
		.counter = counter,
		.version = version,
		.echo = FAKE_ECHO + counter };
	uint8_t buf[WIRE_MAX];

	fake_give(f, buf, wire_put_control(buf, &c, key));
}

void
fake_reject(struct fixture *f, enum wire_reject_reason reason, uint64_t id)
{
	struct wire_reject r = { reason, id };
	uint8_t buf[WIRE_MAX];

	fake_give(f, buf, wire_put_reject(buf, &r, fake_reject_key));
}

void
fake_forged_reject(struct fixture *f, enum wire_reject_reason reason,
    uint64_t id)
{
	struct wire_reject r = { reason, id };
	uint8_t buf[WIRE_MAX];

	fake_give(f, buf, wire_put_reject(buf, &r, fake_mac_key));
}

uint64_t
fake_nonce_id(const struct fixture *f)
{
	struct getter g;

	get_init(&g, f->nonce, NONCE_LEN);
	return get_u64(&g);
}

struct wire_control
fake_control(const struct fixture *f)
{
	struct wire_control c = { .type = WIRE_INVALID };

	CU_ASSERT_EQUAL(wire_get_control(f->packet, f->len, &c), 0);
	CU_ASSERT_TRUE(wire_mac_ok(f->packet, f->len, fake_mac_key));
	CU_ASSERT_EQUAL(c.session, SESSION);
	return c;
}

void
fake_join(struct fixture *f, const struct addr *to)
{
	struct ipc_boot_join body = { .addr = *to };

	memcpy(body.reject_key, fake_reject_key, SIPHASH_KEY);
	CU_ASSERT_EQUAL(bootclient_join(&f->b,
			    MESSAGE_WITH(f->now, &body,
				(const uint8_t *)"message 1", 9)),
	    0);
}

/* HELLO, COOKIE and JOIN pass. */
void
fake_come_to_join(struct fixture *f)
{
	struct ipc_message_in in;

	fake_start(f, 1);
	CU_ASSERT_TRUE(fake_sent(f, WIRE_HELLO));
	fake_cookie(f, f->nonce);
	CU_ASSERT_TRUE(fake_told(f, IPC_BOOT_COOKIE, &in));
	fake_join(f, &f->addr[0]);
	CU_ASSERT_TRUE(fake_sent(f, WIRE_JOIN));
}

/* A WELCOME follows, and cryptod has read the roster. */
void
fake_come_in(struct fixture *f, uint32_t interval_ms)
{
	struct ipc_boot_session s = { .session = SESSION,
		.interval_ms = interval_ms,
		.timeout_ms = 15000,
		.echo = FAKE_ECHO };
	struct ipc_boot_version v = { .version = 5 };
	struct ipc_message_in in;

	memcpy(s.mac_key, fake_mac_key, SIPHASH_KEY);
	fake_come_to_join(f);
	fake_welcome(f, f->nonce);
	CU_ASSERT_TRUE(fake_told(f, IPC_BOOT_WELCOME, &in));
	CU_ASSERT_EQUAL(bootclient_session(&f->b, MESSAGE(f->now, &s)), 0);
	CU_ASSERT_EQUAL(bootclient_version(&f->b, MESSAGE(f->now, &v)), 0);
	f->b.joined_at = 0; /* it is old, so its end brings no wait */
	CU_ASSERT_TRUE(fake_sent_nothing(f));
}

void
fake_acknowledge(struct fixture *f, uint32_t version)
{
	fake_answer(f, WIRE_HEARTBEAT_ACK, SESSION, fake_control(f).counter,
	    version, fake_mac_key);
}
