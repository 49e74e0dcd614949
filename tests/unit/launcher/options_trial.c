/*
 * Calls of the launcher's options. See options_trial.h.
 */
#include <stdio.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "tests/unit/folder.h"
#include "tests/unit/launcher/options_trial.h"

void
trial_add(const char *list[ARGS_MAX], const char *text)
{
	size_t n = 0;

	while (list[n] != NULL)
		n++;
	CU_ASSERT_FATAL(n < ARGS_MAX - 1);
	list[n] = text;
}

const char *
trial_run(struct trial *t)
{
	struct folder f;
	int argc = 0;

	folder_open(&f);
	if (t->dotenv != NULL)
		folder_put(&f, ".env", t->dotenv, strlen(t->dotenv));
	while (t->flags[argc] != NULL)
		argc++;
	t->err[0] = '\0';
	t->result = options_parse(&t->o, argc, (char *const *)t->flags,
	    (char *const *)t->env, f.fd, t->terminal, t->err, sizeof(t->err));
	CU_ASSERT_EQUAL(t->result == -1 || t->result == OPTIONS_NOTHING ||
		t->result == OPTIONS_NO_ROOM,
	    t->err[0] != '\0');
	folder_remove(&f);
	return t->err;
}

void
trial_check_text(const char *which, const char *got, const char *want)
{
	if (strcmp(got, want) != 0)
		(void)fprintf(stderr, "\n%s:\n  got  <%s>\n  want <%s>\n",
		    which, got, want);
	CU_ASSERT_STRING_EQUAL(got, want);
}

struct options
trial_options(struct trial *t, const char *one, const char *other)
{
	trial_add(t->flags, one);
	if (other != NULL)
		trial_add(t->flags, other);
	trial_check_text(one, trial_run(t), "");
	return t->o;
}
