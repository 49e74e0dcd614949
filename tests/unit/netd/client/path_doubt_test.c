/*
 * Doubt about a path and its end: at which moment and for whom, what is kept of
 * it then; and which words of the other side count.
 */
#include "netd/client/path_parts.h"

#include "tests/unit/netd/client/path_sim.h"

#include <CUnit/CUnit.h>

#include <string.h>

void path_doubt_suite(void);

#define MSEC(n) ((n)*USEC_PER_MSEC)
#define SEC(n)	((n)*USEC_PER_SEC)

/* A path that is up, to the first of two candidates. */
static void
come_up(struct path_pair *p, bool controlling)
{
	struct path_probe probe;

	path_pair_init(p, controlling);
	CU_ASSERT_TRUE(path_next(&p->path, p->now, 77, &probe));
	p->now += MSEC(10);
	path_hears(&p->path, p->now, &p->peer, PROBE_NOMINATE, probe.id);
	path_add(&p->path, &p->lan, p->now, &p->other.addr);
	CU_ASSERT_EQUAL(p->path.current, 0);
}

/* --- Asking -------------------------------------------------------------- */

/* The path is given up when so many probes had no answer in their time: fewer,
 * if there was no doubt before. */
static void
test_unanswered(void)
{
	for (int doubt = 0; doubt < 2; doubt++) {
		unsigned int tries = doubt ? CHECK_TRIES : KEEPALIVE_TRIES;
		struct path_probe probe;
		struct path_pair p;

		come_up(&p, false);
		p.now += KEEPALIVE;
		if (doubt)
			path_check(&p.path, p.now);
		for (unsigned int i = 0; i < tries; i++) {
			CU_ASSERT_EQUAL(path_timer(&p.path, p.now), PATH_SAME);
			CU_ASSERT_TRUE(path_next(&p.path, p.now, 78, &probe));
			p.now = p.path.keepalive_at;
		}
		CU_ASSERT_EQUAL(p.path.unanswered, tries);
		CU_ASSERT_EQUAL(path_timer(&p.path, p.now - 1), PATH_SAME);
		CU_ASSERT_EQUAL(path_timer(&p.path, p.now), PATH_CHANGED);
		CU_ASSERT_EQUAL(p.path.state, PATH_PROBING);
	}
}

/* Who is asked already is not asked from the start; nor is anybody without a
 * path. */
static void
test_check(void)
{
	struct path_probe probe;
	struct path_pair p;

	come_up(&p, false);
	p.now += SEC(1);
	path_check(&p.path, p.now);
	CU_ASSERT_EQUAL(p.path.keepalive_at, p.now);
	CU_ASSERT_TRUE(path_next(&p.path, p.now, 78, &probe));
	path_check(&p.path, p.now + MSEC(1));
	CU_ASSERT_EQUAL(p.path.unanswered, 1);
	CU_ASSERT_EQUAL(p.path.keepalive_at, p.now + CHECK_RETRY);
	path_alive(&p.path, p.now + MSEC(2));
	CU_ASSERT_EQUAL(p.path.unanswered, 0);
	CU_ASSERT_EQUAL(p.path.keepalive_at, p.now + MSEC(2) + KEEPALIVE);
	/* What is no question gets no answer. */
	path_alive(&p.path, p.now + SEC(2));
	CU_ASSERT_EQUAL(p.path.keepalive_at, p.now + MSEC(2) + KEEPALIVE);
	/* A keepalive that waits for its answer begins a new count. */
	p.now = p.path.keepalive_at;
	CU_ASSERT_TRUE(path_next(&p.path, p.now, 78, &probe));
	path_check(&p.path, p.now + 1);
	CU_ASSERT_EQUAL(p.path.unanswered, 0);

	path_pair_init(&p, false);
	path_check(&p.path, p.now);
	CU_ASSERT_FALSE(p.path.checking);
	CU_ASSERT_EQUAL(p.path.keepalive_at, CLOCK_NEVER);
}

/* --- What the other side says -------------------------------------------- */

static void
probe_from(struct path_pair *p, uint64_t now, const struct remote *from,
    uint8_t flags, struct path_probe *answer)
{
	path_probed(&p->path, &p->lan, now, 9, from, flags, 5, answer);
}

