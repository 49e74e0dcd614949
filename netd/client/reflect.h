/*
 * REFLECT: asks the bootnode, at the session's address and at its second
 * port, which address it sees, and tells nat.h. PROTOCOL.md section 2.14.
 */
#ifndef NETD_CLIENT_REFLECT_H
#define NETD_CLIENT_REFLECT_H

#include "netd/client/bootclient.h"
#include "netd/client/nat.h"

/* A question is asked this often, this far apart, or if that is longer, with
 * the bootnode's probe timeout in between. */
#define REFLECT_TRIES 3
#define REFLECT_RETRY (1 * USEC_PER_SEC)
/* An address that was seen within this time is not asked for again. */
#define REFLECT_FRESH (60 * USEC_PER_SEC)

struct reflect_question {
	struct addr to;
	bool open;	  /* an answer is awaited */
	uint64_t counter; /* the same in each try */
	unsigned int tries;
	uint64_t retry_at;
};

struct reflect {
	struct bootclient *boot; /* has the session, its key and counter */
	struct nat *nat;
	uint64_t session;
	uint64_t looked_at; /* when both were asked or known last */
	struct reflect_question questions[2];
	size_t count; /* of the bootnode's addresses: 0 to 2 */
};

void reflect_init(struct reflect *, struct bootclient *, struct nat *);

/* A session begins, if the bootclient took it. */
void reflect_session(struct reflect *, uint64_t now,
    const struct ipc_boot_session *);

/* Somebody wants to know the address: asks again, unless that was done just
 * now. */
void reflect_look(struct reflect *, uint64_t now);
/* True while answers are awaited. */
bool reflect_is_looking(const struct reflect *);

/* A REFLECT_REPLY came. */
void reflect_packet(struct reflect *, uint64_t now, const struct addr *from,
    const uint8_t *packet, size_t len);

uint64_t reflect_deadline(const struct reflect *);
void reflect_timer(struct reflect *, uint64_t now);

#endif
