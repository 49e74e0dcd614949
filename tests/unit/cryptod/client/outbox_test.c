/*
 * Texts that are said and not yet received by all: their order, the two bounds,
 * and several peers that have got to different texts.
 */
#include "cryptod/client/outbox.h"

#include "common/ipc_messages.h"
#include "tests/unit/bytes.h"

#include <CUnit/CUnit.h>

#include <string.h>

void outbox_suite(void);

static int
say(struct outbox *box, uint64_t seq, size_t len)
{
	static char text[TEXT_MAX];

	memset(text, 'a' + (int)(seq % 26), len);
	return outbox_say(box, &(struct ipc_say){ .seq = seq }, text, len, NULL,
	    0);
}

static void
check_text(const struct outgoing *m, uint64_t seq, size_t len)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_EQUAL(m->seq, seq);
	CU_ASSERT_EQUAL(m->len, len);
	CU_ASSERT_EQUAL(m->text[len - 1], 'a' + (char)(seq % 26));
}

static void
check_empty(const struct outbox *box)
{
	CU_ASSERT(TAILQ_EMPTY(&box->sent) && TAILQ_EMPTY(&box->waiting));
	CU_ASSERT_EQUAL(box->waiting_count, 0);
}

/* Returns the number of texts that somebody owes a receipt for. */
static unsigned int
kept(const struct outbox *box)
{
	const struct outgoing *m;
	unsigned int count = 0;

	TAILQ_FOREACH (m, &box->sent, entry)
		count++;
	return count;
}

/* Sends the next message to a set of peers. */
static struct outgoing *
send_to(struct outbox *box, struct outbox_place *const places[])
{
	struct outgoing *m = outbox_next(box);

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	while (*places != NULL)
		outbox_owe(m, *places++);
	outbox_settle(box, m);
	return m;
}

static void
test_numbers(void)
{
	struct outbox box;

	outbox_init(&box);
	CU_ASSERT_EQUAL(say(&box, 0, 1), -1);
	CU_ASSERT_EQUAL(say(&box, 2, 1), 0);
	CU_ASSERT_EQUAL(say(&box, 2, 1), -1);
	CU_ASSERT_EQUAL(say(&box, 1, 1), -1);
	CU_ASSERT_EQUAL(say(&box, 1ULL << 32, 1), 0); /* of the next ui */
	CU_ASSERT_EQUAL(say(&box, 3, 1), -1);
	check_text(outbox_next(&box), 2, 1);
	check_text(outbox_next(&box), 1ULL << 32, 1);
	CU_ASSERT_PTR_NULL(outbox_next(&box));
	/* Nobody was there who could owe a receipt. */
	outbox_settle(&box, TAILQ_FIRST(&box.sent));
	outbox_settle(&box, TAILQ_FIRST(&box.sent));
	check_empty(&box);
}

static void
test_waiting_bound(void)
{
	struct outbox_place *nobody[] = { NULL };
	struct outbox box;

	outbox_init(&box);
	for (uint64_t seq = 1; seq <= OUTBOX_WAITING; seq++)
		CU_ASSERT_EQUAL(say(&box, seq, 10), 0);
	CU_ASSERT_EQUAL(say(&box, OUTBOX_WAITING + 1, 10), -1);
	send_to(&box, nobody);
	CU_ASSERT_EQUAL(say(&box, OUTBOX_WAITING + 1, 10), 0);
	CU_ASSERT_EQUAL(say(&box, OUTBOX_WAITING + 2, 10), -1);
	for (int i = 0; i < OUTBOX_WAITING; i++)
		send_to(&box, nobody);
	check_empty(&box);
}

/* A slow peer holds back later texts, and none of them is lost. */
static void
test_byte_bound(void)
{
	struct outbox_place slow = { 0 }, *peers[] = { &slow, NULL };
	uint64_t said = 0, got = 0;
	struct outbox box;

	outbox_init(&box);
	for (;;) {
		CU_ASSERT_EQUAL(say(&box, ++said, TEXT_MAX), 0);
		CU_ASSERT_EQUAL(outbox_is_behind(&box, &slow),
		    said - 1 > OUTBOX_BYTES / TEXT_MAX / 2);
		if (outbox_full(&box))
			break;
		check_text(send_to(&box, peers), said, TEXT_MAX);
	}
	CU_ASSERT_EQUAL(said, OUTBOX_BYTES / TEXT_MAX + 1);
	CU_ASSERT_PTR_NULL(outbox_next(&box));
	CU_ASSERT_EQUAL(say(&box, ++said, 1), 0);
	CU_ASSERT_PTR_NULL(outbox_next(&box)); /* it does not overtake */
	while (slow.owed != NULL) {
		CU_ASSERT_EQUAL(slow.owed->seq, ++got);
		outbox_done(&box, &slow);
		if (!TAILQ_EMPTY(&box.waiting) && !outbox_full(&box))
			send_to(&box, peers);
	}
	CU_ASSERT_EQUAL(got, said);
	CU_ASSERT_PTR_NULL(slow.unsent);
	CU_ASSERT_FALSE(outbox_full(&box));
	CU_ASSERT_FALSE(outbox_is_behind(&box, &slow));
	check_empty(&box);
}

