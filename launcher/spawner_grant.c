/*
 * Wishes for other things than children: processes that read for the launcher,
 * files of rooms, and a bootnode that takes our place. See spawner_parts.h.
 */
#include "launcher/spawner_parts.h"

#include "launcher/connect.h"
#include "launcher/resolve.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* --- Readers -------------------------------------------------------------- */

static bool
are_hosts(const struct endpoints *list)
{
	if (list->count > ENDPOINTS_MAX)
		return false;
	for (size_t i = 0; i < list->count; i++)
		if (memchr(list->at[i].host, '\0', sizeof(list->at[i].host)) ==
		    NULL)
			return false;
	return true;
}

static void
start_resolver(struct spawner *sp, const struct wish *wish)
{
	const unsigned int room = wish->room;
	struct spawned s = { .event = SPAWN_RESOLVER, .child = (uint8_t)room };
	int resolver;

	if (room >= sp->kit->family.rooms || !are_hosts(&wish->bootnodes))
		return;
	resolver = resolve_start(&wish->bootnodes, sp->kit->user);
	if (resolver == -1 || spawner_report(sp, &s, &resolver, 1) == -1)
		spawner_report_failure(sp, SPAWN_NO_RESOLVER, room, errno);
	if (resolver != -1)
		close(resolver);
}

static void
start_reader(struct spawner *sp, const struct wish *wish)
{
	const struct spawned s = { .event = SPAWN_READER };
	const struct reload_access access = {
		.fd = room_store_access(&sp->rooms, 0),
		.part = wish->access % ACCESS_PARTS,
	};
	int reader = access.fd == -1
	    ? -1
	    : reload_start(&sp->kit->reload, &access, &sp->reader);

	if (reader == -1 || spawner_report(sp, &s, &reader, 1) == -1)
		spawner_report_failure(sp, SPAWN_NO_READER, 0, errno);
	if (reader != -1)
		close(reader);
}

static void
start_connector(struct spawner *sp)
{
	const struct spawned s = { .event = SPAWN_CONNECTOR };
	int connector = -1;

	errno = EINVAL;
	if (sp->kit->engine != NULL && sp->kit->engine->given)
		connector = connect_start(sp->kit->engine, sp->kit->user);
	if (connector == -1 || spawner_report(sp, &s, &connector, 1) == -1)
		spawner_report_failure(sp, SPAWN_CONNECTOR, 0, errno);
	if (connector != -1)
		close(connector);
}

void
spawner_grant_reader(struct spawner *sp, const struct wish *wish)
{
	if (wish->kind == WISH_RELOAD)
		start_reader(sp, wish);
	else if (wish->kind == WISH_CONNECTOR)
		start_connector(sp);
	else
		start_resolver(sp, wish);
}

/* --- A bootnode that takes our place -------------------------------------- */

/* The launcher writes into it. */
static void
make_memory(struct spawner *sp)
{
	const struct spawned s = { .event = SPAWN_MEMORY };

	spawner_close(&sp->memory);
	sp->memory = memfd_create(given_names[GIVEN_STATE],
	    MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (sp->memory == -1 || spawner_report(sp, &s, &sp->memory, 1) == -1)
		spawner_report_failure(sp, SPAWN_MEMORY, 0, errno);
}

/* Kills it. The launcher may be another user by now, and have no right to. */
static void
end_successor(struct spawner *sp, int channel)
{
	const int saved = errno;

	if (channel != -1)
		successor_say(channel, SUCCESSOR_STAY, 0);
	if (sp->successor != -1)
		(void)syscall(SYS_pidfd_send_signal, sp->successor, SIGKILL,
		    NULL, 0);
	spawner_close(&sp->successor);
	spawner_close(&sp->memory);
	errno = saved;
}

static void
start_successor(struct spawner *sp)
{
	const struct spawn_kit *kit = sp->kit;
	const struct successor_gifts gifts = {
		.ports = &kit->sockets,
		.others = { [GIVEN_STATE] = sp->memory,
		    [GIVEN_CONTROL] = kit->control->fd,
		    [GIVEN_METRICS] = kit->metrics->fd,
		    [GIVEN_PREDECESSOR] = -1 },
	};
	struct spawned s = { .event = SPAWN_SUCCESSOR };
	struct spawned_child made;
	int channel = -1;
	int result = successor_start(&kit->successor, &gifts, &channel, &made);

	spawner_close(&sp->memory);
	spawner_close(&sp->successor);
	if (result == 0) {
		s.pid = made.pid;
		sp->successor = made.pidfd;
		sp->untold = channel;
		result =
		    spawner_report(sp, &s, (int[]){ channel, made.pidfd }, 2);
		if (result == -1)
			end_successor(sp, channel);
		spawner_close(&sp->untold);
	}
	if (result == -1)
		spawner_report_failure(sp, SPAWN_SUCCESSOR, 0, errno);
}

void
spawner_grant_successor(struct spawner *sp, const struct wish *wish)
{
	if (wish->kind == WISH_MEMORY)
		make_memory(sp);
	else if (wish->kind == WISH_SUCCESSOR)
		start_successor(sp);
	else
		end_successor(sp, -1);
}

/* --- Files of rooms ------------------------------------------------------- */

/* Makes a file, and gives it away: the launcher passes it to cryptod, which has
 * no folder, and which alone knows what is to be written. */
static void
keep_room(struct spawner *sp, unsigned int room)
{
	const struct spawned s = { .event = SPAWN_ROOM_FILE,
		.child = (uint8_t)room };
	int fd = room_store_keep(&sp->rooms, room);

	if (fd == -1 || spawner_report(sp, &s, &fd, 1) == -1)
		spawner_report_failure(sp, SPAWN_ROOM_FILE, room, errno);
}

static void
name_file(struct spawner *sp, unsigned int room)
{
	struct spawned s = { .event = SPAWN_FILE_NAMED,
		.child = (uint8_t)room };

	s.error = room_store_name(&sp->rooms, room);
	s.number = sp->rooms.numbers[room];
	if (spawner_report(sp, &s, NULL, 0) == -1)
		spawner_report_failure(sp, SPAWN_FILE_NAMED, room, errno);
}

void
spawner_grant_room(struct spawner *sp, const struct wish *wish)
{
	if (wish->room >= ROOMS_MAX)
		return;
	if (wish->kind == WISH_FORGET_ROOM)
		room_store_forget(&sp->rooms, wish->room);
	else if (wish->kind == WISH_KEEP_ROOM)
		keep_room(sp, wish->room);
	else if (wish->kind == WISH_NAME_FILE)
		name_file(sp, wish->room);
	else
		spawner_report_failure(sp, SPAWN_FILE_REMOVED, wish->room,
		    room_store_remove(&sp->rooms, wish->room));
}
