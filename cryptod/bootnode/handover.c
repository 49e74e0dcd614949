/*
 * A bootnode's state on its way out or in. See handover.h.
 */
#include "cryptod/bootnode/handover.h"

#include "common/clock.h"
#include "common/codec.h"

#include <sys/mman.h>

void
handover_init(struct handover *h, const struct x25519_key *key,
    struct slot_keys *keys, uint32_t slots, struct ipc_channel *netd,
    struct ipc_channel *launcher, bool given, struct kept_memory memory)
{
	*h = (struct handover){
		.key = key,
		.keys = keys,
		.slots = slots,
		.netd = netd,
		.launcher = launcher,
		.restores = given,
		.memory = memory,
	};
}

/* --- Out -------------------------------------------------------------- */

static void
send_part(struct handover *h, enum kept_kind kind, const uint8_t *contents,
    size_t len)
{
	uint8_t part[KEPT_PART_MAX];

	ipc_send(h->launcher, IPC_KEPT_PART, NULL, part,
	    kept_seal(&h->writer, kind, contents, len, part));
}

static void
ask_to_hold(struct handover *h)
{
	const struct ipc_hold hold = { .attempt = h->attempt };

	h->holds++;
	ipc_send(h->netd, IPC_HOLD, &hold, NULL, 0);
}

/* Whatever was begun has come to nothing. */
static void
forget_attempt(struct handover *h)
{
	kept_finish(&h->writer);
	h->writes_keys = false;
	h->holds = 0;
}

int
handover_begin(void *self, const struct ipc_message_in *in)
{
	struct handover *h = self;
	uint8_t header[KEPT_HEADER_LEN];

	(void)in;
	if (h->restores)
		return -1;
	forget_attempt(h);
	kept_begin(&h->writer, h->key, header);
	h->attempt++;
	ipc_send(h->launcher, IPC_KEPT_PART, NULL, header, sizeof(header));
	ask_to_hold(h);
	return 0;
}

int
handover_stay(void *self, const struct ipc_message_in *in)
{
	struct handover *h = self;

	(void)in;
	if (h->restores)
		return -1;
	if (h->holds > 0)
		ipc_send(h->netd, IPC_SERVE, NULL, NULL, 0);
	forget_attempt(h);
	return 0;
}

int
handover_held(void *self, const struct ipc_message_in *in)
{
	const struct ipc_hold *held = in->body;
	struct handover *h = self;

	if (h->writer.key != NULL && held->attempt == h->attempt)
		ask_to_hold(h);
	return 0;
}

/* True if netd writes its records now. What it wrote in an attempt that was
 * given up comes before its last answer in this one. */
static bool
takes_records(const struct handover *h)
{
	return h->writer.key != NULL && h->holds == HANDOVER_HOLDS &&
	    !h->writes_keys;
}

int
handover_kept(void *self, const struct ipc_message_in *in)
{
	struct handover *h = self;

	if (takes_records(h))
		send_part(h, KEPT_RECORDS_OF_NETD, in->tail, in->tail_len);
	return 0;
}

int
handover_end(void *self, const struct ipc_message_in *in)
{
	struct handover *h = self;

	if (!takes_records(h))
		return 0;
	h->end = *(const struct ipc_kept_end *)in->body;
	h->writes_keys = true;
	h->next_slot = 0;
	return 0;
}

static void
send_counts(struct handover *h)
{
	struct ipc_kept_whole whole = {
		.sessions = h->end.sessions,
		.rooms = h->end.rooms,
	};
	uint8_t counts[8];
	struct putter p;

	put_init(&p, counts, sizeof(counts));
	put_u32(&p, whole.sessions);
	put_u32(&p, whole.rooms);
	send_part(h, KEPT_COUNTS, counts, sizeof(counts));
	whole.bytes = h->writer.bytes;
	kept_finish(&h->writer);
	h->writes_keys = false;
	ipc_send(h->launcher, IPC_KEPT_WHOLE, &whole, NULL, 0);
}

