/*
 * Fuzzes the answers of a fleet's engine (fleetd/replies.c, engine.c). The
 * input is a script: a byte says how many bytes of an answer follow, which come
 * at once; 0: a record is to be written, or the node ends, as the next byte
 * says, by a new connection if the last one is lost.
 */
#include "fleetd/engine.h"

#include "tests/fuzz/fuzz.h"

#include <sys/socket.h>

#include <unistd.h>

struct trial {
	struct engine engine;
	int peer;
	unsigned int pending; /* rounds that are to be over */
	uint16_t found;
};

static void
on_found(void *self, uint64_t id, const uint8_t *sealed, size_t len)
{
	struct trial *t = self;

	(void)id;
	(void)sealed;
	REQUIRE(len > 0 && len <= FLEET_RECORD_SEALED_MAX);
	REQUIRE(t->pending > 0 && ++t->found <= FLEET_NODES_MAX);
}

static void
on_over(void *self, const struct ipc_fleet_round *round)
{
	struct trial *t = self;

	REQUIRE(t->pending > 0);
	REQUIRE(round->result == FLEET_ROUND_AWAY || round->found == t->found);
	t->pending--;
	t->found = 0;
}

static void
on_lost(void *self, const char *why)
{
	struct trial *t = self;

	REQUIRE(t->pending == 0 && why[0] != '\0');
	REQUIRE(engine_fd(&t->engine) == -1);
	close(t->peer);
	t->peer = -1;
}

static void
connect_again(struct trial *t, uint64_t now)
{
	int pair[2];

	REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
	t->peer = pair[1];
	engine_take(&t->engine, pair[0], now);
}

static void
begin(struct trial *t, uint64_t now, uint8_t what)
{
	struct engine_record record = { .head.id = 1, .len = 6 };

	if (t->peer == -1)
		connect_again(t, now);
	/* One that waits is not answered, nor two that are lost together. */
	if (t->pending > 0)
		return;
	record.head.ends = what & 1;
	t->pending = 1;
	t->found = 0;
	engine_round(&t->engine, &record, now);
}

static void
answer(struct trial *t, uint64_t now, const uint8_t *bytes, size_t len)
{
	static uint8_t asked[65536];

	if (t->peer == -1)
		return;
	while (read(t->peer, asked, sizeof(asked)) > 0)
		;
	REQUIRE(write(t->peer, bytes, len) == (ssize_t)len);
	engine_ready(&t->engine, now);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct engine_setup setup = { .user = "u",
		.password = "p",
		.db = 1 };
	static const struct engine_calls calls = { on_found, on_over, on_lost };
	static struct trial t;
	const uint8_t *bytes;
	struct getter g;
	uint64_t now = 0;
	size_t len;

	get_init(&g, data, size);
	engine_init(&t.engine, &setup, &calls, &t);
	t.peer = -1;
	t.pending = 0;
	while (g.left > 0) {
		engine_work(&t.engine, ++now);
		len = get_u8(&g);
		if (len == 0) {
			begin(&t, now, get_u8(&g));
			continue;
		}
		bytes = fuzz_take(&g, len, &len);
		if (len > 0)
			answer(&t, now, bytes, len);
	}
	engine_close(&t.engine);
	if (t.peer != -1)
		close(t.peer);
	return 0;
}
