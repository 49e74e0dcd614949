/*
 * The flags of the command line, the strongest source of options.
 */
#ifndef LAUNCHER_OPTION_FLAGS_H
#define LAUNCHER_OPTION_FLAGS_H

#include "launcher/options_parse.h"

/*
 * Collects the texts of all flags; argv ends with NULL and argv[0] is skipped.
 * The texts stay argv's and are not checked yet. An invite alone counts as
 * --invite. Returns 0; OPTIONS_HELP or OPTIONS_VERSION at the first flag that
 * asks for it; or -1 with the error, which repeats nothing that may be a
 * passphrase.
 */
int option_flags_collect(struct options_parse *, int argc, char *const argv[]);

#endif
