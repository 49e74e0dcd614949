/*
 * Makes configuration messages from options. See configure.h.
 */
#include "launcher/configure.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

static uint16_t
copy_text(char *to, const char *from)
{
	size_t len = strlen(from);

	memcpy(to, from, len);
	return (uint16_t)len;
}

void
configure_limits(struct ipc_limits *l, const struct options *o)
{
	*l = (struct ipc_limits){
		.heartbeat_ms = o->heartbeat_interval * 1000,
		.timeout_ms = o->peer_timeout * 1000,
		.max_peers = o->max_peers,
		.max_per_address = o->max_sessions_per_address,
		.join_rate = o->join_rate,
		.relay_rate =
		    o->relay == RELAY_NEVER ? 0 : o->relay_rate * 1024,
		.relay_per_address = o->relay_rate_per_address * 1024,
	};
}

void
configure_netd(struct ipc_config_netd *c, const struct options *o, size_t given,
    const struct room *room)
{
	const struct ipc_boot_addrs *addrs = &room->boot_addrs;
	const uint16_t port = room->port; /* that its predecessor had */

	memset(c, 0, sizeof(*c));
	c->mode = (uint8_t)o->mode;
	c->incarnation = room->incarnation;
	c->max_sessions = o->max_sessions;
	configure_limits(&c->limits, o);
	c->relay = (uint8_t)o->relay;
	c->access = room->access;
	c->prefixed = o->mode == MODE_BOOTNODE;
	if (o->mode == MODE_BOOTNODE) {
		c->bind_count = (uint8_t)given;
		return;
	}
	c->bind_count = 1; /* [::] */
	if (port != 0)
		c->bind[0].port = port;
	else if (room->has_port_wanted)
		c->bind[0].port = (uint16_t)o->local_udp_port;
	c->port_asked_for = room->has_port_wanted && o->local_udp_port_asked &&
	    o->local_udp_port != 0;
	c->boot_addr_count = addrs->count;
	memcpy(c->boot_addrs, addrs->addrs, sizeof(c->boot_addrs));
	c->resolve_us = addrs->took_us;
}

void
configure_cryptod(struct ipc_config_cryptod *c, const struct options *o,
    const struct room *room)
{
	memset(c, 0, sizeof(*c));
	c->mode = (uint8_t)o->mode;
	c->file = room->known ? 0 : room->file;
	c->secret = (uint8_t)room->secret;
	c->pinned = room->pinned;
	c->hidden = o->relay == RELAY_ONLY;
	c->access = o->mode == MODE_BOOTNODE ? o->access_key_file[0] != '\0'
					     : room->access;
	c->fleeting = o->check;
	c->remembered = !c->pinned && room->remembered;
	if (c->pinned || c->remembered)
		memcpy(c->boot_key, room->boot_key, sizeof(c->boot_key));
	c->incarnation = room->incarnation;
	c->max_sessions = o->max_sessions;
	memcpy(c->run, room->run, sizeof(c->run));
	c->nick_len = copy_text(c->nick, o->nick);
	c->room_len = copy_text(c->room, room->name);
	copy_text(c->bootnode, room->bootnode);
	copy_text(c->identity, room->identity);
}

void
configure_fleetd(struct ipc_config_fleetd *c, const struct options *o)
{
	memset(c, 0, sizeof(*c));
	c->mode = (uint8_t)o->mode;
	c->kind = o->fleet.kind;
	c->db = o->fleet.db;
	if (c->kind == ENGINE_TLS)
		copy_text(c->host, o->fleet.at.host);
}

void
configure_ui(struct ipc_config_ui *c, const struct options *o, uint32_t starts,
    const char *state_dir, const struct room *room)
{
	memset(c, 0, sizeof(*c));
	c->mode = (uint8_t)o->mode;
	c->kind = (uint8_t)o->ui;
	c->notify = (uint8_t)o->notify;
	c->notify_for = (uint8_t)o->notify_for;
	c->mouse = (uint8_t)o->mouse;
	c->restarted = starts > 1;
	c->remember = o->remember;
	c->check = o->check;
	c->control = o->mode == MODE_BOOTNODE && o->control_socket[0] != '\0';
	c->show_invite = o->new_room[0] != '\0' && starts == 1;
	c->first_seq = ((uint64_t)starts - 1) << 32 | 1;
	c->secret = (uint8_t)room->secret;
	c->nick_len = copy_text(c->nick, o->nick);
	c->room_len = copy_text(c->room, room->name);
	if (strlen(state_dir) < sizeof(c->state_dir))
		copy_text(c->state_dir, state_dir);
	copy_text(c->identity, room->identity);
}

size_t
configure_room(struct ipc_room *r, char texts[ROOM_TEXTS_MAX],
    const struct room *room)
{
	memset(r, 0, sizeof(*r));
	r->state = ROOM_OPENED;
	r->serial = room->serial;
	r->secret = (uint8_t)room->secret;
	r->remembered = room->keep == KEEP_DONE;
	r->to_remember = room->keep != KEEP_DONE && room->keep != KEEP_NOT;
	r->namesake = room->namesake;
	copy_text(r->identity, room->identity);
	r->bootnode_len = copy_text(texts, room->bootnode);
	r->room_len = copy_text(texts + r->bootnode_len, room->name);
	return (size_t)r->bootnode_len + r->room_len;
}

int
configure_privileges(struct ipc_privileges *p)
{
	const struct passwd *pw;

	memset(p, 0, sizeof(*p));
	if (geteuid() != 0)
		return 0;
	pw = getpwnam("_gochat");
	if (pw == NULL)
		pw = getpwnam("nobody");
	if (pw == NULL || pw->pw_uid == 0)
		return -1;
	p->drop = 1;
	p->uid = pw->pw_uid;
	p->gid = pw->pw_gid;
	return 0;
}
