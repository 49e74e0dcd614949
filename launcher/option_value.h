/*
 * One option's text becomes its value: the kinds of the table of options.
 */
#ifndef LAUNCHER_OPTION_VALUE_H
#define LAUNCHER_OPTION_VALUE_H

#include "launcher/options.h"

#define OPTION_WHY_MAX	  128 /* bytes, with the NUL */
#define OPTION_QUOTED_MAX 64  /* how much of a value an error shows */

/*
 * Checks a text and stores it in the option's field. Addresses without a port
 * take o->bootnode_udp_port, and are added to those that are there. Returns 0,
 * or -1 if it is not what spec->want says; why then says what is wrong with
 * it, or "" where that says enough.
 */
int option_parse(struct options *o, const struct option_spec *spec,
    const char *text, char why[OPTION_WHY_MAX]);

/*
 * The first len bytes of a text in quotes for an error, printable ASCII: a .env
 * in somebody else's folder must not send escapes to the terminal. Returns out.
 */
const char *option_quote(const char *text, size_t len,
    char out[OPTION_QUOTED_MAX]);

#endif
