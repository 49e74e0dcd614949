/*
 * Messages of the children and the resolver. See listen.h.
 */
#include "launcher/listen.h"

#include "common/log.h"
#include "launcher/children.h"
#include "launcher/logfile.h"
#include "launcher/nodes.h"
#include "launcher/remember.h"
#include "launcher/resolve.h"
#include "launcher/house.h"
#include "launcher/screen.h"
#include "launcher/supervised.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* No bootnode answers: if one has a name, that may have another address by now.
 * netd does not ask often. While no name has one yet, the resolvers try on. */
static void
on_resolve(struct supervisor *s, const struct supervised *netd)
{
	struct room *room = supervised_room(s, netd);
	uint64_t now = kernel_now(&s->kernel);

	if (room->resolving || s->options->mode != MODE_CLIENT ||
	    !endpoints_have_name(&room->endpoints) ||
	    (room->resolver != -1 && !nodes_name_resolved(room)) ||
	    now - room->resolved_at < RESOLVE_SPACING)
		return;
	room->resolved_at = now;
	/* Those that still try end once nobody listens. */
	if (room->resolver != -1)
		close(room->resolver);
	room->resolver = -1;
	children_resolve(s, supervised_number(s, room));
}

/*
 * The culprit is ended. ui is for all rooms, though, and what it has to do with
 * one of them must not end it, or the others with it:
 * - A room's process that accuses ui may be the one that is at fault, and might
 *   do so again and again: its room's processes are ended instead.
 * - fleetd may be the one that is at fault, too, and the bootnode does without
 *   it, but not without its netd.
 * - A room in which ui is sent nonsense, on which it ends, is closed at once,
 *   and the restart of ui does not count.
 */
static void
end_culprit(struct supervisor *s, struct supervised *reporter,
    struct supervised *culprit)
{
	struct room *room = supervised_room(s,
	    role_is_for_each_room(culprit->role) ? culprit : reporter);

	if (reporter->role == ROLE_FLEETD && supervised_all_ready(s)) {
		log_error("%s is ended instead: the bootnode can do without it",
		    supervised_name(s, reporter));
		supervised_kill(s, reporter);
		return;
	}
	if ((reporter->role != ROLE_UI && culprit->role != ROLE_UI) ||
	    !supervised_all_ready(s) || !house_has_other(s, room)) {
		supervised_kill(s, culprit);
	} else if (culprit->role == ROLE_UI) {
		log_error("%s is ended instead: %s has other rooms, too",
		    supervised_name(s, reporter), role_name(ROLE_UI));
		supervised_kill(s, reporter);
	} else if (room->life == ROOM_RUNNING || room->life == ROOM_ENDING) {
		s->ui_excused = true;
		if (room->life == ROOM_RUNNING)
			house_fail(s, room);
	}
}

static void
on_fault(struct supervisor *s, struct supervised *reporter,
    const struct ipc_fault *fault)
{
	enum role culprit = (enum role)fault->role;
	unsigned int child = family_neighbour(&s->family,
	    (unsigned int)(reporter - s->children), culprit, fault->room);

	/* The name of a room's child says which room it is. */
	log_error("%s: message %s from %s is not allowed: ending it",
	    child < s->family.count && reporter->role == ROLE_UI
		? role_name(reporter->role)
		: supervised_name(s, reporter),
	    ipc_type_name((enum ipc_type)fault->type),
	    child < s->family.count && reporter->role == ROLE_UI
		? supervised_name(s, &s->children[child])
		: role_name(culprit));
	if (child < s->family.count)
		end_culprit(s, reporter, &s->children[child]);
}

static bool
are_ready(const struct supervisor *s, uint64_t set)
{
	return (s->ready & set) == set;
}

static bool
is_any_room_up(const struct supervisor *s)
{
	bool any = false;

	for (unsigned int room = 0; room < s->family.rooms; room++)
		any = any || s->rooms[room].up;
	return any;
}

/* The child that has come may be the last of its room; or of the start, which
 * has ui and one room. */
static void
note_all_ready(struct supervisor *s, struct room *room)
{
	const unsigned int number = supervised_number(s, room);

	room->up = room->up || are_ready(s, family_of_room(&s->family, number));
	remember_if_wanted(s, room);
	s->all_ready = s->all_ready ||
	    (are_ready(s, family_of_rooms(&s->family, 0)) && is_any_room_up(s));
}

static void
on_ready(struct supervisor *s, struct supervised *child,
    const struct ipc_ready *ready)
{
	struct room *room = supervised_room(s, child);

	child->due = CLOCK_NEVER;
	s->ready |= supervised_bit(s, child);
	note_all_ready(s, room);
	takeover_go_on(s);
	/* The first netd has not read a byte from the network at this point. */
	if (child->role == ROLE_NETD && room->port == 0)
		room->port = ready->port;
	if (child->role == ROLE_NETD && s->options->mode == MODE_BOOTNODE)
		settings_tell(s, child);
	if (child->role == ROLE_FLEETD)
		fleet_ready(s);
	children_log_refused(supervised_name(s, child), ready->degraded);
	log_debug("%s is in its sandbox", supervised_name(s, child));
}

