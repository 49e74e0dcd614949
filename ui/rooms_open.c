/*
 * Rooms that are to be opened: what the user wants is checked, asked about, and
 * passed on to the launcher. See rooms.h.
 */
#include "ui/rooms.h"

#include "ui/errors.h"
#include "ui/text.h"

#include "common/endpoints.h"
#include "common/invite.h"

#include "precis/opaque_string.h"

#include <string.h>

void
rooms_asked_forget(struct rooms_asked *a)
{
	buf_wipe(&a->secret);
	buf_free(&a->name);
	buf_free(&a->bootnode);
	buf_free(&a->identity);
	memset(a, 0, sizeof(*a));
}

void
rooms_free(struct ui *ui)
{
	for (size_t i = 0; i < ROOMS_MAX; i++)
		rooms_asked_forget(&ui->asked[i]);
	rooms_asked_forget(&ui->asking);
}

/* --- What is wrong with it ------------------------------------------------ */

/* Of one that is none, why says which part is wrong if it has several. */
static bool
is_bootnode(const char *bootnode, size_t len, char why[ENDPOINTS_WHY_MAX])
{
	char text[INVITE_BOOTNODE_MAX + 1];
	struct endpoints list;

	why[0] = '\0';
	if (len >= sizeof(text) || memchr(bootnode, '\0', len) != NULL)
		return false;
	memcpy(text, bootnode, len);
	text[len] = '\0';
	/* The launcher knows the port that one without has. */
	return endpoints_parse(&list, text, 1, why) == 0;
}

/* Returns false after an error. */
static bool
check_bootnode(struct room *asker, const struct rooms_wish *wish)
{
	char shown[TEXT_SHOWN_MAX], why[ENDPOINTS_WHY_MAX];

	if (wish->bootnode_len == 0 ||
	    is_bootnode(wish->bootnode, wish->bootnode_len, why))
		return true;
	ui_line_error(asker,
	    "\"%s\" is not a valid bootnode: %s%sgive HOST or HOST:PORT%s",
	    text_excerpt(shown, sizeof(shown), wish->bootnode,
		wish->bootnode_len),
	    why, why[0] != '\0' ? "; " : "",
	    why[0] != '\0' ? ", or several with commas" : "");
	return false;
}

static bool
is_identity(const char *identity, size_t len)
{
	char text[IDENTITY_NAME_MAX + 1];

	if (len >= sizeof(text))
		return false;
	memcpy(text, identity, len);
	text[len] = '\0';
	return strlen(text) == len && identity_name_is_valid(text);
}

/* Returns false, after an error, unless there can be such a room. */
static bool
check(struct room *asker, const struct rooms_wish *wish)
{
	char shown[TEXT_SHOWN_MAX], name[ROOM_MAX + 1];
	enum opaque_fault fault;
	uint32_t culprit;

	fault = opaque_string(name, ROOM_MAX, wish->name, wish->len, &culprit);
	if (invite_begins(wish->name, wish->len)) /* it has a secret */
		ui_line_error(asker,
		    "that is an invite, not the name of a room: give it %s",
		    asker->ui->view->for_people ? "to /join without quotes"
						: "as \"invite\"");
	else if (fault != OPAQUE_OK)
		ui_line_error(asker, "\"%s\" is not a valid room name: %s",
		    text_excerpt(shown, sizeof(shown), wish->name, wish->len),
		    opaque_fault_text(fault));
	else if (wish->identity_len > 0 &&
	    !is_identity(wish->identity, wish->identity_len))
		ui_line_error(asker,
		    "\"%s\" is not a valid name of an identity: it has 1 to %d "
		    "of A-Z, a-z, 0-9, - and _",
		    text_excerpt(shown, sizeof(shown), wish->identity,
			wish->identity_len),
		    IDENTITY_NAME_MAX);
	else
		return check_bootnode(asker, wish);
	return false;
}

/* --- Asking the launcher -------------------------------------------------- */

/* Appends a text and a NUL, which does not count. */
static void
put_text(struct buf *to, const char *text, size_t len)
{
	if (len > 0)
		buf_put(to, text, len);
	buf_put(to, "", 1);
	to->len--;
}

