/*
 * The flags of the command line. See option_flags.h.
 */
#include "launcher/option_flags.h"

#include <string.h>

#include "common/edit_distance.h"
#include "common/invite.h"
#include "launcher/option_value.h"

/* Returns the option of a flag, whose name ends at len. Returns OPT_COUNT if
 * there is none. */
static unsigned int
find_flag(const char *flag, size_t len)
{
	unsigned int id;

	for (id = 0; id < OPT_COUNT; id++)
		if (option_specs[id].flag != NULL &&
		    strncmp(option_specs[id].flag, flag, len) == 0 &&
		    option_specs[id].flag[len] == '\0')
			break;
	return id;
}

/* Returns the same for a flag of one letter. */
static unsigned int
find_letter(char letter)
{
#define LETTER(c, id) { c, OPT_##id },
	static const struct {
		char letter;
		enum option_id id;
	} letters[] = { OPTION_LETTERS(LETTER) };
#undef LETTER

	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (letters[i].letter == letter)
			return letters[i].id;
	return OPT_COUNT;
}

/* Returns the flag that is nearest to this text, which has no dashes; NULL if
 * none is near. */
static const char *
nearest_flag(const char *name, size_t len)
{
	const char *best = NULL;
	size_t best_d = EDIT_DISTANCE_FAR, d;

	for (unsigned int id = 0; id < OPT_COUNT; id++) {
		if (option_specs[id].flag == NULL)
			continue;
		d = edit_distance_of_name(name, len, option_specs[id].flag);
		if (d < best_d) {
			best = option_specs[id].flag;
			best_d = d;
		}
	}
	return best;
}

/* Writes the error about an argument that is no flag of ours. */
static int
fail_unknown(struct options_parse *p, const char *arg, size_t len)
{
	char quoted[OPTION_QUOTED_MAX];
	const char *near = NULL;

	/* The text may be a passphrase, so it is not repeated. */
	if (*arg != '-' && p->raw[OPT_PASSPHRASE].text != NULL)
		return options_fail(p, "--passphrase: expected no value");
	option_quote(arg, len, quoted);
	if (*arg != '-')
		return options_fail(p, "%s: expected a flag", quoted);
	if (strncmp(arg, "--", 2) == 0)
		near = nearest_flag(arg + 2, len - 2);
	if (near != NULL)
		return options_fail(p, "%s: unknown flag; did you mean --%s?",
		    quoted, near);
	return options_fail(p, "%s: unknown flag", quoted);
}

/* An invite alone is one, too. */
static int
collect_invite(struct options_parse *p, const char *arg)
{
	struct option_text *raw = &p->raw[OPT_INVITE];

	if (raw->text != NULL)
		return options_fail(p, "--invite: given twice");
	*raw = (struct option_text){
		.text = arg,
		.origin = { .source = SOURCE_FLAG },
	};
	return 0;
}

/* How often a flag may be given. */
static unsigned int
most_times(unsigned int id)
{
	return id == OPT_ROOM ? ROOMS_MAX : id == OPT_LISTEN ? BINDS_MAX : 1;
}

/* Returns the place of the text of a flag's next time; NULL if that is one too
 * many. */
static const char **
one_more(struct option_text *raw, unsigned int id)
{
	if (raw->more_count + 1 == most_times(id))
		return NULL;
	return &raw->more[raw->more_count++];
}

static int
fail_once_more(const struct options_parse *p, unsigned int id)
{
	const char *flag = option_specs[id].flag;

	if (most_times(id) > BINDS_MAX)
		return options_fail(p, "--%s: given more than %u times", flag,
		    most_times(id));
	return options_fail(p, "--%s: given %s", flag,
	    most_times(id) == 1 ? "twice" : "more than twice");
}

/* A word of the command after --control. */
static int
collect_word(struct options_parse *p, const char *word)
{
	struct options *o = p->o;

	if (o->word_count < sizeof(o->words) / sizeof(o->words[0]))
		o->words[o->word_count] = word;
	o->word_count++;
	return 0;
}

/* Takes the flag at argv[*i], and its value. Returns as
 * option_flags_collect() does. */
static int
collect_flag(struct options_parse *p, char *const argv[], int *i)
{
	const char *arg = argv[*i];
	size_t len = strcspn(arg, "=");
	unsigned int id = OPT_COUNT;
	const char **text;
	struct option_text *raw;

	if (strncmp(arg, "--", 2) == 0 && len > 2)
		id = find_flag(arg + 2, len - 2);
	else if (arg[0] == '-' && arg[1] != '\0' && arg[2] == '\0')
		id = find_letter(arg[1]);
	if (invite_begins(arg, strlen(arg)))
		return collect_invite(p, arg);
	if (id == OPT_COUNT && *arg != '-' && p->raw[OPT_CONTROL].text != NULL)
		return collect_word(p, arg);
	if (id == OPT_COUNT)
		return fail_unknown(p, arg, len);
	raw = &p->raw[id];
	text = raw->text == NULL ? &raw->text : one_more(raw, id);
	if (text == NULL)
		return fail_once_more(p, id);
	raw->origin.source = SOURCE_FLAG;
	if (option_specs[id].kind == KIND_SWITCH) {
		if (arg[len] == '=')
			return options_fail(p, "--%s: expected no value",
			    option_specs[id].flag);
		*text = "";
	} else if (arg[len] == '=') {
		*text = arg + len + 1;
	} else {
		*text = argv[*i + 1];
		if (*text == NULL || strncmp(*text, "--", 2) == 0)
			return options_fail(p,
			    "--%s: expected a value after it: %s",
			    option_specs[id].flag, option_specs[id].want);
		(*i)++;
	}
	return id == OPT_HELP	       ? OPTIONS_HELP
	    : id == OPT_VERSION	       ? OPTIONS_VERSION
	    : id == OPT_NEW_ACCESS_KEY ? OPTIONS_NEW_KEY
				       : 0;
}

int
option_flags_collect(struct options_parse *p, int argc, char *const argv[])
{
	int result;

	for (int i = 1; i < argc; i++) {
		if ((result = collect_flag(p, argv, &i)) != 0)
			return result;
	}
	return p->raw[OPT_CONTROL].text != NULL ? OPTIONS_CONTROL : 0;
}
