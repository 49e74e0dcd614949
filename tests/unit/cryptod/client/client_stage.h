/*
 * A client's cryptod with one other in its room, for tests: the other ends of
 * its channels, and the other's side of the session, are the test's. Which of
 * the two has the lower id, the test says.
 */
#ifndef TESTS_UNIT_CRYPTOD_CLIENT_CLIENT_STAGE_H
#define TESTS_UNIT_CRYPTOD_CLIENT_CLIENT_STAGE_H

#include "cryptod/client/peer.h"

#include "tests/unit/cryptod/client/session_pair.h"

struct stage {
	struct client *c;
	struct ipc_channel netd, ui; /* their ends */
	struct pair pair;
	struct end *us, *them;	 /* of the pair; ours has no session */
	struct peer *p;		 /* them; NULL before stage_listed() */
	uint64_t attempt;	 /* of the handshake under way */
	uint32_t serial;	 /* of the session that we told netd of last */
	bool up;		 /* and netd knows that they use it */
	struct chain chain;	 /* of what they say, */
	char nick[NICK_MAX + 1]; /* under this name */
	unsigned int told[IPC_TYPE_COUNT]; /* to netd and ui, as taken */
};

/* Nobody is there yet. lower: ours is the lower id. */
void stage_open(struct stage *, bool lower);
void stage_close(struct stage *);

/* A bootnode admits us, whose rooms have yet to settle for so long. Whoever was
 * cut off from it can take up to STAGE_TIMEOUT_MS to be back. */
#define STAGE_TIMEOUT_MS 15000
void stage_welcome(struct stage *, uint32_t settle_ms);
/* The bootnode lists them; or somebody with this id and card. */
void stage_listed(struct stage *);
void stage_list(struct stage *, const struct peer_id *, const uint8_t *card,
    size_t len);
/* The same with somebody else of the room, who is known by this number. */
struct peer *stage_list_other(struct stage *, uint8_t name);
/* There is a path, or there is no path any more. */
void stage_path(struct stage *, enum path_state);
/* Their side of the session begins, and both go on until nothing waits. */
void stage_connect(struct stage *);

/* The user says it to all; they say it to all; they have shown all of ours up
 * to this number; our user was shown all of theirs. */
void stage_say(struct stage *, uint64_t seq, const char *text);
void stage_hear(struct stage *, uint64_t seq, const char *text);
/* A text of theirs as it is on the wire; nothing is made of it. */
void stage_hear_link(struct stage *, uint64_t seq, unsigned int flags,
    const struct chain_link *, const char *text);
void stage_receipt(struct stage *, uint64_t seq);
void stage_shown(struct stage *, uint64_t seq);

/* Hands on what waits on both sides between us and that end, in turn, until
 * nothing does. What else netd is told is counted. Returns what the last
 * session_receive() of that end did. */
int stage_exchange(struct stage *, struct end *);

/* The next message of this type that ui is told; those before it are counted.
 * Returns its body, valid until the next call, or NULL. */
const void *stage_ui(struct stage *, enum ipc_type, struct ipc_message_in *in);
/* Takes what netd and ui were told, to be counted. */
void stage_take(struct stage *);

/* Takes what they were told since it was taken last, and returns how much of it
 * was of this type. */
unsigned int stage_told(struct stage *, enum ipc_type);

#endif
