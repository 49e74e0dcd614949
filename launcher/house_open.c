/*
 * Rooms that come to be: those of the options, those that are remembered, and
 * those that ui asks for. See house.h.
 */
#include "launcher/house.h"

#include "common/log.h"
#include "common/siphash.h"
#include "launcher/children.h"
#include "launcher/nodes.h"
#include "launcher/supervised.h"
#include "precis/opaque_string.h"

#include <string.h>

/* The description of a room of which nothing is known yet. */
static const struct room nothing;

/* Each room has random bytes of its own, although nothing random comes into the
 * jail: whoever knows those of one does not learn the others'. */
static void
make_run(struct supervisor *s, struct room *room)
{
	_Static_assert(sizeof(room->run) == SIPHASH_MAC, "a run is a MAC");
	siphash(room->run, s->run_key, &s->runs, sizeof(s->runs));
	s->runs++;
	room->serial = (uint32_t)s->runs;
}

/* Makes a room of this slot, as it is described; without an identity of its own
 * it has that of the options. What it has had before is forgotten, but for the
 * number of its netds: a later one is never taken for an earlier one. */
static void
begin(struct supervisor *s, struct room *room, const struct room *as)
{
	const uint32_t incarnation = room->incarnation;

	*room = *as;
	room->life = ROOM_WAITING;
	room->incarnation = incarnation;
	room->resolver = -1;
	room->known = true;
	if (room->identity[0] == '\0')
		memcpy(room->identity, s->options->identity,
		    sizeof(room->identity));
	make_run(s, room);
}

/* --- What it is called ---------------------------------------------------- */

/* A room that is being closed still has its name in ui. */
static bool
has_namesake(const struct supervisor *s, const struct room *like)
{
	FOREACH_ROOM (room, s)
		if (room != like && room->known && room->life != ROOM_FREE &&
		    strcmp(room->name, like->name) == 0)
			return true;
	return false;
}

/* True for "NAME at HOST:PORT", or several of these. */
static bool
is_long(const char *name)
{
	char why[ENDPOINTS_WHY_MAX];
	const char *at = NULL;
	struct endpoints list;

	for (const char *s = strstr(name, " at "); s != NULL;
	     s = strstr(s + 1, " at "))
		at = s + strlen(" at ");
	return at != NULL && endpoints_parse(&list, at, 0, why) == 0;
}

/* A room whose name looks as others are called is not called by it alone. So
 * nobody can make a room that is called like the one that somebody is in. */
static void
set_name(const struct supervisor *s, struct room *room,
    const char name[ROOM_MAX + 1])
{
	memcpy(room->name, name, sizeof(room->name));
	room->namesake = has_namesake(s, room) || is_long(name);
}

int
house_find_key(struct supervisor *s, struct room *room, char *err,
    size_t errlen)
{
	int found;

	if (room->pinned || s->known.fd == -1)
		return 0;
	found = known_bootnodes_find_all(&s->known, &room->endpoints,
	    room->boot_key, err, errlen);
	room->remembered = found == 1;
	return found == -1 ? -1 : 0;
}

int
house_first(struct supervisor *s, char *err, size_t errlen)
{
	const struct options *o = s->options;
	struct room *room = &s->rooms[0];

	begin(s, room, &nothing);
	room->life = ROOM_RUNNING; /* at once, together with ui */
	room->has_port_wanted = true;
	room->access = s->access;
	room->keep = o->remember || o->remember_first ? KEEP_WANTED : KEEP_NOT;
	room->secret = o->secret;
	set_name(s, room, o->room);
	nodes_set(room, &o->bootnode);
	room->pinned = o->bootnode_key_given;
	memcpy(room->boot_key, o->bootnode_key, sizeof(room->boot_key));
	return house_find_key(s, room, err, errlen);
}

static struct room *
free_slot(struct supervisor *s)
{
	FOREACH_ROOM (room, s)
		if (room->life == ROOM_FREE)
			return room;
	return NULL;
}

/* Returns the first room whose bootnode is known, of those that run or else of
 * those that wait; or NULL. */
static const struct room *
first_known(const struct supervisor *s)
{
	static const enum room_life lives[] = { ROOM_RUNNING, ROOM_WAITING };

	for (size_t i = 0; i < 2; i++)
		FOREACH_ROOM (room, s)
			if (room->life == lives[i] && room->bootnode[0] != '\0')
				return room;
	return NULL;
}

/* The bootnode of the first room is this room's, too. What known_bootnodes says
 * of it counts more than what the file of another room says. Returns -1 if no
 * room has one. */
static int
share_bootnode(struct supervisor *s, struct room *room)
{
	const struct room *first = first_known(s);
	char err[KNOWN_BOOTNODES_ERROR_MAX];

	if (first == NULL)
		return -1;
	nodes_set(room, &first->endpoints);
	room->pinned = first->pinned;
	if (!room->pinned && house_find_key(s, room, err, sizeof(err)) == 0 &&
	    room->remembered)
		return 0;
	room->remembered = first->remembered;
	memcpy(room->boot_key, first->boot_key, sizeof(room->boot_key));
	return 0;
}

void
house_others(struct supervisor *s)
{
	const struct options *o = s->options;

	for (unsigned int i = 0; i < o->more_room_count; i++) {
		struct room *room = free_slot(s);

		begin(s, room, &nothing);
		(void)share_bootnode(s, room); /* the options give one */
		room->keep = o->remember ? KEEP_WANTED : KEEP_NOT;
		set_name(s, room, o->more_rooms[i]);
	}
}

void
house_remembered(struct supervisor *s, const uint16_t *files, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct room *room = &s->rooms[i];

		begin(s, room, &nothing);
		if (i == 0)
			room->life = ROOM_RUNNING;
		room->has_port_wanted = i == 0;
		room->access = i == 0 && s->access;
		room->known = false;
		room->keep = KEEP_DONE;
		room->file = files[i];
	}
}