/* Whether the bootnode has another key than this, as far as is known: from the
 * user, from an earlier use, or from another room at the same bootnode. */
static bool
is_another_key(const struct supervisor *s, const struct room *room,
    const uint8_t key[X25519_LEN])
{
	uint8_t known[X25519_LEN];
	char err[KNOWN_BOOTNODES_ERROR_MAX];

	if (room->pinned || room->remembered)
		return memcmp(room->boot_key, key, X25519_LEN) != 0;
	return s->known.fd != -1 &&
	    known_bootnodes_find_all(&s->known, &room->endpoints, known, err,
		sizeof(err)) == 1 &&
	    memcmp(known, key, X25519_LEN) != 0;
}

/* Rooms at one bootnode may all meet it for the first time: one line is
 * enough. */
static void
keep_key(struct supervisor *s, const struct room *room,
    const uint8_t key[X25519_LEN])
{
	char err[KNOWN_BOOTNODES_ERROR_MAX];
	unsigned int added;

	if (s->known.fd == -1)
		return;
	if (known_bootnodes_append_all(&s->known, &room->endpoints, key, &added,
		err, sizeof(err)) == -1)
		log_warn("%s", err);
	else if (added > 0)
		log_info("remembered the bootnode's key in known_bootnodes");
}

/* A cryptod says this of a bootnode that it meets for the first time. It does
 * not replace a key: other rooms at that bootnode rely on it. */
static void
on_remember(struct supervisor *s, struct room *room,
    const struct ipc_remember *remember)
{
	if (room->life != ROOM_RUNNING || !room->known)
		return;
	if (is_another_key(s, room, remember->boot_key)) {
		log_error("the bootnode %s of room %u has another key than the "
			  "one that is known",
		    logfile_address(room->bootnode),
		    supervised_number(s, room) + 1);
		house_fail(s, room);
		return;
	}
	if (room->pinned || room->remembered)
		return;
	room->remembered = true;
	memcpy(room->boot_key, remember->boot_key, sizeof(room->boot_key));
	remember_if_wanted(s, room);
	keep_key(s, room, remember->boot_key);
}

static void
on_log(struct supervisor *s, struct supervised *child,
    const struct ipc_message_in *in)
{
	const struct ipc_log *line = in->body;
	const struct log_entry entry = {
		.role = child->role,
		.level = (enum log_level)line->level,
		.event = line->event,
		.text = (const char *)in->tail,
		.len = in->tail_len,
		.room = role_is_for_each_room(child->role)
		    ? supervised_number(s, supervised_room(s, child)) + 1
		    : 0,
	};
	uint64_t now = kernel_now(&s->kernel);

	if (now - child->log_time >= USEC_PER_SEC) {
		if (child->log_lost > 0)
			log_warn("%u lines of %s were left out: too many",
			    child->log_lost, supervised_name(s, child));
		child->log_time = now;
		child->log_lines = child->log_lost = 0;
	}
	if (++child->log_lines > LOG_LINES_MAX)
		child->log_lost++;
	else
		logfile_write(&entry);
}

/* ui may have meant the room that was in this slot before: that is closed
 * already, and the next one is not to be. */
static bool
is_meant(const struct supervisor *s, const struct ipc_room_number *number)
{
	return number->serial == 0 ||
	    number->serial == s->rooms[number->room].serial;
}

/* Messages about rooms. Returns false for any other. */
static bool
on_room_message(struct supervisor *s, struct room *room,
    const struct ipc_message_in *in)
{
	const struct ipc_room_number *number = in->body;
	const struct ipc_room_kept *kept = in->body;

	switch (in->type) {
	case IPC_ROOM_OPEN:
		house_open(s, in);
		return true;
	case IPC_ROOM_CLOSE:
		if (is_meant(s, number))
			house_close(s, number->room);
		return true;
	case IPC_ROOM_IS:
		house_is(s, room, in);
		return true;
	case IPC_ROOM_KEEP:
		if (is_meant(s, number))
			remember_keep(s, number->room);
		return true;
	case IPC_ROOM_FORGET:
		if (is_meant(s, number))
			remember_forget(s, number->room);
		return true;
	case IPC_ROOM_KEPT:
		remember_written(s, room, kept->error);
		return true;
	case IPC_REMEMBER:
		on_remember(s, room, in->body);
		return true;
	default:
		return false;
	}
}

