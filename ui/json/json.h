/*
 * The shared part of the json view's files: lines are read as commands
 * (command.c); events are made member by member (event.c); events about names
 * and keys, with their commands, are in trust.c.
 */
#ifndef UI_JSON_JSON_H
#define UI_JSON_JSON_H

#include "ui/ui.h"

#include <jansson.h>

/* Makes an event with its name and time, and of a client's room with what that
 * is called; the members come after them. */
json_t *json_event_new(const struct room *, const char *name);
json_t *json_event_of_all(const struct ui *, const char *name);
void json_set(json_t *event, const char *key, json_t *value);
void json_set_string(json_t *event, const char *key, const char *value);
void json_set_number(json_t *event, const char *key, uint64_t value);
void json_set_addr(json_t *event, const struct addr *);
void json_set_key(json_t *event, const uint8_t key[X25519_LEN]);
void json_set_id(json_t *event, const char *name, const struct peer_id *);
void json_set_fingerprint(json_t *event, const char *name,
    const uint8_t fingerprint[FINGERPRINT_LEN]);
/* Appends the event as an object, and frees it. */
void json_event_append(struct buf *line, json_t *event);
/* Puts the event out as one line, and frees it. */
void json_event_put(struct room *, json_t *event);

/* These obey a line, a command or an error; and tell whether it may come before
 * others that wait, as view.h says. */
void json_line(struct room *, const char *line, size_t len);
enum turn json_turn(const struct room *, const char *line, size_t len);
/* The same in steps, as view.h says. A line that names a room that is not open
 * is for the one in front, where that is an error. */
struct reading *json_read(const char *line, size_t len);
struct room *json_room_of(struct ui *, const struct reading *);
void json_obey(struct room *, const struct reading *);
void json_forget(struct reading *);

/* These obey {"cmd":"join"} and {"cmd":"part"}. */
void json_command_join(struct room *, const json_t *command);
void json_command_part(struct room *, const json_t *command);

/* Returns the peer in the room that a command names by its id in this member;
 * away: or one that may be back. Returns NULL after an error if there is no
 * such peer. */
const struct peer *json_get_peer(struct room *, const json_t *command,
    const char *member, bool away);
/* These obey {"cmd":"nick"} and {"cmd":"verify"}, without members that they do
 * not have. */
void json_command_nick(struct room *, const json_t *command);
void json_command_verify(struct room *, const json_t *command);

/* Make the events of a bootnode's address and of its figures. */
json_t *json_listening_event(const struct room *,
    const struct ipc_bootnode_ready *);
json_t *json_stats_event(const struct room *, const struct ipc_stats *,
    bool asked);

void json_checked(struct ui *, const struct ipc_bootnode *, const struct buf *);
void json_renamed(struct room *, const struct peer *, const char *before);
void json_key_changed(struct room *, const struct peer *,
    const struct known_peer *before);
void json_claim(struct room *, const struct ipc_peer_claim *,
    const struct peer *);
void json_fork(struct room *, const struct peer *, uint64_t seq);
void json_gap(struct room *, const struct peer *, uint64_t seq);
void json_stranger(struct room *, const struct ipc_stranger *);
void json_invite(struct room *, const char *text, size_t len);
void json_safety(struct room *, const struct peer *, const struct ipc_safety *);
void json_verified(struct room *, const struct peer *);

#endif
