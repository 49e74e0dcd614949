/*
 * Rules about several options together: which ones exclude, replace or need
 * others, and defaults that depend on more than the table.
 */
#ifndef LAUNCHER_OPTION_RULES_H
#define LAUNCHER_OPTION_RULES_H

#include "launcher/options_parse.h"

/*
 * Applies all rules to options whose values have been read one by one. An
 * option in whose place another counts is as if it had not been given.
 * terminal says that standard input and output are terminals, and envp has
 * TERM. Returns 0, or with the error -1, OPTIONS_NOTHING or OPTIONS_NO_ROOM, as
 * options_parse() does.
 */
int option_rules_check(struct options_parse *, char *const envp[],
    bool terminal);

/* Takes the login name as nickname, or else one that anybody may have. */
void option_rules_nick(struct options *);

#endif
