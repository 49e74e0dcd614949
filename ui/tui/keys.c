/*
 * Bytes from the terminal become keys. See keys.h. A function takes one byte in
 * each state; keys_sequence.c knows the meaning of whole sequences.
 */
#include "ui/tui/keys_parts.h"

#include "common/utf8.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

static const char paste_end[] = "\033[201~";

void
keys_init(struct keys *k)
{
	/* Clears everything except the room for a paste: many pages, and no
	 * time yet. */
	memset(k, 0, offsetof(struct keys, paste));
}

void
keys_wipe(struct keys *k)
{
	explicit_bzero(k->bytes, sizeof(k->bytes));
	explicit_bzero(k->out, sizeof(k->out));
	explicit_bzero(k->paste, k->paste_used);
	k->paste_used = 0;
}

bool
keys_at_start(const struct keys *k)
{
	return k->state == KEYS_GROUND && !k->pasting;
}

int
key_letter(const struct key_event *event)
{
	unsigned char c;

	if (event->kind != KEY_BYTES || event->len != 1)
		return 0;
	c = (unsigned char)event->bytes[0];
	return isalpha(c) ? tolower(c) : 0;
}

static void
enter(struct keys *k, enum keys_state state)
{
	k->state = state;
	k->len = 0;
	k->skipped = 0;
	if (state == KEYS_GROUND)
		k->meta = false;
}

/* --- Byte by byte --------------------------------------------------------- */

static enum key_kind
control_kind(uint8_t c)
{
	switch (c) {
	case '\r':
	case '\n':
		return KEY_ENTER;
	case '\t':
		return KEY_TAB;
	case 0x03:
		return KEY_CTRL_C;
	case 0x04:
		return KEY_CTRL_D;
	case 0x07:
		return KEY_CTRL_G;
	case 0x0c:
		return KEY_CTRL_L;
	case 0x12:
		return KEY_CTRL_R;
	case 0x13:
		return KEY_CTRL_S;
	case 0x1a:
		return KEY_CTRL_Z;
	default:
		return KEY_BYTES;
	}
}

static void
take_ground(struct keys *k, uint8_t c, struct key_event *event)
{
	enter(k, KEYS_GROUND);
	if (c == ESC) {
		enter(k, KEYS_ESCAPE);
	} else if (c < 0x80) {
		keys_put(k, event, (const char *)&c, 1);
		event->kind = control_kind(c);
	} else if (c >= 0xc2 && c <= 0xf4) {
		enter(k, KEYS_CHARACTER);
		k->bytes[k->len++] = (char)c;
		k->wanted = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	}
}

static void
take_character(struct keys *k, uint8_t c, struct key_event *event)
{
	uint32_t code_point;

	if ((c & 0xc0) != 0x80) {
		take_ground(k, c, event);
		return;
	}
	k->bytes[k->len++] = (char)c;
	if (k->len < k->wanted)
		return;
	/* A C1 control is no text; and Meta with such a character no key. */
	if (utf8_decode(k->bytes, k->len, &code_point) == k->len &&
	    code_point >= 0xa0 && !k->meta)
		keys_put(k, event, k->bytes, k->len);
	enter(k, KEYS_GROUND);
}

static void
take_escape(struct keys *k, uint8_t c, struct key_event *event)
{
	char bytes[] = { ESC, (char)c };

	switch (c) {
	case ESC: /* rxvt: Meta with a key that is a sequence */
		k->meta = true;
		return;
	case '[':
		enter(k, KEYS_CSI);
		return;
	case 'O':
		enter(k, KEYS_SS3);
		return;
	case 'P':
	case 'X':
	case ']':
	case '^':
	case '_':
		enter(k, KEYS_STRING);
		return;
	}
	take_ground(k, c, event);
	if (k->state == KEYS_CHARACTER)
		k->meta = true;
	else if (event->kind == KEY_ENTER)
		event->kind = KEY_NEWLINE;
	else if (event->kind == KEY_TAB) /* the Linux console's Shift-Tab */
		event->kind = KEY_SHIFT_TAB;
	else if (c == '<' || c == '>')
		event->kind = c == '<' ? KEY_SCROLL_TOP : KEY_SCROLL_BOTTOM;
	else if (event->kind == KEY_BYTES)
		keys_put(k, event, bytes, sizeof(bytes));
}

static void
keep(struct keys *k, uint8_t c)
{
	if (k->len < sizeof(k->bytes))
		k->bytes[k->len] = (char)c;
	if (k->len <= sizeof(k->bytes)) /* one more: it was too long */
		k->len++;
}

/* This is rxvt's last byte of a key with Shift; elsewhere it is one in
 * between. */
static bool
ends_in_dollar(const struct keys *k)
{
	if (k->len == 0 || k->len > sizeof(k->bytes))
		return false;
	for (size_t i = 0; i < k->len; i++)
		if (k->bytes[i] < '0' || k->bytes[i] > '9')
			return false;
	return true;
}

static void
end_sequence(struct keys *k, char final, struct key_event *event)
{
	keys_act(k, final, event);
	enter(k, KEYS_GROUND);
}

static void
take_csi(struct keys *k, uint8_t c, struct key_event *event)
{
	if (c < 0x20 || c >= DEL) {
		take_ground(k, c, event); /* cut short */
	} else if (c == '$' && ends_in_dollar(k)) {
		end_sequence(k, '$', event);
	} else if (c < 0x40) {
		keep(k, c);
	} else if (c == '[' && k->len == 0) {
		k->wanted = 1; /* the Linux console's F1 to F5 */
		k->state = KEYS_SKIP;
	} else if (c == 'M' && k->len == 0) {
		k->wanted =
		    3; /* the mouse, as a terminal without SGR says it */
		k->state = KEYS_SKIP;
	} else {
		end_sequence(k, (char)c, event);
	}
}

