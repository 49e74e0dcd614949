/*
 * People that we have met before. See known.h.
 */
#include "ui/known.h"

#include "common/log.h"

#include <stdlib.h>
#include <string.h>

static void
forget(struct known *k, size_t i)
{
	nick_look_free(&k->entries[i].look);
	k->count--;
	memmove(&k->entries[i], &k->entries[i + 1],
	    (k->count - i) * sizeof(k->entries[0]));
}

void
known_free(struct known *k)
{
	for (size_t i = 0; i < k->count; i++)
		nick_look_free(&k->entries[i].look);
	free(k->entries);
	memset(k, 0, sizeof(*k));
}

static struct known_peer *
find(const struct known *k, const uint8_t fingerprint[FINGERPRINT_LEN])
{
	for (size_t i = 0; i < k->count; i++)
		if (memcmp(k->entries[i].fingerprint, fingerprint,
			FINGERPRINT_LEN) == 0)
			return &k->entries[i];
	return NULL;
}

bool
known_is_verified(const struct known *k,
    const uint8_t fingerprint[FINGERPRINT_LEN])
{
	const struct known_peer *e = find(k, fingerprint);

	return e != NULL && e->verified;
}

/* Makes room for one more. Returns false if none of the present ones can go. */
static bool
make_room(struct known *k)
{
	if (k->entries == NULL) {
		k->entries = calloc(KNOWN_MAX, sizeof(k->entries[0]));
		if (k->entries == NULL)
			fatal("out of memory");
	}
	for (size_t i = k->count; k->count == KNOWN_MAX && i-- > 0;)
		if (!k->entries[i].verified)
			forget(k, i);
	return k->count < KNOWN_MAX;
}

void
known_note(struct known *k, const uint8_t fingerprint[FINGERPRINT_LEN],
    const char *nick, bool verified)
{
	struct known_peer *e = find(k, fingerprint);

	if (e == NULL) {
		if (!make_room(k))
			return;
		e = &k->entries[k->count++];
		memset(e, 0, sizeof(*e));
		memcpy(e->fingerprint, fingerprint, FINGERPRINT_LEN);
	}
	/* A verified key keeps the name that it was verified under. */
	if (e->verified && verified)
		return;
	e->verified = verified;
	nick_look_free(&e->look);
	nick_look(&e->look, nick);
}

const struct known_peer *
known_alike(const struct known *k, const struct nick_look *look,
    const struct known_peer *after)
{
	size_t i = after == NULL ? 0 : (size_t)(after - k->entries) + 1;

	for (; i < k->count; i++)
		if (nick_alike(&k->entries[i].look, look))
			return &k->entries[i];
	return NULL;
}

const struct known_peer *
known_changed(const struct known *k, const struct nick_look *look,
    const uint8_t fingerprint[FINGERPRINT_LEN], bool verified)
{
	const struct known_peer *e = NULL, *before = NULL;
	bool has_key = false;

	while ((e = known_alike(k, look, e)) != NULL)
		if (memcmp(e->fingerprint, fingerprint, FINGERPRINT_LEN) == 0)
			has_key = true;
		else if (before == NULL || e->verified || !before->verified)
			before = e;
	if (before == NULL || verified)
		return NULL;
	return !has_key || before->verified ? before : NULL;
}

const struct known_peer *
known_owner(const struct known *k, const struct nick_look *look)
{
	const struct known_peer *e = NULL;

	while ((e = known_alike(k, look, e)) != NULL)
		if (e->verified)
			return e;
	return known_alike(k, look, NULL);
}

bool
known_is_second(const struct known *k, const struct nick_look *look,
    const uint8_t fingerprint[FINGERPRINT_LEN], bool verified)
{
	const struct known_peer *first = known_alike(k, look, NULL);

	return !verified && first != NULL &&
	    memcmp(first->fingerprint, fingerprint, FINGERPRINT_LEN) != 0;
}
