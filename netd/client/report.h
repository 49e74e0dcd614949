/*
 * netd's part of the answer to /status.
 */
#ifndef NETD_CLIENT_REPORT_H
#define NETD_CLIENT_REPORT_H

#include "common/dispatch.h"
#include "netd/client/links.h"
#include "netd/client/reflect.h"

/* The answer waits for a new look at our address, but no longer than this. */
#define REPORT_WAIT (1 * USEC_PER_SEC)

struct report {
	struct ipc_channel *cryptod;
	const struct bootclient *boot;
	const struct links *links;
	const struct nat *nat;
	struct reflect *reflect;
	bool asked;
	uint64_t answer_at; /* at the latest */
};

/* cryptod asks for the status. */
message_handler report_ask;

uint64_t report_deadline(const struct report *);
/* Answers when it is time: at the end of a turn of the main loop. */
void report_timer(struct report *, uint64_t now);

#endif
