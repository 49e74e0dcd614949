/*
 * What a bootnode may be told anew: which options may change, how it is told
 * which have, and what netd is told.
 */
#include "launcher/settings.h"

#include "tests/unit/folder.h"
#include "tests/unit/launcher/options_trial.h"

#include <CUnit/CUnit.h>

#include <string.h>

void settings_suite(void);

static struct options
options_with(const char *one, const char *other)
{
	struct trial t = { .flags = { "gochat", "--mode", "bootnode" } };

	return trial_options(&t, one, other);
}

/* Each option that may change, with a value other than its default. */
static void
test_may_change(void)
{
	static const char *const flags[] = { "--heartbeat-interval=11",
		"--peer-timeout=20", "--relay=never", "--relay-rate=99",
		"--relay-rate-per-address=999", "--max-peers=99",
		"--max-sessions-per-address=99", "--join-rate=9",
		"--deny-file=d", "--lift-file=l", "--log-level=warn",
		"--log-addresses=no" };
	const struct options before = options_with("--ui=plain", NULL);
	char err[OPTION_ERROR_MAX], names[SETTINGS_NAMES_MAX];

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		struct options now = options_with("--ui=plain", flags[i]);

		CU_ASSERT_EQUAL(settings_check(&before, &now, err, sizeof(err)),
		    0);
		settings_changes(&before, &now, names);
		/* The variable is the flag in capitals. */
		CU_ASSERT_EQUAL(strlen(names), strcspn(flags[i] + 2, "="));
		CU_ASSERT_STRING_EQUAL(settings_changes(&now, &now, names),
		    "none");
	}
}

static void
test_may_not_change(void)
{
	static const struct {
		const char *flag, *name;
	} cases[] = {
		{ "--listen=127.0.0.1:1", "--listen" },
		{ "--listen=0.0.0.0:9596", "--listen" },
		{ "--ui=json", "--ui" },
		{ "--max-sessions=9", "--max-sessions" },
		{ "--state-dir=s", "--state-dir" },
		{ "--metrics-socket=m", "--metrics-socket" },
		{ "--log-file=l", "--log-file" },
	};
	const struct options before = options_with("--ui=plain", NULL);
	char err[OPTION_ERROR_MAX];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct options now = options_with(cases[i].flag, NULL);

		now.ui = i == 2 ? UI_JSON : UI_PLAIN;
		CU_ASSERT_EQUAL(settings_check(&before, &now, err, sizeof(err)),
		    -1);
		CU_ASSERT_EQUAL(strncmp(err, cases[i].name,
				    strlen(cases[i].name)),
		    0);
		CU_ASSERT_PTR_NOT_NULL(strstr(err, "restart gochat"));
	}
}

/* From a file to another, or the same one again. */
static void
test_log_file(void)
{
	const struct options before = options_with("--log-file=a", NULL);
	const struct options now = options_with("--log-file=b", NULL);
	const struct options none = options_with("--max-peers=256", NULL);
	char err[OPTION_ERROR_MAX];

	CU_ASSERT_EQUAL(settings_check(&before, &now, err, sizeof(err)), 0);
	CU_ASSERT_EQUAL(settings_check(&before, &none, err, sizeof(err)), -1);
	CU_ASSERT_STRING_EQUAL(err,
	    "--log-file by default: expected a file, as at the start; put it "
	    "back, or restart gochat");
}

/* An error says whose file it is; nothing is kept of the one that was right. */
static void
test_files(void)
{
	struct settings s = { .options = options_with("--max-peers=2", NULL) };
	char err[OPTION_ERROR_MAX];
	struct folder folder;

	folder_open(&folder);
	folder_put(&folder, "deny", "10.0.0.1\n", 9);
	folder_put(&folder, "lift", "10.0.0.0/8 500\n", 15);
	(void)snprintf(s.options.deny_file, sizeof(s.options.deny_file),
	    "%s/deny", folder.path);
	(void)snprintf(s.options.lift_file, sizeof(s.options.lift_file),
	    "%s/lift", folder.path);
	CU_ASSERT_EQUAL(settings_read(&s, err, sizeof(err)), 0);
	CU_ASSERT_EQUAL(s.lists[PREFIXES_DENIED].count, 1);
	CU_ASSERT_EQUAL(s.lists[PREFIXES_LIFTED].count, 1);
	settings_free(&s);
	folder_put(&folder, "lift", "10.0.0.0/8\n", 11);
	CU_ASSERT_EQUAL(settings_read(&s, err, sizeof(err)), -1);
	CU_ASSERT_EQUAL(strncmp(err, "--lift-file by default: ", 24), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "/lift, line 1: expected the "));
	CU_ASSERT_PTR_NULL(s.lists[PREFIXES_DENIED].at);
	folder_remove(&folder);
}

void
settings_suite(void)
{
	CU_pSuite suite = CU_add_suite("settings", NULL, NULL);

	CU_add_test(suite, "options that may change", test_may_change);
	CU_add_test(suite, "options that may not", test_may_not_change);
	CU_add_test(suite, "the log's file", test_log_file);
	CU_add_test(suite, "files", test_files);
}
