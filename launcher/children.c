/*
 * Starting and configuring the children. See children.h.
 */
#include "launcher/children.h"

#include "common/log.h"
#include "common/sandbox.h"
#include "launcher/configure.h"
#include "launcher/logfile.h"
#include "launcher/needs.h"
#include "launcher/remember.h"
#include "launcher/house.h"
#include "launcher/supervised.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void
children_init(struct supervisor *s)
{
	s->known.fd = s->reload.fd = -1;
	fleet_init(&s->fleet);
	drain_init(&s->drain);
	s->takeover.predecessor = -1;
	s->takeover.due = CLOCK_NEVER;
	for (unsigned int room = 0; room < ROOMS_MAX; room++)
		s->rooms[room].resolver = -1;
	for (unsigned int child = 0; child < s->family.count; child++) {
		struct supervised *c = &s->children[child];

		*c = (struct supervised){
			.role = family_role(&s->family, child),
			.pidfd = -1,
		};
		ipc_open(&c->channel, -1, ROLE_LAUNCHER, c->role,
		    IN_MODE(s->options->mode));
	}
}

static void
send_netd(struct supervisor *s, const struct room *room, struct ipc_channel *ch)
{
	struct ipc_config_netd c;

	configure_netd(&c, s->options, s->sockets_given, room);
	c.restores = s->takeover.held;
	memcpy(c.alias_key, s->alias_key, sizeof(c.alias_key));
	fleet_configure(s, &c);
	ipc_send(ch, IPC_CONFIG_NETD, &c, NULL, 0);
}

static void
send_cryptod(struct supervisor *s, const struct room *room,
    struct ipc_channel *ch)
{
	struct ipc_config_cryptod c;

	configure_cryptod(&c, s->options, room);
	c.access_part = s->access_part;
	c.kept = s->takeover.restores;
	ipc_send(ch, IPC_CONFIG_CRYPTOD, &c, NULL, 0);
}

static void
send_fleetd(struct supervisor *s, struct ipc_channel *ch)
{
	struct ipc_config_fleetd c;

	configure_fleetd(&c, s->options);
	ipc_send(ch, IPC_CONFIG_FLEETD, &c, NULL, 0);
}

static void
send_ui(struct supervisor *s, struct ipc_channel *ch)
{
	const unsigned int first = house_lowest(s);
	struct ipc_config_ui c;

	configure_ui(&c, s->options, s->ui_starts, s->state_dir,
	    &s->rooms[first]);
	c.first_room = (uint8_t)first;
	ipc_send(ch, IPC_CONFIG_UI, &c, NULL, 0);
	house_ui_started(s);
}

/* A role that is not listed does not compile. */
void
children_configure(struct supervisor *s, struct supervised *child)
{
	const struct room *room = supervised_room(s, child);
	struct ipc_channel *ch = &child->channel;

	if (child->role == ROLE_NETD && !room->known)
		return; /* it waits */
	ipc_send(ch, IPC_PRIVILEGES, &s->privileges, NULL, 0);
	switch (child->role) {
	case ROLE_NETD:
		send_netd(s, room, ch);
		return;
	case ROLE_CRYPTOD:
		send_cryptod(s, room, ch);
		return;
	case ROLE_UI:
		send_ui(s, ch);
		return;
	case ROLE_FLEETD:
		send_fleetd(s, ch);
		return;
	case ROLE_LAUNCHER:
	case ROLE_COUNT:
		break;
	}
	fatal("%s is no child", role_name(child->role));
}

/* Its room was closed meanwhile. */
static bool
is_unwanted(struct supervisor *s, const struct supervised *child)
{
	return role_is_for_each_room(child->role) &&
	    supervised_room(s, child)->life != ROOM_RUNNING;
}

