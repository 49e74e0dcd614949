/*
 * A client's netd as a worker. See run_scene.h.
 */
#include "tests/unit/netd/client/run_scene.h"

#include "tests/unit/own_net.h"

#include <CUnit/CUnit.h>

#include <sys/mman.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WAIT_MS 10000

const uint8_t run_mac_key[SIPHASH_KEY] = "a session's key";
static const struct packet_keys room = { RUN_TX, RUN_RX, { { 1 }, { 2 } } };
static const uint8_t noise[NK_OVERHEAD + BOOTMSG_JOIN_MAX] = { 5 };

/* --- netd ----------------------------------------------------------------- */

static int
open_sockets(struct run_scene *s, struct udp udp[2])
{
	if (udp_open(&udp[0], FD_UDP, &s->config.bind[0]) == -1)
		return -1;
	udp[1].fd = -1;
	if (s->second &&
	    udp_open(&udp[1], FD_UDP_SECOND, &s->config.bind[0]) == -1)
		return -1;
	s->shown->ports[0] = udp[0].port;
	s->shown->ports[1] = udp[1].port;
	return 0;
}

/* The sockets stay in the test's network: only the news is of its own. */
static void
run(struct child *child, void *arg)
{
	static struct udp udp[BINDS_MAX];
	static struct hosts hosts;
	struct run_scene *s = arg;

	if (open_sockets(s, udp) == -1)
		return;
	if (s->with_net)
		s->shown->has_net = own_net_make();
	if (s->shown->has_net && s->mtu != 0)
		s->shown->has_net = own_net_mtu(s->mtu);
	if (s->shown->has_net) {
		hosts_open(&hosts, udp[0].family, udp[0].port, &s->config,
		    clock_now());
	} else {
		hosts.netlink.fd = -1;
		hosts.ask_at = CLOCK_NEVER;
		hosts.local.port = hosts.chosen.port = udp[0].port;
	}
	netd_client_run(child, &s->config, udp, &hosts);
}

/* --- Start and end -------------------------------------------------------- */

static void
open_socket(struct run_scene *s, int n)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(sin);

	s->fds[n] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_EQUAL_FATAL(bind(s->fds[n], (struct sockaddr *)&sin, len), 0);
	CU_ASSERT_EQUAL_FATAL(getsockname(s->fds[n], (struct sockaddr *)&sin,
				  &len),
	    0);
	s->at[n] = (struct addr){ .ip = { [10] = 0xff, 0xff, 127, 0, 0, 1 },
		.port = ntohs(sin.sin_port) };
}

