/*
 * This host's network is another: which path is given up at once, because the
 * address that it left from is gone, and which is only asked after.
 */
#include "tests/unit/netd/client/links_scene.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void links_moved_suite(void);

/* An address of ours for each letter: P is in the peer's network, Q and R in
 * others, S is of IPv6. */
static struct lan
make_lan(const struct scene *s, const char *letters)
{
	struct lan lan = { .count = strlen(letters) };

	for (size_t i = 0; i < lan.count; i++) {
		struct addr_prefix *p = &lan.prefixes[i];

		memcpy(p->ip, s->f.addr[1].ip, sizeof(p->ip));
		p->bits = 96 + 24;
		p->ip[15] ^= 0x55;
		if (letters[i] == 'Q' || letters[i] == 'R')
			p->ip[13] ^= (uint8_t)letters[i];
		if (letters[i] == 'S')
			memset(p->ip, 0x20, sizeof(p->ip));
	}
	return lan;
}

static void
test_moved(void)
{
	static const struct {
		const char *before, *after;
		bool lost;
	} cases[] = {
		{ "P", "", true },
		{ "PQ", "Q", true },
		{ "P", "Q", true },
		/* Ours of the peer's network is still there. */
		{ "PQ", "P", false },
		{ "PQ", "QP", false },
		{ "P", "PQ", false },
		/* It left from the only one of its family, or who knows. */
		{ "Q", "", true },
		{ "Q", "R", true },
		{ "QS", "S", true },
		{ "QR", "R", false },
		{ "QR", "Q", false },
		{ "Q", "RQ", false },
		/* Nothing of this family is gone. */
		{ "S", "", false },
		{ "QS", "Q", false },
		{ "", "P", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct ipc_path *path;
		struct scene s;
		struct lan lan;

		scene_come_together(&s);
		lan = make_lan(&s, cases[i].before);
		links_moved(&s.links, s.f.now, &lan);
		links_deliver(&s.links);
		CU_ASSERT_PTR_NULL(scene_told(&s, IPC_PATH));
		scene_give(&s, &scene_one, WIRE_PROBE_REPLY, PROBE_IN_USE,
		    scene_probed(&s).id, &s.f.addr[1]);
		lan = make_lan(&s, cases[i].after);
		links_moved(&s.links, s.f.now, &lan);
		links_deliver(&s.links);
		path = scene_told(&s, IPC_PATH);
		if ((path != NULL) != cases[i].lost)
			fprintf(stderr, "\n  from <%s> to <%s>\n",
			    cases[i].before, cases[i].after);
		CU_ASSERT_EQUAL(path != NULL, cases[i].lost);
		if (path != NULL)
			CU_ASSERT_EQUAL(path->state, PATH_PROBING);
		/* In either case the peer is asked at once. */
		CU_ASSERT_NOT_EQUAL(scene_probed(&s).id, 0);
		scene_end(&s);
	}
}

/* The host was asleep: the peer is asked, and nothing is given up. */
static void
test_doubt(void)
{
	struct scene s;

	scene_come_together(&s);
	CU_ASSERT_EQUAL(scene_probed(&s).id, 0);
	links_doubt(&s.links, s.f.now);
	links_deliver(&s.links);
	CU_ASSERT_NOT_EQUAL(scene_probed(&s).id, 0);
	CU_ASSERT_PTR_NULL(scene_told(&s, IPC_PATH));
	scene_end(&s);
}

void
links_moved_suite(void)
{
	CU_pSuite suite =
	    CU_add_suite("links_moved", fake_open_udp, fake_close_udp);

	CU_add_test(suite, "the address is gone or not", test_moved);
	CU_add_test(suite, "in doubt the peer is asked", test_doubt);
}
