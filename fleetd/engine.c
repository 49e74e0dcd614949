/*
 * The connection to an engine, and its rounds. See engine.h. Each step puts its
 * commands, and with each the answer that it wants; once all are in, step()
 * goes on.
 */
#include "fleetd/engine.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

/* What is read in a turn of the main loop; then it is the others' turn. */
#define READS_MAX 16

/* --- Answers -------------------------------------------------------------- */

static int
on_id(void *self, const char *digits, size_t len)
{
	struct engine *e = self;

	return command_read_id(&e->ids[e->id_count++], digits, len);
}

static int
on_record(void *self, const char *sealed, size_t len)
{
	struct engine *e = self;
	uint64_t id = e->ids[e->read++];

	if (sealed == NULL) {
		e->stale[e->stale_count++] = id;
	} else if (e->found < FLEET_NODES_MAX) {
		e->found++;
		e->calls->found(e->self, id, (const uint8_t *)sealed, len);
	}
	return 0;
}

static const struct replies_want want_ok = { .type = REPLIES_OK };
static const struct replies_want want_number = { .type = REPLIES_NUMBER };
static const struct replies_want want_ids = {
	.type = REPLIES_LIST,
	.count_max = COMMAND_IDS_MAX,
	.len_min = COMMAND_ID_LEN,
	.len_max = COMMAND_ID_LEN,
	.element = on_id,
};

/* --- Steps ---------------------------------------------------------------- */

static int
ask(struct engine *e, const struct command *c, const struct replies_want *want)
{
	replies_expect(&e->replies, want);
	return command_put(c, &e->stream);
}

static int
ask_auth(struct engine *e)
{
	struct command c;

	command_begin(&c, "AUTH");
	if (e->setup->user[0] != '\0')
		command_text(&c, e->setup->user);
	command_text(&c, e->setup->password);
	return ask(e, &c, &want_ok);
}

static int
ask_select(struct engine *e)
{
	struct command c;
	char number[16];

	(void)snprintf(number, sizeof(number), "%u", e->setup->db);
	command_begin(&c, "SELECT");
	command_text(&c, number);
	return ask(e, &c, &want_ok);
}

/* An engine starts with database 0. */
static int
greet(struct engine *e)
{
	e->state = ENGINE_GREETS;
	e->due = e->now + ENGINE_PATIENCE;
	if (e->setup->password[0] != '\0' && ask_auth(e) == -1)
		return -1;
	return e->setup->db != 0 ? ask_select(e) : 0;
}

static int
ask_set(struct engine *e)
{
	char key[COMMAND_KEY_SIZE];
	struct command c;

	command_record(key, e->record.head.name, e->record.head.id);
	command_begin(&c, "SET");
	command_text(&c, key);
	command_add(&c, e->record.sealed, e->record.len);
	command_text(&c, "PX");
	command_text(&c, ENGINE_LEASE_MS);
	return ask(e, &c, &want_ok);
}

/* Asks something of the index: the word goes with the command. */
static int
ask_index(struct engine *e, const char *command, const char *word,
    const struct replies_want *want)
{
	char key[COMMAND_KEY_SIZE];
	struct command c;

	command_index(key, e->record.head.name);
	command_begin(&c, command);
	command_text(&c, key);
	command_text(&c, word);
	return ask(e, &c, want);
}

/* Up to so many nodes are named, all if there are no more: SMEMBERS would name
 * as many as there are. Of a fleet whose nodes have just been replaced by
 * others, the index has the old ones, too, until somebody takes them away. */
static int
write_and_list(struct engine *e)
{
	char id[COMMAND_ID_SIZE], most[8];

	e->state = ENGINE_WRITES;
	command_id(id, e->record.head.id);
	(void)snprintf(most, sizeof(most), "%d", COMMAND_IDS_MAX);
	return ask_set(e) == -1 ||
		ask_index(e, "SADD", id, &want_number) == -1 ||
		ask_index(e, "PEXPIRE", ENGINE_INDEX_MS, &want_number) == -1 ||
		ask_index(e, "SRANDMEMBER", most, &want_ids) == -1
	    ? -1
	    : 0;
}

static int
read_records(struct engine *e)
{
	char keys[COMMAND_IDS_MAX][COMMAND_KEY_SIZE];
	struct command c;

	e->state = ENGINE_READS;
	e->want_records = (struct replies_want){
		.type = REPLIES_LIST,
		.count_min = e->id_count,
		.count_max = e->id_count,
		.len_min = 1,
		.len_max = FLEET_RECORD_SEALED_MAX,
		.nil = true,
		.element = on_record,
	};
	command_begin(&c, "MGET");
	for (size_t i = 0; i < e->id_count; i++) {
		command_record(keys[i], e->record.head.name, e->ids[i]);
		command_text(&c, keys[i]);
	}
	return ask(e, &c, &e->want_records);
}

static int
clean(struct engine *e)
{
	char ids[COMMAND_IDS_MAX][COMMAND_ID_SIZE], key[COMMAND_KEY_SIZE];
	struct command c;

	e->state = ENGINE_CLEANS;
	command_index(key, e->record.head.name);
	command_begin(&c, "SREM");
	command_text(&c, key);
	for (size_t i = 0; i < e->stale_count; i++) {
		command_id(ids[i], e->stale[i]);
		command_text(&c, ids[i]);
	}
	return ask(e, &c, &want_number);
}

