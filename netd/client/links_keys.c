/*
 * The keys with which a peer's packets are believed: those that follow from the
 * room's secret, which everybody in the room has, until there is a session, and
 * only that session's from then on. See links.h and links_parts.h; PROTOCOL.md
 * section 3.6.
 */
#include "netd/client/links_parts.h"

#include "common/log.h"

#include <string.h>

static void
set_key(struct data_key *k, uint8_t epoch, const uint8_t key[SIPHASH_KEY])
{
	k->set = true;
	k->epoch = epoch;
	memcpy(k->key, key, SIPHASH_KEY);
}

/* --- What cryptod gives ------------------------------------------------ */

/* Everything that was sent and received with the session before is over. */
static void
begin_stream(struct links *links, struct link *p,
    const struct ipc_peer_session *s)
{
	transport_free(p->transport);
	if ((p->transport = transport_new(&links->pool)) == NULL)
		fatal("out of memory");
	explicit_bzero(&p->tx, sizeof(p->tx));
	explicit_bzero(&p->rx, sizeof(p->rx));
	explicit_bzero(&p->tx_next, sizeof(p->tx_next));
	explicit_bzero(&p->rx_next, sizeof(p->rx_next));
	if (!s->has_stream)
		return;
	set_key(&p->tx, s->epoch, s->data.tx);
	set_key(&p->rx, s->epoch, s->data.rx);
}

/*
 * Only this session's keys count from now on. The path in use may have been
 * made with the room's: so the other side is asked at once whether it has the
 * session's, too.
 */
static void
secure(struct link *p, uint64_t now)
{
	path_secure(&p->path, now);
	path_check(&p->path, now);
	p->untold = true;
}

static void
use_session(struct links *links, struct link *p, uint64_t now,
    const struct ipc_peer_session *s)
{
	p->session = *s;
	begin_stream(links, p, s);
	explicit_bzero(&p->session.data, sizeof(p->session.data));
	explicit_bzero(&p->next, sizeof(p->next));
	memset(&p->seen, 0, sizeof(p->seen));
	links_changed(p, now, -1);
	secure(p, now);
}

int
links_session(void *self, const struct ipc_message_in *in)
{
	struct links *links = self;
	const struct ipc_peer_session *s = in->body;
	struct link *p = links_find(links, s->handle);

	if (p == NULL)
		return -1;
	if (s->confirmed)
		use_session(links, p, in->now, s);
	else
		p->next = *s;
	return 0;
}

int
links_keys(void *self, const struct ipc_message_in *in)
{
	struct links *links = self;
	const struct ipc_peer_keys *keys = in->body;
	struct link *p = links_find(links, keys->handle);

	if (p == NULL)
		return -1;
	set_key(&p->rx_next, keys->epoch, keys->data.rx);
	set_key(keys->send_now ? &p->tx : &p->tx_next, keys->epoch,
	    keys->data.tx);
	return 0;
}

int
links_open(void *self, const struct ipc_message_in *in)
{
	struct links *links = self;
	const struct ipc_peer *body = in->body;
	struct link *p = links_find(links, body->handle);

	if (p == NULL)
		return -1;
	if (!p->path.secured || path_current(&p->path) != NULL)
		return 0; /* it has come back meanwhile */
	path_open(&p->path);
	path_restart(&p->path, in->now);
	return 0;
}

/* --- Whose a packet is -------------------------------------------------- */

struct link *
links_sender(struct links *links, uint64_t connection, enum key_origin *origin)
{
	struct link *p;

	FOREACH_LINK (links, p) {
		if (p->session.serial != 0 &&
		    p->session.keys.connection_rx == connection)
			*origin = KEYS_SESSION;
		else if (p->next.serial != 0 &&
		    p->next.keys.connection_rx == connection)
			*origin = KEYS_NEXT;
		else if (p->room.connection_rx == connection)
			*origin = KEYS_ROOM;
		else
			continue;
		return p;
	}
	return NULL;
}

const struct packet_keys *
links_packet_keys(const struct link *p, enum key_origin origin)
{
	switch (origin) {
	case KEYS_SESSION:
		return &p->session.keys;
	case KEYS_NEXT:
		return &p->next.keys;
	default:
		return &p->room;
	}
}

const struct packet_keys *
links_keys_in_use(const struct link *p)
{
	return links_packet_keys(p, p->path.secured ? KEYS_SESSION : KEYS_ROOM);
}

/* Returns the key of a DATA packet, or NULL. */
const uint8_t *
links_data_key(const struct link *p, enum key_origin origin, uint8_t epoch)
{
	const struct ipc_peer_session *next = &p->next;

	if (origin == KEYS_NEXT && next->has_stream && next->epoch == epoch)
		return next->data.rx;
	if (origin != KEYS_SESSION)
		return NULL;
	if (p->rx_next.set && p->rx_next.epoch == epoch)
		return p->rx_next.key;
	return p->rx.set && p->rx.epoch == epoch ? p->rx.key : NULL;
}

void
links_secure(struct link *p, uint64_t now)
{
	if (!p->path.secured)
		secure(p, now);
}

void
links_advance_keys(struct links *links, struct link *p, uint64_t now,
    enum key_origin origin)
{
	struct ipc_session_up up = { .handle = p->handle };

	if (origin != KEYS_NEXT)
		return;
	use_session(links, p, now, &p->next);
	up.serial = p->session.serial;
	ipc_send(links->cryptod, IPC_SESSION_UP, &up, NULL, 0);
}

/* The peer uses the next epoch: so it has its keys, and the old ones go. */
void
links_advance(struct link *p, uint8_t epoch)
{
	if (!p->rx_next.set || p->rx_next.epoch != epoch)
		return;
	p->rx = p->rx_next;
	explicit_bzero(&p->rx_next, sizeof(p->rx_next));
	if (p->tx_next.set) {
		p->tx = p->tx_next;
		explicit_bzero(&p->tx_next, sizeof(p->tx_next));
	}
}
