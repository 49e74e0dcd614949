/*
 * What a bootnode's log says: who came, came again, moved and left, and who was
 * not let in, and why.
 */
#include "tests/unit/netd/bootnode/fake.h"

#include "common/log.h"
#include "netd/bootnode/parts.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void bootnode_log_suite(void);

/* The events since the last look, each as its first word and its reason. */
static char events[256];

static void
on_log(enum log_level level, bool event, const char *text)
{
	const char *reason = strstr(text, " reason=");
	size_t len = strlen(events), reason_len = 0;

	(void)level;
	if (reason != NULL)
		reason_len = 1 + strcspn(reason + 1, " ");
	if (event)
		(void)snprintf(events + len, sizeof(events) - len, "%.*s%.*s;",
		    (int)strcspn(text, " "), text, (int)reason_len,
		    reason != NULL ? reason : "");
}

static void
expect(const char *wanted)
{
	CU_ASSERT_STRING_EQUAL(events, wanted);
	events[0] = '\0';
}

static void
test_members(void)
{
	struct world *w;
	struct guest *c, *d;

	log_to_function(on_log);
	events[0] = '\0';
	w = world_new(256, 64);
	c = guest_entered(w, 0, 'x');
	expect("joined;");
	d = guest_entered(w, 1, 'x');
	expect("joined;");
	CU_ASSERT_TRUE(guest_enter(c));
	expect("rejoined;");
	guest_send(c, WIRE_LEAVE);
	expect("left reason=leave;");
	world_until(w, w->now + 60 * USEC_PER_SEC);
	expect("left reason=timeout;");
	CU_ASSERT_EQUAL(d->left_graceful, 1);
	world_free(w);
	expect("");
	log_to_function(NULL);
}

/* One that is somewhere else is told once it has answered from there. */
static void
test_moved(void)
{
	struct world *w = world_new(256, 64);
	struct guest *c = guest_entered(w, 0, 'x');
	uint8_t buf[WIRE_MAX];

	log_to_function(on_log);
	events[0] = '\0';
	c->addr.ip[15] = 200;
	guest_send(c, WIRE_HEARTBEAT);
	expect("");
	world_packet(w, &c->addr, buf, guest_reply(c, buf));
	expect("moved;");
	world_free(w);
	log_to_function(NULL);
}

/* Who is refused, and why: the first at once, and the rest once a second. */
static void
test_rejected(void)
{
	struct world *w = world_new(1, 1);
	struct guest *c = guest_new(w, 1, 'x'), *d = guest_new(w, 2, 'y');

	guest_entered(w, 0, 'x');
	log_to_function(on_log);
	events[0] = '\0';
	CU_ASSERT_FALSE(guest_enter(c));
	expect("rejected reason=room_full;");
	memcpy(d->addr.ip, w->clients[0].addr.ip, sizeof(d->addr.ip));
	CU_ASSERT_FALSE(guest_enter(d));
	expect("masqueraded;"); /* two behind one private address */
	world_until(w, w->now + USEC_PER_SEC - 1);
	expect("");
	world_until(w, w->now + 1);
	expect("rejected reason=address_full;");
	CU_ASSERT_EQUAL(w->bootnode->stats.rejections[REJECTION_ROOM_FULL], 1);
	CU_ASSERT_EQUAL(w->bootnode->stats.rejections[REJECTION_ADDRESS_FULL],
	    1);
	CU_ASSERT_EQUAL(w->bootnode->stats.rejected, 2);
	world_free(w);
	log_to_function(NULL);
}

void
bootnode_log_suite(void)
{
	CU_pSuite suite = CU_add_suite("bootnode_log", NULL, NULL);

	CU_add_test(suite, "who joins and leaves", test_members);
	CU_add_test(suite, "who moves", test_moved);
	CU_add_test(suite, "who is rejected", test_rejected);
}
