/*
 * Invites to the room. See invites.h.
 */
#include "cryptod/client/invites.h"

#include <string.h>

/* The bootnode's key is part of an invite: it must be one that was met or that
 * the user has given. */
static bool
knows_bootnode(const struct client *c)
{
	return c->boot.known || c->boot.ever_joined;
}

static size_t
write_invite(const struct client *c, char text[INVITE_TEXT_MAX + 1])
{
	struct invite *invite = crypto_secret_alloc(sizeof(*invite));
	size_t len;

	memcpy(invite->bootnode, c->config.bootnode, sizeof(invite->bootnode));
	memcpy(invite->room, c->config.room, c->config.room_len);
	memcpy(invite->key, c->secrets->room_key, sizeof(invite->key));
	memcpy(invite->secret, c->secrets->invite_secret,
	    sizeof(invite->secret));
	invite->has_access = c->secrets->has_access;
	memcpy(invite->access, c->secrets->access, sizeof(invite->access));
	len = invite_format(text, invite);
	crypto_secret_free(invite, sizeof(*invite));
	return len;
}

int
invites_ask(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;
	char text[INVITE_TEXT_MAX + 1];
	struct ipc_invite answer = { .state = INVITE_MADE };
	size_t len = 0;

	(void)in;
	if (!c->secrets->invited)
		answer.state = INVITE_NO_SECRET;
	else if (!knows_bootnode(c))
		answer.state = INVITE_NO_KEY;
	else
		len = write_invite(c, text);
	ipc_send(&c->ui, IPC_INVITE, &answer, text, len);
	crypto_wipe(text, sizeof(text));
	return 0;
}