/* Short texts are bounded by their number, however few of them are kept, since
 * ui's table begins with the oldest. */
static void
test_number_bound(void)
{
	struct outbox_place slow = { .number = 0 }, quick = { .number = 1 };
	struct outbox_place *both[] = { &slow, &quick, NULL };
	struct outbox_place *only_quick[] = { &quick, NULL };
	uint64_t said = 1;
	struct outbox box;

	outbox_init(&box);
	CU_ASSERT_EQUAL(say(&box, said, 1), 0);
	send_to(&box, both);
	outbox_done(&box, &quick);
	for (;;) {
		CU_ASSERT_EQUAL(say(&box, ++said, 1), 0);
		CU_ASSERT_EQUAL(outbox_is_behind(&box, &slow),
		    said > OUTBOX_TEXTS / 2);
		CU_ASSERT_FALSE(outbox_is_behind(&box, &quick));
		if (outbox_full(&box))
			break;
		send_to(&box, only_quick);
		outbox_done(&box, &quick);
	}
	CU_ASSERT_EQUAL(said, OUTBOX_TEXTS + 1);
	CU_ASSERT_PTR_NULL(outbox_next(&box));
	outbox_done(&box, &slow); /* the peer gives up */
	CU_ASSERT_FALSE(outbox_full(&box));
	send_to(&box, only_quick);
	outbox_done(&box, &quick);
	check_empty(&box);
}

/* Hands the next text to a peer's session, as cryptod does. */
static uint64_t
hand_on(struct outbox_place *place)
{
	uint64_t seq;

	if (place->unsent == NULL)
		return 0;
	seq = place->unsent->seq;
	outbox_advance(place);
	return seq;
}

static void
test_places(void)
{
	struct outbox_place a = { .number = 0 }, b = { .number = 9 };
	struct outbox_place *both[] = { &a, &b, NULL };
	struct outbox_place *only_a[] = { &a, NULL };
	struct outbox box;

	outbox_init(&box);
	for (uint64_t seq = 1; seq <= 5; seq++)
		CU_ASSERT_EQUAL(say(&box, seq, 100), 0);
	send_to(&box, only_a); /* b comes later */
	send_to(&box, both);
	send_to(&box, both);
	CU_ASSERT_EQUAL(a.owed->seq, 1);
	CU_ASSERT_EQUAL(b.owed->seq, 2);
	CU_ASSERT_EQUAL(kept(&box), 3);

	CU_ASSERT_EQUAL(hand_on(&a), 1);
	CU_ASSERT_EQUAL(hand_on(&a), 2);
	outbox_done(&box, &a); /* the receipt for text 1 */
	CU_ASSERT_EQUAL(kept(&box), 2);
	CU_ASSERT_EQUAL(a.unsent->seq, 3);
	CU_ASSERT_EQUAL(a.owed->seq, 2);
	outbox_done(&box, &a); /* b still owes a receipt for 2 */
	CU_ASSERT_EQUAL(kept(&box), 2);

	/* Text 3 is over for a, though it was never handed on. */
	CU_ASSERT_EQUAL(a.unsent->seq, 3);
	outbox_done(&box, &a);
	CU_ASSERT(a.unsent == NULL && a.owed == NULL);
	CU_ASSERT_EQUAL(TAILQ_FIRST(&box.sent)->owing, 1);

	send_to(&box, both);
	CU_ASSERT_EQUAL(a.unsent->seq, 4);
	for (uint64_t seq = 2; seq <= 4; seq++)
		CU_ASSERT_EQUAL(hand_on(&b), seq);
	CU_ASSERT_EQUAL(hand_on(&b), 0);
	for (int i = 0; i < 3; i++)
		outbox_done(&box, &b);
	CU_ASSERT(b.unsent == NULL && b.owed == NULL);
	CU_ASSERT_EQUAL(kept(&box), 1);
	send_to(&box, both);
	while (a.owed != NULL)
		outbox_done(&box, &a);
	CU_ASSERT_EQUAL(hand_on(&b), 5);
	outbox_done(&box, &b);
	check_empty(&box);
}

/* A text for one peer alone is handed to nobody else, before and after texts
 * for all, and is freed with its one receipt. */