/* Sends the next keys, or that there are no more. */
static void
send_keys(struct handover *h)
{
	uint8_t keys[KEPT_BYTES_MAX];
	size_t len = slot_keys_kept(h->keys, &h->next_slot, keys, sizeof(keys));

	if (len > 0)
		send_part(h, KEPT_KEYS, keys, len);
	else
		send_counts(h);
	crypto_wipe(keys, len);
}

/* --- In --------------------------------------------------------------- */

/* There is no more to be read, whatever it was. */
static void
end_restore(struct handover *h, struct ipc_restore_end end)
{
	if (end.result != KEPT_TAKEN)
		slot_keys_end_all(h->keys);
	kept_close(&h->reader);
	if (h->memory.bytes != NULL)
		munmap(h->memory.bytes, h->memory.len);
	h->memory.bytes = NULL;
	h->restores = false;
	ipc_send(h->netd, IPC_RESTORE_END, &end, NULL, 0);
}

static void
fail_restore(struct handover *h, enum kept_result why)
{
	end_restore(h, (struct ipc_restore_end){ .result = (uint8_t)why });
}

static void
take_counts(struct handover *h, const uint8_t *contents, size_t len)
{
	struct ipc_restore_end end = { .result = KEPT_TAKEN };
	struct getter g;

	get_init(&g, contents, len);
	end.sessions = get_u32(&g);
	end.rooms = get_u32(&g);
	if (!get_done(&g) || end.sessions > SESSIONS_MAX ||
	    end.rooms > end.sessions)
		fail_restore(h, KEPT_DAMAGED);
	else
		end_restore(h, end);
}

static void
take_part(struct handover *h, enum kept_kind kind, const uint8_t *contents,
    size_t len)
{
	if (kind == KEPT_RECORDS_OF_NETD && len > 0)
		ipc_send(h->netd, IPC_RESTORE, NULL, contents, len);
	else if (kind == KEPT_KEYS &&
	    slot_keys_take(h->keys, h->slots, contents, len) == 0)
		return;
	else if (kind == KEPT_COUNTS)
		take_counts(h, contents, len);
	else
		fail_restore(h, KEPT_DAMAGED);
}

static void
restore_next(struct handover *h)
{
	enum kept_result result = KEPT_TAKEN;
	uint8_t contents[KEPT_BYTES_MAX];
	enum kept_kind kind;
	size_t len = 0;

	if (h->memory.bytes == NULL)
		result = KEPT_DAMAGED;
	else if (h->reader.key == NULL)
		result = kept_open(&h->reader, h->key, h->memory.bytes,
		    h->memory.len);
	if (result == KEPT_TAKEN)
		result = kept_next(&h->reader, &kind, contents, &len);
	if (result == KEPT_TAKEN)
		take_part(h, kind, contents, len);
	else
		fail_restore(h, result);
	crypto_wipe(contents, len);
}

int
handover_refused(void *self, const struct ipc_message_in *in)
{
	struct handover *h = self;

	(void)in;
	if (h->restores)
		return -1;
	slot_keys_end_all(h->keys);
	return 0;
}

void
handover_work(struct handover *h)
{
	while (h->writes_keys && !ipc_congested(h->launcher))
		send_keys(h);
	while (h->restores && !ipc_congested(h->netd))
		restore_next(h);
}

uint64_t
handover_deadline(const struct handover *h, uint64_t now)
{
	const bool more = (h->writes_keys && !ipc_congested(h->launcher)) ||
	    (h->restores && !ipc_congested(h->netd));

	return more ? now : CLOCK_NEVER;
}

bool
handover_is_busy(const struct handover *h)
{
	return h->writer.key != NULL || h->restores;
}

void
handover_netd_gone(struct handover *h)
{
	forget_attempt(h);
	if (h->restores)
		fail_restore(h, KEPT_DAMAGED);
}
