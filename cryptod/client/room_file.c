/*
 * The text of a room file. See room_file.h.
 */
#include "cryptod/client/room_file.h"

#include "common/hex.h"
#include "common/utf8.h"

#include <string.h>

static const char first_line[] = "gochat room 1\n";
#define FIRST_LINE_LEN (sizeof(first_line) - 1)

/* --- Reading -------------------------------------------------------------- */

static int
digit_value(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

static bool
take_hex(uint8_t *out, size_t size, const char *text, size_t len)
{
	if (len != 2 * size)
		return false;
	for (size_t i = 0; i < size; i++) {
		int high = digit_value(text[2 * i]);
		int low = digit_value(text[2 * i + 1]);

		if (high == -1 || low == -1)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static bool
take_text(char *out, size_t max, const char *text, size_t len)
{
	if (len == 0 || len > max || !utf8_valid(text, len))
		return false;
	memcpy(out, text, len);
	out[len] = '\0';
	return true;
}

static const char *
take_name(struct room_file *f, const char *text, size_t len)
{
	if (f->name[0] == '\0' && take_text(f->name, ROOM_MAX, text, len))
		return NULL;
	return "expected one name of a room";
}

static const char *
take_bootnode(struct room_file *f, const char *text, size_t len)
{
	if (f->bootnode[0] == '\0' && utf8_plain_run(text, len) == len &&
	    take_text(f->bootnode, INVITE_BOOTNODE_MAX, text, len))
		return NULL;
	return "expected one line with the bootnode, as host:port";
}

static const char *
take_key(struct room_file *f, const char *text, size_t len)
{
	if (f->has_key || !take_hex(f->key, sizeof(f->key), text, len))
		return "expected one key of 64 hexadecimal digits";
	f->has_key = true;
	return NULL;
}

static const char *
take_access(struct room_file *f, const char *text, size_t len)
{
	if (f->has_access || !take_hex(f->access, sizeof(f->access), text, len))
		return "expected one access key of 64 hexadecimal digits";
	f->has_access = true;
	return NULL;
}

static const char *
take_passphrase(struct room_file *f, const char *text, size_t len)
{
	struct room_secret *s = &f->secret;

	if (s->kind != SECRET_NONE ||
	    !take_text(s->bytes, PASSPHRASE_MAX, text, len))
		return "expected one passphrase or invite";
	s->kind = SECRET_PASSPHRASE;
	s->len = len;
	return NULL;
}

static const char *
take_invite(struct room_file *f, const char *text, size_t len)
{
	struct room_secret *s = &f->secret;

	if (s->kind != SECRET_NONE ||
	    !take_hex((uint8_t *)s->bytes, INVITE_SECRET_LEN, text, len))
		return "expected one passphrase, or invite of 32 hexadecimal "
		       "digits";
	s->kind = SECRET_INVITE;
	s->len = INVITE_SECRET_LEN;
	return NULL;
}

static const char *
take_identity(struct room_file *f, const char *text, size_t len)
{
	if (f->identity[0] == '\0' &&
	    take_text(f->identity, IDENTITY_NAME_MAX, text, len) &&
	    identity_name_is_valid(f->identity))
		return NULL;
	return "expected one name of an identity";
}

static const struct {
	const char *word; /* with the blank after it */
	const char *(*take)(struct room_file *, const char *, size_t);
} words[] = {
	{ "name ", take_name },
	{ "bootnode ", take_bootnode },
	{ "key ", take_key },
	{ "passphrase ", take_passphrase },
	{ "invite ", take_invite },
	{ "identity ", take_identity },
	{ "access ", take_access },
};

static const char *
take_line(struct room_file *f, const char *line, size_t len)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t word = strlen(words[i].word);

		if (len >= word && memcmp(line, words[i].word, word) == 0)
			return words[i].take(f, line + word, len - word);
	}
	return "expected name, bootnode, key, passphrase, invite, identity or "
	       "access";
}

bool
room_file_begins(const char *text, size_t len)
{
	return len >= FIRST_LINE_LEN &&
	    memcmp(text, first_line, FIRST_LINE_LEN) == 0;
}

const char *
room_file_parse(struct room_file *f, const char *text, size_t len,
    unsigned int *line)
{
	const char *nul = memchr(text, '\0', len), *wrong = NULL;
	const char *at = text + FIRST_LINE_LEN, *last, *end;

	crypto_wipe(f, sizeof(*f));
	*line = 1;
	if (!room_file_begins(text, len))
		return "expected \"gochat room 1\"";
	last = nul != NULL ? nul : text + len;
	for (; at < last && wrong == NULL; at = end + 1) {
		++*line;
		end = memchr(at, '\n', (size_t)(last - at));
		if (end == NULL)
			return "expected the end of the line";
		wrong = take_line(f, at, (size_t)(end - at));
	}
	return wrong;
}

/* --- Writing -------------------------------------------------------------- */

struct writer {
	char *out;
	size_t len;
};

static void
put(struct writer *w, const char *text, size_t len)
{
	memcpy(w->out + w->len, text, len);
	w->len += len;
}

static void
put_line(struct writer *w, const char *word, const char *text, size_t len)
{
	put(w, word, strlen(word));
	put(w, text, len);
	put(w, "\n", 1);
}

static void
put_hex_line(struct writer *w, const char *word, const void *bytes, size_t len)
{
	char hex[2 * X25519_LEN + 1];

	put_line(w, word, format_hex(hex, bytes, len), 2 * len);
	crypto_wipe(hex, sizeof(hex));
}

_Static_assert(sizeof(first_line) + sizeof("name \n") + ROOM_MAX +
	    sizeof("bootnode \n") + INVITE_BOOTNODE_MAX + sizeof("key \n") +
	    2 * X25519_LEN + sizeof("identity \n") + IDENTITY_NAME_MAX +
	    sizeof("access \n") + 2 * ACCESS_KEY_LEN + sizeof("passphrase \n") +
	    PASSPHRASE_MAX <
	ROOM_FILE_BYTES,
    "a room file is too long");

size_t
room_file_format(char out[ROOM_FILE_BYTES], const struct room_file *f)
{
	const struct room_secret *s = &f->secret;
	struct writer w = { .out = out };

	put(&w, first_line, FIRST_LINE_LEN);
	if (f->name[0] != '\0')
		put_line(&w, "name ", f->name, strlen(f->name));
	if (f->bootnode[0] != '\0')
		put_line(&w, "bootnode ", f->bootnode, strlen(f->bootnode));
	if (f->has_key)
		put_hex_line(&w, "key ", f->key, sizeof(f->key));
	if (f->identity[0] != '\0')
		put_line(&w, "identity ", f->identity, strlen(f->identity));
	if (f->has_access)
		put_hex_line(&w, "access ", f->access, sizeof(f->access));
	if (s->kind == SECRET_PASSPHRASE)
		put_line(&w, "passphrase ", s->bytes, s->len);
	else if (s->kind == SECRET_INVITE)
		put_hex_line(&w, "invite ", s->bytes, s->len);
	return w.len;
}
