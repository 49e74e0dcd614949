/*
 * The largest datagram that a path carries. See pmtu.h.
 */
#include "netd/transport/pmtu.h"

#define PROBES_MAX    3 /* of one size; RFC 8899, section 5.1.2 */
#define SEARCH_AGAIN  (600 * USEC_PER_SEC) /* the same: PMTU_RAISE_TIMER */
#define AFTER_SILENCE (30 * USEC_PER_SEC)
/* After this many packets lost, and none arrived since, the path is a black
 * hole. */
#define SILENT_MAX 6

/*
 * The sizes of common IP packets: 1400 is common in mobile and other tunnels,
 * 1420 is WireGuard's, 1480 an IPv4 or IPv6 tunnel's, 1492 PPPoE's, 1500
 * Ethernet's; 9000 is a jumbo frame. Less 28 bytes for IPv4 and UDP, 48 for
 * IPv6.
 */
static const size_t sizes[] = { 1352, 1372, 1392, 1432, 1452, 1464, 1472, 4052,
	8952, 8972 };
#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

void
pmtu_init(struct pmtu *p, size_t base, size_t ceiling)
{
	*p = (struct pmtu){ .base = base, .ceiling = ceiling, .size = base };
}

size_t
pmtu_next(const struct pmtu *p, uint64_t now)
{
	if (p->probe != 0 || now < p->again)
		return 0;
	for (size_t i = 0; i < SIZES; i++)
		if (sizes[i] > p->size)
			return sizes[i] <= p->ceiling ? sizes[i] : 0;
	return 0;
}

void
pmtu_probing(struct pmtu *p, size_t probe)
{
	p->probe = probe;
}

/* The search ends; there may be a next one. */
static void
rest(struct pmtu *p, uint64_t until)
{
	p->again = until;
	p->tries = 0;
}

bool
pmtu_acked(struct pmtu *p, uint64_t number, size_t size, bool probe)
{
	if (size > p->base && number >= p->arrived) {
		p->arrived = number;
		p->silent = 0;
	}
	if (!probe || size != p->probe)
		return false;
	p->probe = 0;
	p->tries = 0;
	p->size = size;
	return true;
}

bool
pmtu_lost(struct pmtu *p, uint64_t now, uint64_t number, size_t size,
    bool probe)
{
	if (probe) {
		if (size != p->probe)
			return false;
		p->probe = 0;
		if (++p->tries == PROBES_MAX)
			rest(p, now + SEARCH_AGAIN);
		return false;
	}
	if (size <= p->base || p->size == p->base || number < p->arrived ||
	    ++p->silent < SILENT_MAX)
		return false;
	p->size = p->base;
	p->silent = 0;
	p->probe = 0;
	rest(p, now + AFTER_SILENCE);
	return true;
}