static void
take_ss3(struct keys *k, uint8_t c, struct key_event *event)
{
	if (c < 0x20 || c >= DEL)
		take_ground(k, c, event);
	else if ((c >= '0' && c <= '9') || c == ';')
		keep(k, c);
	else
		end_sequence(k, (char)c, event);
}

/* The string is ended by ST (ESC \) or BEL; C0 controls, except for the ones
 * that format text, cut it short. */
static void
take_string(struct keys *k, uint8_t c, struct key_event *event)
{
	if (k->state == KEYS_STRING_ESCAPE) {
		enter(k, KEYS_GROUND);
		if (c != '\\') {
			enter(k, KEYS_ESCAPE);
			take_escape(k, c, event);
		}
	} else if (c == ESC) {
		k->state = KEYS_STRING_ESCAPE;
	} else if (c == '\a') {
		enter(k, KEYS_GROUND);
	} else if (c < 0x20 && (c < '\b' || c > '\r')) {
		take_ground(k, c, event);
	} else if (++k->skipped == KEYS_STRING_MAX) {
		enter(k, KEYS_GROUND);
	}
}

static void
take_key(struct keys *k, uint8_t c, struct key_event *event)
{
	switch (k->state) {
	case KEYS_GROUND:
		take_ground(k, c, event);
		break;
	case KEYS_CHARACTER:
		take_character(k, c, event);
		break;
	case KEYS_ESCAPE:
		take_escape(k, c, event);
		break;
	case KEYS_CSI:
		take_csi(k, c, event);
		break;
	case KEYS_SS3:
		take_ss3(k, c, event);
		break;
	case KEYS_SKIP:
		if (--k->wanted == 0)
			enter(k, KEYS_GROUND);
		break;
	case KEYS_STRING:
	case KEYS_STRING_ESCAPE:
		take_string(k, c, event);
		break;
	}
}

/* --- Pastes --------------------------------------------------------------- */

static void
paste_put(struct keys *k, const char *bytes, size_t len)
{
	size_t room = sizeof(k->paste) - k->paste_len;

	if (len > room) {
		k->paste_cut += len - room;
		len = room;
	}
	memcpy(k->paste + k->paste_len, bytes, len);
	k->paste_len += len;
	if (k->paste_len > k->paste_used)
		k->paste_used = k->paste_len;
}

/* Leaves the characters that may be in a text. */
static void
paste_clean(struct keys *k)
{
	size_t kept = 0, n;
	uint32_t c;

	for (size_t i = 0; i < k->paste_len; i += n) {
		n = utf8_decode(k->paste + i, k->paste_len - i, &c);
		if (n == 0) {
			n = 1;
			continue;
		}
		if (c == '\r') {
			if (i + 1 < k->paste_len && k->paste[i + 1] == '\n')
				continue;
			k->paste[i] = '\n';
			c = '\n';
		}
		if (c < 0xa0 && c >= DEL)
			continue;
		if (c < 0x20 && c != '\n' && c != '\t')
			continue;
		memmove(k->paste + kept, k->paste + i, n);
		kept += n;
	}
	k->paste_len = kept;
}

static void
make_paste(struct keys *k, struct key_event *event)
{
	paste_clean(k);
	event->kind = KEY_PASTE;
	event->bytes = k->paste;
	event->len = k->paste_len;
	event->cut = k->paste_cut;
}

void
keys_paste(struct keys *k, const char *bytes, size_t len, size_t cut,
    struct key_event *event)
{
	memset(event, 0, sizeof(*event));
	k->paste_len = 0;
	k->paste_cut = cut;
	paste_put(k, bytes, len);
	make_paste(k, event);
	event->bare = true;
}

static void
take_pasted(struct keys *k, uint8_t c, uint64_t silence,
    struct key_event *event)
{
	if (c == 0x03 && silence >= KEYS_PASTE_QUIET) {
		k->pasting = false;
		take_ground(k, c, event);
		return;
	}
	if (c != (uint8_t)paste_end[k->len]) {
		paste_put(k, paste_end, k->len);
		k->len = 0;
	}
	if (c != (uint8_t)paste_end[k->len]) {
		paste_put(k, (const char *)&c, 1);
		return;
	}
	if (++k->len < sizeof(paste_end) - 1)
		return;
	k->pasting = false;
	enter(k, KEYS_GROUND);
	make_paste(k, event);
}

/* --- Time ----------------------------------------------------------------- */

uint64_t
keys_deadline(const struct keys *k)
{
	if (k->pasting || k->state == KEYS_GROUND)
		return CLOCK_NEVER;
	if (k->state == KEYS_ESCAPE ||
	    ((k->state == KEYS_CSI || k->state == KEYS_SS3) && k->len == 0) ||
	    (k->state == KEYS_STRING && k->skipped == 0))
		return k->last + KEYS_ESCAPE_TIME;
	return k->last + KEYS_SEQUENCE_TIME;
}

void
keys_expire(struct keys *k, uint64_t now, struct key_event *event)
{
	memset(event, 0, sizeof(*event));
	if (now < keys_deadline(k))
		return;
	if (k->state == KEYS_ESCAPE)
		event->kind = KEY_ESCAPE;
	enter(k, KEYS_GROUND);
}

size_t
keys_next(struct keys *k, const char *bytes, size_t len, uint64_t now,
    struct key_event *event)
{
	uint64_t silence;
	size_t n = 0;

	keys_expire(k, now, event);
	while (event->kind == KEY_NONE && n < len) {
		silence = now - k->last;
		k->last = now;
		if (k->pasting)
			take_pasted(k, (uint8_t)bytes[n++], silence, event);
		else
			take_key(k, (uint8_t)bytes[n++], event);
	}
	return n;
}
