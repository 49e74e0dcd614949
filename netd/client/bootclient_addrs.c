/*
 * The addresses of the bootnodes, as the launcher tells them, in the order in
 * which they are asked. See bootclient.h and bootclient_parts.h.
 */
#include "netd/client/bootclient_parts.h"

#include <string.h>

struct boot_target *
boot_target_at(struct bootclient *b, const struct addr *addr)
{
	for (size_t i = 0; i < b->target_count; i++)
		if (addr_equal(&b->targets[i].addr, addr))
			return &b->targets[i];
	return NULL;
}

/* Returns the place in the order: the lowest is asked first. */
static unsigned int
rank(const struct bootclient *b, const struct boot_target *t)
{
	if ((t->is & BOOT_VIA) != 0)
		return 0;
	if (addr_equal(&t->addr, &b->session_addr))
		return 1;
	return (t->is & BOOT_HOME) != 0 ? 2 : 3;
}

void
boot_arrange(struct bootclient *b)
{
	struct boot_target targets[BOOT_TARGETS_MAX];
	size_t count = 0;

	for (unsigned int r = 0; r <= 3; r++)
		for (size_t i = 0; i < b->target_count; i++)
			if (b->targets[i].is != 0 &&
			    rank(b, &b->targets[i]) == r)
				targets[count++] = b->targets[i];
	memcpy(b->targets, targets, count * sizeof(targets[0]));
	b->target_count = count;
}

void
boot_mark(struct bootclient *b, uint8_t what, const struct addr *addrs,
    size_t count)
{
	struct boot_target *t;

	for (size_t i = 0; i < b->target_count; i++)
		b->targets[i].is &= (uint8_t)~what;
	boot_arrange(b);
	for (size_t i = 0; i < count; i++) {
		t = boot_target_at(b, &addrs[i]);
		if (t == NULL) {
			t = &b->targets[b->target_count++];
			*t = (struct boot_target){ .addr = addrs[i] };
		}
		t->is |= what;
	}
	boot_arrange(b);
}

/* The order does not matter: a resolver may give another one each time. */
static bool
has_addrs(struct bootclient *b, const struct addr *addrs, size_t count)
{
	const struct boot_target *t;
	size_t listed = 0;

	for (size_t i = 0; i < b->target_count; i++)
		listed += (b->targets[i].is & BOOT_LISTED) != 0;
	for (size_t i = 0; i < count; i++) {
		t = boot_target_at(b, &addrs[i]);
		if (t == NULL || (t->is & BOOT_LISTED) == 0)
			return false;
	}
	return count == listed;
}

/* The state of an address that stays is kept, and so are its questions under
 * way. Those of a node that we were sent to stay behind those that are told. */
static void
take_addrs(struct bootclient *b, const struct addr *addrs, size_t count)
{
	struct boot_target targets[BOOT_TARGETS_MAX], *known;
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		targets[n] = (struct boot_target){ .addr = addrs[i] };
		known = boot_target_at(b, &addrs[i]);
		if (known != NULL) {
			targets[n] = *known;
			known->is = 0;
		}
		targets[n++].is |= BOOT_LISTED;
	}
	for (size_t i = 0; i < b->target_count; i++) {
		b->targets[i].is &= (uint8_t)~BOOT_LISTED;
		if (b->targets[i].is != 0)
			targets[n++] = b->targets[i];
	}
	memcpy(b->targets, targets, n * sizeof(targets[0]));
	b->target_count = n;
	boot_arrange(b);
}

void
bootclient_addrs(struct bootclient *b, uint64_t now, const struct addr *addrs,
    size_t count)
{
	bool first = b->target_count == 0;

	if (!first && has_addrs(b, addrs, count))
		return; /* attempts go on as they were */
	take_addrs(b, addrs, count);
	boot_new_round(b, now);
	if (b->phase != BOOT_HELLO)
		return;
	/* It is still true that nobody has answered for so long, unless nobody
	 * could be asked. */
	if (first)
		boot_start_joining(b, now);
	else
		boot_say_hello(b, now);
}