/* One that is being closed counts: until then it is called as the other one
 * would be. Lists with a bootnode in common lead to the same room. */
static bool
is_open(const struct supervisor *s, const struct room *like)
{
	FOREACH_ROOM (room, s)
		if (room != like && room->known && room->life != ROOM_FREE &&
		    strcmp(room->name, like->name) == 0 &&
		    endpoints_meet(&room->endpoints, &like->endpoints))
			return true;
	return false;
}

/* Takes what the file says, if that can be. Returns NULL, or why not. */
static const char *
take_what_it_is(struct supervisor *s, struct room *room,
    const struct ipc_message_in *in)
{
	const struct ipc_room_is *is = in->body;
	const char *said = (const char *)in->tail + is->bootnode_len;
	char text[INVITE_BOOTNODE_MAX + 1], name[ROOM_MAX + 1] = "";
	char why[ENDPOINTS_WHY_MAX];
	struct endpoints list;
	uint32_t culprit;

	memcpy(text, in->tail, is->bootnode_len);
	text[is->bootnode_len] = '\0';
	if (endpoints_parse(&list, text, 0, why) == -1)
		return "expected host:port as the bootnode, or several with "
		       "commas";
	if (opaque_string(name, ROOM_MAX, said, is->room_len, &culprit) !=
		OPAQUE_OK ||
	    strlen(name) != is->room_len ||
	    memcmp(name, said, is->room_len) != 0)
		return "expected a name that a room can have";
	nodes_set(room, &list);
	room->secret = (enum secret_kind)is->secret;
	room->access = room->access || is->access;
	room->remembered = true;
	memcpy(room->identity, is->identity, sizeof(room->identity));
	memcpy(room->boot_key, is->boot_key, sizeof(room->boot_key));
	set_name(s, room, name);
	return is_open(s, room) ? "another one is for the same room" : NULL;
}

void
house_is(struct supervisor *s, struct room *room,
    const struct ipc_message_in *in)
{
	const unsigned int number = supervised_number(s, room);
	struct supervised *netd = supervised_of(s, ROLE_NETD, number);
	const char *wrong;

	if (room->known || room->life != ROOM_RUNNING)
		return;
	wrong = take_what_it_is(s, room, in);
	if (wrong != NULL) {
		log_error("rooms/%04u in the state folder: %s; this room is "
			  "left out, and the file stays as it is",
		    room->file, wrong);
		house_fail(s, room);
		return;
	}
	room->known = true;
	if (room->told)
		house_tell(s, room);
	if (netd->pid != 0)
		children_configure(s, netd);
	if (nodes_unresolved(room) && children_resolve(s, number) == -1)
		house_fail(s, room);
}

/* Fills in the bootnode that was asked for: the first room's, or another. */
static enum room_refusal
choose_bootnode(struct supervisor *s, struct room *room,
    const struct ipc_room_open *open, const char *texts)
{
	char text[INVITE_BOOTNODE_MAX + 1], err[KNOWN_BOOTNODES_ERROR_MAX];
	char why[ENDPOINTS_WHY_MAX];
	struct endpoints list;

	if (open->bootnode_len == 0) {
		return share_bootnode(s, room) == -1 ? ROOM_NO_BOOTNODE
						     : ROOM_REFUSAL_NONE;
	}
	memcpy(text, texts, open->bootnode_len);
	text[open->bootnode_len] = '\0';
	if (endpoints_parse(&list, text,
		(uint16_t)s->options->bootnode_udp_port, why) == -1)
		return ROOM_BAD_BOOTNODE;
	nodes_set(room, &list);
	room->pinned = open->pinned;
	memcpy(room->boot_key, open->boot_key, sizeof(room->boot_key));
	if (house_find_key(s, room, err, sizeof(err)) == 0)
		return ROOM_REFUSAL_NONE;
	log_error("%s", err);
	return ROOM_NO_KEY;
}

/* Fills in the room that was asked for. */
static enum room_refusal
describe(struct supervisor *s, struct room *room,
    const struct ipc_room_open *open, const char *texts)
{
	char name[ROOM_MAX + 1] = "";
	enum room_refusal reason;
	uint32_t culprit;

	room->ticket = open->ticket;
	room->secret = (enum secret_kind)open->secret;
	room->access = open->access;
	room->keep =
	    open->remember || s->options->remember ? KEEP_WANTED : KEEP_NOT;
	memcpy(room->identity, open->identity, sizeof(room->identity));
	if (opaque_string(name, ROOM_MAX, texts + open->bootnode_len,
		open->room_len, &culprit) != OPAQUE_OK)
		return ROOM_BAD_NAME;
	set_name(s, room, name);
	reason = choose_bootnode(s, room, open, texts);
	if (reason == ROOM_REFUSAL_NONE && is_open(s, room))
		return ROOM_IS_OPEN;
	return reason;
}

void
house_open(struct supervisor *s, const struct ipc_message_in *in)
{
	const struct ipc_room_open *open = in->body;
	struct room *slot = free_slot(s), room = { 0 };
	enum room_refusal reason;

	reason = describe(s, &room, open, (const char *)in->tail);
	if (reason == ROOM_REFUSAL_NONE && slot == NULL)
		reason = ROOM_TOO_MANY;
	if (reason == ROOM_REFUSAL_NONE && s->spawner == -1)
		reason = ROOM_NO_PROCESS;
	if (reason != ROOM_REFUSAL_NONE || s->ending) {
		if (reason != ROOM_REFUSAL_NONE)
			house_refuse(s, open->ticket, reason);
		return;
	}
	begin(s, slot, &room);
}
