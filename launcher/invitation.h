/*
 * Rooms that are entered by invite (common/invite.h), and the making of them. A
 * child of its own reads the invite: the launcher gets all but the secret,
 * which goes to cryptod.
 */
#ifndef LAUNCHER_INVITATION_H
#define LAUNCHER_INVITATION_H

#include "common/invite.h"
#include "common/ipc_messages.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where an invite stands: in one of these. */
struct invitation_source {
	const char *text; /* the invite itself, or "-" for standard input */
	const char *file; /* of mode 0600 */
};

/* All that an invite says, without the secret; not checked any further. */
struct invitation {
	char bootnode[INVITE_BOOTNODE_MAX + 1];
	char room[ROOM_MAX + 1];
	uint8_t key[X25519_LEN];
	bool has_access; /* it has an access key, which is a secret, too */
};

/*
 * Reads an invite. If it comes from standard input and that is a terminal, it
 * is asked for and not shown, in one row or several; else one line is taken,
 * and no byte after it.
 *
 * Returns 0, fills in *invitation, and sets *fd to a descriptor, closed on
 * exec, which the caller closes, of memory with the INVITE_SECRET_LEN bytes of
 * the secret; and *access to one of memory with the access key, as a line
 * (common/access.h), or to -1. Returns -1 with one line in err, which names the
 * source, what is wrong and where, and has nothing of the secrets. Forks, as
 * secret_by_child() does.
 */
int invitation_open(int *fd, int *access, struct invitation *,
    const struct invitation_source *, char *err, size_t errlen);
/* Makes memory for an access key. Returns a descriptor, or -1 with errno
 * set. */
int invitation_access_memory(void);

/* What is known of a text, but for the secret. */
struct invitation_report {
	struct invitation invitation;
	enum invite_fault fault;
	size_t at;
};

/* How invitation_take() ends if the text is no invite. */
#define INVITATION_NONE 1U

/*
 * Part of what a child does (secret_child.h): reads the text of an invite, and
 * writes the secret to a descriptor, and the access key, if there is one, to
 * another. Returns SECRET_GOT, with the invitation in the report;
 * INVITATION_NONE, with what is wrong; or that a call failed.
 */
unsigned int invitation_take(const char *text, size_t len, int to,
    int access_to, struct invitation_report *);

/* An ask_goes_on(): true if the text is sound as far as it goes. */
bool invitation_goes_on(const char *text, size_t len);
/* An answer was too long to be kept (ask_line.h). Returns INVITATION_NONE, with
 * that in the report. */
unsigned int invitation_too_long(struct invitation_report *);

/* What is wrong, in a line that has nothing of the secret. outcome: of
 * invitation_take(), not SECRET_GOT; or of its child. */
void invitation_explain(const struct invitation_report *, unsigned int outcome,
    char *what, size_t size);

/* Makes the secret of a new room. Sets *fd and returns as above. */
int invitation_new(int *fd, char *err, size_t errlen);

#endif