static void
keep(struct rooms_asked *a, const struct rooms_wish *wish)
{
	put_text(&a->name, wish->name, wish->len);
	put_text(&a->bootnode, wish->bootnode, wish->bootnode_len);
	put_text(&a->identity, wish->identity, wish->identity_len);
	a->pinned = wish->key != NULL;
	if (a->pinned)
		memcpy(a->key, wish->key, sizeof(a->key));
	a->kind = wish->kind;
	buf_put(&a->secret, wish->secret, wish->secret_len);
}

static struct rooms_wish
kept(const struct rooms_asked *a)
{
	return (struct rooms_wish){
		.name = a->name.bytes,
		.len = a->name.len,
		.bootnode = a->bootnode.bytes,
		.bootnode_len = a->bootnode.len,
		.identity = a->identity.bytes,
		.identity_len = a->identity.len,
		.key = a->pinned ? a->key : NULL,
		.kind = a->kind,
		.secret = a->secret.bytes,
		.secret_len = a->secret.len,
	};
}

/* Notes what is to become of the answer. Returns NULL if too many are
 * awaited. */
static struct rooms_asked *
note(struct ui *ui, const struct rooms_wish *wish)
{
	struct rooms_asked *a = ui->asked;

	while (a < ui->asked + ROOMS_MAX && a->ticket != 0)
		a++;
	if (a == ui->asked + ROOMS_MAX)
		return NULL;
	a->ticket = ++ui->ticket;
	keep(a, wish);
	a->remember = wish->remember || ui->config.remember;
	return a;
}

static void
ask_launcher(struct ui *ui, const struct rooms_wish *wish, uint32_t ticket)
{
	struct ipc_room_open body = {
		.ticket = ticket,
		.secret = (uint8_t)wish->kind,
		.pinned = wish->key != NULL,
		.remember = wish->remember,
		.access = wish->kind == SECRET_INVITE &&
		    wish->secret_len > INVITE_SECRET_LEN,
		.bootnode_len = (uint16_t)wish->bootnode_len,
		.room_len = (uint16_t)wish->len,
	};
	struct buf tail = { 0 };

	if (wish->key != NULL)
		memcpy(body.boot_key, wish->key, sizeof(body.boot_key));
	if (wish->identity_len > 0)
		memcpy(body.identity, wish->identity, wish->identity_len);
	buf_put(&tail, wish->bootnode, wish->bootnode_len);
	buf_put(&tail, wish->name, wish->len);
	ipc_send(ui->launcher, IPC_ROOM_OPEN, &body, tail.bytes, tail.len);
	buf_free(&tail);
}

void
rooms_open(struct room *asker, const struct rooms_wish *wish)
{
	const struct rooms_asked *a;

	if (!check(asker, wish))
		return;
	a = note(asker->ui, wish);
	if (a == NULL)
		ui_line_error(asker, "too many rooms are being opened");
	else
		ask_launcher(asker->ui, wish, a->ticket);
}

/* --- Passphrases ---------------------------------------------------------- */

/* Brings a passphrase into the one form that all have. Returns false after an
 * error, which ends in undone. */
static bool
take_passphrase(struct room *asker, char secret[PASSPHRASE_MAX + 1],
    const char *text, size_t len, const char *undone)
{
	enum opaque_fault fault;
	uint32_t culprit;

	fault = opaque_string(secret, PASSPHRASE_MAX, text, len, &culprit);
	if (fault != OPAQUE_OK)
		ui_line_error(asker, "the passphrase is refused: %s; %s",
		    opaque_fault_text(fault), undone);
	return fault == OPAQUE_OK;
}

void
rooms_open_locked(struct room *asker, const struct rooms_wish *unlocked,
    const char *passphrase, size_t len)
{
	char secret[PASSPHRASE_MAX + 1] = "";
	struct rooms_wish wish = *unlocked;

	if (len > 0 &&
	    !take_passphrase(asker, secret, passphrase, len, "nothing done"))
		return;
	wish.kind = len > 0 ? SECRET_PASSPHRASE : SECRET_NONE;
	wish.secret = secret;
	wish.secret_len = strlen(secret);
	rooms_open(asker, &wish);
	explicit_bzero(secret, sizeof(secret));
}

