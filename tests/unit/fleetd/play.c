/*
 * An engine that a test plays itself. See play.h.
 */
#include "tests/unit/fleetd/play.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

static const uint8_t fleet_name[FLEET_NAME_LEN] = { 0xab, 0xcd };

/* --- What is told --------------------------------------------------------- */

static void
on_found(void *self, uint64_t id, const uint8_t *sealed, size_t len)
{
	struct play *s = self;

	CU_ASSERT_FATAL(s->found < FLEET_NODES_MAX);
	CU_ASSERT_FATAL(len > 0 && len <= FLEET_RECORD_SEALED_MAX);
	s->ids[s->found++] = id;
	memcpy(s->last, sealed, len);
	s->last[len] = '\0';
}

static void
on_over(void *self, const struct ipc_fleet_round *round)
{
	struct play *s = self;

	s->round = *round;
	if (round->result == FLEET_ROUND_DONE) {
		s->done++;
		CU_ASSERT_EQUAL(round->found, s->found);
	} else {
		s->away++;
		CU_ASSERT_EQUAL(round->found, 0);
	}
}

static void
on_lost(void *self, const char *why)
{
	struct play *s = self;

	s->lost++;
	(void)snprintf(s->why, sizeof(s->why), "%s", why);
	CU_ASSERT_EQUAL(engine_fd(&s->engine), -1);
	CU_ASSERT_EQUAL(engine_deadline(&s->engine), CLOCK_NEVER);
}

static const struct engine_calls calls = {
	.found = on_found,
	.over = on_over,
	.lost = on_lost,
};

void
play_begin(struct play *s)
{
	memset(s, 0, sizeof(*s));
	s->setup.user = s->setup.password = "";
	s->now = USEC_PER_SEC;
	s->peer = -1;
	engine_init(&s->engine, &s->setup, &calls, s);
}

void
play_end(struct play *s)
{
	engine_close(&s->engine);
	play_closes(s);
}

/* --- What is done --------------------------------------------------------- */

void
play_connect(struct play *s)
{
	int pair[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX,
				  SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
				  pair),
	    0);
	CU_ASSERT_EQUAL_FATAL(s->peer, -1);
	s->peer = pair[1];
	engine_take(&s->engine, pair[0], s->now);
}

static void
bring(struct play *s, bool ends)
{
	struct engine_record record = { .head.id = PLAY_ID,
		.len = strlen(PLAY_SEALED) };

	memcpy(record.head.name, fleet_name, sizeof(fleet_name));
	memcpy(record.sealed, PLAY_SEALED, record.len);
	record.head.ends = ends;
	s->found = 0;
	engine_round(&s->engine, &record, s->now);
}

void
play_round(struct play *s)
{
	bring(s, false);
}

void
play_round_ends(struct play *s)
{
	bring(s, true);
}

/* --- What the engine sees ------------------------------------------------- */

/* Reads a number after a mark, and the end of its line. */
static size_t
read_number(const char **p, char mark)
{
	char *end;
	size_t n;

	CU_ASSERT_EQUAL_FATAL(**p, mark);
	n = strtoul(*p + 1, &end, 10);
	CU_ASSERT_FATAL(strncmp(end, "\r\n", 2) == 0);
	*p = end + 2;
	return n;
}

static char *
write_word(char *out, const char *word, size_t len)
{
	size_t prefix = strlen(PLAY_PREFIX);

	if (len > prefix && memcmp(word, PLAY_PREFIX, prefix) == 0) {
		*out++ = '@';
		word += prefix;
		len -= prefix;
	}
	memcpy(out, word, len);
	return out + len;
}

/* What they are in the protocol is longer. */
void
play_write_commands(char *out, const char *p)
{
	size_t count, len;

	while (*p != '\0') {
		for (count = read_number(&p, '*'); count > 0; count--) {
			len = read_number(&p, '$');
			CU_ASSERT_FATAL(strnlen(p, len + 2) == len + 2);
			out = write_word(out, p, len);
			*out++ = count > 1 ? ' ' : '\n';
			p += len + 2;
		}
	}
	*out = '\0';
}

const char *
play_asked(struct play *s)
{
	static char bytes[sizeof(s->asked)];
	size_t len = 0;
	ssize_t n;

	while ((n = read(s->peer, bytes + len, sizeof(bytes) - 1 - len)) > 0)
		len += (size_t)n;
	bytes[len] = '\0';
	play_write_commands(s->asked, bytes);
	return s->asked;
}

void
play_answers_bytes(struct play *s, const char *bytes, size_t len)
{
	for (size_t n; len > 0; bytes += n, len -= n) {
		n = len < 16384 ? len : 16384;
		CU_ASSERT_EQUAL_FATAL(send(s->peer, bytes, n, MSG_NOSIGNAL),
		    (ssize_t)n);
		engine_ready(&s->engine, s->now);
	}
}

void
play_answers(struct play *s, const char *text)
{
	play_answers_bytes(s, text, strlen(text));
}

void
play_closes(struct play *s)
{
	if (s->peer == -1)
		return;
	close(s->peer);
	s->peer = -1;
	if (engine_fd(&s->engine) != -1)
		engine_ready(&s->engine, s->now);
}

void
play_waits(struct play *s, uint64_t usec)
{
	s->now += usec;
	engine_work(&s->engine, s->now);
}

void
play_lost(struct play *s, unsigned int away, const char *why)
{
	CU_ASSERT_EQUAL(s->lost, 1);
	CU_ASSERT_EQUAL(s->away, away);
	CU_ASSERT_STRING_EQUAL(s->why, why);
	CU_ASSERT_EQUAL(engine_fd(&s->engine), -1);
	s->lost = s->away = 0;
	play_closes(s);
}
