/*
 * What the user asks for by name and key: another nickname, a safety number,
 * a peer to be marked as verified. And what is to be told of those who came.
 * See ui.h.
 */
#include "ui/ui.h"

#include "ui/people.h"

#include <string.h>

/* As many as a peer takes of us at once: NICKS_MAX of cryptod/client/peer.h. */
#define OWN_NICKS 5

static void
tell_renamed(void *arg, const struct peer *p, const char *before)
{
	ui_tell_shown_as(arg, p, before);
}

int
ui_rename(struct ui *ui, const char *nick, size_t len)
{
	char normal[NICK_MAX + 1], before[NICK_MAX + 1];

	if (ui->mode == MODE_BOOTNODE) {
		ui_line_error(ui, "a bootnode has no nickname");
		return -1;
	}
	if (nick_normalise(nick, len, normal) == -1) {
		ui_line_error(ui,
		    "this cannot be a nickname: one has " NICK_RULE);
		return -1;
	}
	if (strcmp(normal, ui->model.own) == 0)
		return 0;
	if (!fold_take(&ui->own_nicks, OWN_NICKS, ui->now)) {
		ui_line_error(ui,
		    "%d other names in a short time are all that the others "
		    "are told of; the next one is in %llu s",
		    OWN_NICKS,
		    (unsigned long long)((fold_ready(&ui->own_nicks,
					      OWN_NICKS) -
					     ui->now + USEC_PER_SEC - 1) /
			USEC_PER_SEC));
		return -1;
	}
	memcpy(before, ui->model.own, sizeof(before));
	model_rename(&ui->model, normal, tell_renamed, ui);
	said_rename(&ui->said, &ui->cryptod, normal, strlen(normal));
	ui->view->renamed(ui, NULL, before);
	return 0;
}

void
ui_cryptod_came(struct ui *ui)
{
	const char *own = ui->model.own;

	if (ui->mode == MODE_CLIENT && ui->model.renamed)
		ipc_send(&ui->cryptod, IPC_NICK, NULL, own, strlen(own));
}

/* Asks cryptod about a peer, if it can be asked. */
static void
ask(struct ui *ui, const struct peer *p, enum ipc_type type, const void *body)
{
	if (p->us)
		ui_line_error(ui,
		    "that is you, in another place: it has the same key");
	else if (p->handle == 0 || !p->known)
		ui_line_error(ui, "%s is not connected: its key is not known",
		    p->shown);
	else if (ipc_send(&ui->cryptod, type, body, NULL, 0) == -1)
		ui_line_error(ui,
		    "nobody can tell while cryptod is started anew");
}

void
ui_ask_safety(struct ui *ui, const struct peer *p)
{
	struct ipc_peer body = { .handle = p->handle };

	ask(ui, p, IPC_SAFETY_ASK, &body);
}

void
ui_set_verified(struct ui *ui, const struct peer *p, bool verified)
{
	struct ipc_verified body = {
		.handle = p->handle,
		.verified = verified,
	};

	ask(ui, p, IPC_SET_VERIFIED, &body);
}

/* Another place of its key, of the same nickname, that was compared. */
static const struct peer *
compared_elsewhere(const struct ui *ui, const struct peer *p)
{
	const struct peer *q = NULL;

	while ((q = people_elsewhere(&ui->model, p, q)) != NULL)
		if (q->compared && strcmp(p->nick, q->nick) == 0)
			return q;
	return NULL;
}

const struct known_peer *
ui_compare(struct ui *ui, const struct peer *p)
{
	const struct known_peer *before;
	const struct peer *same;

	if (p->compared || !p->known)
		return NULL;
	/* One person is warned of once, and nobody of themselves. */
	same = compared_elsewhere(ui, p);
	if (p->us || same != NULL) {
		model_compared(&ui->model, p->handle, !p->us && same->doubted);
		return NULL;
	}
	before =
	    known_changed(&ui->known, &p->look, p->fingerprint, p->verified);
	model_compared(&ui->model, p->handle,
	    before != NULL ||
		known_is_second(&ui->known, &p->look, p->fingerprint,
		    p->verified));
	return before;
}
