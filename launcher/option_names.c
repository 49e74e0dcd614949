/*
 * The names of variables. See option_names.h.
 */
#include "launcher/option_names.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <string.h>

#include <bsd/string.h>

#include "common/edit_distance.h"
#include "launcher/option_value.h"

#define PREFIX_LEN  (sizeof(OPTION_PREFIX) - 1)
#define PASSPHRASE  OPT_COUNT /* no option, but a name */
#define NAMES	    (OPT_COUNT + 1)
#define LETTERS_MAX EDIT_DISTANCE_MAX

#define NAME_OF(id, variable, ...) variable,
static const char *const variables[NAMES] = { OPTIONS_TABLE(
    NAME_OF) "PASSPHRASE" };
#undef NAME_OF

/* ---- Where a value stands ---- */

const char *
option_names_environment(char *const envp[], const char *name)
{
	size_t len = strlen(name);

	for (; *envp != NULL; envp++)
		if (strncmp(*envp, name, len) == 0 && (*envp)[len] == '=')
			return *envp + len + 1;
	return NULL;
}

/* Finds the value of a variable by this very name, in the environment or .env,
 * and its place. */
static const char *
find_as_is(const char *name, char *const envp[], const struct dotenv *dotenv,
    struct option_origin *origin)
{
	const char *value = option_names_environment(envp, name);
	const struct dotenv_entry *e = dotenv_find(dotenv, name);

	if (value != NULL && *value != '\0') {
		origin->source = SOURCE_ENVIRONMENT;
		return value;
	}
	if (e == NULL || *e->value == '\0')
		return NULL;
	origin->source = SOURCE_DOTENV;
	origin->line = e->line;
	return e->value;
}

const char *
option_names_find(const char *variable, char *const envp[],
    const struct dotenv *dotenv, struct option_origin *origin)
{
	char name[OPTION_NAME_MAX];
	const char *value;

	(void)snprintf(name, sizeof(name), OPTION_PREFIX "%s", variable);
	value = find_as_is(name, envp, dotenv, origin);
	origin->prefixed = value != NULL;
	return value != NULL ? value
			     : find_as_is(variable, envp, dotenv, origin);
}

/* ---- What is meant for a name ---- */

/* Keeps the capitals and digits of a name, without a prefix that may be there.
 * Returns their number. */
static size_t
letters_of(const char *name, size_t len, char letters[LETTERS_MAX + 1])
{
	static const char prefix[] = "GOCHAT";
	char all[sizeof(prefix) + LETTERS_MAX];
	size_t n = 0, from = 0;

	for (size_t i = 0; i < len && n < sizeof(all) - 1; i++)
		if (name[i] != '_')
			all[n++] = (char)toupper((unsigned char)name[i]);
	all[n] = '\0';
	if (strncmp(all, prefix, sizeof(prefix) - 1) == 0)
		from = sizeof(prefix) - 1;
	return strlcpy(letters, all + from, LETTERS_MAX + 1);
}

/*
 * True if a person who wrote these letters is likely to have meant this name.
 * The shorter a name, the more words of other programs are near it: NODE and
 * MODEL are no MODE, and DELAY is no RELAY.
 */
static bool
is_near(const char *letters, const char *name)
{
	size_t len = strlen(name);
	size_t d = edit_distance(letters, strlen(letters), name, len);

	if (len >= 10)
		return d <= 1 || (d == 2 && letters[0] == name[0]);
	if (len >= 5)
		return d == 0 || (d == 1 && letters[0] == name[0]);
	return d == 0 ||
	    (d == 1 && strlen(letters) == len && strspn(letters, name) == len);
}

/*
 * Other words for options that must not be ignored: otherwise the room would be
 * open to all, the bootnode could be anybody, or peers would see the own
 * address. A name with another word before it, such as DB_PASSWORD_FILE, is
 * another program's, and PASSWORD alone may be anybody's.
 */
static const struct {
	const char *letters; /* for fnmatch(3) */
	unsigned int meant;
} guesses[] = {
	{ "PASSPHRASE*", OPT_PASSPHRASE_FILE },
	{ "PASSFILE*", OPT_PASSPHRASE_FILE },
	{ "PASSPATH*", OPT_PASSPHRASE_FILE },
	{ "PASSWDFILE*", OPT_PASSPHRASE_FILE },
	{ "PASSWDPATH*", OPT_PASSPHRASE_FILE },
	{ "PASSWORDFILE*", OPT_PASSPHRASE_FILE },
	{ "PASSWORDPATH*", OPT_PASSPHRASE_FILE },
	{ "ROOMPASS*", OPT_PASSPHRASE_FILE },
	{ "BOOTNODE*KEY*", OPT_BOOTNODE_KEY },
	{ "BOOTNODE*PUB", OPT_BOOTNODE_KEY },
	{ "BOOTNODE*PUBLIC", OPT_BOOTNODE_KEY },
	{ "BOOTNODE*FINGERPRINT*", OPT_BOOTNODE_KEY },
	{ "RELAYONLY", OPT_RELAY },
};

