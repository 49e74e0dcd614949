/*
 * The worked example's inputs. See example.h.
 */
#include "tests/unit/example.h"

#define OPENSSL_SUPPRESS_DEPRECATED /* RAND_set_rand_method */
#include <openssl/rand.h>

#include <stdlib.h>
#include <string.h>

#define IPV4(a, b, c, d)                                                     \
	{                                                                    \
		.ip = { [10] = 0xff, [11] = 0xff, a, b, c, d }, .port = 4545 \
	}

struct room example_room;
struct x25519_key example_boot_key;

struct person anna = {
	.nick = "anna",
	.card = { .incarnation = 1,
	    .serial = 1,
	    .count = 1,
	    .hosts = { IPV4(192, 168, 1, 2) } },
	.observed = IPV4(192, 0, 2, 1),
};
struct person bert = {
	.nick = "bert",
	.card = { .incarnation = 1,
	    .serial = 1,
	    .count = 1,
	    .hosts = { IPV4(192, 168, 2, 2) } },
	.observed = IPV4(198, 51, 100, 1),
};
const struct addr example_bootnode = IPV4(203, 0, 113, 1);

const char *example_draws = "";

static int
draw(unsigned char *out, int len)
{
	if (*example_draws == '\0')
		abort();
	memset(out, *example_draws++, (size_t)len);
	return 1;
}

/* kind is a0 for Anna's bytes, b0 for Bert's. */
static void
make_keys(struct person *p, uint8_t kind)
{
	memset(p->us.token, kind, sizeof(p->us.token));
	memset(p->us.claim.opening, kind | 7, sizeof(p->us.claim.opening));
	memset(p->identity.private_key, kind | 1, 32);
	crypto_public_key(&p->identity);
	claim_complete(&p->us, p->identity.public_key);
	p->id = p->us.id;
	memset(p->card.nonce, kind | 4, sizeof(p->card.nonce));
}

void
example_start(void)
{
	static const RAND_METHOD fixed = { .bytes = draw };
	static const struct room_secret passphrase = { SECRET_PASSPHRASE,
		sizeof(EXAMPLE_PASSPHRASE) - 1, EXAMPLE_PASSPHRASE };

	RAND_set_rand_method(&fixed);
	memset(example_boot_key.private_key, 0xc1, 32);
	crypto_public_key(&example_boot_key);
	room_derive(&example_room, example_boot_key.public_key, EXAMPLE_ROOM,
	    strlen(EXAMPLE_ROOM), &passphrase);
	make_keys(&anna, 0xa0);
	make_keys(&bert, 0xb0);
}

void
example_end(void)
{
	RAND_set_rand_method(NULL);
}