void
run_prepare(struct run_scene *s)
{
	memset(s, 0, sizeof(*s));
	open_socket(s, 0);
	open_socket(s, 1);
	s->config = (struct ipc_config_netd){ .mode = MODE_CLIENT,
		.bind_count = 1,
		.boot_addr_count = 1,
		.boot_addrs = { s->at[0] },
		.incarnation = 1,
		.limits.heartbeat_ms = 600000,
		.limits.timeout_ms = 3000000 };
	s->shown = mmap(NULL, sizeof(*s->shown), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CU_ASSERT_PTR_NOT_EQUAL_FATAL(s->shown, MAP_FAILED);
}

void
run_begin(struct run_scene *s)
{
	const struct ipc_local *local;
	struct ipc_message_in in;

	worker_start(&s->w, PROCESS_NETD_CLIENT, MODE_CLIENT, run, s);
	/* The first that cryptod hears: its card needs it. */
	local = worker_says(run_cryptod(s), IPC_LOCAL, &in);
	CU_ASSERT_EQUAL(local->port, s->shown->ports[0]);
	CU_ASSERT_NOT_EQUAL(local->port, 0);
	CU_ASSERT_EQUAL(local->count, s->shown->has_net);
}

void
run_close(struct run_scene *s)
{
	close(s->fds[0]);
	close(s->fds[1]);
	munmap(s->shown, sizeof(*s->shown));
}

void
run_end(struct run_scene *s)
{
	worker_stop(&s->w);
	run_close(s);
}

bool
run_has_net(const struct run_scene *s)
{
	if (!s->shown->has_net)
		fprintf(stderr, "\n  no network of its own here: not tried\n");
	return s->shown->has_net;
}

struct ipc_channel *
run_cryptod(struct run_scene *s)
{
	return worker_end(&s->w, ROLE_CRYPTOD);
}

void
run_tell(struct run_scene *s, enum ipc_type type, const void *body,
    const void *tail, size_t len)
{
	CU_ASSERT_EQUAL(ipc_send(run_cryptod(s), type, body, tail, len), 0);
}

void
run_order(struct run_scene *s, enum ipc_type type, const void *body)
{
	CU_ASSERT_EQUAL(ipc_send(&s->w.launcher, type, body, NULL, 0), 0);
}

/* --- Packets -------------------------------------------------------------- */

/* What is next at the test's socket n, within a time; its type. */
static enum wire_type
receive_any(struct run_scene *s, int n, int wait_ms, uint8_t packet[WIRE_MAX],
    size_t *len)
{
	struct pollfd pfd = { s->fds[n], POLLIN, 0 };
	struct sockaddr_in sin;
	socklen_t sin_len = sizeof(sin);
	ssize_t got;

	if (poll(&pfd, 1, wait_ms) != 1)
		return WIRE_TYPE_COUNT;
	got = recvfrom(s->fds[n], packet, WIRE_MAX, 0, (struct sockaddr *)&sin,
	    &sin_len);
	CU_ASSERT_FATAL(got > 0);
	s->from = ntohs(sin.sin_port);
	*len = (size_t)got;
	return wire_type(packet, *len);
}

size_t
run_receive(struct run_scene *s, int n, enum wire_type type,
    uint8_t packet[WIRE_MAX])
{
	enum wire_type got;
	size_t len = 0;

	do {
		got = receive_any(s, n, WAIT_MS, packet, &len);
		CU_ASSERT_NOT_EQUAL_FATAL(got, WIRE_TYPE_COUNT);
	} while (got != type);
	return len;
}

bool
run_has_at_once(struct run_scene *s, int n, enum wire_type type)
{
	uint8_t packet[WIRE_MAX];
	enum wire_type got;
	bool found = false;
	size_t len;

	while ((got = receive_any(s, n, 0, packet, &len)) != WIRE_TYPE_COUNT)
		found |= got == type;
	return found;
}

bool
run_has_received(struct run_scene *s, int n, enum wire_type type)
{
	worker_waits(&s->w, 0);
	return run_has_at_once(s, n, type);
}

void
run_send(struct run_scene *s, int n, const uint8_t *packet, size_t len)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_port = htons(s->shown->ports[s->to]),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };

	CU_ASSERT_EQUAL(sendto(s->fds[n], packet, len, 0,
			    (struct sockaddr *)&sin, sizeof(sin)),
	    (ssize_t)len);
}

/* --- A session ------------------------------------------------------------ */

void
run_cookie(struct run_scene *s, const uint8_t hello[WIRE_MAX], size_t len,
    struct wire_cookie_reply *reply)
{
	struct wire_hello h;
	uint8_t packet[WIRE_MAX];

	CU_ASSERT_EQUAL_FATAL(wire_get_hello(hello, len, &h), 0);
	*reply = (struct wire_cookie_reply){ .cookie = { .mac = { 3 } },
		.bootnode_key = { 7 } };
	memcpy(reply->nonce, h.nonce, NONCE_LEN);
	run_send(s, 0, packet, wire_put_cookie_reply(packet, reply));
}

struct ipc_boot_cookie
run_come_to_cookie(struct run_scene *s, struct wire_cookie_reply *reply)
{
	struct ipc_message_in in;
	uint8_t hello[WIRE_MAX];
	size_t len = run_receive(s, 0, WIRE_HELLO, hello);

	worker_waits(&s->w, s->delay);
	run_cookie(s, hello, len, reply);
	return *(const struct ipc_boot_cookie *)worker_says_yet(run_cryptod(s),
	    IPC_BOOT_COOKIE, &in);
}

static void
join(struct run_scene *s)
{
	struct ipc_boot_join body = { .addr = s->at[0], .reject_key = { 1 } };

	run_tell(s, IPC_BOOT_JOIN, &body, noise, sizeof(noise));
}

