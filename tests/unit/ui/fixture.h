/*
 * A ui without its process, for the tests of ui/: pipes as its input and
 * output, cryptod's end of its channel, a clock that stands still.
 */
#ifndef TESTS_UNIT_UI_FIXTURE_H
#define TESTS_UNIT_UI_FIXTURE_H

#include "ui/bootnode/control.h"

/* The wall clock of every fixture: 12:34:56 in plain. */
#define FIXTURE_WALL_MS 1709210096007
#define FIXTURE_UTC	"2024-02-29T12:34:56.007Z"

/* The number of lines that can be said before a bootnode admits us. */
#define FIXTURE_WAITING (SAID_UNSENT_MAX + SAID_HELD_MAX)

struct fixture {
	struct ui *ui;
	struct room *room; /* that cryptod's messages are for: the first */
	struct dispatch handlers;
	struct control operator; /* of a bootnode; nobody connects */
	struct ipc_channel cryptod;
	struct ipc_channel control; /* ui's end, */
	struct ipc_channel launcher;
	int in[2];
	int out[2]; /* reads and writes do not block */
};

/* The user is alice, the room r"om: json has to escape that. */
void fixture_open(struct fixture *, enum mode, enum ui_kind);
void fixture_close(struct fixture *);

/* Opens another room, of that number and name. Returns it; *cryptod is the
 * other end of its channel, which fixture_shut() closes. */
struct room *fixture_open_room(struct fixture *, unsigned int number,
    const char *name, struct ipc_channel *cryptod);
void fixture_shut(struct room *, struct ipc_channel *cryptod);

/* Gives ui input, as much as it wants to read; the rest stays in the pipe. */
void fixture_feed(struct fixture *, const char *bytes, size_t len);
void fixture_type(struct fixture *, const char *text);
void fixture_read(struct fixture *);
void fixture_end_input(struct fixture *);

/* In the tui: cryptod hears no word of what is being typed. */
void fixture_keep_drafts(struct fixture *);

/* Returns the output since the last call, valid until the next. */
const char *fixture_output(struct fixture *);
/* Asserts that the output since then is this. */
void fixture_expect(struct fixture *, const char *output);
/* Returns how often what is in output. */
unsigned int fixture_count(const char *output, const char *what);

/* Takes a line as command_line() does. */
void fixture_command(struct fixture *, const char *line);
/* Asserts that the input line of the tui has this text. */
void fixture_expect_typed(struct fixture *, const char *text);

/* Gives ui a message of cryptod's. Returns -1 if ui does not allow it. The tail
 * of a MESSAGE is only the text: it is said under the name that its author
 * has. */
int fixture_tell(struct fixture *, enum ipc_type, const void *body,
    const void *tail, size_t len);
/* Gives ui a MESSAGE that is said under this name. */
int fixture_tell_said(struct fixture *, const struct ipc_message *,
    const char *nick, const char *text, size_t len);
void fixture_tell_ready(struct fixture *);
void fixture_tell_bootnode(struct fixture *, enum boot_status);
/* Peer number n has the handle 0x1000 | n, and an id and a fingerprint with its
 * number. nick may be NULL if it never told one. */
int fixture_tell_peer(struct fixture *, uint32_t n, enum peer_state,
    const char *nick);
/* The same with the fingerprint of that key; 5 is that of peer 5. */
int fixture_tell_place(struct fixture *, uint32_t n, uint32_t key,
    enum peer_state, const char *nick);
#define FIXTURE_OWN_KEY UINT32_MAX /* that of the user */
int fixture_tell_sent(struct fixture *, uint64_t seq, uint32_t peers);
int fixture_tell_delivered(struct fixture *, uint64_t seq, uint32_t n);
int fixture_tell_undelivered(struct fixture *, uint64_t seq, uint32_t n);

/* Returns the next message to cryptod, or IPC_NONE. */
enum ipc_type fixture_next(struct fixture *, struct ipc_message_in *);
/* Assert that it has this type, or is a SAY of this text. */
void fixture_expect_next(struct fixture *, enum ipc_type);
void fixture_expect_say(struct fixture *, uint64_t seq, const char *text);
/* Asserts that the next message that comes at this end has this type. */
void fixture_expect_on(struct ipc_channel *, enum ipc_type);

#endif
