/*
 * Messages of the kernel's about the network. See netlink_batch.h.
 */
#include "tests/unit/netd/client/netlink_batch.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

struct netlink
batch_asked(enum netlink_list listing)
{
	return (struct netlink){ .fd = -1,
		.port = BATCH_PORT,
		.sequence = BATCH_SEQUENCE,
		.listing = listing };
}

struct nlmsghdr *
batch_head(struct batch *b, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *h = (void *)(b->bytes + b->len);

	memset(h, 0, sizeof(*h));
	h->nlmsg_type = type;
	h->nlmsg_flags = flags;
	h->nlmsg_seq = BATCH_SEQUENCE;
	h->nlmsg_len = sizeof(*h);
	b->len += sizeof(*h);
	return h;
}

void
batch_put(struct batch *b, struct nlmsghdr *h, const void *bytes, size_t len)
{
	memset(b->bytes + b->len, 0, NLMSG_ALIGN(len));
	memcpy(b->bytes + b->len, bytes, len);
	b->len += NLMSG_ALIGN(len);
	h->nlmsg_len += (uint32_t)NLMSG_ALIGN(len);
}

void
batch_attribute(struct batch *b, struct nlmsghdr *h, uint16_t type,
    const void *value, size_t len)
{
	struct rtattr a = { (uint16_t)RTA_LENGTH(len), type };

	batch_put(b, h, &a, sizeof(a));
	batch_put(b, h, value, len);
}

unsigned int
batch_read_bytes(struct netlink *n, const void *bytes, size_t len)
{
	void *exact = malloc(len + 1);
	unsigned int news;

	CU_ASSERT_PTR_NOT_NULL_FATAL(exact);
	memcpy(exact, bytes, len);
	news = netlink_read(n, exact, len);
	free(exact);
	return news;
}

unsigned int
batch_read(struct netlink *n, struct batch *b)
{
	unsigned int news = batch_read_bytes(n, b->bytes, b->len);

	b->len = 0;
	return news;
}
