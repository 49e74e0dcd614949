/*
 * Converts the text of one option to its value. See option_value.h.
 */
#include "launcher/option_value.h"

#include <string.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "common/identity_name.h"
#include "common/invite.h"
#include "precis/opaque_string.h"

/* The text is digits and nothing else: no sign, no blank, as strtonum(3) would
 * allow. */
static int
parse_number(const struct option_spec *spec, const char *text,
    unsigned int *number)
{
	const char *reason = NULL;

	if (*text == '\0' || text[strspn(text, "0123456789")] != '\0')
		return -1;
	*number = (unsigned int)strtonum(text, spec->min, spec->max, &reason);
	return reason == NULL ? 0 : -1;
}

/* Returns the index of text among words separated by '|'. */
static int
parse_choice(const char *choices, const char *text, unsigned int *number)
{
	size_t len = strlen(text), word;

	for (*number = 0;; (*number)++, choices += word + 1) {
		word = strcspn(choices, "|");
		if (word == len && memcmp(choices, text, len) == 0)
			return 0;
		if (choices[word] == '\0')
			return -1;
	}
}

static int
parse_endpoint(const struct options *o, const struct option_spec *spec,
    const char *text, struct endpoint *e)
{
	if (endpoint_parse(e, text, (uint16_t)o->bootnode_udp_port) == -1)
		return -1;
	return e->port >= spec->min ? 0 : -1;
}

/* Adds the addresses in a text, separated by a comma or blanks, to those that
 * are there. */
static int
parse_listen(const struct options *o, const struct option_spec *spec,
    const char *text, struct listen *l)
{
	static const char blanks[] = " \t";
	char copy[BINDS_MAX * ENDPOINT_TEXT_MAX], *word = copy, *end, *next;
	struct endpoint *e;
	bool comma;

	if (strlcpy(copy, text, sizeof(copy)) >= sizeof(copy))
		return -1;
	for (;; word = next) {
		word += strspn(word, blanks);
		end = word + strcspn(word, ", \t");
		next = end + strspn(end, blanks);
		comma = *next == ',';
		next += comma;
		*end = '\0';
		if (l->count == BINDS_MAX)
			return -1;
		e = &l->at[l->count++];
		if (parse_endpoint(o, spec, word, e) == -1 ||
		    !endpoint_is_numeric(e))
			return -1;
		if (!comma && *next == '\0')
			return 0;
	}
}

static int
parse_room(const struct option_spec *spec, const char *text, char *room,
    char why[OPTION_WHY_MAX])
{
	enum opaque_fault fault;
	uint32_t culprit;
	size_t n;

	if (invite_begins(text, strlen(text))) {
		(void)strlcpy(why,
		    "it is an invite: give it with --invite-file FILE or "
		    "--invite -",
		    OPTION_WHY_MAX);
		return -1;
	}
	fault = opaque_string(room, spec->max, text, strlen(text), &culprit);
	if (fault == OPAQUE_OK)
		return 0;
	n = strlcpy(why, opaque_fault_text(fault), OPTION_WHY_MAX);
	if (culprit != 0)
		(void)snprintf(why + n, OPTION_WHY_MAX - n, ", U+%04X",
		    (unsigned int)culprit);
	return -1;
}

int
option_parse(struct options *o, const struct option_spec *spec,
    const char *text, char why[OPTION_WHY_MAX])
{
	void *field = (char *)o + spec->offset;
	size_t len = strlen(text);

	why[0] = '\0';
	switch (spec->kind) {
	case KIND_CHOICE:
		return parse_choice(spec->choices, text, field);
	case KIND_NUMBER:
		return parse_number(spec, text, field);
	case KIND_HOSTS:
		return endpoints_parse(field, text,
		    (uint16_t)o->bootnode_udp_port, why);
	case KIND_LISTEN:
		return parse_listen(o, spec, text, field);
	case KIND_ENGINE:
		return engine_url_parse(field, text, why);
	case KIND_ADDRESSES:
		return fleet_addresses_parse(field, text, why);
	case KIND_KEY:
		return bootnode_key_parse(field, text, len);
	case KIND_SWITCH:
		*(bool *)field = true;
		return 0;
	case KIND_NICK:
		return nick_normalise(text, len, field);
	case KIND_IDENTITY:
		if (!identity_name_is_valid(text))
			return -1;
		break;
	case KIND_ACCESS_NAME:
		if (!access_name_is_valid(text, len))
			return -1;
		break;
	case KIND_ROOM:
		return parse_room(spec, text, field, why);
	case KIND_INVITE: /* read later, by who may hold a secret */
		if (len == 0)
			return -1;
		(void)strlcpy(field, text, spec->size);
		return 0;
	case KIND_PATH:
		if (len < spec->min || len > spec->max)
			return -1;
		break;
	}
	return strlcpy(field, text, spec->size) < spec->size ? 0 : -1;
}

/* Returns how much of a text may be shown if it is a URL with a user and a
 * password. */
static size_t
before_password(const char *text, size_t len)
{
	const char *colon = memmem(text, len, "://", 3);

	if (colon == NULL || memchr(text, '@', len) == NULL)
		return len;
	return (size_t)(colon - text) + 3;
}

/* Returns how much of a text may be shown: an invite that is in the wrong
 * place, or has a mistake in front, has a secret at its end. */
static size_t
open_part(const char *text, size_t len)
{
	static const char scheme[] = "gochat:";
	const size_t size = sizeof(scheme) - 1;

	for (size_t i = 0; i + size < len; i++)
		if (strncasecmp(text + i, scheme, size) == 0)
			return i + size;
	return before_password(text, len);
}

const char *
option_quote(const char *text, size_t len, char out[OPTION_QUOTED_MAX])
{
	const size_t shown = open_part(text, len);
	size_t n = 0;

	out[n++] = '"';
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (i == shown || n > OPTION_QUOTED_MAX - 9) {
			n += strlcpy(out + n, "...", 4);
			break;
		}
		if (c >= ' ' && c <= '~' && c != '"' && c != '\\')
			out[n++] = text[i];
		else
			n += (size_t)snprintf(out + n, 5, "\\x%02x", c);
	}
	out[n++] = '"';
	out[n] = '\0';
	return out;
}
