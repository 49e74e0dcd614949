/*
 * Nicknames: normalised as RFC 8266 says, and compared by what they look like
 * (skeletons of UTS #39), so that nobody can be mistaken for somebody else. The
 * model decides with these functions who is shown with a piece of the
 * fingerprint. The launcher, which nick.c is linked into as well, holds --nick
 * to the same rule.
 */
#ifndef UI_NICK_H
#define UI_NICK_H

#include "common/ipc_messages.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NICK_COLUMNS	32
#define NICK_STRING_(x) #x
#define NICK_STRING(x)	NICK_STRING_(x)
/* The rule of nick_normalise(), in the words of errors. */
#define NICK_RULE                                                              \
	"1 to " NICK_STRING(NICK_COLUMNS) " columns and at most " NICK_STRING( \
	    NICK_MAX) " bytes of visible characters, "                         \
		      "none of which looks like < or >"
/* The longest shown name: a nickname, "~", a fingerprint of 40 digits, NUL. */
#define NICK_SHOWN_MAX (NICK_MAX + 42)

/* Two forms to compare by: folded before the skeleton (RFC 8266: case does not
 * tell names apart) and after it (a capital I looks like an l). */
struct nick_look {
	char *folded;
	char *exact;
};

/*
 * Normalises by RFC 8266 section 2.1: spaces of all kinds to one SPACE each,
 * none at the ends, NFKC. Returns 0 and writes it with a NUL to out, or -1
 * if it cannot be shown as it is: empty, over 128 bytes or 32 columns, not
 * UTF-8, with controls, invisible, unassigned or private characters, with
 * more marks in a row than text.h keeps, or with what looks like the < and >
 * that the plain view puts around a name.
 */
int nick_normalise(const char *nick, size_t len, char out[NICK_MAX + 1]);

/*
 * Brings a typed name, which is to be compared with names as they are shown,
 * into the same normal form, without the limits of a nickname. Returns a string
 * to free(), unchanged if it has no such form.
 */
char *nick_typed(const char *name, size_t len);

/* Makes the replacement for a nickname that cannot be shown: "peer-ab12", from
 * the first bytes of the fingerprint. */
void nick_stand_in(char out[NICK_MAX + 1],
    const uint8_t fingerprint[FINGERPRINT_LEN]);

/* Makes the look of a UTF-8 string; to be freed with nick_look_free(). */
void nick_look(struct nick_look *, const char *nick);
void nick_look_free(struct nick_look *);
bool nick_alike(const struct nick_look *, const struct nick_look *);

/*
 * Makes the skeleton. UTS #39 section 4: NFD, ignorable characters dropped,
 * every code point replaced by its prototype, NFD. Returns a string to free().
 */
char *nick_skeleton(const char *);

#endif
