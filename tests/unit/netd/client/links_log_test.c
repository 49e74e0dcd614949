/*
 * What a client's log says of the paths to its peers: each path that differs
 * from the one before, once.
 */
#include "tests/unit/netd/client/links_scene.h"
#include "tests/unit/message.h"

#include "common/log.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void links_log_suite(void);

static char last[LOG_TEXT_MAX];
static unsigned int lines;

static void
on_log(enum log_level level, bool event, const char *text)
{
	(void)level;
	if (!event || strncmp(text, "path ", 5) != 0)
		return;
	(void)snprintf(last, sizeof(last), "%s", text);
	lines++;
}

static void
test_paths(void)
{
	struct ipc_peer body = { .handle = SCENE_HANDLE };
	struct scene s;

	lines = 0;
	log_to_function(on_log);
	scene_come_together(&s);
	CU_ASSERT_EQUAL(lines, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(last, " state=up kind="));
	/* It is no other path when it is secured, or faster. */
	CU_ASSERT_EQUAL(links_check(&s.links, MESSAGE(s.f.now, &body)), 0);
	scene_give(&s, &scene_one, WIRE_PROBE_REPLY, PROBE_IN_USE,
	    scene_probed(&s).id, &s.f.addr[1]);
	links_find(&s.links, SCENE_HANDLE)->untold = true;
	links_deliver(&s.links);
	CU_ASSERT_EQUAL(lines, 1);
	path_lost(&links_find(&s.links, SCENE_HANDLE)->path, s.f.now);
	links_find(&s.links, SCENE_HANDLE)->untold = true;
	links_deliver(&s.links);
	CU_ASSERT_EQUAL(lines, 2);
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(last, " state=probing kind=none address=-"));
	scene_end(&s);
	log_to_function(NULL);
}

void
links_log_suite(void)
{
	CU_pSuite s = CU_add_suite("links_log", fake_open_udp, fake_close_udp);

	CU_add_test(s, "paths in the log", test_paths);
}
