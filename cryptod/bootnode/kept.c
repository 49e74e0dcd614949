/*
 * A bootnode's state as sealed bytes. See kept.h.
 */
#include "cryptod/bootnode/kept.h"

#include "common/codec.h"

#include <string.h>

#define MAGIC	   "gochatKS"
#define MAGIC_LEN  8
#define SALT_LEN   32
#define LENGTH_LEN 4
#define LABEL	   "gochat bootnode state"
/* In the number of the last part. */
#define LAST (UINT64_C(1) << 63)

_Static_assert(LENGTH_LEN + 1 + KEPT_BYTES_MAX + TAG_LEN <= KEPT_PART_MAX,
    "a part has no place for what is kept");

static uint8_t *
make_key(const struct x25519_key *own, const uint8_t header[KEPT_HEADER_LEN])
{
	uint8_t *key = crypto_secret_alloc(KEY_LEN);

	crypto_hkdf(key, KEY_LEN, own->private_key, sizeof(own->private_key),
	    LABEL, header, KEPT_HEADER_LEN);
	return key;
}

static void
forget_key(uint8_t **key)
{
	crypto_secret_free(*key, KEY_LEN);
	*key = NULL;
}

void
kept_begin(struct kept_writer *w, const struct x25519_key *own,
    uint8_t out[KEPT_HEADER_LEN])
{
	struct putter p;

	kept_finish(w);
	put_init(&p, out, KEPT_HEADER_LEN);
	put_bytes(&p, MAGIC, MAGIC_LEN);
	put_u32(&p, KEPT_FORMAT);
	crypto_random(put_ref(&p, SALT_LEN), SALT_LEN);
	w->key = make_key(own, out);
	w->number = 0;
	w->bytes = KEPT_HEADER_LEN;
}

size_t
kept_seal(struct kept_writer *w, enum kept_kind kind, const uint8_t *contents,
    size_t len, uint8_t out[KEPT_PART_MAX])
{
	uint8_t *sealed = out + LENGTH_LEN;
	uint8_t nonce[GCM_NONCE_LEN];
	struct putter p;

	put_init(&p, out, KEPT_PART_MAX);
	put_u32(&p, (uint32_t)(1 + len + TAG_LEN));
	put_u8(&p, kind);
	put_bytes(&p, contents, len);
	crypto_counter_nonce(nonce,
	    w->number++ | (kind == KEPT_COUNTS ? LAST : 0));
	crypto_seal(sealed, w->key, nonce, NULL, 0, sealed, 1 + len);
	w->bytes += LENGTH_LEN + 1 + len + TAG_LEN;
	return LENGTH_LEN + 1 + len + TAG_LEN;
}

void
kept_finish(struct kept_writer *w)
{
	forget_key(&w->key);
}

enum kept_result
kept_open(struct kept_reader *r, const struct x25519_key *own,
    const uint8_t *bytes, size_t len)
{
	struct getter g;

	*r = (struct kept_reader){ .bytes = NULL };
	get_init(&g, bytes, len);
	if (len < KEPT_HEADER_LEN ||
	    memcmp(get_ref(&g, MAGIC_LEN), MAGIC, MAGIC_LEN) != 0)
		return KEPT_DAMAGED;
	if (get_u32(&g) != KEPT_FORMAT)
		return KEPT_OTHER_VERSION;
	r->bytes = bytes + KEPT_HEADER_LEN;
	r->left = len - KEPT_HEADER_LEN;
	r->key = make_key(own, bytes);
	return KEPT_TAKEN;
}

/* Opens a part as the last one, or as another. */
static int
open_as(const struct kept_reader *r, uint64_t last, const uint8_t *sealed,
    size_t len, uint8_t plain[1 + KEPT_BYTES_MAX])
{
	uint8_t nonce[GCM_NONCE_LEN];

	crypto_counter_nonce(nonce, r->number | last);
	return crypto_open(plain, r->key, nonce, NULL, 0, sealed, len);
}

enum kept_result
kept_next(struct kept_reader *r, enum kept_kind *kind,
    uint8_t contents[KEPT_BYTES_MAX], size_t *len)
{
	const enum kept_result bad =
	    r->number == 0 ? KEPT_OTHER_KEY : KEPT_DAMAGED;
	uint8_t plain[1 + KEPT_BYTES_MAX];
	const uint8_t *sealed;
	struct getter g;
	size_t n;
	bool last;

	get_init(&g, r->bytes, r->left);
	n = get_u32(&g);
	sealed = get_ref(&g, n);
	if (sealed == NULL || n < 1 + TAG_LEN || n - TAG_LEN > sizeof(plain))
		return KEPT_DAMAGED;
	last = open_as(r, 0, sealed, n, plain) == -1;
	if (last && open_as(r, LAST, sealed, n, plain) == -1)
		return bad;
	*kind = plain[0];
	*len = n - 1 - TAG_LEN;
	memcpy(contents, plain + 1, *len);
	crypto_wipe(plain, sizeof(plain));
	/* Nothing comes after the last part, and it comes. */
	if (*kind > KEPT_COUNTS || last != (*kind == KEPT_COUNTS) ||
	    last != (g.left == 0))
		return KEPT_DAMAGED;
	r->bytes = g.p;
	r->left = g.left;
	r->number++;
	return KEPT_TAKEN;
}

void
kept_close(struct kept_reader *r)
{
	forget_key(&r->key);
}