static void
test_for_one(void)
{
	struct outbox_place a = { .number = 7 }, b = { .number = 255 };
	struct outbox_place *both[] = { &a, &b, NULL };
	struct outbox_place *only_a[] = { &a, NULL }, *only_b[] = { &b, NULL };
	struct outbox box;

	outbox_init(&box);
	for (uint64_t seq = 1; seq <= 6; seq++)
		CU_ASSERT_EQUAL(say(&box, seq, 10), 0);
	send_to(&box, both);
	send_to(&box, only_a);
	send_to(&box, only_a);
	send_to(&box, only_b);
	send_to(&box, both);
	send_to(&box, only_a);
	CU_ASSERT_EQUAL(hand_on(&b), 1);
	CU_ASSERT_EQUAL(hand_on(&b), 4);
	CU_ASSERT_EQUAL(hand_on(&b), 5);
	CU_ASSERT_EQUAL(hand_on(&b), 0);
	for (int i = 0; i < 3; i++)
		outbox_done(&box, &b);
	CU_ASSERT_PTR_NULL(b.owed);
	CU_ASSERT_EQUAL(kept(&box), 5); /* 4 is gone */
	for (uint64_t seq = 1; seq <= 6; seq++)
		if (seq != 4)
			CU_ASSERT_EQUAL(hand_on(&a), seq);
	while (a.owed != NULL)
		outbox_done(&box, &a);
	check_empty(&box);
}

/* A private text must be for somebody; it may be for several places of one
 * key. */
static void
test_private_needs_one(void)
{
	struct ipc_say private = { .seq = 1, .flags = TEXT_FLAG_PRIVATE };
	const struct peer_id ids[2] = { { { 1 } }, { { 2 } } };
	struct outbox box;

	outbox_init(&box);
	CU_ASSERT_EQUAL(outbox_say(&box, &private, "a", 1, NULL, 0), -1);
	for (uint32_t count = 1; count <= 2; count++) {
		const struct outgoing *m;

		CU_ASSERT_EQUAL(outbox_say(&box, &private, "a", 1, ids, count),
		    0);
		m = outbox_next(&box);
		CU_ASSERT_EQUAL(m->only_count, count);
		CU_ASSERT_EQUAL(m->only[count - 1].bytes[0], count);
		outbox_settle(&box, TAILQ_FIRST(&box.sent));
		private.seq++;
	}
	check_empty(&box);
}

#define PEERS 5

/* Texts are said, handed on and confirmed in any order: each peer gets in order
 * all that it was there for, and nothing is left over. */
static void
test_random(void)
{
	struct outbox_place places[PEERS] = { 0 }, *there[PEERS + 1];
	uint64_t seed = 8, said = 0, handed[PEERS] = { 0 }, seq, i;
	struct outbox box;
	unsigned int n;

	outbox_init(&box);
	for (n = 0; n < PEERS; n++)
		(there[n] = &places[n])->number = n;
	there[PEERS] = NULL;
	for (i = 0; i < 20000; i++) {
		n = random_next(&seed) % PEERS;
		switch (random_next(&seed) % 4) {
		case 0:
			if (box.waiting_count < OUTBOX_WAITING)
				CU_ASSERT_EQUAL(say(&box, ++said, 50), 0);
			break;
		case 1:
			if (!TAILQ_EMPTY(&box.waiting) && !outbox_full(&box))
				send_to(&box, there);
			break;
		case 2:
			seq = hand_on(&places[n]);
			if (seq != 0)
				CU_ASSERT_EQUAL(seq, ++handed[n]);
			break;
		case 3: /* a receipt only for what it got */
			if (places[n].owed != NULL &&
			    places[n].owed->seq <= handed[n])
				outbox_done(&box, &places[n]);
			break;
		}
	}
	for (i = 0; i <= said; i++) {
		for (n = 0; n < PEERS; n++) {
			while ((seq = hand_on(&places[n])) != 0)
				CU_ASSERT_EQUAL(seq, ++handed[n]);
			while (places[n].owed != NULL)
				outbox_done(&box, &places[n]);
		}
		if (!TAILQ_EMPTY(&box.waiting))
			send_to(&box, there);
	}
	for (n = 0; n < PEERS; n++)
		CU_ASSERT_EQUAL(handed[n], said);
	check_empty(&box);
}

void
outbox_suite(void)
{
	CU_pSuite suite = CU_add_suite("outbox", crypto_setup, NULL);

	CU_add_test(suite, "numbers", test_numbers);
	CU_add_test(suite, "bound on what waits", test_waiting_bound);
	CU_add_test(suite, "bound on bytes", test_byte_bound);
	CU_add_test(suite, "bound on texts", test_number_bound);
	CU_add_test(suite, "places of peers", test_places);
	CU_add_test(suite, "for one peer alone", test_for_one);
	CU_add_test(suite, "private needs one", test_private_needs_one);
	CU_add_test(suite, "any order", test_random);
}
