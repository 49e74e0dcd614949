/*
 * Ids that commit to a key (cryptod/claim.c), and a client that meets somebody
 * in the room who makes a handshake under another's id: its user is told, and
 * the owner of the id can still connect.
 */
#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_stage.h"

#include <CUnit/CUnit.h>

#include <string.h>

void claim_suite(void);

/* The values were computed with Python's hashlib and hmac as PROTOCOL.md
 * section 6.5 says. */
static void
test_computed(void)
{
	struct x25519_key identity;
	struct claimant us;
	uint8_t key[32], run[16];
	struct peer_id id;

	memset(us.token, 1, sizeof(us.token));
	memset(us.claim.opening, 2, sizeof(us.claim.opening));
	for (uint8_t i = 0; i < 32; i++)
		key[i] = i;
	claim_complete(&us, key);
	CU_ASSERT(bytes_are(us.commitment, sizeof(us.commitment),
	    "f329b53f4dbda8752deb006419ac3bf6"
	    "171f98949b1fca66bf216fa36f366d8d"));
	CU_ASSERT(bytes_are(&us.id, sizeof(us.id),
	    "10182a8d698a9888a58580da5fe1835c"));
	claim_id(&id, us.token, us.commitment);
	CU_ASSERT_EQUAL(memcmp(&id, &us.id, sizeof(id)), 0);

	memset(identity.private_key, 3, 32);
	crypto_public_key(&identity);
	memset(run, 4, sizeof(run));
	memset(key, 5, sizeof(key));
	claim_make(&us, &identity, run, key);
	CU_ASSERT(bytes_are(us.token, sizeof(us.token),
	    "1f8d6e5058c38d23c52ec79bdd99491f"
	    "448010068d79127ad33f07730b32a808"));
	CU_ASSERT(bytes_are(us.claim.opening, sizeof(us.claim.opening),
	    "5326a75dc9c753513dab698dd58057ac"
	    "2e4207eb8ce76ea841a6439e08e4be5c"));
	CU_ASSERT_TRUE(claim_holds(&us.claim, identity.public_key, &us.id));
}

/* Any other bit in any part makes another id, or belongs to another key. */
static void
test_bound(void)
{
	struct claimant us;
	uint8_t key[32];

	crypto_random(&us, sizeof(us));
	crypto_random(key, sizeof(key));
	claim_complete(&us, key);
	CU_ASSERT_TRUE(claim_holds(&us.claim, key, &us.id));
#define BREAKS(object)                                                     \
	for (size_t i_ = 0; i_ < sizeof(object) * 8; i_++) {               \
		((uint8_t *)&(object))[i_ / 8] ^= (uint8_t)(1u << i_ % 8); \
		CU_ASSERT_FALSE(claim_holds(&us.claim, key, &us.id));      \
		((uint8_t *)&(object))[i_ / 8] ^= (uint8_t)(1u << i_ % 8); \
	}
	BREAKS(us.claim);
	BREAKS(us.id);
	BREAKS(key);
	CU_ASSERT_TRUE(claim_holds(&us.claim, key, &us.id));
}

/* Mallory is in the room, knows all that the peer ever showed, and has a key of
 * her own. */
static void
impersonate(struct stage *s, struct end *mallory)
{
	*mallory = *s->them;
	STAILQ_INIT(&mallory->out);
	crypto_keypair(&mallory->key);
	mallory->config.identity = &mallory->key;
	mallory->io.arg = mallory;
	mallory->session =
	    session_new(&mallory->config, &mallory->io, s->c->now);
	stage_path(s, PATH_PROBING);
	stage_path(s, PATH_UP);
	CU_ASSERT_EQUAL(session_start(mallory->session), 0);
	stage_exchange(s, mallory);
	/* The initiator has not shown its key to mallory. */
	CU_ASSERT_EQUAL(mallory->established, 0);
}

static void
check_told(struct stage *s, const struct end *mallory)
{
	const struct ipc_peer_claim *claim;
	uint8_t fingerprint[FINGERPRINT_LEN];
	struct ipc_message_in in;

	claim = stage_ui(s, IPC_PEER_CLAIM, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(claim);
	identity_fingerprint(fingerprint, mallory->key.public_key);
	CU_ASSERT_EQUAL(memcmp(claim->fingerprint, fingerprint,
			    FINGERPRINT_LEN),
	    0);
	CU_ASSERT_EQUAL(memcmp(&claim->id, &s->them->us.id, PEER_ID_LEN), 0);
	CU_ASSERT_EQUAL(claim->handle, s->p->handle);
	CU_ASSERT_EQUAL(claim->addr.port, 4545);
}

/* Mallory is first, and tries again before and after a minute is over. Then the
 * real peer comes, and only it is reported as connected. */
static void
check_client(bool lower)
{
	static const uint64_t at[] = { 1, 30, 61 };
	struct ipc_message_in in;
	struct end mallory;
	struct stage s;

	stage_open(&s, lower);
	stage_listed(&s);
	for (int i = 0; i < 3; i++) {
		s.c->now = at[i] * USEC_PER_SEC;
		impersonate(&s, &mallory);
		if (i != 1)
			check_told(&s, &mallory);
		CU_ASSERT_PTR_NULL(stage_ui(&s, IPC_PEER_CLAIM, &in));
		CU_ASSERT_EQUAL(s.p->state, PEER_CONNECTING);
		CU_ASSERT_FALSE(s.p->broken);
		session_free(mallory.session);
	}
	/* The path is given up if we began the handshake. */
	CU_ASSERT_EQUAL(s.told[IPC_PEER_FALSE], lower ? 3 : 0);
	s.c->now += 2 * USEC_PER_SEC;
	stage_path(&s, PATH_PROBING);
	stage_connect(&s);
	CU_ASSERT_EQUAL(memcmp(s.p->static_key, s.them->key.public_key, 32), 0);
	CU_ASSERT_PTR_NULL(stage_ui(&s, IPC_PEER_CLAIM, &in));
	CU_ASSERT_EQUAL(s.told[IPC_PEER], 2); /* connecting, connected */
	CU_ASSERT_EQUAL(s.told[IPC_PEER_DROP], 0);
	stage_close(&s);
}

static void
test_client_initiates(void)
{
	check_client(true);
}

static void
test_client_responds(void)
{
	check_client(false);
}

void
claim_suite(void)
{
	CU_pSuite suite = CU_add_suite("claim", crypto_setup, NULL);

	CU_add_test(suite, "computed", test_computed);
	CU_add_test(suite, "bound to all of it", test_bound);
	CU_add_test(suite, "told, not taken: we initiate",
	    test_client_initiates);
	CU_add_test(suite, "told, not taken: we respond", test_client_responds);
}
