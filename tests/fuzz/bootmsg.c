/*
 * Fuzzes the messages inside the bootnode's sealed channel (common/bootmsg.c).
 * The first byte says which kind follows. A message that is taken has one
 * encoding.
 */
#include "common/bootmsg.h"

#include "tests/fuzz/fuzz.h"

static size_t
recode_body(const uint8_t *data, size_t size, uint8_t *out, size_t max)
{
	struct addr addrs[NODE_ADDRS_MAX];
	struct bootmsg_entry entry;
	struct bootmsg_head head;
	size_t count;
	struct putter p;
	struct getter g;

	get_init(&g, data, size);
	put_init(&p, out, max);
	if (bootmsg_get_head(&g, &head) == -1)
		return 0;
	if (head.kind == BOOTMSG_MOVE)
		return bootmsg_get_move(&g, addrs, &count) == -1
		    ? 0
		    : bootmsg_put_move(out, max, addrs, count);
	bootmsg_put_head(&p, &head);
	while (g.left > 0) {
		if (bootmsg_get_entry(&g, head.kind, &entry) == -1)
			return 0;
		bootmsg_put_entry(&p, &entry);
	}
	return put_length(&p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t again[65536];
	struct bootmsg_redirect redirect;
	struct bootmsg_welcome welcome;
	struct bootmsg_join join;
	size_t n = 0;

	if (size < 1 || size > sizeof(again))
		return 0;
	size--;
	switch (*data++) {
	case 0:
		if (bootmsg_get_join(data, size, &join) == 0)
			n = bootmsg_put_join(again, sizeof(again), &join);
		break;
	case 1:
		if (bootmsg_get_welcome(data, size, &welcome) == 0)
			n = bootmsg_put_welcome(again, sizeof(again), &welcome);
		break;
	case 2:
		if (bootmsg_get_redirect(data, size, &redirect) == 0)
			n = bootmsg_put_redirect(again, sizeof(again),
			    &redirect);
		break;
	default:
		n = recode_body(data, size, again, sizeof(again));
	}
	REQUIRE(n == 0 || (n == size && memcmp(again, data, n) == 0));
	return 0;
}
