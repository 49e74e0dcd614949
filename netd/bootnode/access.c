/*
 * Who may use a private bootnode. See access.h.
 */
#include "netd/bootnode/access.h"

#include "common/wire.h"

static const struct access_holder *
find(const struct access *a, uint16_t number)
{
	for (size_t i = 0; i < a->count; i++)
		if (a->at[i].number == number)
			return &a->at[i];
	return NULL;
}

uint16_t
access_number(const struct access *a, const uint8_t key[SIPHASH_KEY])
{
	for (size_t i = 0; i < a->count; i++)
		if (memcmp(a->at[i].key.mac_key, key, SIPHASH_KEY) == 0)
			return a->at[i].number;
	return ACCESS_PUBLIC;
}

/* Returns a number that no key has. */
static uint16_t
next_number(struct access *a, const struct access *before)
{
	do
		a->last++;
	while (a->last == ACCESS_PUBLIC || find(before, a->last) != NULL ||
	    find(a, a->last) != NULL);
	return a->last;
}

void
access_set(struct access *a, const struct ipc_access_keys *keys)
{
	struct access before = *a;

	a->private = keys->private;
	a->count = 0;
	for (size_t i = 0; i < keys->count; i++) {
		struct access_holder *h = &a->at[i];
		uint16_t number = access_number(&before, keys->at[i].mac_key);

		h->key = keys->at[i];
		h->number =
		    number != ACCESS_PUBLIC ? number : next_number(a, &before);
		a->count++;
	}
	for (size_t i = a->count; i < before.count; i++)
		explicit_bzero(&a->at[i], sizeof(a->at[i]));
	explicit_bzero(&before, sizeof(before));
}

bool
access_allows(const struct access *a, const uint8_t *packet, size_t len,
    uint16_t *number)
{
	*number = ACCESS_PUBLIC;
	if (!a->private)
		return true;
	for (size_t i = 0; i < a->count; i++)
		if (wire_access_ok(packet, len, a->at[i].key.mac_key))
			*number = a->at[i].number;
	return *number != ACCESS_PUBLIC;
}

bool
access_holds(const struct access *a, uint16_t number)
{
	if (!a->private)
		return true;
	return number != ACCESS_PUBLIC && find(a, number) != NULL;
}

const char *
access_name(const struct access *a, uint16_t number)
{
	const struct access_holder *h = find(a, number);

	return h != NULL ? h->key.name : "";
}
