/*
 * Rooms that are opened and closed. See house.h.
 */
#include "launcher/house.h"

#include "common/log.h"
#include "common/siphash.h"
#include "launcher/children.h"
#include "launcher/configure.h"
#include "launcher/ending.h"
#include "launcher/supervised.h"
#include "precis/opaque_string.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FOREACH_ROOM(room, s)                              \
	for (__typeof__(&(s)->rooms[0]) room = (s)->rooms; \
	     room < (s)->rooms + (s)->family.rooms; room++)

static unsigned int
number_of(const struct supervisor *s, const struct room *room)
{
	return (unsigned int)(room - s->rooms);
}

uint32_t
house_running(const struct supervisor *s)
{
	uint32_t set = 0;

	FOREACH_ROOM(room, s)
	if (room->life == ROOM_RUNNING)
		set |= UINT32_C(1) << number_of(s, room);
	return set;
}

bool
house_has_other(const struct supervisor *s, const struct room *than)
{
	FOREACH_ROOM(room, s)
	if (room != than &&
	    (room->life == ROOM_WAITING || room->life == ROOM_RUNNING))
		return true;
	return false;
}

unsigned int
house_lowest(const struct supervisor *s)
{
	FOREACH_ROOM(room, s)
	if (room->life == ROOM_RUNNING)
		return number_of(s, room);
	return 0;
}

/* --- What ui is told ------------------------------------------------------ */

static void
send_room(struct supervisor *s, const struct ipc_room *body, const char *texts,
    size_t len)
{
	ipc_send(&supervised_of(s, ROLE_UI, 0)->channel, IPC_ROOM, body, texts,
	    len);
}

void
house_tell(struct supervisor *s, struct room *room)
{
	char texts[ROOM_TEXTS_MAX];
	struct ipc_room body;
	size_t len;

	if (s->options->mode != MODE_CLIENT) /* its ui knows of no rooms */
		return;
	len = configure_room(&body, texts, room);
	body.ticket = room->told ? 0 : room->ticket;
	body.room = (uint8_t)number_of(s, room);
	room->told = true;
	send_room(s, &body, texts, len);
}

void
house_ui_started(struct supervisor *s)
{
	FOREACH_ROOM(room, s)
	{
		room->told = false;
		room->ticket = 0; /* who asked is gone */
		if (room->life == ROOM_RUNNING)
			house_tell(s, room);
	}
}

static void
refuse(struct supervisor *s, uint32_t ticket, enum room_refusal reason)
{
	const struct ipc_room body = {
		.ticket = ticket,
		.state = ROOM_REFUSED,
		.reason = (uint8_t)reason,
	};

	send_room(s, &body, NULL, 0);
}

/* --- A room begins -------------------------------------------------------- */

/* Each room has random bytes of its own, although nothing random comes into the
 * jail: whoever knows those of one does not learn the others'. */
static void
make_run(struct supervisor *s, struct room *room)
{
	_Static_assert(sizeof(room->run) == SIPHASH_MAC, "a run is a MAC");
	siphash(room->run, s->run_key, &s->runs, sizeof(s->runs));
	s->runs++;
}

/* Makes a room of this slot. What it has had before is forgotten, but for the
 * number of its netds: a later one is never taken for an earlier one. */
static void
begin(struct supervisor *s, struct room *room)
{
	const uint32_t incarnation = room->incarnation;

	memset(room, 0, sizeof(*room));
	room->life = ROOM_WAITING;
	room->incarnation = incarnation;
	room->resolver = -1;
	make_run(s, room);
}

static void
set_bootnode(struct room *room, const struct endpoint *endpoint)
{
	room->endpoint = *endpoint;
	endpoint_format(endpoint, room->bootnode);
}

/* Looks up the bootnode's key, unless it is given. */
static int
find_key(struct supervisor *s, struct room *room, char *err, size_t errlen)
{
	int found;

	if (room->pinned || s->known.fd == -1)
		return 0;
	found = known_bootnodes_find(&s->known, room->bootnode, room->boot_key,
	    err, errlen);
	room->remembered = found == 1;
	return found == -1 ? -1 : 0;
}