/* A peer without a path, and a peer somewhere else, are reasons to ask; once a
 * second. One where it was before is none. */
static void
test_reasons(void)
{
	const struct remote elsewhere = { .addr =
					      path_ipv4(198, 51, 100, 1, 1) };
	static const struct remote *const relay = NULL;
	struct path_probe answer;
	struct path_pair p;

	for (int which = 0; which < 4; which++) {
		const struct remote *from = which == 0 ? &p.peer
		    : which == 1		       ? &p.other
		    : which == 2		       ? &elsewhere
						       : relay;
		uint8_t flags = which == 0 ? PROBE_SEEKING : 0;

		come_up(&p, false);
		p.now += SEC(5);
		p.path.doubted_at = p.now;
		probe_from(&p, p.now + DOUBT_SPACING - 1, from, flags, &answer);
		CU_ASSERT_FALSE(p.path.checking);
		if (which == 2)
			p.path.count--; /* it is new again */
		probe_from(&p, p.now + DOUBT_SPACING, from, flags, &answer);
		CU_ASSERT_EQUAL(p.path.checking, which != 1);
	}
	/* Of a relayed path, that it comes through the relay is no news. */
	come_up(&p, false);
	p.path.current = PATH_BY_RELAY;
	p.now += SEC(5);
	probe_from(&p, p.now, relay, 0, &answer);
	CU_ASSERT_FALSE(p.path.checking);
}

/* A peer that seeks has lost the path, if both had agreed on it; what it has
 * not heard of yet, it will. */
static void
test_seeks(void)
{
	struct path_probe answer;
	struct path_pair p;

	for (int confirmed = 0; confirmed < 2; confirmed++) {
		come_up(&p, true);
		p.path.confirmed = confirmed;
		p.now += SEC(5);
		probe_from(&p, p.now, &p.peer, PROBE_SEEKING, &answer);
		CU_ASSERT_EQUAL(p.path.doubted, confirmed);
		CU_ASSERT_EQUAL(p.path.checking, confirmed);
		CU_ASSERT_FALSE(p.path.confirmed);
		CU_ASSERT_EQUAL(p.path.started == p.now, confirmed);
		CU_ASSERT_EQUAL(p.path.probe_at == p.now, confirmed);
	}
}

/* It has found the path again, says its answer: there is no doubt left. */
static void
test_found_again(void)
{
	struct path_probe probe;
	struct path_pair p;

	come_up(&p, true);
	p.path.confirmed = true;
	p.now += SEC(5);
	probe_from(&p, p.now, &p.peer, PROBE_SEEKING, &probe);
	CU_ASSERT_TRUE(p.path.doubted);
	CU_ASSERT_TRUE(path_next(&p.path, p.now, 78, &probe));
	path_hears(&p.path, p.now + MSEC(10), &p.peer, PROBE_IN_USE, probe.id);
	CU_ASSERT_FALSE(p.path.doubted);
	CU_ASSERT_FALSE(p.path.checking);
	CU_ASSERT_TRUE(p.path.confirmed);
}

/* In doubt, any that answers is taken once the one in use has had its time, and
 * not before that; one that is worse, too. */
static void
test_taken(void)
{
	struct path_probe answer;
	struct path_pair p;

	for (int late = 0; late < 2; late++) {
		come_up(&p, true);
		p.path.confirmed = true;
		p.now += SEC(5);
		probe_from(&p, p.now, &p.peer, PROBE_SEEKING, &answer);
		probe_from(&p, p.now, &p.other, 0, &answer);
		CU_ASSERT_EQUAL(answer.ask, 9);
		CU_ASSERT_EQUAL(path_hears(&p.path,
				    p.now + DOUBT_PATIENCE - !late, &p.other, 0,
				    answer.ask),
		    late ? PATH_CHANGED : PATH_SAME);
		CU_ASSERT_EQUAL(p.path.current, late);
		CU_ASSERT_EQUAL(p.path.doubted, !late);
		if (!late)
			continue;
		/* And named at once, without waiting for a turn. */
		CU_ASSERT_FALSE(p.path.confirmed);
		CU_ASSERT_TRUE(
		    path_next(&p.path, p.now + DOUBT_PATIENCE, 8, &answer));
		CU_ASSERT_EQUAL(answer.flags, PROBE_NOMINATE);
		CU_ASSERT_TRUE(remote_equal(&answer.to, &p.other));
	}
}