static int
delete_own(struct engine *e)
{
	char key[COMMAND_KEY_SIZE], id[COMMAND_ID_SIZE];
	struct command c;

	e->state = ENGINE_ENDS;
	command_record(key, e->record.head.name, e->record.head.id);
	command_id(id, e->record.head.id);
	command_begin(&c, "DEL");
	command_text(&c, key);
	return ask(e, &c, &want_number) == -1 ||
		ask_index(e, "SREM", id, &want_number) == -1
	    ? -1
	    : 0;
}

/* --- Rounds --------------------------------------------------------------- */

static int
begin(struct engine *e)
{
	e->record = e->next;
	e->waits = false;
	e->began = e->now;
	e->due = e->now + ENGINE_PATIENCE;
	e->rtt_us = 0;
	e->id_count = e->read = e->stale_count = 0;
	e->found = 0;
	stream_allow(&e->stream);
	return e->record.head.ends ? delete_own(e) : write_and_list(e);
}

static void
tell_over(struct engine *e, enum fleet_result result)
{
	struct ipc_fleet_round round = { .result = (uint8_t)result };

	if (result == FLEET_ROUND_DONE) {
		round.rtt_us = e->rtt_us;
		round.found = e->found;
	}
	e->calls->over(e->self, &round);
}

/* There is nothing to do, but for a record that waits. */
static int
rest(struct engine *e)
{
	e->state = ENGINE_IDLE;
	e->due = CLOCK_NEVER;
	return e->waits ? begin(e) : 0;
}

static int
finish(struct engine *e)
{
	tell_over(e, FLEET_ROUND_DONE);
	return rest(e);
}

/* All that was asked is answered. */
static int
step(struct engine *e)
{
	switch (e->state) {
	case ENGINE_GREETS:
		return rest(e);
	case ENGINE_WRITES:
		e->rtt_us = (uint32_t)(e->now - e->began);
		return e->id_count > 0 ? read_records(e) : finish(e);
	case ENGINE_READS:
		return e->stale_count > 0 ? clean(e) : finish(e);
	case ENGINE_ENDS:
		e->rtt_us = (uint32_t)(e->now - e->began);
		return finish(e);
	default:
		return finish(e);
	}
}

/* --- The connection ------------------------------------------------------- */

static void
lose(struct engine *e, const char *why)
{
	bool round = e->state > ENGINE_IDLE || e->waits;
	char copy[STREAM_WHY_MAX];

	(void)snprintf(copy, sizeof(copy), "%s", why);
	engine_close(e);
	if (round)
		tell_over(e, FLEET_ROUND_AWAY);
	e->calls->lost(e->self, copy);
}

static int
take(void *self, const uint8_t *bytes, size_t len)
{
	struct engine *e = self;

	if (replies_feed(&e->replies, bytes, len) == -1) {
		(void)snprintf(e->stream.why, sizeof(e->stream.why), "%s",
		    e->replies.why);
		return -1;
	}
	return replies_pending(&e->replies) ? 0 : step(e);
}

/* Ends the connection if the last step failed; writes what it has put. */
static void
settle(struct engine *e, int result)
{
	if (result == -1 || stream_flush(&e->stream) == -1)
		lose(e, e->stream.why);
}

void
engine_init(struct engine *e, const struct engine_setup *setup,
    const struct engine_calls *calls, void *self)
{
	memset(e, 0, sizeof(*e));
	e->setup = setup;
	e->calls = calls;
	e->self = self;
	e->stream.fd = -1;
	e->due = CLOCK_NEVER;
}

static int
start(struct engine *e, int fd)
{
	e->state = ENGINE_GREETS;
	if (stream_open(&e->stream, fd, e->setup->trust) == -1)
		return -1;
	if (replies_open(&e->replies, e) == -1) {
		(void)snprintf(e->stream.why, sizeof(e->stream.why),
		    "there is no memory for answers");
		return -1;
	}
	if (greet(e) == -1)
		return -1;
	return replies_pending(&e->replies) ? 0 : rest(e);
}

void
engine_take(struct engine *e, int fd, uint64_t now)
{
	e->now = now;
	settle(e, start(e, fd));
}

void
engine_round(struct engine *e, const struct engine_record *record, uint64_t now)
{
	e->now = now;
	if (e->state == ENGINE_NONE) {
		tell_over(e, FLEET_ROUND_AWAY);
		return;
	}
	e->next = *record;
	e->waits = true;
	if (e->state == ENGINE_IDLE)
		settle(e, begin(e));
}

void
engine_close(struct engine *e)
{
	stream_close(&e->stream);
	replies_close(&e->replies);
	e->state = ENGINE_NONE;
	e->waits = false;
	e->due = CLOCK_NEVER;
}

int
engine_fd(const struct engine *e)
{
	return e->stream.fd;
}

short
engine_events(const struct engine *e)
{
	return stream_events(&e->stream);
}

uint64_t
engine_deadline(const struct engine *e)
{
	return e->due;
}

void
engine_ready(struct engine *e, uint64_t now)
{
	int result = 1;

	e->now = now;
	if (e->state == ENGINE_NONE)
		return;
	for (int i = 0; i < READS_MAX && result == 1; i++)
		result = stream_read(&e->stream, take, e);
	settle(e, result);
}

void
engine_work(struct engine *e, uint64_t now)
{
	e->now = now;
	if (e->state != ENGINE_NONE && now >= e->due)
		lose(e, "the engine did not answer in time");
}
