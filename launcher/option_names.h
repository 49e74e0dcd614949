/*
 * The names of variables: where a value may stand, and what is nearly such a
 * name, or is likely to be meant for one, and stands for nothing.
 * options_parse() asks.
 */
#ifndef LAUNCHER_OPTION_NAMES_H
#define LAUNCHER_OPTION_NAMES_H

#include "launcher/dotenv.h"
#include "launcher/options.h"

/* Before a variable's name: what no other program's is called. */
#define OPTION_PREFIX "GOCHAT_"

/* The value of a variable in the environment, or NULL. */
const char *option_names_environment(char *const envp[], const char *name);

/*
 * The value of a variable, which is not empty, or NULL, and where it stands:
 * with the prefix in the environment, else with it in .env, else without it in
 * the environment, else in .env.
 */
const char *option_names_find(const char *variable, char *const envp[],
    const struct dotenv *, struct option_origin *);

/*
 * Refuses a name that would go unheard though it is meant for us: with the
 * prefix but not a variable's, anywhere; or in .env, nearly that of a variable
 * which is not given otherwise, or a guess at one that the safety of the room
 * hangs on, such as PASSWORD_FILE and BOOTNODE_PUBKEY. .env holds others'
 * names, too, the environment all of them. is_given tells of each option
 * whether its flag was. PASSPHRASE and what is nearly that is refused as well:
 * it is the obvious guess, and to ignore it would open the room to everybody.
 *
 * Returns 0, or -1 with the reason in err, which has no value in it.
 */
int option_names_check(const bool is_given[OPT_COUNT], char *const envp[],
    const struct dotenv *, char *err, size_t errlen);

#endif