/* A nomination that follows another too closely is not followed; one that comes
 * while the path in use is silent does not begin the count again. */
static void
test_nominations(void)
{
	struct path_probe answer;
	struct path_pair p;

	come_up(&p, false);
	path_secure(&p.path, p.now);
	p.now += SEC(5);
	p.path.switched_at = p.now;
	probe_from(&p, p.now, &p.other, PROBE_NOMINATE, &answer);
	CU_ASSERT_EQUAL(answer.ask, 9);
	path_hears(&p.path, p.now + SWITCH_SPACING - 1, &p.other,
	    PROBE_NOMINATE, 9);
	CU_ASSERT_EQUAL(p.path.nominee, -1);
	probe_from(&p, p.now + SWITCH_SPACING, &p.other, PROBE_NOMINATE,
	    &answer);
	p.path.unanswered = 1;
	p.path.silent_since = p.now;
	p.now += SWITCH_SPACING;
	path_hears(&p.path, p.now, &p.other, PROBE_NOMINATE, answer.ask);
	CU_ASSERT_EQUAL(p.path.nominee, 1);
	CU_ASSERT_EQUAL(p.path.nominated_at, p.now - SWITCH_SPACING);
	CU_ASSERT_EQUAL(p.path.unanswered, 1);
	CU_ASSERT_FALSE(p.path.checking);
	/* The one in use says that it is the path, after all. */
	path_check(&p.path, p.now);
	CU_ASSERT_TRUE(path_next(&p.path, p.now, 78, &answer));
	CU_ASSERT_EQUAL(path_hears(&p.path, p.now + 1, &p.peer, PROBE_NOMINATE,
			    answer.id),
	    PATH_SAME);
	CU_ASSERT_EQUAL(p.path.nominee, -1);
	CU_ASSERT_EQUAL(p.path.switched_at, p.now + 1);
}

/* A peer at rest that answers is there: the path is up, and stays so. */
static void
test_rest_ends(void)
{
	struct path_probe probe;
	struct path_pair p;

	come_up(&p, true);
	path_rest(&p.path, p.now);
	CU_ASSERT_EQUAL(p.path.state, PATH_FAILED);
	CU_ASSERT_EQUAL(p.path.started, p.now);
	CU_ASSERT_EQUAL(path_deadline(&p.path), p.now + PROBE_RESTING);
	p.now += PROBE_RESTING;
	CU_ASSERT_TRUE(path_next(&p.path, p.now, 80, &probe));
	CU_ASSERT_EQUAL(path_hears(&p.path, p.now + 1, &probe.to, 0, probe.id),
	    PATH_CHANGED);
	CU_ASSERT_EQUAL(p.path.state, PATH_UP);
	CU_ASSERT_FALSE(p.path.resting);
}

/* A way that was set aside is silent: what comes from there is neither answered
 * nor an answer, until its time is over. */
static void
test_aside(void)
{
	struct path_probe answer;
	struct path_pair p;

	for (int over = 0; over < 2; over++) {
		come_up(&p, false);
		p.path.candidates[0].aside_until = p.now + SEC(1) + !over;
		p.now += SEC(1);
		CU_ASSERT_EQUAL(path_is_aside(&p.path, p.now, &p.peer), !over);
		CU_ASSERT_FALSE(path_is_aside(&p.path, p.now, &p.other));
		CU_ASSERT_FALSE(path_is_aside(&p.path, p.now, NULL));
		probe_from(&p, p.now, &p.peer, PROBE_SEEKING, &answer);
		CU_ASSERT_EQUAL(answer.due, over);
		CU_ASSERT_EQUAL(p.path.checking, over);
		path_answered(&p.path, p.now, &p.peer, 0, 1, 6, &answer);
		CU_ASSERT_EQUAL(answer.due, over);
	}
}

/* --- The end ------------------------------------------------------------- */

/* Who is not the peer is set aside, for good if nobody named him; the path is
 * lost if it is his. */