static void
started(struct supervisor *s, const struct spawned *spawned, const int fds[2])
{
	struct supervised *child = &s->children[spawned->child];

	s->starting &= ~supervised_bit(s, child);
	*child = (struct supervised){
		.role = child->role,
		.restarts = child->restarts,
		.pid = spawned->pid,
		.pidfd = fds[1],
		.due = kernel_now(&s->kernel) + READY_PATIENCE,
		.violation = -1,
	};
	ipc_open(&child->channel, fds[0], ROLE_LAUNCHER, child->role,
	    IN_MODE(s->options->mode));
	service_started(s, child);
	if (child->role == ROLE_UI)
		s->terminal.used = true;
	if (child->role == ROLE_FLEETD)
		fleet_started(s);
	if (child->role == ROLE_CRYPTOD)
		remember_cryptod_started(s, supervised_room(s, child));
	if (!spawned->isolated)
		log_info("%s runs without a pid namespace: the system refused "
			 "it",
		    supervised_name(s, child));
	if (s->ending || is_unwanted(s, child)) /* too late */
		supervised_end(s, child);
	else
		children_configure(s, child);
}

/* A child that is gone is no news. */
static void
not_passed_on(struct supervisor *s, struct supervised *child)
{
	if (errno != EPIPE && errno != ECONNRESET)
		log_error("cannot pass a channel on to %s: %s",
		    supervised_name(s, child), needs_reason(errno));
	supervised_kill(s, child); /* and restart it */
}

/* A child that lives on has a new neighbour: passes its end of their channel
 * on. */
static void
pass_on(struct supervisor *s, const struct spawned *spawned, int fd)
{
	struct supervised *child = &s->children[spawned->child];
	const struct supervised *other = &s->children[spawned->other];
	const unsigned int number = role_is_for_each_room(other->role)
	    ? spawned->other
	    : spawned->child;
	const unsigned int room = s->family.at[number].room;
	struct ipc_channel_end end = {
		.role = (uint8_t)other->role,
		.room = (uint8_t)room,
		.incarnation = s->rooms[room].incarnation,
	};

	if (s->rooms[room].life == ROOM_RUNNING && child->role == ROLE_UI &&
	    !s->rooms[room].told && child->channel.fd != -1)
		house_tell(s, &s->rooms[room]);
	/* The successor of one that is gone gets another. */
	if (child->pid != 0 && s->rooms[room].life == ROOM_RUNNING &&
	    ipc_send_fd(&child->channel, IPC_CHANNEL, &end, fd) == -1)
		not_passed_on(s, child);
	close(fd);
}

/* The spawner does not fulfil a wish. */
static void
forget_asked(struct supervisor *s)
{
	s->starting = 0;
	for (unsigned int room = 0; room < s->family.rooms; room++)
		s->rooms[room].resolving = false;
	reload_not_started(s, "the spawner is gone");
	fleet_without_spawner(s);
	upgrade_without_spawner(s);
}

/* A child could not be started, and so neither could those that were to come
 * after it. Once all work, those are of the same room, or there is only ui. */
static int
not_started(struct supervisor *s, const struct spawned *spawned)
{
	struct supervised *child = &s->children[spawned->child];

	log_error("cannot start %s: %s",
	    spawned->child < s->family.count ? supervised_name(s, child)
					     : "the spawner",
	    needs_reason(spawned->error));
	if (!supervised_all_ready(s) || spawned->child >= s->family.count ||
	    !role_is_for_each_room(child->role)) {
		forget_asked(s);
		return -1;
	}
	if (child->role == ROLE_FLEETD) {
		s->starting &= ~supervised_bit(s, child);
		fleet_not_started(s);
		return 0;
	}
	s->starting &=
	    ~family_of_room(&s->family, s->family.at[spawned->child].room);
	house_fail(s, supervised_room(s, child));
	return 0;
}

/* Closes the rooms whose processes will not come, if there are others. Returns
 * -1 if the program cannot go on without those that are missing. */
