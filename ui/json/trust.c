/*
 * Names and keys in the json view. See json.h.
 */
#include "ui/json/json.h"

#include "ui/ask.h"
#include "ui/errors.h"
#include "ui/format.h"
#include "ui/trust.h"

#include "common/log.h"

#include <string.h>

const struct peer *
json_get_peer(struct room *room, const json_t *command, const char *member,
    bool away)
{
	const char *wanted =
	    json_string_value(json_object_get(command, member));
	const struct peer *p;
	char id[FORMAT_ID_MAX];

	for (size_t i = 0; wanted != NULL && i < room->model.high; i++) {
		p = room->model.peers[i];
		if (p != NULL && (p->present || (away && model_is_away(p))) &&
		    strcmp(format_hex(id, p->id.bytes, PEER_ID_LEN), wanted) ==
			0)
			return p;
	}
	ui_line_error(room,
	    "\"%s\" is not the id of a peer that is here; nothing done",
	    member);
	return NULL;
}

void
json_command_nick(struct room *room, const json_t *command)
{
	const json_t *nick = json_object_get(command, "nick");

	if (!json_is_string(nick))
		ui_line_error(room, "\"nick\" needs \"nick\", a string");
	else
		ui_rename(room, json_string_value(nick),
		    json_string_length(nick));
}

void
json_command_verify(struct room *room, const json_t *command)
{
	const json_t *verified = json_object_get(command, "verified");
	const struct peer *p;

	if (verified != NULL && !json_is_boolean(verified)) {
		ui_line_error(room, "\"verified\" is not true or false");
		return;
	}
	p = json_get_peer(room, command, "id", false);
	if (p == NULL)
		return;
	if (verified == NULL)
		ui_ask_safety(room, p);
	else
		ui_set_verified(room, p, json_is_true(verified));
}

void
json_renamed(struct room *room, const struct peer *p, const char *before)
{
	json_t *event = json_event_new(room, "nick");

	if (p != NULL)
		json_set_id(event, "id", &p->id);
	json_set_string(event, "nick", p != NULL ? p->shown : room->model.own);
	json_set_string(event, "before", before);
	json_event_put(room, event);
}

void
json_key_changed(struct room *room, const struct peer *p,
    const struct known_peer *before)
{
	json_t *event = json_event_new(room, "key_changed");
	json_t *known = json_array();
	const struct known_peer *e = NULL;
	char text[FORMAT_FINGERPRINT_MAX];

	(void)before;
	json_set_id(event, "id", &p->id);
	json_set_string(event, "nick", p->shown);
	json_set_fingerprint(event, "fingerprint", p->fingerprint);
	while ((e = known_alike(&room->known, &p->look, e)) != NULL)
		if (json_array_append_new(known,
			json_string(
			    format_fingerprint(text, e->fingerprint))) == -1)
			fatal("out of memory");
	json_set(event, "known", known);
	json_event_put(room, event);
}

void
json_claim(struct room *room, const struct ipc_peer_claim *c,
    const struct peer *p)
{
	json_t *event = json_event_new(room, "claim");

	(void)p;
	json_set_id(event, "id", &c->id);
	json_set_fingerprint(event, "fingerprint", c->fingerprint);
	if (c->addr.port != 0)
		json_set_addr(event, &c->addr);
	json_event_put(room, event);
}

/* The event is about a text that comes next. */
static void
put_before_text(struct room *room, const char *name, const struct peer *p,
    uint64_t seq)
{
	json_t *event = json_event_new(room, name);

	json_set_id(event, "id", &p->id);
	json_set_string(event, "nick", p->shown);
	json_set_number(event, "seq", seq);
	json_event_put(room, event);
}

void
json_fork(struct room *room, const struct peer *p, uint64_t seq)
{
	put_before_text(room, "fork", p, seq);
}

void
json_gap(struct room *room, const struct peer *p, uint64_t seq)
{
	put_before_text(room, "gap", p, seq);
}

void
json_stranger(struct room *room, const struct ipc_stranger *s)
{
	json_t *event = json_event_new(room, "stranger");

	json_set_id(event, "id", &s->id);
	json_set_number(event, "others", s->others);
	json_event_put(room, event);
}

void
json_invite(struct room *room, const char *text, size_t len)
{
	json_t *event = json_event_new(room, "invite");

	json_set(event, "uri", json_stringn(text, len));
	json_event_put(room, event);
}

void
json_safety(struct room *room, const struct peer *p, const struct ipc_safety *s)
{
	json_t *event = json_event_new(room, "safety");

	json_set_id(event, "id", &p->id);
	json_set_string(event, "nick", p->shown);
	json_set(event, "number", json_stringn(s->digits, SAFETY_DIGITS));
	json_set_fingerprint(event, "own", s->own);
	json_set_fingerprint(event, "fingerprint", s->fingerprint);
	json_set(event, "verified", json_boolean(s->verified));
	json_event_put(room, event);
}

void
json_verified(struct room *room, const struct peer *p)
{
	json_t *event = json_event_new(room, "verified");

	json_set_id(event, "id", &p->id);
	json_set(event, "verified", json_boolean(p->verified));
	json_event_put(room, event);
}
