/*
 * The room's secret, from its file or from ui. See entry.h.
 */
#include "cryptod/client/entry.h"

#include "common/log.h"
#include "cryptod/access.h"
#include "cryptod/client/boot_channel.h"
#include "cryptod/client/room_file.h"

#include <errno.h>
#include <fcntl.h>
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

static void
take_access(struct client_secrets *s, const uint8_t key[ACCESS_KEY_LEN])
{
	s->has_access = true;
	memcpy(s->access, key, sizeof(s->access));
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
take_plain(struct room_file *f, enum secret_kind kind, const char *bytes,
    size_t len)
{
	if (kind == SECRET_INVITE ? len != INVITE_SECRET_LEN
				  : len == 0 || len > PASSPHRASE_MAX)
		fatal("the room's secret has %zu bytes", len);
	f->secret.kind = kind;
	f->secret.len = len;
	memcpy(f->secret.bytes, bytes, len);
}

/* Where a secret is still to come, there is nothing, or a page of zeros. One
 * that is there alone may begin with a zero, but is shorter. */
static bool
is_there(const char *text, size_t len)
{
	_Static_assert(ROOM_FILE_BYTES > PASSPHRASE_MAX &&
		ROOM_FILE_BYTES > INVITE_SECRET_LEN,
	    "a secret alone is no page");

	return len > 0 && (len < ROOM_FILE_BYTES || text[0] != '\0');
}

/* Reads what it says. Returns false if there is nothing yet. */
static bool
read_file(struct room_file *f, int fd, enum secret_kind kind)
{
	char *text = crypto_secret_alloc(ROOM_FILE_BYTES);
	size_t len = read_all(text, fd);
	const char *wrong = NULL;
	unsigned int line;
	bool any = is_there(text, len);

	if (room_file_begins(text, len))
		wrong = room_file_parse(f, text, len, &line);
	else if (kind != SECRET_NONE && any)
		take_plain(f, kind, text, len);
	if (wrong != NULL)
		fatal("the room file, line %u: %s", line, wrong);
	crypto_secret_free(text, ROOM_FILE_BYTES);
	return any;
}

void
entry_read(struct client_secrets *s, int fd, enum secret_kind kind)
{
	struct room_file *f = crypto_secret_alloc(sizeof(*f));

	s->room_fd = fd;
	s->secret->kind = SECRET_NONE;
	s->secret->len = 0;
	if (read_file(f, fd, kind) && f->secret.kind != kind)
		fatal("the room file has another kind of secret");
	if (f->secret.kind != SECRET_NONE)
		take(s, kind, f->secret.bytes, f->secret.len);
	if (f->has_access)
		take_access(s, f->access);
	s->wanted = f->secret.kind != kind;
	crypto_secret_free(f, sizeof(*f));
}

/* Writes the key where it is read from. A NUL ends what was there before. */
static void
put_access(const struct client_secrets *s)
{
	struct access_key key = { .name = "invite" };
	char line[ACCESS_LINE_MAX + 1] = { 0 };

	memcpy(key.key, s->access, sizeof(key.key));
	(void)access_format(line, &key);
	if (write(s->access_fd, line, sizeof(line)) != (ssize_t)sizeof(line))
		log_warn("the access key cannot be kept for other rooms");
	crypto_wipe(&key, sizeof(key));
	crypto_wipe(line, sizeof(line));
}

void
entry_read_access(struct client_secrets *s, int fd)
{
	struct access_keys *keys = crypto_secret_alloc(sizeof(*keys));
	bool any = access_read(keys, 1, fd, 0);

	s->access_fd = fd;
	if (!s->has_access && any) {
		take_access(s, keys->at[0].key);
	} else if (s->has_access &&
	    (!any ||
		!crypto_equal(keys->at[0].key, s->access, sizeof(s->access)))) {
		(void)lseek(fd, 0, SEEK_SET);
		put_access(s);
		(void)lseek(fd, 0, SEEK_SET);
	}
	crypto_secret_free(keys, sizeof(*keys));
}

void
entry_tell_access(struct client *c)
{
	struct ipc_boot_access body = { .has = c->secrets->has_access };

	if (body.has)
		access_derive(body.mac_key, c->secrets->access);
	else if (!c->config.access || c->secrets->wanted)
		return; /* nobody waits, or a key may come with the secret */
	ipc_send(&c->netd, IPC_BOOT_ACCESS, &body, NULL, 0);
	crypto_wipe(&body, sizeof(body));
}

/* Returns what is wrong with what is remembered of a room, or NULL. */
static const char *
read_remembered(struct room_file *f, int fd, unsigned int *line)
{
	char *text = crypto_secret_alloc(ROOM_FILE_BYTES);
	const char *wrong = room_file_parse(f, text, read_all(text, fd), line);

	crypto_secret_free(text, ROOM_FILE_BYTES);
	if (wrong == NULL &&
	    (f->name[0] == '\0' || f->bootnode[0] == '\0' || !f->has_key))
		return "expected name, bootnode and key in all";
	return wrong;
}

static void
tell_launcher(struct child *child, const struct room_file *f)
{
	char texts[ROOM_TEXTS_MAX];
	struct ipc_room_is is = {
		.secret = (uint8_t)f->secret.kind,
		.access = f->has_access,
		.bootnode_len = (uint16_t)strlen(f->bootnode),
		.room_len = (uint16_t)strlen(f->name),
	};

	memcpy(is.boot_key, f->key, sizeof(is.boot_key));
	memcpy(is.identity, f->identity, sizeof(is.identity));
	memcpy(texts, f->bootnode, is.bootnode_len);
	memcpy(texts + is.bootnode_len, f->name, is.room_len);
	ipc_send(&child->control, IPC_ROOM_IS, &is, texts,
	    (size_t)is.bootnode_len + is.room_len);
}

void
entry_identify(struct child *child, struct ipc_config_cryptod *config, int fd)
{
	struct room_file *f;
	const char *wrong;
	unsigned int line;

	if (config->file == 0)
		return;
	f = crypto_secret_alloc(sizeof(*f));
	wrong = read_remembered(f, fd, &line);
	if (wrong != NULL) {
		log_error("rooms/%04u in the state folder, line %u: %s; this "
			  "room is left out, and the file stays as it is",
		    config->file, line, wrong);
		_exit(CHILD_NO_ROOM);
	}
	tell_launcher(child, f);
	config->secret = (uint8_t)f->secret.kind;
	config->remembered = 1;
	memcpy(config->boot_key, f->key, sizeof(config->boot_key));
	config->room_len = (uint16_t)strlen(f->name);
	memcpy(config->room, f->name, config->room_len);
	memcpy(config->bootnode, f->bootnode, sizeof(config->bootnode));
	memcpy(config->identity, f->identity, sizeof(config->identity));
	crypto_secret_free(f, sizeof(*f));
}

void
entry_ask(struct client *c)
{
	if (c->secrets->wanted)
		ipc_send(&c->ui, IPC_SECRET_WANTED, NULL, NULL, 0);
}

/* Writes it to a file that is empty. Returns 0, or an errno. */
static int
write_file(int fd, const struct room_file *f)
{
	char *text = crypto_secret_alloc(ROOM_FILE_BYTES);
	size_t len = room_file_format(text, f);
	ssize_t n = write(fd, text, len);
	int error = n == -1 ? errno : n != (ssize_t)len ? ENOSPC : 0;

	crypto_secret_free(text, ROOM_FILE_BYTES);
	return error;
}

/* A cryptod after this one finds it there. */
static void
put_down(const struct client_secrets *s)
{
	struct room_file *f = crypto_secret_alloc(sizeof(*f));

	f->secret = *s->secret;
	f->has_access = s->has_access;
	memcpy(f->access, s->access, sizeof(f->access));
	if (write_file(s->room_fd, f) != 0)
		log_warn("the room's secret cannot be kept: if this process is "
			 "restarted, it will be asked for again");
	crypto_secret_free(f, sizeof(*f));
}

int
entry_secret(void *self, const struct ipc_message_in *in)
{
	const struct ipc_secret *secret = in->body;
	struct client *c = self;
	size_t len = in->tail_len;

	if (secret->kind != c->config.secret)
		return -1;
	if (c->secrets->wanted) {
		c->secrets->wanted = false;
		if (secret->kind == SECRET_INVITE && len > INVITE_SECRET_LEN) {
			len = INVITE_SECRET_LEN;
			take_access(c->secrets, in->tail + len);
			put_access(c->secrets);
		}
		take(c->secrets, (enum secret_kind)secret->kind, in->tail, len);
		put_down(c->secrets);
		entry_tell_access(c);
		boot_enter(c);
	}
	/* It was on its way twice, or it is used now: the memory that messages
	 * come in is not to keep it. */
	crypto_wipe((void *)(uintptr_t)in->tail, in->tail_len);
	return 0;
}

/* What is remembered of the room. Its secret is forgotten as soon as its keys
 * are made, and is read again from where it came. Returns 0, or an errno. */
static int
describe(const struct client *c, struct room_file *f)
{
	enum secret_kind kind = (enum secret_kind)c->config.secret;

	if (c->secrets->wanted || !c->boot.known)
		return EAGAIN;
	(void)read_file(f, c->secrets->room_fd, kind);
	if (f->secret.kind != kind)
		return EIO;
	memcpy(f->name, c->config.room, c->config.room_len);
	f->name[c->config.room_len] = '\0';
	memcpy(f->bootnode, c->config.bootnode, sizeof(f->bootnode));
	memcpy(f->identity, c->config.identity, sizeof(f->identity));
	memcpy(f->key, c->config.boot_key, sizeof(f->key));
	f->has_key = true;
	f->has_access = c->secrets->has_access;
	memcpy(f->access, c->secrets->access, sizeof(f->access));
	return 0;
}

/* The file comes with the lowest number that is free, which is a neighbour's
 * while that is being restarted; the filter allows writes to one number. */
static int
write_arrived(int fd, const struct room_file *f)
{
	int error;

	if (fd != FD_ARRIVED) {
		if (dup3(fd, FD_ARRIVED, O_CLOEXEC) == -1)
			return errno;
		close(fd);
	}
	error = write_file(FD_ARRIVED, f);
	close(FD_ARRIVED);
	return error;
}

int
entry_file(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;
	struct room_file *f = crypto_secret_alloc(sizeof(*f));
	struct ipc_room_kept kept = { .error = describe(c, f) };

	if (kept.error == 0)
		kept.error = write_arrived(in->fd, f);
	else
		close(in->fd);
	crypto_secret_free(f, sizeof(*f));
	ipc_send(&c->child->control, IPC_ROOM_KEPT, &kept, NULL, 0);
	return 0;
}