static int
do_without(struct supervisor *s, uint64_t missing)
{
	if (supervised_all_ready(s) && (missing & fleet_bit(s)) != 0) {
		missing &= ~fleet_bit(s);
		fleet_not_started(s);
	}
	if (missing == 0)
		return 0;
	if (!supervised_all_ready(s) ||
	    (missing & family_of_rooms(&s->family, 0)) != 0)
		return -1;
	FOREACH_ROOM (room, s)
		if (room->life == ROOM_RUNNING &&
		    (missing &
			family_of_room(&s->family,
			    supervised_number(s, room))) != 0)
			house_fail(s, room);
	return 0;
}

/* Continues without the spawner. Returns -1 if that is not possible. */
static int
lose_spawner(struct supervisor *s, const char *why)
{
	const uint64_t missing = s->starting;
	unsigned int first = 0; /* to be started */

	close(s->spawner);
	s->spawner = -1;
	forget_asked(s);
	remember_without_spawner(s);
	while (missing != 0 && (missing & CHILD_BIT(first)) == 0)
		first++;
	if (missing != 0)
		log_error("cannot start %s: the spawner %s",
		    supervised_name(s, &s->children[first]), why);
	else if (!s->ending)
		log_event(LOG_ERROR, "died",
		    "child=spawner msg=the spawner %s: a process that ends "
		    "now cannot be restarted",
		    why);
	/* Under systemd gochat ends at once, and is restarted. */
	if (s->service.notify.fd != -1)
		return -1;
	return do_without(s, missing);
}

/* A call on the socket to the spawner has failed. */
static int
no_word_with_spawner(struct supervisor *s, const char *what)
{
	char why[256];

	if (errno == EPIPE || errno == ECONNRESET)
		return lose_spawner(s, "is gone");
	if (errno == EAGAIN) /* it reads nothing */
		return lose_spawner(s, "does not answer");
	(void)snprintf(why, sizeof(why), "cannot be %s: %s", what,
	    needs_reason(errno));
	return lose_spawner(s, why);
}

static int
ask(struct supervisor *s, const struct wish *wish)
{
	if (s->spawner == -1) {
		log_error("no process can be started any more: the spawner is "
			  "gone");
		return -1;
	}
	s->starting |= wish->children;
	if (wish->kind == WISH_RESOLVER)
		s->rooms[wish->room].resolving = true;
	s->answer_by = kernel_now(&s->kernel) + SPAWN_PATIENCE;
	if (spawner_ask(s->spawner, wish) == 0)
		return 0;
	return no_word_with_spawner(s, "asked");
}

/* Returns the number, from 1, of a room that runs at the same bootnode as this
 * one, and has an access key; or 0. */
static uint32_t
has_access(const struct supervisor *s, const struct room *as)
{
	FOREACH_ROOM (room, s)
		if (room != as && room->life == ROOM_RUNNING && as->known &&
		    room->access && strcmp(room->bootnode, as->bootnode) == 0)
			return supervised_number(s, room) + 1;
	return 0;
}

int
children_start(struct supervisor *s, uint64_t set)
{
	struct wish wish = {
		.kind = WISH_CHILDREN,
		.children = set,
		.rooms = house_running(s),
	};

	FOREACH_CHILD (child, s) {
		if ((set & supervised_bit(s, child)) == 0)
			continue;
		if (child->role == ROLE_NETD)
			supervised_room(s, child)->incarnation++;
		if (child->role == ROLE_CRYPTOD)
			wish.access = has_access(s, supervised_room(s, child));
		if (child->role == ROLE_UI)
			s->ui_starts++;
	}
	return ask(s, &wish);
}

int
children_resolve(struct supervisor *s, unsigned int room)
{
	const struct wish wish = {
		.kind = WISH_RESOLVER,
		.room = room,
		.bootnodes = s->rooms[room].endpoints,
	};

	return ask(s, &wish);
}

/* If the spawner is gone, that is known, and fleetd is told. */
void
children_connect(struct supervisor *s)
{
	s->fleet.starting = true;
	if (ask(s, &(struct wish){ .kind = WISH_CONNECTOR }) == -1)
		fleet_without_spawner(s);
}

int
children_reload(struct supervisor *s)
{
	const struct wish wish = {
		.kind = WISH_RELOAD,
		.access = !s->access_part,
	};

	return ask(s, &wish);
}

