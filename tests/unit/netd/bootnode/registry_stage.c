/*
 * The steps of a join into a registry. See registry_stage.h.
 */
#include "tests/unit/netd/bootnode/registry_stage.h"

#include <CUnit/CUnit.h>

struct remote
stage_ipv4(uint32_t host, uint16_t port)
{
	struct remote a = {
		.addr.ip = { [10] = 0xff, [11] = 0xff, [12] = 10 }
	};

	a.addr.ip[13] = (uint8_t)(host >> 16);
	a.addr.ip[14] = (uint8_t)(host >> 8);
	a.addr.ip[15] = (uint8_t)host;
	a.addr.port = port;
	return a;
}

struct remote
stage_ipv6(uint8_t site, uint8_t block, uint8_t host)
{
	return (struct remote){ .addr = { .ip = { 0x20, 1, 0xd, 0xb8, 0, site,
					      0, block, [15] = host },
				    .port = 4545 } };
}

struct session *
stage_begin(struct registry *r, uint64_t now, const struct remote *from)
{
	struct session *s = NULL;

	CU_ASSERT_EQUAL_FATAL(registry_begin(r, now, from, 1, &s), VERDICT_OK);
	return s;
}

struct ipc_join_opened
stage_opened(const struct session *s, uint32_t peer, char tag, uint32_t attempt)
{
	struct ipc_join_opened join = { .slot = s->slot, .attempt = attempt };

	memcpy(join.id.bytes, &peer, sizeof(peer));
	join.tag.bytes[0] = (uint8_t)tag;
	return join;
}

enum verdict
stage_admit_by(struct registry *r, uint64_t now, struct session *s,
    uint32_t peer, char tag, uint32_t attempt, uint64_t random,
    uint32_t *replaced)
{
	const struct ipc_join_opened join = stage_opened(s, peer, tag, attempt);

	return registry_admit(r, now, s, &join, (const uint8_t *)"card", 4,
	    random, replaced);
}

enum verdict
stage_admit(struct registry *r, uint64_t now, struct session *s, uint32_t peer,
    char tag, uint32_t attempt, uint32_t *replaced)
{
	return stage_admit_by(r, now, s, peer, tag, attempt, STAGE_RANDOM,
	    replaced);
}

static struct session *
join(struct registry *r, uint64_t now, const struct remote *from, uint32_t peer,
    char tag, uint64_t random)
{
	struct session *s = stage_begin(r, now, from);
	uint32_t replaced;

	CU_ASSERT_EQUAL_FATAL(stage_admit_by(r, now, s, peer, tag, 1, random,
				  &replaced),
	    VERDICT_OK);
	registry_welcome(r, now, s, (const uint8_t *)"a key of 16 byte",
	    (const uint8_t *)"its WELCOME", 11);
	return s;
}

struct session *
stage_join_from(struct registry *r, uint64_t now, const struct remote *from,
    uint32_t peer, char tag)
{
	return join(r, now, from, peer, tag, STAGE_RANDOM);
}

struct session *
stage_join_by(struct registry *r, uint64_t now, uint32_t peer, char tag,
    uint64_t random)
{
	const struct remote from = stage_ipv4(peer, 4545);

	return join(r, now, &from, peer, tag, random);
}

struct session *
stage_join(struct registry *r, uint64_t now, uint32_t peer, char tag)
{
	return stage_join_by(r, now, peer, tag, STAGE_RANDOM);
}

void
stage_end(struct registry *r)
{
	struct session *s;

	while ((s = TAILQ_FIRST(&r->pending)) != NULL)
		registry_release(r, s);
	while ((s = TAILQ_FIRST(&r->heard)) != NULL)
		registry_remove(r, START, s, LEAVE_TIMEOUT);
	CU_ASSERT_EQUAL(r->session_count, 0);
	CU_ASSERT_EQUAL(r->room_count, 0);
	CU_ASSERT_TRUE(RB_EMPTY(&r->rooms));
	CU_ASSERT_TRUE(RB_EMPTY(&r->origins));
	CU_ASSERT_TRUE(TAILQ_EMPTY(&r->dirty));
	registry_clear(r);
}
