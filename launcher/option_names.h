/*
 * The names of variables: the places where a value may be, and names that mean
 * nothing but are nearly a variable, or were probably meant to be one.
 * options_parse() uses this.
 */
#ifndef LAUNCHER_OPTION_NAMES_H
#define LAUNCHER_OPTION_NAMES_H

#include "launcher/dotenv.h"
#include "launcher/options.h"

/* The prefix of a variable's name, which no other program uses. */
#define OPTION_PREFIX "GOCHAT_"

/* Returns the value of a variable in the environment, or NULL. */
const char *option_names_environment(char *const envp[], const char *name);

/*
 * Returns the value of a variable that is not empty, or NULL, and its place:
 * with the prefix in the environment, else with it in .env, else without it in
 * the environment, else in .env.
 */
const char *option_names_find(const char *variable, char *const envp[],
    const struct dotenv *, struct option_origin *);

/*
 * Refuses a name that would be ignored though it is meant for us: with the
 * prefix but not a variable's, anywhere; or in .env, nearly that of a variable
 * which is not given otherwise, or a guess at one that the safety of the room
 * depends on, such as PASSWORD_FILE and BOOTNODE_PUBKEY. .env has names of
 * other programs, too, and the environment has all of them. is_given tells of
 * each option whether its flag was given. PASSPHRASE and similar names are
 * refused as well: it is the obvious guess, and to ignore it would open the
 * room to everybody.
 *
 * Returns 0, or -1 with the reason in err, which has no value in it.
 */
int option_names_check(const bool is_given[OPT_COUNT], char *const envp[],
    const struct dotenv *, char *err, size_t errlen);

#endif