static unsigned int
find_guessed(const char *letters)
{
	for (size_t i = 0; i < sizeof(guesses) / sizeof(guesses[0]); i++)
		if (fnmatch(guesses[i].letters, letters, 0) == 0)
			return guesses[i].meant;
	return NAMES;
}

/* Returns the variable that is meant by a name: an index of variables, the
 * nearest; NAMES if no variable is near. */
static unsigned int
find_meant(const char *name, size_t len)
{
	char letters[LETTERS_MAX + 1], theirs[LETTERS_MAX + 1];
	unsigned int found = NAMES;
	size_t letter_count = letters_of(name, len, letters), d, nearest = 0;

	if (letter_count > LETTERS_MAX)
		return find_guessed(letters);
	for (unsigned int i = 0; i < NAMES; i++) {
		if (variables[i] == NULL)
			continue;
		d = edit_distance(letters, letter_count, theirs,
		    letters_of(variables[i], strlen(variables[i]), theirs));
		if (is_near(letters, theirs) &&
		    (found == NAMES || d < nearest)) {
			found = i;
			nearest = d;
		}
	}
	return found != NAMES ? found : find_guessed(letters);
}

/* ---- What is refused ---- */

struct names {
	const bool *is_given;
	char *const *envp;
	const struct dotenv *dotenv;
	char *err;
	size_t errlen;
};

/* A name and the place where it was found. */
struct name {
	const char *text;
	size_t len;
	unsigned int line; /* of .env, else 0 */
};

static bool
has_prefix(const struct name *n)
{
	return n->len >= PREFIX_LEN &&
	    strncasecmp(n->text, OPTION_PREFIX, PREFIX_LEN) == 0;
}

/* True if the name is this variable, with the prefix or without. */
static bool
is_variable(const struct name *n, const char *variable)
{
	size_t skip =
	    strncmp(n->text, OPTION_PREFIX, PREFIX_LEN) == 0 ? PREFIX_LEN : 0;

	return n->len > skip && strlen(variable) == n->len - skip &&
	    memcmp(n->text + skip, variable, n->len - skip) == 0;
}

/* True if the option is given by its flag, or named in the environment or .env,
 * even if it is empty: then the other name was not meant to give it. */
static bool
is_named(const struct names *all, unsigned int id)
{
	char name[OPTION_NAME_MAX];

	if (id == PASSPHRASE)
		return false;
	if (id == OPT_PASSPHRASE_FILE && all->is_given[OPT_PASSPHRASE])
		return true; /* it is asked for instead */
	(void)snprintf(name, sizeof(name), OPTION_PREFIX "%s", variables[id]);
	return all->is_given[id] ||
	    option_names_environment(all->envp, variables[id]) != NULL ||
	    option_names_environment(all->envp, name) != NULL ||
	    dotenv_find(all->dotenv, variables[id]) != NULL ||
	    dotenv_find(all->dotenv, name) != NULL;
}

/* Writes where a name was found in front of the fault. Returns -1. */
static int __attribute__((format(printf, 3, 4)))
refuse(const struct names *all, const struct name *n, const char *format, ...)
{
	char quoted[OPTION_QUOTED_MAX], place[32] = "the environment";
	char what[256];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	if (n->line != 0)
		(void)snprintf(place, sizeof(place), ".env line %u", n->line);
	(void)snprintf(all->err, all->errlen, "%s in %s: %s",
	    option_quote(n->text, n->len, quoted), place, what);
	return -1;
}

static int
check_name(const struct names *all, const struct name *n)
{
	unsigned int meant = find_meant(n->text, n->len);
	bool prefixed = has_prefix(n);

	/* In the environment, only a name with the prefix is certainly ours. */
	if (n->line == 0 && !prefixed && !is_variable(n, "PASSPHRASE"))
		return 0;
	if (meant == NAMES)
		return prefixed
		    ? refuse(all, n, "gochat has no variable of that name")
		    : 0;
	if (meant == PASSPHRASE)
		return refuse(all, n,
		    "a passphrase is not read from there: use --passphrase or "
		    "PASSPHRASE_FILE");
	if (is_variable(n, variables[meant]))
		return 0;
	if (prefixed)
		return refuse(all, n, "is " OPTION_PREFIX "%s meant?",
		    variables[meant]);
	if (is_named(all, meant))
		return 0;
	return refuse(all, n, "is %s meant? If not, the line %s= says so",
	    variables[meant], variables[meant]);
}

int
option_names_check(const bool is_given[OPT_COUNT], char *const envp[],
    const struct dotenv *dotenv, char *err, size_t errlen)
{
	const struct names all = { is_given, envp, dotenv, err, errlen };
	struct name n = { 0 };

	for (size_t i = 0; i < dotenv->count; i++) {
		n.text = dotenv->entries[i].name;
		n.len = strlen(n.text);
		n.line = dotenv->entries[i].line;
		if (check_name(&all, &n) == -1)
			return -1;
	}
	for (n.line = 0; *envp != NULL; envp++) {
		n.text = *envp;
		n.len = strcspn(n.text, "=");
		if (check_name(&all, &n) == -1)
			return -1;
	}
	return 0;
}
