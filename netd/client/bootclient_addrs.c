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

void
boot_prefer(struct bootclient *b)
{
	struct boot_target kept;
	size_t i = 0;

	while (i < b->target_count &&
	    !addr_equal(&b->targets[i].addr, &b->session_addr))
		i++;
	if (i == b->target_count)
		return;
	kept = b->targets[i];
	memmove(b->targets + 1, b->targets, i * sizeof(kept));
	b->targets[0] = kept;
}

/* The order does not matter: a resolver may give another one each time. */
static bool
has_addrs(struct bootclient *b, const struct addr *addrs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (boot_target_at(b, &addrs[i]) == NULL)
			return false;
	return count == b->target_count;
}

/* The state of an address that stays is kept, and so are its questions under
 * way. */
static void
take_addrs(struct bootclient *b, const struct addr *addrs, size_t count)
{
	struct boot_target targets[BOOT_ADDRS_MAX], *known;

	for (size_t i = 0; i < count; i++) {
		known = boot_target_at(b, &addrs[i]);
		targets[i] = known != NULL
		    ? *known
		    : (struct boot_target){ .addr = addrs[i] };
	}
	memcpy(b->targets, targets, count * sizeof(targets[0]));
	b->target_count = count;
	boot_prefer(b);
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
