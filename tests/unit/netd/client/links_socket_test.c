/*
 * The socket of a link when the client gets another one: a path keeps its own
 * as long as it lasts.
 */
#include "tests/unit/netd/client/links_scene.h"

#include <CUnit/CUnit.h>

void links_socket_suite(void);

static void
test_another(void)
{
	struct udp second = fake_udp;
	struct scene s;
	struct link *p;

	/* A link that looks for a path uses the new socket from now on. */
	scene_begin(&s);
	p = links_find(&s.links, SCENE_HANDLE);
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_PTR_EQUAL(p->udp, &fake_udp);
	links_port(&s.links, s.f.now, &second);
	links_timer(&s.links, s.f.now);
	CU_ASSERT_PTR_EQUAL(p->udp, &second);
	scene_end(&s);

	scene_come_up(&s);
	p = links_find(&s.links, SCENE_HANDLE);
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	links_port(&s.links, s.f.now, &second);
	links_timer(&s.links, s.f.now);
	CU_ASSERT_PTR_EQUAL(p->udp, &fake_udp);
	path_lost(&p->path, s.f.now);
	links_timer(&s.links, s.f.now);
	CU_ASSERT_PTR_EQUAL(p->udp, &second);
	scene_end(&s);
}

void
links_socket_suite(void)
{
	CU_pSuite s =
	    CU_add_suite("links_socket", fake_open_udp, fake_close_udp);

	CU_add_test(s, "another socket", test_another);
}
