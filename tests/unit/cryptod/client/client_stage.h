/*
 * A client's cryptod with one other client in its room, for tests. The other
 * ends of its channels, and the other's side of the session, are the test's.
 * The test says which of the two has the lower id. In what follows, "they" are
 * that other client.
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
	uint32_t serial;	 /* of the last session that netd was told of */
	bool up;		 /* netd knows that they use that session */
	struct chain chain;	 /* the chain of their texts */
	char nick[NICK_MAX + 1]; /* the name under which they say them */
	unsigned int told[IPC_TYPE_COUNT]; /* messages taken by netd and ui */
};

/* Nobody is there yet. lower: we have the lower id. */
void stage_open(struct stage *, bool lower);
void stage_close(struct stage *);

/* A bootnode admits us, whose rooms have yet to settle for so long. Whoever was
 * cut off from it can take up to STAGE_TIMEOUT_MS to be back. */
#define STAGE_TIMEOUT_MS 15000
void stage_welcome(struct stage *, uint32_t settle_ms);
/* The same, and the joins of all others are spread over so many seconds. */
void stage_welcome_spread(struct stage *, uint32_t settle_ms, uint8_t spread);
/* The bootnode lists them, or somebody with this id and card. */
void stage_listed(struct stage *);
void stage_list(struct stage *, const struct peer_id *, const uint8_t *card,
    size_t len);
/* The bootnode lists somebody else of the room, who is known by this number. */
struct peer *stage_list_other(struct stage *, uint8_t name);
/* A path to them comes or goes. */
void stage_path(struct stage *, enum path_state);
/* They begin their side of the session, and both go on until nothing waits. */
void stage_connect(struct stage *);

/* stage_say(): our user says a text to all. stage_hear(): they say one to all.
 * stage_receipt(): they have shown all of ours up to this number.
 * stage_shown(): our user was shown all of theirs. */
void stage_say(struct stage *, uint64_t seq, const char *text);
void stage_hear(struct stage *, uint64_t seq, const char *text);
/* They say a text with this link, exactly as it is. */
void stage_hear_link(struct stage *, uint64_t seq, unsigned int flags,
    const struct chain_link *, const char *text);
void stage_receipt(struct stage *, uint64_t seq);
void stage_shown(struct stage *, uint64_t seq);

/* Passes on the messages that wait between us and that end, in turn, until none
 * is left. Other messages to netd are counted. Returns the result of the last
 * session_receive() of that end. */
int stage_exchange(struct stage *, struct end *);

/* Returns the body of the next message of this type to ui, valid until the next
 * call, or NULL. Those before it are counted. */
const void *stage_ui(struct stage *, enum ipc_type, struct ipc_message_in *in);
/* Takes and counts the messages to netd and ui. */
void stage_take(struct stage *);

/* Takes what they were told since it was taken last, and returns how much of it
 * was of this type. */
unsigned int stage_told(struct stage *, enum ipc_type);

#endif
