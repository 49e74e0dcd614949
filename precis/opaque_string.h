/*
 * The one form of room names and passphrases: the profile OpaqueString of RFC
 * 8265 section 4.2. Two people who type the same text meet in the same room,
 * whatever their keyboards, editors and systems make of it.
 */
#ifndef PRECIS_OPAQUE_STRING_H
#define PRECIS_OPAQUE_STRING_H

#include <stddef.h>
#include <stdint.h>

/* The reason for which a text is refused. A blank at an end would be
 * invisible. */
#define OPAQUE_FAULTS(X)                                             \
	X(OPAQUE_EMPTY, "it is empty")                               \
	X(OPAQUE_TOO_LONG, "it is too long")                         \
	X(OPAQUE_NOT_UTF8, "it is not UTF-8")                        \
	X(OPAQUE_BLANK_FIRST, "it begins with a blank")              \
	X(OPAQUE_BLANK_LAST, "it ends with a blank")                 \
	X(OPAQUE_CONTROL, "it contains a control character")         \
	X(OPAQUE_NOT_ALLOWED,                                        \
	    "it contains a character that is invisible, unassigned " \
	    "or otherwise not allowed by RFC 8264")

#define OPAQUE_ID(id, text) id,
enum opaque_fault {
	OPAQUE_OK,
	OPAQUE_FAULTS(OPAQUE_ID) OPAQUE_FAULT_COUNT
};
#undef OPAQUE_ID

/* Returns the reason in words; "" for OPAQUE_OK. */
const char *opaque_fault_text(enum opaque_fault);

/*
 * Brings text, len bytes, into the one form and writes it to out, which has
 * room for max bytes and a NUL. Spaces of all kinds become U+0020, and
 * decomposed characters are composed (NFC); neither case nor width is changed.
 * The result must be of the FreeformClass of RFC 8264.
 *
 * Returns OPAQUE_OK, or the reason for a refusal, with out wiped. If a single
 * character is at fault, *culprit is that character, else 0. Nothing of text is
 * left in memory elsewhere.
 */
enum opaque_fault opaque_string(char *out, size_t max, const char *text,
    size_t len, uint32_t *culprit);

#endif
