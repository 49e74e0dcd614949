/*
 * This host's network has changed: which path is given up at once, because its
 * own address is gone, and which is only checked.
 */
#include "tests/unit/netd/client/links_scene.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void links_moved_suite(void);

/* Makes an address of ours for each letter: P is in the peer's network, Q and R
 * are in others, S is of IPv6. */
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
		/* Our address in the peer's network is still there. */
		{ "PQ", "P", false },
		{ "PQ", "QP", false },
		{ "P", "PQ", false },
		/* The path left from the only address of its family, or from an
		 * unknown one. */
		{ "Q", "", true },
		{ "Q", "R", true },
		{ "QS", "S", true },
		{ "QR", "R", false },
		{ "QR", "Q", false },
		{ "Q", "RQ", false },
		/* No address of this family is gone. */
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

/* The address that the path leaves from is known: whether that is gone counts,
 * and nothing else. */
static void
test_own_end(void)
{
	static const struct {
		const char *before, *after;
		bool lost;
	} cases[] = {
		{ "QP", "P", true },
		{ "QP", "Q", false },
		{ "P", "", false }, /* it was none of ours */
		{ "Q", "R", true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct path *path;
		struct scene s;
		struct lan lan;

		scene_come_together(&s);
		path = &links_find(&s.links, SCENE_HANDLE)->path;
		lan = make_lan(&s, "Q");
		memcpy(path->candidates[0].at.local, lan.prefixes[0].ip, 16);
		s.links.lan = make_lan(&s, cases[i].before);
		lan = make_lan(&s, cases[i].after);
		links_moved(&s.links, s.f.now, &lan);
		CU_ASSERT_EQUAL(path->state,
		    cases[i].lost ? PATH_PROBING : PATH_UP);
		scene_end(&s);
	}
}

/* A relayed path leaves from where the way to the bootnode does. */
static void
test_relayed(void)
{
	for (int lost = 0; lost < 2; lost++) {
		struct path *path;
		struct scene s;
		struct lan lan;

		scene_come_together(&s);
		path = &links_find(&s.links, SCENE_HANDLE)->path;
		path->current = PATH_BY_RELAY;
		s.links.lan = make_lan(&s, "PQ");
		/* The peer's network is the bootnode's, too, or is not. */
		if (!lost)
			s.f.b.session_addr.ip[13] ^= 'R';
		lan = make_lan(&s, "Q");
		links_moved(&s.links, s.f.now, &lan);
		CU_ASSERT_EQUAL(path->state, lost ? PATH_PROBING : PATH_UP);
		s.f.b.session_addr = s.f.addr[0];
		scene_end(&s);
	}
}

/* The peer is on our LAN now, or is not any more: the path is the same, and
 * cryptod is told of its kind. */
static void
test_kind(void)
{
	const struct addr far = { { [10] = 0xff, 0xff, 192, 0, 2, 5 }, 1 };
	const struct ipc_path *told;
	struct path *path;
	struct scene s;
	struct lan lan = { .count = 1 };

	scene_come_together(&s);
	path = &links_find(&s.links, SCENE_HANDLE)->path;
	path->candidates[0].at.addr = far;
	path->candidates[0].kind = PATH_DIRECT;
	memcpy(lan.prefixes[0].ip, far.ip, sizeof(far.ip));
	lan.prefixes[0].ip[15]++;
	lan.prefixes[0].bits = 96 + 24;
	links_moved(&s.links, s.f.now, &lan);
	links_deliver(&s.links);
	told = scene_told(&s, IPC_PATH);
	CU_ASSERT_PTR_NOT_NULL_FATAL(told);
	CU_ASSERT_EQUAL(told->kind, PATH_LAN);
	CU_ASSERT_EQUAL(told->state, PATH_UP);
	links_moved(&s.links, s.f.now, &lan);
	links_deliver(&s.links);
	CU_ASSERT_PTR_NULL(scene_told(&s, IPC_PATH));
	scene_end(&s);
}

/* Who is only looked for is looked for from the start. */
static void
test_searching(void)
{
	struct scene s;
	struct lan lan;

	scene_begin(&s);
	for (int i = 0; i < 10; i++)
		(void)scene_probed(&s);
	lan = make_lan(&s, "P");
	links_moved(&s.links, s.f.now, &lan);
	links_deliver(&s.links);
	CU_ASSERT_PTR_NULL(scene_told(&s, IPC_PATH));
	CU_ASSERT_NOT_EQUAL(scene_probed(&s).id, 0);
	CU_ASSERT_EQUAL(links_find(&s.links, SCENE_HANDLE)->path.started,
	    s.f.now - 10 * USEC_PER_MSEC);
	scene_end(&s);
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
	CU_add_test(suite, "our end is gone or not", test_own_end);
	CU_add_test(suite, "relayed", test_relayed);
	CU_add_test(suite, "another kind", test_kind);
	CU_add_test(suite, "no path", test_searching);
	CU_add_test(suite, "in doubt the peer is asked", test_doubt);
}