void
run_come_to_join(struct run_scene *s)
{
	struct wire_cookie_reply reply;

	run_come_to_cookie(s, &reply);
	join(s);
}

void
run_welcome(struct run_scene *s, const struct addr *observed,
    uint16_t reflect_port)
{
	struct ipc_boot_session session = { .session = RUN_SESSION,
		.interval_ms = 600000,
		.timeout_ms = 3000000,
		.reflect_port = reflect_port,
		.observed = *observed,
		.relay_rate = s->relay_rate };
	struct ipc_boot_version version = { .version = 5 };
	struct wire_welcome w = { .noise = noise, .noise_len = NK_OVERHEAD };
	struct ipc_message_in in;
	uint8_t packet[WIRE_MAX];
	struct wire_join j;
	size_t len;

	len = run_receive(s, 0, WIRE_JOIN, packet);
	CU_ASSERT_EQUAL_FATAL(wire_get_join(packet, len, &j), 0);
	memcpy(w.nonce, j.nonce, NONCE_LEN);
	run_send(s, 0, packet, wire_put_welcome(packet, &w));
	worker_says(run_cryptod(s), IPC_BOOT_WELCOME, &in);
	memcpy(session.mac_key, run_mac_key, SIPHASH_KEY);
	run_tell(s, IPC_BOOT_SESSION, &session, NULL, 0);
	run_tell(s, IPC_BOOT_VERSION, &version, NULL, 0);
}

void
run_acknowledge(struct run_scene *s, enum wire_type type, uint64_t counter)
{
	struct wire_control c = { .type = type,
		.session = RUN_SESSION,
		.counter = counter,
		.version = 5 };
	uint8_t packet[WIRE_MAX];

	run_send(s, 0, packet, wire_put_control(packet, &c, run_mac_key));
}

void
run_come_in(struct run_scene *s)
{
	const struct addr observed = { { [10] = 0xff, 0xff, 203, 0, 113, 1 },
		4545 };

	run_come_to_join(s);
	run_welcome(s, &observed, 0);
}

/* --- A peer --------------------------------------------------------------- */

void
run_add_peer(struct run_scene *s)
{
	struct ipc_peer_add add = { .handle = RUN_PEER,
		.controlling = 1,
		.observed = s->at[1],
		.room = room };

	run_tell(s, IPC_PEER_ADD, &add, NULL, 0);
}

size_t
run_put_probe(struct run_scene *s, enum wire_type type, uint64_t id,
    uint8_t packet[WIRE_MAX])
{
	struct wire_probe w = { .type = type,
		.flags = type == WIRE_PROBE_REPLY ? PROBE_IN_USE : 0,
		.connection = RUN_RX,
		.number = ++s->nonce,
		.id = id };

	return wire_put_probe(packet, &w, room.probe.rx);
}

void
run_probe(struct run_scene *s, enum wire_type type, uint64_t id)
{
	uint8_t packet[WIRE_MAX];

	run_send(s, 1, packet, run_put_probe(s, type, id, packet));
}

/* It answers until netd has seen that both use the path. */
void
run_peer_up(struct run_scene *s)
{
	struct ipc_message_in in;
	const struct ipc_path *path;
	uint8_t packet[WIRE_MAX];
	struct wire_probe p;
	size_t len;

	do {
		len = run_receive(s, 1, WIRE_PROBE, packet);
		CU_ASSERT_EQUAL_FATAL(wire_get_probe(packet, len, &p), 0);
		run_probe(s, WIRE_PROBE_REPLY, p.id);
	} while (p.flags != PROBE_NOMINATE);
	path = worker_says(run_cryptod(s), IPC_PATH, &in);
	CU_ASSERT_EQUAL(path->state, PATH_UP);
}

void
run_peer_session(struct run_scene *s)
{
	struct ipc_peer_session session = { .handle = RUN_PEER,
		.serial = 1,
		.confirmed = 1,
		.has_stream = 1,
		.epoch = 1,
		.keys = room };

	run_tell(s, IPC_PEER_SESSION, &session, NULL, 0);
}
