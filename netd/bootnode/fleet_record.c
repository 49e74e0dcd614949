/*
 * The record of a node, as bytes. See fleet_record.h.
 */
#include "netd/bootnode/fleet_record.h"

/* Whoever changes the layout makes this another number. Nodes of a fleet that
 * do not know each other's layout do not see each other. */
#define FORMAT 1

#define FLAG_DRAINS 1

static void
put_addrs(struct putter *p, const struct addr *addrs, size_t count)
{
	put_u8(p, (unsigned int)count);
	for (size_t i = 0; i < count; i++)
		wire_put_addr(p, &addrs[i]);
}

uint64_t
fleet_record_id(const struct addr *addrs, size_t count)
{
	static const uint8_t no_key[SIPHASH_KEY];
	uint8_t bytes[1 + NODE_ADDRS_MAX * WIRE_ADDR_MAX], mac[SIPHASH_MAC];
	struct putter p;
	struct getter g;

	put_init(&p, bytes, sizeof(bytes));
	put_addrs(&p, addrs, count);
	siphash(mac, no_key, bytes, put_length(&p));
	get_init(&g, mac, sizeof(mac));
	return get_u64(&g);
}

bool
fleet_record_newer(const struct fleet_record *a, const struct fleet_record *b)
{
	return a->incarnation != b->incarnation
	    ? a->incarnation > b->incarnation
	    : a->sequence > b->sequence;
}

size_t
fleet_record_put(uint8_t buf[FLEET_RECORD_MAX], const struct fleet_record *r)
{
	const size_t len = strnlen(r->version, FLEET_VERSION_MAX);
	struct putter p;

	put_init(&p, buf, FLEET_RECORD_MAX);
	put_u8(&p, FORMAT);
	put_u64(&p, r->id);
	put_u64(&p, r->incarnation);
	put_u64(&p, r->sequence);
	put_u8(&p, r->drains ? FLAG_DRAINS : 0);
	put_u32(&p, r->capacity);
	put_u32(&p, r->sessions);
	put_u32(&p, r->rooms);
	put_addrs(&p, r->addrs, r->count);
	put_u8(&p, (unsigned int)len);
	put_bytes(&p, r->version, len);
	return put_length(&p);
}

/* Clients are sent to these addresses. */
static bool
get_addrs(struct getter *g, struct fleet_record *r)
{
	r->count = get_u8(g);
	if (r->count == 0 || r->count > NODE_ADDRS_MAX)
		return false;
	for (size_t i = 0; i < r->count; i++) {
		wire_get_addr(g, &r->addrs[i]);
		if (addr_is_unusable(&r->addrs[i]))
			return false;
		for (size_t k = 0; k < i; k++)
			if (addr_equal(&r->addrs[i], &r->addrs[k]))
				return false;
	}
	return true;
}

/* The version is shown to people: there is nothing in it that could be more
 * than letters. */
static bool
get_version(struct getter *g, char version[FLEET_VERSION_MAX + 1])
{
	const size_t len = get_u8(g);

	if (len > FLEET_VERSION_MAX)
		return false;
	get_bytes(g, version, len);
	for (size_t i = 0; i < len; i++)
		if (version[i] <= ' ' || version[i] > '~')
			return false;
	return true;
}

int
fleet_record_get(const uint8_t *buf, size_t len, struct fleet_record *r)
{
	unsigned int flags, format;
	struct getter g;

	memset(r, 0, sizeof(*r));
	get_init(&g, buf, len);
	format = get_u8(&g);
	r->id = get_u64(&g);
	r->incarnation = get_u64(&g);
	r->sequence = get_u64(&g);
	flags = get_u8(&g);
	r->drains = flags == FLAG_DRAINS;
	r->capacity = get_u32(&g);
	r->sessions = get_u32(&g);
	r->rooms = get_u32(&g);
	if (!get_addrs(&g, r) || !get_version(&g, r->version))
		return -1;
	if (!get_done(&g) || format != FORMAT || flags > FLAG_DRAINS ||
	    r->incarnation == 0 || r->capacity == 0 ||
	    r->id != fleet_record_id(r->addrs, r->count))
		return -1;
	return 0;
}
