/*
 * Converts the text of one option to its value: the kinds of the table of
 * options.
 */
#ifndef LAUNCHER_OPTION_VALUE_H
#define LAUNCHER_OPTION_VALUE_H

#include "launcher/options.h"

#define OPTION_WHY_MAX	  128 /* bytes, with the NUL */
#define OPTION_QUOTED_MAX 64  /* how much of a value an error shows */

/*
 * Checks a text and stores it in the option's field. Addresses without a port
 * take o->bootnode_udp_port, and are added to those that are there. Returns 0,
 * or -1 if the text is not what spec->want says; why then says what is wrong,
 * or "" where spec->want is enough.
 */
int option_parse(struct options *o, const struct option_spec *spec,
    const char *text, char why[OPTION_WHY_MAX]);

/*
 * Writes the first len bytes of a text in quotes for an error, as printable
 * ASCII: a .env in somebody else's folder must not send escapes to the
 * terminal. Of an invite, only the scheme is written. Returns out.
 */
const char *option_quote(const char *text, size_t len,
    char out[OPTION_QUOTED_MAX]);

#endif
