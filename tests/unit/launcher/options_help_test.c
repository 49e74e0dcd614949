/*
 * The text of --help.
 */
#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

#include "launcher/options.h"

void options_help_suite(void);

static const struct option_spec specs[] = { OPTIONS_TABLE(OPTION_ROW) };

/* Returns the whole text, to be freed. */
static char *
print_help(void)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	options_help(out);
	(void)fclose(out);
	return text;
}

/* All options are there, and first those that say which room it is, with what
 * can take their place. */
static void
test_all_options(void)
{
	char *text = print_help();
	const char *room = strstr(text, "\n  --room ");

	CU_ASSERT_PTR_NOT_NULL(room);
	CU_ASSERT_PTR_NOT_NULL(strstr(text,
	    "\nA client enters a room by these two, or by an invite. "
	    "--new-room takes the\nplace of --room. "));
	CU_ASSERT_PTR_EQUAL(strstr(text, "usage: gochat [FLAG...]\n"), text);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, " gochat --invite - [FLAG...]\n"));
	CU_ASSERT_PTR_NULL(strstr(text, "required"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "default 4545"));
	for (size_t id = 0; id < OPT_COUNT; id++) {
		const char *name = specs[id].flag, *at;
		char flag[64];

		CU_ASSERT(specs[id].variable == NULL ||
		    strstr(text, specs[id].variable));
		if (name == NULL)
			continue;
		(void)snprintf(flag, sizeof(flag), "\n  --%s", name);
		at = strstr(text, flag);
		CU_ASSERT_PTR_NOT_NULL(at);
		if (id != OPT_BOOTNODE && id != OPT_ROOM)
			CU_ASSERT(at > room);
	}
	for (char *l = strtok(text, "\n"); l; l = strtok(NULL, "\n"))
		CU_ASSERT(strlen(l) <= 80);
	free(text);
}

/* The text of an option begins in one column, on the line of its flag if there
 * is room, and says in which ways the option is given. */
static void
test_help_layout(void)
{
	static const char *const entries[] = {
		"\n  --bootnode HOST[:PORT]  the bootnode through which you meet "
		"the others, or\n"
		"                          several of one key that stand in for "
		"each other: host,\n"
		"                          host:port or [v6]:port, or several "
		"with commas; no\n"
		"                          default; variable BOOTNODE\n",
		"\n  --heartbeat-interval SECONDS\n"
		"                          seconds between two heartbeats to the "
		"bootnode: a\n"
		"                          number from 1 to 3600; default 10; "
		"variable\n"
		"                          HEARTBEAT_INTERVAL\n",
		/* One without a flag, and one without a variable. */
		"\n  BOOTNODE_UDP_PORT=PORT  port of --bootnode or --listen if "
		"the address names\n"
		"                          none: a number from 1 to 65535; "
		"default 9595\n",
		"\n  --help, -h              print this and exit\n",
	};
	char *text = print_help();

	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		CU_ASSERT_PTR_NOT_NULL(strstr(text, entries[i]));
	free(text);
}

void
options_help_suite(void)
{
	CU_pSuite suite = CU_add_suite("options, help", NULL, NULL);

	CU_add_test(suite, "all options", test_all_options);
	CU_add_test(suite, "the layout", test_help_layout);
}