int
house_first(struct supervisor *s, char *err, size_t errlen)
{
	const struct options *o = s->options;
	struct room *room = &s->rooms[0];

	begin(s, room);
	room->life = ROOM_RUNNING; /* at once, together with ui */
	room->has_port_wanted = true;
	room->secret = o->secret;
	memcpy(room->name, o->room, sizeof(room->name));
	set_bootnode(room, &o->bootnode);
	room->pinned = o->bootnode_key_given;
	memcpy(room->boot_key, o->bootnode_key, sizeof(room->boot_key));
	return find_key(s, room, err, errlen);
}

static struct room *
free_slot(struct supervisor *s)
{
	FOREACH_ROOM(room, s)
	if (room->life == ROOM_FREE)
		return room;
	return NULL;
}

/* The bootnode of the first room is this room's, too. */
static void
share_bootnode(struct supervisor *s, struct room *room)
{
	const struct room *first = &s->rooms[house_lowest(s)];

	set_bootnode(room, &first->endpoint);
	room->pinned = first->pinned;
	room->remembered = first->remembered;
	memcpy(room->boot_key, first->boot_key, sizeof(room->boot_key));
}

void
house_others(struct supervisor *s)
{
	const struct options *o = s->options;

	for (unsigned int i = 0; i < o->more_room_count; i++) {
		struct room *room = free_slot(s);

		begin(s, room);
		share_bootnode(s, room);
		memcpy(room->name, o->more_rooms[i], sizeof(room->name));
	}
}

static bool
is_open(const struct supervisor *s, const struct room *like)
{
	FOREACH_ROOM(room, s)
	if (room->life != ROOM_FREE && room->life != ROOM_ENDING &&
	    strcmp(room->name, like->name) == 0 &&
	    strcmp(room->bootnode, like->bootnode) == 0)
		return true;
	return false;
}

/* Fills in the bootnode that was asked for: the first room's, or another. */
static int
choose_bootnode(struct supervisor *s, struct room *room,
    const struct ipc_room_open *open, const char *texts)
{
	char text[INVITE_BOOTNODE_MAX + 1], err[256];
	struct endpoint endpoint;

	if (open->bootnode_len == 0) {
		share_bootnode(s, room);
		return 0;
	}
	memcpy(text, texts, open->bootnode_len);
	text[open->bootnode_len] = '\0';
	if (endpoint_parse(&endpoint, text,
		(uint16_t)s->options->bootnode_udp_port) == -1 ||
	    endpoint.port == 0)
		return -1;
	set_bootnode(room, &endpoint);
	room->pinned = open->pinned;
	memcpy(room->boot_key, open->boot_key, sizeof(room->boot_key));
	if (find_key(s, room, err, sizeof(err)) == 0)
		return 0;
	log_error("%s", err);
	return -1;
}

/* Fills in the room that was asked for. */
static enum room_refusal
describe(struct supervisor *s, struct room *room,
    const struct ipc_room_open *open, const char *texts)
{
	uint32_t culprit;

	room->ticket = open->ticket;
	room->secret = (enum secret_kind)open->secret;
	if (opaque_string(room->name, ROOM_MAX, texts + open->bootnode_len,
		open->room_len, &culprit) != OPAQUE_OK)
		return ROOM_BAD_NAME;
	if (choose_bootnode(s, room, open, texts) == -1)
		return ROOM_BAD_BOOTNODE;
	return is_open(s, room) ? ROOM_IS_OPEN : ROOM_REFUSAL_NONE;
}

void
house_open(struct supervisor *s, const struct ipc_message_in *in)
{
	const struct ipc_room_open *open = in->body;
	struct room *slot = free_slot(s), room = { 0 };
	enum room_refusal reason;
	uint32_t incarnation;

	reason = describe(s, &room, open, (const char *)in->tail);
	if (reason == ROOM_REFUSAL_NONE && slot == NULL)
		reason = ROOM_TOO_MANY;
	if (reason == ROOM_REFUSAL_NONE && s->spawner == -1)
		reason = ROOM_NO_PROCESS;
	if (reason != ROOM_REFUSAL_NONE || s->ending) {
		if (reason != ROOM_REFUSAL_NONE)
			refuse(s, open->ticket, reason);
		return;
	}
	incarnation = slot->incarnation;
	*slot = room;
	slot->incarnation = incarnation;
	slot->life = ROOM_WAITING;
	slot->resolver = -1;
	make_run(s, slot);
}