static void
test_ban(void)
{
	static const struct {
		bool relay, up, vouched;
	} cases[] = {
		{ false, true, true },
		{ false, true, false },
		{ false, false, true },
		{ true, true, true },
		{ true, false, true },
	};
	struct path_pair p;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct addr *a = cases[i].relay ? NULL : &p.peer.addr;
		size_t at = cases[i].relay ? PATH_BY_RELAY : 0;

		come_up(&p, true);
		p.path.candidates[at].vouched = cases[i].vouched;
		if (!cases[i].up)
			p.path.current = 1;
		else if (cases[i].relay)
			p.path.current = PATH_BY_RELAY;
		CU_ASSERT_EQUAL(path_ban(&p.path, p.now, a),
		    cases[i].up ? PATH_CHANGED : PATH_SAME);
		CU_ASSERT_EQUAL(p.path.state,
		    cases[i].up ? PATH_PROBING : PATH_UP);
		for (size_t k = 0; k <= PATH_BY_RELAY; k++)
			CU_ASSERT_EQUAL(p.path.candidates[k].aside_until,
			    k != at		   ? 0
				: cases[i].vouched ? p.now + BANNED_REST
						   : CLOCK_NEVER);
	}
	/* A path that is not up cannot be lost. */
	path_pair_init(&p, true);
	CU_ASSERT_EQUAL(path_ban(&p.path, p.now, &p.peer.addr), PATH_SAME);
}

/* A path that carries probes alone is left if there is another. */
static void
test_stalled(void)
{
	struct path_pair p;

	come_up(&p, true);
	CU_ASSERT_EQUAL(path_stalled(&p.path, p.now), PATH_CHANGED);
	CU_ASSERT_EQUAL(p.path.candidates[0].aside_until, p.now + STALLED_REST);
	CU_ASSERT_EQUAL(p.path.candidates[1].aside_until, 0);
	CU_ASSERT_EQUAL(path_stalled(&p.path, p.now), PATH_SAME);
	come_up(&p, true);
	p.path.count = 1;
	CU_ASSERT_EQUAL(path_stalled(&p.path, p.now), PATH_SAME);
	CU_ASSERT_EQUAL(p.path.state, PATH_UP);
	CU_ASSERT_EQUAL(p.path.candidates[0].aside_until, 0);
}

/* Silence ends it after 10 s or four round trips, if there is no other; after
 * three times that, if there is. Not if no probe came through either: then it
 * is dead, and ends by that. */
static void
test_silent(void)
{
	static const struct {
		uint64_t rtt, silence;
		bool other, ends;
	} cases[] = {
		{ MSEC(10), STALLED_END - 1, false, false },
		{ MSEC(10), STALLED_END, false, true },
		{ MSEC(10), STALLED_END, true, false },
		{ MSEC(10), STALLED_TIMES * STALLED_END - 1, true, false },
		{ MSEC(10), STALLED_TIMES * STALLED_END, true, true },
		{ MSEC(2600), MSEC(10400) - 1, false, false },
		{ MSEC(2600), MSEC(10400), false, true },
	};
	struct path_pair p;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		come_up(&p, true);
		p.path.candidates[0].rtt_us = (uint32_t)cases[i].rtt;
		p.path.count = cases[i].other ? 2 : 1;
		p.path.candidates[PATH_BY_RELAY].aside_until = CLOCK_NEVER;
		p.now += SEC(100);
		p.path.candidates[0].open_from = p.now - cases[i].silence;
		CU_ASSERT_EQUAL(path_silent(&p.path, p.now, cases[i].silence),
		    PATH_SAME);
		p.path.candidates[0].open_from++;
		CU_ASSERT_EQUAL(path_silent(&p.path, p.now, cases[i].silence),
		    cases[i].ends ? PATH_CHANGED : PATH_SAME);
		CU_ASSERT_EQUAL(p.path.state,
		    cases[i].ends ? PATH_FAILED : PATH_UP);
		CU_ASSERT_EQUAL(p.path.candidates[0].aside_until,
		    cases[i].ends ? p.now + STALLED_REST : 0);
		CU_ASSERT_EQUAL(p.path.candidates[PATH_BY_RELAY].aside_until,
		    CLOCK_NEVER);
	}
}

/* A search in vain takes back what was set aside for a time, and not what was
 * for good. */
