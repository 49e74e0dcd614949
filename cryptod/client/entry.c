/*
 * The room's secret, from its file or from ui. See entry.h.
 */
#include "cryptod/client/entry.h"

#include "common/log.h"
#include "cryptod/client/boot_channel.h"
#include "cryptod/client/room_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* The secret is also part of the invites to the room. */
static void
take(struct client_secrets *s, enum secret_kind kind, const void *bytes,
    size_t len)
{
	s->secret->kind = kind;
	s->secret->len = len;
	memcpy(s->secret->bytes, bytes, len);
	s->invited = kind == SECRET_INVITE;
	if (s->invited)
		memcpy(s->invite_secret, bytes, sizeof(s->invite_secret));
}

/* Reads all of it from its start: a cryptod before this one may have read it.
 * Returns its length. */
static size_t
read_all(char text[ROOM_FILE_BYTES], int fd)
{
	size_t len = 0;
	ssize_t n;

	while (len < ROOM_FILE_BYTES &&
	    (n = pread(fd, text + len, ROOM_FILE_BYTES - len, (off_t)len)) !=
		0) {
		if (n == -1 && errno != EINTR)
			fatal("cannot read the room's secret: %s",
			    strerror(errno));
		len += n > 0 ? (size_t)n : 0;
	}
	return len;
}

/* A child of the launcher has put the secret alone there, in the form in which
 * it is used. */
static void
take_plain(struct client_secrets *s, enum secret_kind kind, const char *bytes,
    size_t len)
{
	if (kind == SECRET_INVITE ? len != INVITE_SECRET_LEN
				  : len == 0 || len > PASSPHRASE_MAX)
		fatal("the room's secret has %zu bytes", len);
	take(s, kind, bytes, len);
}

static void
take_file(struct client_secrets *s, enum secret_kind kind, const char *text,
    size_t len)
{
	struct room_file *f = crypto_secret_alloc(sizeof(*f));
	const char *wrong;
	unsigned int line;

	wrong = room_file_parse(f, text, len, &line);
	if (wrong == NULL && f->secret.kind != kind)
		fatal("the room file has another kind of secret");
	if (wrong != NULL)
		fatal("the room file, line %u: %s", line, wrong);
	take(s, kind, f->secret.bytes, f->secret.len);
	crypto_secret_free(f, sizeof(*f));
}

void
entry_read(struct client_secrets *s, int fd, enum secret_kind kind)
{
	char *text = crypto_secret_alloc(ROOM_FILE_BYTES);
	size_t len = read_all(text, fd);

	s->room_fd = fd;
	s->secret->kind = SECRET_NONE;
	s->secret->len = 0;
	if (room_file_begins(text, len))
		take_file(s, kind, text, len);
	else if (kind != SECRET_NONE && len > 0 && text[0] != '\0')
		take_plain(s, kind, text, len);
	else
		s->wanted = kind != SECRET_NONE;
	crypto_secret_free(text, ROOM_FILE_BYTES);
}

void
entry_ask(struct client *c)
{
	if (c->secrets->wanted)
		ipc_send(&c->ui, IPC_SECRET_WANTED, NULL, NULL, 0);
}

/* The file is empty, so this is its start. */
static void
put_down(const struct client_secrets *s)
{
	struct room_file *f = crypto_secret_alloc(sizeof(*f));
	char *text = crypto_secret_alloc(ROOM_FILE_BYTES);
	size_t len;

	f->secret = *s->secret;
	len = room_file_format(text, f);
	if (write(s->room_fd, text, len) != (ssize_t)len)
		log_warn("the room's secret cannot be kept: if this process is "
			 "restarted, it will be asked for again");
	crypto_secret_free(f, sizeof(*f));
	crypto_secret_free(text, ROOM_FILE_BYTES);
}

int
entry_secret(void *self, const struct ipc_message_in *in)
{
	const struct ipc_secret *secret = in->body;
	struct client *c = self;

	if (secret->kind != c->config.secret)
		return -1;
	if (c->secrets->wanted) {
		c->secrets->wanted = false;
		take(c->secrets, (enum secret_kind)secret->kind, in->tail,
		    in->tail_len);
		put_down(c->secrets);
		boot_enter(c);
	}
	/* It was on its way twice, or it is used now: the memory that messages
	 * come in is not to keep it. */
	crypto_wipe((void *)(uintptr_t)in->tail, in->tail_len);
	return 0;
}