/* --- A room ends ---------------------------------------------------------- */

static void
end(struct supervisor *s, struct room *room)
{
	const unsigned int number = number_of(s, room);

	room->life = ROOM_ENDING;
	if (room->resolver != -1)
		close(room->resolver);
	room->resolver = -1;
	FOREACH_CHILD (child, s)
		if (supervised_is_in(s, child, number)) {
			s->ended &= ~supervised_bit(s, child);
			supervised_end(s, child);
		}
}

void
house_close(struct supervisor *s, unsigned int number)
{
	struct room *room = &s->rooms[number];

	/* It may have been closed for another reason meanwhile. A client
	 * without a room would have nothing to show. */
	if ((room->life == ROOM_RUNNING || room->life == ROOM_WAITING) &&
	    house_has_other(s, room))
		end(s, room);
}

void
house_fail(struct supervisor *s, struct room *room)
{
	if (house_has_other(s, room)) {
		log_error("closing room %u", number_of(s, room) + 1);
		end(s, room);
	} else {
		ending_give_up(s);
	}
}

/* Whether something of the room is still there, or on its way. */
static bool
is_gone(struct supervisor *s, const struct room *room)
{
	if (room->resolving)
		return false;
	FOREACH_CHILD (child, s)
		if (supervised_is_in(s, child, number_of(s, room)) &&
		    (child->pid != 0 ||
			(s->starting & supervised_bit(s, child)) != 0))
			return false;
	return true;
}

static void
bury(struct supervisor *s, struct room *room)
{
	struct ipc_room body = {
		.ticket = room->ticket,
		.room = (uint8_t)number_of(s, room),
		.state = ROOM_CLOSED,
	};

	room->life = ROOM_FREE;
	children_forget(s, number_of(s, room));
	if (room->told)
		send_room(s, &body, NULL, 0);
	else if (room->ticket != 0)
		refuse(s, room->ticket, ROOM_NO_PROCESS);
	explicit_bzero(room->name, sizeof(room->name));
}

/* --- The next one --------------------------------------------------------- */

/* While the room waited, others at the same bootnode may have come to know its
 * addresses and its key. */
static void
learn_bootnode(struct supervisor *s, struct room *room)
{
	FOREACH_ROOM(other, s)
	{
		if (other == room || other->life != ROOM_RUNNING ||
		    strcmp(other->bootnode, room->bootnode) != 0)
			continue;
		if (room->boot_addrs.count == 0)
			room->boot_addrs = other->boot_addrs;
		if (room->pinned || room->remembered || !other->remembered)
			continue;
		room->remembered = true;
		memcpy(room->boot_key, other->boot_key, sizeof(room->boot_key));
	}
}

/* Asks for the processes of a room. Those that have been there in this slot
 * were another room's. */
static void
start(struct supervisor *s, struct room *room)
{
	const unsigned int number = number_of(s, room);
	uint64_t set = 0;

	FOREACH_CHILD (child, s)
		if (supervised_is_in(s, child, number)) {
			child->restarts = 0;
			s->ready &= ~supervised_bit(s, child);
			set |= supervised_bit(s, child);
		}
	room->life = ROOM_RUNNING;
	learn_bootnode(s, room);
	if (children_start(s, set) == -1 ||
	    (!endpoint_is_numeric(&room->endpoint) &&
		room->boot_addrs.count == 0 &&
		children_resolve(s, number) == -1))
		house_fail(s, room);
}

/* True while a room's processes are on the way to their sandboxes. */
static bool
is_busy(struct supervisor *s)
{
	FOREACH_ROOM(room, s)
	if (room->life == ROOM_RUNNING && !room->up)
		return true;
	return !supervised_all_ready(s) || children_awaited(s);
}

void
house_turn(struct supervisor *s)
{
	FOREACH_ROOM(room, s)
	if (room->life == ROOM_ENDING && is_gone(s, room))
		bury(s, room);
	FOREACH_ROOM(room, s)
	if (room->life == ROOM_WAITING && !s->ending && !is_busy(s))
		start(s, room);
}