void
children_forget(struct supervisor *s, unsigned int room)
{
	const struct wish wish = { .kind = WISH_FORGET_ROOM, .room = room };

	if (s->spawner != -1)
		(void)spawner_ask(s->spawner, &wish);
}

bool
children_awaited(const struct supervisor *s)
{
	bool resolving = false;

	for (unsigned int room = 0; room < s->family.rooms; room++)
		resolving = resolving || s->rooms[room].resolving;
	return s->starting != 0 || resolving || s->reload.asked ||
	    s->fleet.starting;
}

static void
resolver_started(struct room *room, int fd)
{
	room->resolving = false;
	if (room->life == ROOM_RUNNING)
		room->resolver = fd;
	else
		close(fd); /* and it ends */
}

/* Configures a child that has started. Returns -1 if that fails. */
static int
arrived(struct supervisor *s, const struct spawned *spawned, const int fds[2])
{
	switch ((enum spawn_event)spawned->event) {
	case SPAWN_STARTED:
		started(s, spawned, fds);
		break;
	case SPAWN_END_LEFT:
		pass_on(s, spawned, fds[0]);
		break;
	case SPAWN_FAILED:
		return not_started(s, spawned);
	case SPAWN_RESOLVER:
		resolver_started(&s->rooms[spawned->child], fds[0]);
		break;
	case SPAWN_ROOM_FILE:
		remember_made(s, &s->rooms[spawned->child], fds[0],
		    spawned->error);
		break;
	case SPAWN_FILE_NAMED:
		remember_named(s, &s->rooms[spawned->child],
		    (uint16_t)spawned->number, spawned->error);
		break;
	case SPAWN_FILE_REMOVED:
		remember_removed(s, &s->rooms[spawned->child], spawned->error);
		break;
	case SPAWN_CONNECTOR:
		fleet_connector(s, fds[0], spawned->error);
		break;
	case SPAWN_READER:
		reload_started(s, fds[0]);
		break;
	case SPAWN_MEMORY:
		upgrade_memory(s, fds[0], spawned->error);
		break;
	case SPAWN_SUCCESSOR:
		upgrade_started(s, fds, spawned->pid, spawned->error);
		break;
	case SPAWN_NO_READER:
		reload_not_started(s, needs_reason(spawned->error));
		break;
	case SPAWN_NO_RESOLVER:
		s->rooms[spawned->child].resolving = false;
		log_warn("cannot start a resolver: %s",
		    needs_reason(spawned->error));
		break;
	}
	return 0;
}

int
children_arrive(struct supervisor *s)
{
	struct spawned spawned = { 0 };
	int fds[2], result;

	if (s->spawner == -1) /* lost since the poll */
		return 0;
	while ((result = spawner_receive(s->spawner, &spawned, fds)) == 1)
		if (arrived(s, &spawned, fds) == -1)
			return -1;
	if (result == 0)
		return 0;
	return no_word_with_spawner(s, "heard");
}

int
children_overdue(struct supervisor *s)
{
	return lose_spawner(s, "does not answer");
}

void
children_notice(struct supervisor *s)
{
	struct ipc_channel *ui = &supervised_of(s, ROLE_UI, 0)->channel;
	enum log_level level;
	unsigned int room;
	const char *text;
	size_t len;

	while (ui->fd != -1 &&
	    (text = logfile_take(&level, &room, &len)) != NULL) {
		const struct ipc_notice notice = {
			.level = (uint8_t)level,
			.room = (uint8_t)room,
		};

		ipc_send(ui, IPC_NOTICE, &notice, text,
		    len < LOG_TEXT_MAX ? len : LOG_TEXT_MAX);
	}
}

void
children_log_refused(const char *name, unsigned int steps)
{
	for (unsigned int bit = 0; sandbox_step_name(bit) != NULL; bit++)
		if ((steps & 1u << bit) != 0)
			log_info("%s runs without %s: the system refused it",
			    name, sandbox_step_name(bit));
}