/* Messages of a bootnode alone. Returns false for any other. */
static bool
on_bootnode_message(struct supervisor *s, const struct ipc_message_in *in)
{
	const struct ipc_reload *reload = in->body;

	switch (in->type) {
	case IPC_RELOAD:
		reload_want(s, reload->ticket);
		return true;
	case IPC_KEPT_PART:
		upgrade_part(s, in);
		return true;
	case IPC_KEPT_WHOLE:
		upgrade_whole(s, in->body);
		return true;
	case IPC_DRAINED:
		drain_over(s, in->body);
		return true;
	case IPC_ENGINE_ASK:
		fleet_want(s);
		return true;
	case IPC_RESTORED:
		takeover_restored(s, in->body);
		return true;
	default:
		return false;
	}
}

/* Messages of ui about its screen, and where it has what there. Returns false
 * for any other. */
static bool
on_screen_message(struct supervisor *s, const struct ipc_message_in *in)
{
	switch (in->type) {
	case IPC_STOP:
		s->stop_asked = true;
		return true;
	case IPC_SCREEN_ASK:
		screen_give(s);
		return true;
	case IPC_FAREWELL:
		logfile_farewell((const char *)in->tail, in->tail_len);
		return true;
	case IPC_PLACES: /* looked at by the next ui alone */
		memcpy(&s->places, in->body, sizeof(s->places));
		s->placed = true;
		return true;
	default:
		return false;
	}
}

/* What is left: a child says how it is, or what is wrong. */
static void
on_child_message(struct supervisor *s, struct supervised *child,
    const struct ipc_message_in *in)
{
	const struct ipc_violation *violation = in->body;

	switch (in->type) {
	case IPC_LOG:
		on_log(s, child, in);
		break;
	case IPC_READY:
		on_ready(s, child, in->body);
		break;
	case IPC_VIOLATION:
		child->violation = violation->syscall;
		break;
	case IPC_FAULT:
		on_fault(s, child, in->body);
		break;
	case IPC_RESOLVE:
		on_resolve(s, child);
		break;
	case IPC_FIGURES:
		service_figures(s, child, in->body);
		break;
	case IPC_PONG:
		if (child->role == ROLE_FLEETD)
			fleet_pong(s);
		service_pong(s, child);
		break;
	default:
		break;
	}
}

static void
on_message(struct supervisor *s, struct supervised *child,
    const struct ipc_message_in *in)
{
	if (!on_room_message(s, supervised_room(s, child), in) &&
	    !on_bootnode_message(s, in) && !on_screen_message(s, in))
		on_child_message(s, child, in);
}

void
listen_child(struct supervisor *s, struct supervised *child)
{
	struct ipc_message_in in;

	for (int i = 0; i < LISTEN_MAX; i++) {
		switch (ipc_receive(&child->channel, &in)) {
		case IPC_GOT:
			on_message(s, child, &in);
			continue;
		case IPC_EMPTY:
			return;
		case IPC_CLOSED:
			ipc_close(&child->channel);
			return;
		case IPC_FAULTY:
			log_error("message %s from %s is not allowed: ending "
				  "it",
			    ipc_type_name(in.type), supervised_name(s, child));
			ipc_close(&child->channel);
			supervised_kill(s, child);
			return;
		}
	}
}

/* A name has been resolved. */
static void
resolved(struct supervisor *s, struct room *room, const struct resolved *r)
{
	const unsigned int number = supervised_number(s, room);
	const size_t left_out = r->left_out + nodes_resolved(room, r);

	if (left_out > 0)
		log_warn("the bootnode %s has %zu addresses too many: the "
			 "first %d are tried",
		    logfile_address(room->bootnode), left_out, BOOT_ADDRS_MAX);
	/* A later netd gets them, too. */
	ipc_send(&supervised_of(s, ROLE_NETD, number)->channel, IPC_BOOT_ADDRS,
	    &room->boot_addrs, NULL, 0);
}

/* Once is enough for each host. */
static void
complain(struct room *room, const struct resolved *r)
{
	char text[ENDPOINT_TEXT_MAX];

	if ((room->complained & UINT32_C(1) << r->host) == 0)
		log_warn("cannot resolve the bootnode %s: %s; still trying",
		    logfile_address(
			endpoint_format(&room->endpoints.at[r->host], text)),
		    r->error);
}

void
listen_resolver(struct supervisor *s, struct room *room)
{
	struct resolved r;
	struct iovec iov = { &r, sizeof(r) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n = recvmsg(room->resolver, &msg, MSG_DONTWAIT);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n != (ssize_t)sizeof(r)) {
		close(room->resolver);
		room->resolver = -1;
		return;
	}
	r.error[sizeof(r.error) - 1] = '\0';
	if (r.addrs.count > BOOT_ADDRS_MAX || r.host >= room->endpoints.count)
		return;
	if (r.addrs.count > 0)
		resolved(s, room, &r);
	else
		complain(room, &r);
	room->complained |= UINT32_C(1) << r.host;
}
