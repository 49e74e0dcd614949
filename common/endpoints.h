/*
 * A bootnode and those that stand in for it, as people write them: one host
 * with a port, or several with commas between them and no blanks. They are kept
 * in the order in which they were given.
 */
#ifndef COMMON_ENDPOINTS_H
#define COMMON_ENDPOINTS_H

#include "common/endpoint.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ENDPOINTS_MAX	   8
#define ENDPOINTS_TEXT_MAX 512 /* of all of them, with a NUL */
#define ENDPOINTS_WHY_MAX  128 /* of what endpoints_parse() says, with a NUL */

struct endpoints {
	size_t count;
	struct endpoint at[ENDPOINTS_MAX];
};

/*
 * Reads a list of what endpoint_parse() reads, none of it with port 0, and none
 * of it twice. Returns 0; or -1 with why saying which entry is wrong, counted
 * from 1, and how: "entry 2 is empty". If the text is one entry alone why is
 * "", since the caller says what is expected. All in why can be printed, and
 * it has so little of an entry that it cannot hold the secret of an invite.
 */
int endpoints_parse(struct endpoints *, const char *text, uint16_t default_port,
    char why[ENDPOINTS_WHY_MAX]);

/* Writes each as endpoint_format() does, with commas. Returns buf. */
const char *endpoints_format(const struct endpoints *,
    char buf[ENDPOINTS_TEXT_MAX]);

/* True if one of them is a name and no address. */
bool endpoints_have_name(const struct endpoints *);

/* True if some host with its port is in both lists. */
bool endpoints_meet(const struct endpoints *, const struct endpoints *);

#endif
