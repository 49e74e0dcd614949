/*
 * JOINs between their two halves. See joins.h.
 */
#include "cryptod/bootnode/joins.h"

#include "cryptod/claim.h"
#include "cryptod/join.h"

/* The slot of no handshake. */
#define NO_SLOT UINT32_MAX

/* Returns the place of a slot's handshake, or of none with NO_SLOT; JOINS_MAX
 * if there is no such place. */
static size_t
find_pending(const struct joins *j, uint32_t slot)
{
	size_t i = 0;

	while (i < JOINS_MAX && j->pending[i] != slot)
		i++;
	return i;
}

static void
end_pending(struct joins *j, size_t place)
{
	crypto_wipe(&j->handshakes[place], sizeof(j->handshakes[place]));
	j->pending[place] = NO_SLOT;
}

void
joins_init(struct joins *j, const struct x25519_key *key,
    struct slot_keys *keys, struct ipc_channel *netd)
{
	*j = (struct joins){ .key = key, .keys = keys, .netd = netd };
	j->handshakes = crypto_secret_alloc(JOINS_MAX * sizeof(*j->handshakes));
	for (size_t i = 0; i < JOINS_MAX; i++)
		j->pending[i] = NO_SLOT;
}

void
joins_end_all(struct joins *j)
{
	for (size_t i = 0; i < JOINS_MAX; i++)
		end_pending(j, i);
}

/* Reads Noise message 1 and takes the JOIN apart. Returns 0 or -1. */
static int
open_join(struct joins *j, struct noise *noise, const struct ipc_message_in *in,
    struct ipc_join_opened *opened, struct bootmsg_join *join, uint8_t *payload)
{
	const struct ipc_join_open *body = in->body;
	size_t len;

	join_handshake(noise, false, body->start, j->key, NULL);
	if (noise_read(noise, in->tail, in->tail_len, payload, &len) == -1 ||
	    bootmsg_get_join(payload, len, join) == -1)
		return -1;
	claim_id(&opened->id, join->token, join->commitment);
	opened->tag = join->tag;
	opened->attempt = join->attempt;
	opened->hidden = (join->flags & JOIN_HIDDEN) != 0;
	opened->skips = join->skips;
	join_reject_key(noise, opened->reject_key);
	return 0;
}

int
joins_open(void *self, const struct ipc_message_in *in)
{
	struct joins *j = self;
	const struct ipc_join_open *body = in->body;
	struct ipc_join_opened opened = { .slot = body->slot };
	struct ipc_join_failed failed = { .slot = body->slot };
	uint8_t payload[WIRE_MAX];
	struct bootmsg_join join;
	size_t place;

	if (find_pending(j, body->slot) != JOINS_MAX)
		return -1;
	place = find_pending(j, NO_SLOT);
	if (place == JOINS_MAX ||
	    open_join(j, &j->handshakes[place], in, &opened, &join, payload) ==
		-1) {
		ipc_send(j->netd, IPC_JOIN_FAILED, &failed, NULL, 0);
		if (place != JOINS_MAX)
			end_pending(j, place);
	} else {
		j->pending[place] = body->slot;
		ipc_send(j->netd, IPC_JOIN_OPENED, &opened, join.card,
		    join.card_len);
	}
	crypto_wipe(payload, sizeof(payload));
	crypto_wipe(&join, sizeof(join));
	crypto_wipe(&opened, sizeof(opened));
	return 0;
}

/*
 * Makes the WELCOME. The MAC key of the session's control packets follows from
 * the same handshake, so netd gets it with the sealed WELCOME. After a REDIRECT
 * there is no session.
 */
int
joins_reply(void *self, const struct ipc_message_in *in)
{
	struct joins *j = self;
	const struct ipc_join_reply *body = in->body;
	size_t place = find_pending(j, body->slot);
	struct noise *noise;
	uint8_t message[BOOTMSG_REPLY_MAX + NOISE_OVERHEAD_MAX];
	struct ipc_join_sealed sealed = { .slot = body->slot };
	uint8_t rx[KEY_LEN];
	size_t len;

	if (place == JOINS_MAX)
		return -1;
	noise = &j->handshakes[place];
	len = noise_write(noise, in->tail, in->tail_len, message);
	if (len != 0 && !body->redirects) {
		noise_split(noise, slot_keys_begin(j->keys, body->slot), rx);
		join_control_key(noise, sealed.mac_key);
		crypto_wipe(rx, sizeof(rx));
	}
	/* Sends an empty message: the client's key makes no secret. */
	ipc_send(j->netd, IPC_JOIN_SEALED, &sealed, message, len);
	crypto_wipe(&sealed, sizeof(sealed));
	end_pending(j, place);
	return 0;
}

int
joins_drop(void *self, const struct ipc_message_in *in)
{
	struct joins *j = self;
	const struct ipc_slot *body = in->body;
	size_t place = find_pending(j, body->slot);

	if (place == JOINS_MAX)
		return -1;
	end_pending(j, place);
	return 0;
}
