/*
 * Paths and our own end of them, on hosts with several addresses.
 */
#include "tests/unit/netd/client/path_sim.h"

#include <CUnit/CUnit.h>

#include <string.h>

void path_ends_suite(void);

#define SEC(n) ((n)*USEC_PER_SEC)

/* Host 1 has a second address, from which it does not send by itself. */
static void
two_addresses(struct path_world *w, unsigned int loss)
{
	path_world_init(w, 1, loss, NAT_NONE, NAT_NONE);
	w->hosts[1].second = path_ipv4(192, 0, 2, 99, 4545);
}

static struct remote
pair(const struct addr *theirs, const struct addr *ours)
{
	struct remote r = { .addr = *theirs };

	memcpy(r.local, ours->ip, sizeof(r.local));
	return r;
}

/* Host 0 knows only the second address of host 1: the path goes there, and
 * leaves from there. */
static void
test_second(void)
{
	struct path_world w;

	for (unsigned int loss = 0; loss <= 20; loss += 20) {
		two_addresses(&w, loss);
		w.hosts[1].addr.port = 0; /* nothing leaves from there */
		path_world_meet(&w);
		path_add(&w.hosts[0].path, &w.hosts[0].lan, w.now,
		    &w.hosts[1].second);
		path_world_run(&w, PATH_START + SEC(10));
		CU_ASSERT_TRUE(path_world_both(&w, PATH_UP));
		CU_ASSERT_TRUE(path_world_matches(&w));
		CU_ASSERT_TRUE(
		    addr_equal(&path_current(&w.hosts[0].path)->at.addr,
			&w.hosts[1].second));
		CU_ASSERT_TRUE(w.ok);
		simnet_end(&w.net);
	}
}

/* A probe came to an address from which no packet gets back: the system's
 * choice is tried as well, and taken for good. */
static void
test_one_way(void)
{
	struct path_probe probe, answer;
	struct path_world w;
	struct host *h = &w.hosts[1];
	struct remote from;
	bool named = false, open = false;

	two_addresses(&w, 0);
	path_world_meet(&w);
	from = pair(&w.hosts[0].addr, &h->second);
	path_probed(&h->path, &h->lan, w.now, 9, &from, 0, 1, &answer);
	CU_ASSERT_TRUE(remote_equal(&answer.to, &from));
	for (unsigned int i = 0; i < 4; i++) {
		while (!path_next(&h->path, w.now, 5, &probe)) {
			CU_ASSERT_FATAL(path_deadline(&h->path) > w.now);
			w.now = path_deadline(&h->path);
		}
		CU_ASSERT_TRUE(addr_equal(&probe.to.addr, &from.addr));
		if (remote_has_local(&probe.to))
			named = remote_equal(&probe.to, &from);
		else
			open = true;
	}
	CU_ASSERT_TRUE(named && open);
	from = pair(&w.hosts[0].addr, &h->addr);
	path_hears(&h->path, w.now, &from, 0, probe.id);
	/* From now on it is that one; the other is another candidate. */
	CU_ASSERT_TRUE(remote_equal(&h->path.candidates[0].at, &from));
	CU_ASSERT_TRUE(h->path.candidates[0].valid);
	from = pair(&w.hosts[0].addr, &h->second);
	path_probed(&h->path, &h->lan, w.now, 9, &from, 0, 2, &answer);
	CU_ASSERT_EQUAL(h->path.count, 2);
	CU_ASSERT_TRUE(remote_equal(&h->path.candidates[1].at, &from));
	CU_ASSERT_FALSE(h->path.candidates[1].valid);
	simnet_end(&w.net);
}

/* An answer that came to another address than the probe left from has no effect
 * and proves nothing. */
static void
test_astray(void)
{
	struct path_probe probe;
	struct path_world w;
	struct host *h = &w.hosts[1];
	struct remote from;

	two_addresses(&w, 0);
	path_world_meet(&w);
	CU_ASSERT_TRUE(path_next(&h->path, w.now, 5, &probe));
	from = pair(&w.hosts[0].addr, &h->addr);
	path_hears(&h->path, w.now, &from, 0, probe.id);
	CU_ASSERT_TRUE(h->path.candidates[0].valid);
	h->path.candidates[0].valid = false;
	w.now += PROBE_FAST;
	CU_ASSERT_TRUE(path_next(&h->path, w.now, 5, &probe));
	from = pair(&w.hosts[0].addr, &h->second);
	path_hears(&h->path, w.now, &from, 0, probe.id);
	CU_ASSERT_FALSE(h->path.candidates[0].valid);
	simnet_end(&w.net);
}

/* A peer is nominated for one pair of ends, and both sides use that pair. */
static void
test_both_reachable(void)
{
	struct path_world w;

	two_addresses(&w, 10);
	path_world_meet(&w);
	path_add(&w.hosts[0].path, &w.hosts[0].lan, w.now, &w.hosts[1].second);
	path_world_run(&w, PATH_START + SEC(10));
	CU_ASSERT_TRUE(path_world_both(&w, PATH_UP));
	CU_ASSERT_TRUE(path_world_matches(&w));
	/* The address in use goes away: the path goes on over the other one. */
	w.hosts[1].second.port = 0;
	path_lost(&w.hosts[1].path, w.now);
	path_world_run(&w, w.now + SEC(30));
	CU_ASSERT_TRUE(path_world_both(&w, PATH_UP));
	CU_ASSERT_TRUE(path_world_matches(&w));
	CU_ASSERT_TRUE(w.ok);
	simnet_end(&w.net);
}

/* Our addresses have changed: candidates with an address that is gone may have
 * any, and each address of the peer is there once. */
static void
test_moved(void)
{
	struct path_probe answer;
	struct path_world w;
	struct host *h = &w.hosts[1];
	struct remote first, second;
	struct lan lan = { .count = 1 };

	two_addresses(&w, 0);
	path_world_meet(&w);
	path_world_run(&w, PATH_START + SEC(5));
	first = pair(&w.hosts[0].addr, &h->addr);
	second = pair(&w.hosts[0].addr, &h->second);
	path_probed(&h->path, &h->lan, w.now, 9, &second, 0, 2, &answer);
	CU_ASSERT_EQUAL(h->path.count, 2);
	CU_ASSERT_TRUE(remote_equal(&path_current(&h->path)->at, &first));
	memcpy(lan.prefixes[0].ip, h->addr.ip, sizeof(h->addr.ip));
	lan.prefixes[0].bits = 128;
	CU_ASSERT_EQUAL(path_moved(&h->path, &lan), PATH_SAME);
	CU_ASSERT_EQUAL(h->path.count, 1);
	CU_ASSERT_TRUE(remote_equal(&path_current(&h->path)->at, &first));
	/* The candidate in use loses its path first. */
	memcpy(lan.prefixes[0].ip, h->second.ip, sizeof(h->addr.ip));
	path_lost(&h->path, w.now);
	path_moved(&h->path, &lan);
	CU_ASSERT_EQUAL(h->path.count, 1);
	CU_ASSERT_FALSE(remote_has_local(&h->path.candidates[0].at));
	CU_ASSERT_FALSE(h->path.candidates[0].settled);
	simnet_end(&w.net);
}

void
path_ends_suite(void)
{
	CU_pSuite suite = CU_add_suite("path_ends", NULL, NULL);

	CU_add_test(suite, "the second address", test_second);
	CU_add_test(suite, "no way back from where it came to", test_one_way);
	CU_add_test(suite, "an answer astray", test_astray);
	CU_add_test(suite, "either will do, and one goes", test_both_reachable);
	CU_add_test(suite, "an address is gone", test_moved);
}
