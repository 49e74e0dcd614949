/*
 * What happens to the paths to the peers when this host's network is another.
 * See links.h.
 */
#include "netd/client/links_parts.h"

#include <string.h>

static void
doubt(struct link *p, uint64_t now)
{
	path_check(&p->path, now);
	if (!p->broken)
		path_restart(&p->path, now);
}

void
links_doubt(struct links *links, uint64_t now)
{
	struct link *p;

	FOREACH_LINK (links, p)
		doubt(p, now);
}

static bool
has_address(const struct lan *lan, const uint8_t ip[16])
{
	for (size_t i = 0; i < lan->count; i++)
		if (memcmp(lan->prefixes[i].ip, ip, 16) == 0)
			return true;
	return false;
}

/* True if an address of ours is gone from which packets to this one most likely
 * came: one of the same network, or the only one of its family. */
static bool
has_lost_source(const struct lan *old, const struct lan *new,
    const struct addr *to)
{
	bool gone = false;
	size_t family = 0;

	for (size_t i = 0; i < old->count; i++) {
		const struct addr_prefix *o = &old->prefixes[i];
		struct addr own = { .port = 0 };

		memcpy(own.ip, o->ip, sizeof(own.ip));
		if (addr_is_ipv4(&own) != addr_is_ipv4(to))
			continue;
		family++;
		if (has_address(new, o->ip))
			continue;
		gone = true;
		if (addr_in_prefix(to, o))
			return true;
	}
	return gone && family == 1;
}

/* True if the address of ours is gone that packets to this peer leave from.
 * Packets to the bootnode leave from an address that the system chooses. */
static bool
is_cut(const struct links *links, const struct link *p, const struct lan *new)
{
	const struct candidate *c = path_current(&p->path);

	if (c == NULL)
		return false;
	if (c->kind == PATH_RELAY)
		return has_lost_source(&links->lan, new,
		    &links->boot->session_addr);
	if (!remote_has_local(&c->at))
		return has_lost_source(&links->lan, new, &c->at.addr);
	return has_address(&links->lan, c->at.local) &&
	    !has_address(new, c->at.local);
}

void
links_moved(struct links *links, uint64_t now, const struct lan *lan)
{
	struct link *p;

	FOREACH_LINK (links, p) {
		if (is_cut(links, p, lan)) {
			path_lost(&p->path, now);
			links_changed(p, now, -1);
		}
		if (path_moved(&p->path, lan) == PATH_CHANGED)
			p->untold = true;
		doubt(p, now);
	}
	links->lan = *lan;
}
