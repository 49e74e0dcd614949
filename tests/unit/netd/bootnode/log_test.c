/*
 * What a bootnode's log says of its members: who came, came again, moved and
 * left, and why.
 */
#include "tests/unit/netd/bootnode/fake.h"

#include "common/log.h"

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
	size_t len = strlen(events);

	(void)level;
	if (event)
		(void)snprintf(events + len, sizeof(events) - len, "%.*s%s;",
		    (int)strcspn(text, " "), text,
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

void
bootnode_log_suite(void)
{
	CU_pSuite suite = CU_add_suite("bootnode_log", NULL, NULL);

	CU_add_test(suite, "who joins and leaves", test_members);
}