static void
test_in_vain(void)
{
	struct path_pair p;

	path_pair_init(&p, true);
	path_add(&p.path, &p.lan, p.now, &p.other.addr);
	p.path.candidates[0].aside_until = CLOCK_NEVER;
	p.path.candidates[1].aside_until = p.now + SEC(100);
	p.path.candidates[PATH_BY_RELAY].aside_until = p.now + SEC(100);
	p.path.probe_at = CLOCK_NEVER;
	p.now += PROBE_GIVE_UP;
	CU_ASSERT_EQUAL(path_timer(&p.path, p.now), PATH_CHANGED);
	CU_ASSERT_EQUAL(p.path.candidates[0].aside_until, CLOCK_NEVER);
	CU_ASSERT_EQUAL(p.path.candidates[1].aside_until, 0);
	CU_ASSERT_EQUAL(p.path.candidates[PATH_BY_RELAY].aside_until, 0);
	CU_ASSERT_EQUAL(p.path.probe_at, p.now);
}

/* Nothing is left of a path that is lost; through the relay it is tried at
 * once, if it was there. */
static void
test_lost(void)
{
	struct path_pair p;

	for (int relayed = 0; relayed < 2; relayed++) {
		come_up(&p, true);
		if (relayed)
			p.path.current = PATH_BY_RELAY;
		p.path.confirmed = p.path.doubted = p.path.checking = true;
		p.path.unanswered = 2;
		p.path.nominee = 1;
		p.path.candidates[PATH_BY_RELAY].valid = true;
		p.now += SEC(1);
		path_lost(&p.path, p.now);
		CU_ASSERT(p.path.current == -1 && p.path.nominee == -1);
		CU_ASSERT_FALSE(p.path.confirmed || p.path.doubted ||
		    p.path.checking || p.path.unanswered != 0);
		for (size_t i = 0; i <= PATH_BY_RELAY; i++)
			CU_ASSERT_FALSE(p.path.candidates[i].valid);
		CU_ASSERT_EQUAL(p.path.keepalive_at, CLOCK_NEVER);
		CU_ASSERT_EQUAL(p.path.probe_at, p.now);
		CU_ASSERT_EQUAL(p.path.relay_at,
		    p.now + (relayed ? 0 : RELAY_DELAY));
		CU_ASSERT_EQUAL(p.path.state, PATH_PROBING);
	}
}

/* The relay goes, and the path with it if it was relayed. */
static void
test_relay_gone(void)
{
	struct path_pair p;

	come_up(&p, true);
	CU_ASSERT_EQUAL(path_relay(&p.path, p.now, true), PATH_SAME);
	CU_ASSERT_EQUAL(path_relay(&p.path, p.now, false), PATH_SAME);
	CU_ASSERT_FALSE(p.path.relay_up);
	p.path.current = PATH_BY_RELAY;
	CU_ASSERT_EQUAL(path_relay(&p.path, p.now, true), PATH_SAME);
	CU_ASSERT_TRUE(p.path.relay_up);
	CU_ASSERT_EQUAL(path_relay(&p.path, p.now, false), PATH_CHANGED);
	CU_ASSERT_EQUAL(p.path.state, PATH_PROBING);
}

void
path_doubt_suite(void)
{
	CU_pSuite suite = CU_add_suite("path_doubt", NULL, NULL);

	CU_add_test(suite, "unanswered", test_unanswered);
	CU_add_test(suite, "is it there?", test_check);
	CU_add_test(suite, "reasons to ask", test_reasons);
	CU_add_test(suite, "a peer that seeks", test_seeks);
	CU_add_test(suite, "that has found it again", test_found_again);
	CU_add_test(suite, "another in doubt", test_taken);
	CU_add_test(suite, "nominations", test_nominations);
	CU_add_test(suite, "a rest that ends", test_rest_ends);
	CU_add_test(suite, "set aside", test_aside);
	CU_add_test(suite, "somebody else", test_ban);
	CU_add_test(suite, "probes alone", test_stalled);
	CU_add_test(suite, "silence", test_silent);
	CU_add_test(suite, "in vain", test_in_vain);
	CU_add_test(suite, "lost", test_lost);
	CU_add_test(suite, "without the relay", test_relay_gone);
}
