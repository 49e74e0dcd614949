/*
 * The meaning of a whole escape sequence from the terminal. See keys.h.
 */
#include "ui/tui/keys_parts.h"

#include <string.h>

/* Modifiers, as in the second parameter of a sequence, less one. */
#define SHIFT 1u
#define META  2u
#define CTRL  4u

#define NUMBERS_MAX 3
#define NUMBER_MAX  99999

/* The parts of a sequence: its numbers and its last byte. */
struct sequence {
	unsigned int numbers[NUMBERS_MAX];
	size_t count;
	char private; /* '<' of the mouse, or 0 */
	char final;
};

void
keys_put(struct keys *k, struct key_event *event, const char *bytes, size_t len)
{
	memcpy(k->out, bytes, len);
	event->kind = KEY_BYTES;
	event->bytes = k->out;
	event->len = len;
}

/* Makes a key that has a name, under the letter or number that xterm has for
 * it. */
static void
act_key(struct keys *k, struct key_event *event, char key,
    unsigned int modifiers)
{
	char bytes[] = { ESC, '[', key };

	switch (key) {
	case 'A':
	case 'B':
		if (modifiers != 0) {
			event->kind = key == 'A' ? KEY_LINE_UP : KEY_LINE_DOWN;
			return;
		}
		break;
	case 'C':
	case 'D':
		if ((modifiers & (META | CTRL)) != 0) {
			keys_put(k, event,
			    key == 'C' ? "\033[1;5C" : "\033[1;5D", 6);
			if ((modifiers & CTRL) == 0)
				event->kind = key == 'C' ? KEY_PANE_NEXT
							 : KEY_PANE_BEFORE;
			return;
		}
		break;
	default: /* Home and End: H, F */
		if ((modifiers & (SHIFT | CTRL)) != 0) {
			event->kind =
			    key == 'H' ? KEY_SCROLL_TOP : KEY_SCROLL_BOTTOM;
			return;
		}
		break;
	}
	keys_put(k, event, bytes, sizeof(bytes));
}

/* Makes a key that has a number: CSI number ~, or another last byte in rxvt. */
static void
act_numbered(struct keys *k, struct key_event *event, unsigned int number,
    unsigned int modifiers)
{
	switch (number) {
	case 1:
	case 7: /* rxvt */
		act_key(k, event, 'H', modifiers);
		break;
	case 4:
	case 8: /* rxvt */
		act_key(k, event, 'F', modifiers);
		break;
	case 3:
		if ((modifiers & (META | CTRL)) != 0)
			keys_put(k, event, "\033[3;5~", 6);
		else
			keys_put(k, event, "\033[3~", 4);
		break;
	case 5:
		event->kind = KEY_PAGE_UP;
		break;
	case 6:
		event->kind = KEY_PAGE_DOWN;
		break;
	case 200:
		k->pasting = true;
		k->paste_cut = 0;
		k->paste_len = 0;
		break;
	default:
		break;
	}
}

/* Buttons 64 and 65 are the wheel; 4, 8 and 16 are modifiers. */
static void
act_mouse(struct key_event *event, unsigned int button, unsigned int column,
    unsigned int row)
{
	button &= ~(4u | 8u | 16u);
	if ((button != 64 && button != 65) || column == 0 || row == 0)
		return;
	event->kind = button == 64 ? KEY_WHEEL_UP : KEY_WHEEL_DOWN;
	event->column = column - 1;
	event->row = row - 1;
}

static unsigned int
modifiers_of(const struct keys *k, const struct sequence *s, size_t at)
{
	unsigned int modifiers = k->meta ? META : 0;

	if (at < s->count && s->numbers[at] > 0)
		modifiers |= s->numbers[at] - 1;
	return modifiers;
}

static void
act_csi(struct keys *k, const struct sequence *s, struct key_event *event)
{
	unsigned int modifiers = modifiers_of(k, s, 1);

	if (s->private == '<') {
		if (s->final == 'M' && s->count == 3)
			act_mouse(event, s->numbers[0], s->numbers[1],
			    s->numbers[2]);
		return;
	}
	if (s->private != 0)
		return;
	if (s->final >= 'a' && s->final <= 'd' && s->count == 0) /* rxvt */
		act_key(k, event, (char)(s->final - 'a' + 'A'),
		    modifiers | SHIFT);
	else if (strchr("ABCDHF", s->final) != NULL)
		act_key(k, event, s->final, modifiers);
	else if (s->final == 'Z')
		event->kind = KEY_SHIFT_TAB;
	else if (s->final == 'I' && s->count == 0)
		event->kind = KEY_FOCUS_IN;
	else if (s->final == 'O' && s->count == 0)
		event->kind = KEY_FOCUS_OUT;
	else if (s->final == '~' && s->count > 0)
		act_numbered(k, event, s->numbers[0], modifiers);
	else if (s->final == '^' && s->count == 1) /* rxvt, as the next two */
		act_numbered(k, event, s->numbers[0], modifiers | CTRL);
	else if (s->final == '$' && s->count == 1)
		act_numbered(k, event, s->numbers[0], modifiers | SHIFT);
	else if (s->final == '@' && s->count == 1)
		act_numbered(k, event, s->numbers[0], modifiers | SHIFT | CTRL);
}

static void
act_ss3(struct keys *k, const struct sequence *s, struct key_event *event)
{
	/* The modifiers are in the last number, as CSI 1;5C or as older ones:
	 * SS3 5C. */
	unsigned int modifiers =
	    modifiers_of(k, s, s->count > 0 ? s->count - 1 : 0);
	char digit = (char)(s->final - 'p' + '0');

	if (s->final >= 'a' && s->final <= 'd') /* rxvt */
		act_key(k, event, (char)(s->final - 'a' + 'A'),
		    modifiers | CTRL);
	else if (strchr("ABCDHF", s->final) != NULL)
		act_key(k, event, s->final, modifiers);
	else if (s->final == 'M')
		event->kind = KEY_ENTER;
	else if (s->final >= 'p' && s->final <= 'y') /* the keypad's digits */
		keys_put(k, event, &digit, 1);
}

/* Reads the kept bytes of a sequence. Returns false for one that nobody here
 * knows: with bytes in between, or too long. */
static bool
parse(const struct keys *k, char final, struct sequence *s)
{
	bool digits = false;
	size_t i = 0;

	memset(s, 0, sizeof(*s));
	s->final = final;
	if (k->len > sizeof(k->bytes))
		return false;
	if (k->len > 0 && k->bytes[0] >= '<' && k->bytes[0] <= '?')
		s->private = k->bytes[i++];
	for (; i < k->len; i++) {
		char c = k->bytes[i];

		if (c == ';') {
			s->count += !digits; /* an empty one is 0 */
			digits = false;
			continue;
		}
		if (c < '0' || c > '9')
			return false;
		s->count += !digits;
		digits = true;
		if (s->count > NUMBERS_MAX)
			return false;
		s->numbers[s->count - 1] =
		    s->numbers[s->count - 1] * 10 + (unsigned int)(c - '0');
		if (s->numbers[s->count - 1] > NUMBER_MAX)
			return false;
	}
	return s->count <= NUMBERS_MAX;
}

void
keys_act(struct keys *k, char final, struct key_event *event)
{
	struct sequence s;

	if (!parse(k, final, &s))
		return;
	if (k->state == KEYS_CSI)
		act_csi(k, &s, event);
	else
		act_ss3(k, &s, event);
}