/* --- Asking the user ------------------------------------------------------ */

/* Returns the bootnode that a room has for which none is named; or "". */
static const char *
first_bootnode(const struct ui *ui)
{
	FOREACH_ROOM (room, ui)
		if (room->bootnode[0] != '\0')
			return room->bootnode;
	return "";
}

void
rooms_ask(struct room *asker, const struct rooms_wish *wish)
{
	struct ui *ui = asker->ui;
	struct rooms_asked *a = &ui->asking;

	if (!check(asker, wish))
		return;
	rooms_asked_forget(a);
	keep(a, wish);
	ui->view->ask_secret(ui, a->name.bytes,
	    a->bootnode.len > 0 ? a->bootnode.bytes : first_bootnode(ui));
}

/* With --remember, it is remembered in any case. */
static void
ask_remember(struct ui *ui)
{
	if (ui->view->ask_remember != NULL && !ui->config.remember)
		ui->view->ask_remember(ui, ui->asking.name.bytes);
	else
		rooms_remember(ui, false);
}

void
rooms_secret(struct ui *ui, const char *text, size_t len)
{
	char secret[PASSPHRASE_MAX + 1] = "";
	struct rooms_asked *a = &ui->asking;

	if (a->name.len == 0)
		return;
	if (text == NULL ||
	    (len > 0 &&
		!take_passphrase(ui->front, secret, text, len,
		    "the room was not joined"))) {
		rooms_asked_forget(a);
		return;
	}
	a->kind = len > 0 ? SECRET_PASSPHRASE : SECRET_NONE;
	buf_put(&a->secret, secret, strlen(secret));
	explicit_bzero(secret, sizeof(secret));
	ask_remember(ui);
}

void
rooms_remember(struct ui *ui, bool remember)
{
	struct rooms_wish wish = kept(&ui->asking);

	wish.remember = remember;
	if (wish.len > 0)
		rooms_open(ui->front, &wish);
	rooms_asked_forget(&ui->asking);
}

/* --- Invites -------------------------------------------------------------- */

static void
open_invited(struct room *asker, struct rooms_wish wish,
    const struct invite *invite)
{
	uint8_t secrets[INVITE_SECRET_LEN + ACCESS_KEY_LEN];

	memcpy(secrets, invite->secret, INVITE_SECRET_LEN);
	memcpy(secrets + INVITE_SECRET_LEN, invite->access, ACCESS_KEY_LEN);
	wish.name = invite->room;
	wish.len = strlen(invite->room);
	wish.bootnode = invite->bootnode;
	wish.bootnode_len = strlen(invite->bootnode);
	wish.key = invite->key;
	wish.kind = SECRET_INVITE;
	wish.secret = secrets;
	wish.secret_len =
	    invite->has_access ? sizeof(secrets) : INVITE_SECRET_LEN;
	if (asker->ui->view->ask_remember == NULL) {
		rooms_open(asker, &wish);
	} else if (check(asker, &wish)) {
		rooms_asked_forget(&asker->ui->asking);
		keep(&asker->ui->asking, &wish);
		ask_remember(asker->ui);
	}
	explicit_bzero(secrets, sizeof(secrets));
}

void
rooms_open_invite(struct room *asker, const struct rooms_wish *wish,
    const char *text, size_t len)
{
	struct invite invite;
	enum invite_fault fault;
	size_t at;

	fault = invite_parse(&invite, text, len, &at);
	if (fault != INVITE_SOUND && at == 0)
		ui_line_error(asker, "the invite %s", invite_fault_text(fault));
	else if (fault != INVITE_SOUND)
		ui_line_error(asker, "the invite %s: see character %zu",
		    invite_fault_text(fault), at);
	else
		open_invited(asker, *wish, &invite);
	explicit_bzero(&invite, sizeof(invite));
}
