/*
 * Names that are nearly those of variables (launcher/option_names.c): some are
 * refused, others belong to other programs.
 */
#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

#include "tests/unit/launcher/options_trial.h"

void option_names_suite(void);

/* Runs a client that has what it must have. Returns the error, or "". */
static const char *
run(struct trial *t, const char *dotenv, const char *env, const char *flag)
{
	*t = (struct trial){ .flags = { "gochat", "--room=r" },
		.env = { "BOOTNODE=b" },
		.dotenv = dotenv };
	if (env != NULL)
		trial_add(t->env, env);
	if (flag != NULL)
		trial_add(t->flags, flag);
	return trial_run(t);
}

/* A line of .env with that name is an error: this variable was meant. */
static void
meant(const char *name, const char *variable)
{
	char dotenv[128], want[256];
	struct trial t;

	(void)snprintf(dotenv, sizeof(dotenv), "# one\n%s=x\n", name);
	(void)snprintf(want, sizeof(want),
	    "\"%s\" in .env line 2: is %s meant? If not, the line %s= says so",
	    name, variable, variable);
	trial_check_text(name, run(&t, dotenv, NULL, NULL), want);
}

static void
left_alone(const char *name)
{
	char text[128];
	struct trial t;

	(void)snprintf(text, sizeof(text), "%s=x\n", name);
	trial_check_text(name, run(&t, text, NULL, NULL), "");
	text[strlen(text) - 1] = '\0';
	trial_check_text(name, run(&t, NULL, text, NULL), "");
}

static void
test_meant(void)
{
	meant("PASSPHRASEFILE", "PASSPHRASE_FILE");
	meant("PASSPHRASE_FIL", "PASSPHRASE_FILE");
	meant("PASSPHARSE_FILE", "PASSPHRASE_FILE");
	meant("PASPHRASE_FLIE", "PASSPHRASE_FILE");
	meant("APSSPHRASE_FILE", "PASSPHRASE_FILE");
	meant("PASSPHRASE_FILES", "PASSPHRASE_FILE");
	meant("passphrase_file", "PASSPHRASE_FILE");
	meant("Passphrase_File", "PASSPHRASE_FILE");
	meant("GOCHATPASSPHRASE_FILE", "PASSPHRASE_FILE");
	meant("BOOT_NODE_KEY", "BOOTNODE_KEY");
	meant("BOOTNODEKEYS", "BOOTNODE_KEY");
	meant("RELAYS", "RELAY");
	meant("REALY", "RELAY");
	meant("REALY_RATE", "RELAY_RATE");
	meant("LOG_ADDRESS", "LOG_ADDRESSES");
	meant("STATEDIR", "STATE_DIR");
	meant("LOGLEVEL", "LOG_LEVEL");
	meant("LOCAL_UPD_PORT", "LOCAL_UDP_PORT");
	meant("mode", "MODE");
	meant("MDOE", "MODE");
	meant("U_I", "UI");
}

/* Other words for options that keep others out. If they were ignored the room
 * would be open, or the bootnode anybody's. */
static void
test_guessed(void)
{
	static const struct {
		const char *names[16], *variable;
	} rows[] = {
		{ { "PASSPHRASE_PATH", "PASSPHRASE_FILENAME",
		      "PASSPHRASE_FILE_PATH", "PASSPHRASE_SECRET_FILE",
		      "passphrase_location", "PASS_FILE", "PASSFILE",
		      "PASS_FILENAME", "PASS_PATH", "PASSWD_FILE",
		      "PASSWORD_FILE", "PASSWORDFILE", "Password_Path",
		      "ROOM_PASSWORD", "ROOM_PASSPHRASE_FILE",
		      "PASSPHRASE_FILE_OF_A_ROOM_WITH_A_LONG_NAME" },
		    "PASSPHRASE_FILE" },
		{ { "BOOTNODE_PUBKEY", "BOOTNODE_PUBLIC_KEY", "BOOTNODE_PUB",
		      "BOOTNODE_PUBLIC", "BOOTNODE_KEY_FILE",
		      "BOOTNODE_HOST_KEY", "BOOT_NODE_PUB_KEY",
		      "BOOTNODES_PUBKEY", "BOOTNODE_FINGERPRINT",
		      "BOOTNODE_KEY_FINGERPRINT", "bootnode_known_key" },
		    "BOOTNODE_KEY" },
		{ { "RELAY_ONLY" }, "RELAY" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t k = 0; k < 16 && rows[i].names[k] != NULL; k++)
			meant(rows[i].names[k], rows[i].variable);
}

/* Many names of other programs end in the same words, and a few begin with
 * them. */
static void
test_others_secrets(void)
{
	static const char *const names[] = { "POSTGRES_PASSWORD",
		"POSTGRES_PASSWORD_FILE", "PGPASSWORD", "PGPASSFILE",
		"PGPASS_FILE", "DB_PASS", "DB_PASSWORD_FILE", "DBPASS",
		"MYSQL_ROOT_PASSWORD", "MYSQL_ROOT_PASSWORD_FILE",
		"MARIADB_PASSWORD", "REDIS_PASSWORD", "SMTP_PASS",
		"SMTP_PASSWORD_FILE", "MAIL_PASSWORD", "RABBITMQ_DEFAULT_PASS",
		"ADMIN_PASSWORD", "HASHED_PASSWORD", "USER_PASSWORD",
		"JWT_PASSPHRASE", "SSH_PASSPHRASE", "BORG_PASSPHRASE",
		"BORG_PASSPHRASE_FD", "RESTIC_PASSWORD_FILE",
		"GPG_PASSPHRASE_FILE", "KEY_PASSPHRASE", "PASS", "PASSWD",
		"PASSWORD_RESET_TIMEOUT", "PASSWORD_MIN_LENGTH",
		"PASSWORD_SALT", "PASSENGER_APP_ENV", "PASSENGER_LOG_FILE",
		"PASSPORT_KEY", "PASSBOLT_KEY_FILE", "PASSTHROUGH",
		"BYPASS_FILE", "COMPASS_PATH", "BOOTNODE_PUBLIC_IP",
		"BOOTNODE_PUBLISH_PORT", "BOOTNODE_IMAGE", "BOOTNODES",
		"ETH_BOOTNODE_KEY", "GETH_BOOTNODE_PUBKEY", "NODE_KEY",
		"NODE_PUBLIC_KEY", "PUBKEY", "PUBLIC_KEY", "API_KEY",
		"SERVER_KEY_FILE", "TLS_FINGERPRINT", "ROOM_ID", "ROOMS",
		"RELAY_HOST", "RELAYHOST", "RELAY_PORT", "RELAY_DOMAINS" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		left_alone(names[i]);
}

/* Names of Compose, of systems, and of programs that share the file. */
static void
test_others(void)
{
	static const char *const names[] = { "COMPOSE_PROJECT_NAME",
		"COMPOSE_FILE", "COMPOSE_PROFILES", "COMPOSE_PATH_SEPARATOR",
		"COMPOSE_HTTP_TIMEOUT", "COMPOSE_PARALLEL_LIMIT",
		"COMPOSE_ENV_FILES", "COMPOSE_IGNORE_ORPHANS", "COMPOSE_BAKE",
		"COMPOSE_REMOVE_ORPHANS", "DOCKER_HOST", "DOCKER_CERT_PATH",
		"DOCKER_TLS_VERIFY", "DOCKER_CONTEXT", "DOCKER_API_VERSION",
		"DOCKER_DEFAULT_PLATFORM", "BUILDKIT_PROGRESS", "PATH", "HOME",
		"USER", "SHELL", "TERM", "LANG", "TZ", "PUID", "PGID", "UID",
		"GID", "HOST", "PORT", "NAME", "NODE", "NODE_ENV", "CODE",
		"MODEL", "MODULE", "ROOT", "ZOOM", "PICK", "DELAY", "HOUSE",
		"TIMEOUT", "PASSWORD", "DB_PASSWORD", "SECRET_KEY", "LOG",
		"LOG_DIR", "LOG_FORMAT", "STATIC_DIR", "DATA_DIR", "DEBUG",
		"LISTENER", "MAX_USERS", "USER_TIMEOUT", "READ_TIMEOUT",
		"METRICS_PORT", "SOCKET", "X", "_", "A_B", "GO", "CHAT",
		"GOPATH",
		"A_NAME_OF_MORE_LETTERS_THAN_ANY_OF_OURS_COULD_EVER_HAVE" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		left_alone(names[i]);
}

/* If the variable that could be meant is given, the other name is no error. */
static void
test_given(void)
{
	struct trial t;

	trial_check_text("by its flag",
	    run(&t, "RELAYS=1\n", NULL, "--relay=only"), "");
	CU_ASSERT_EQUAL(t.o.relay, RELAY_ONLY);
	trial_check_text("in the environment",
	    run(&t, "RELAYS=1\n", "RELAY=only", NULL), "");
	trial_check_text("with the prefix",
	    run(&t, "RELAYS=1\n", "GOCHAT_RELAY=only", NULL), "");
	trial_check_text("in .env", run(&t, "RELAYS=1\nRELAY=", NULL, NULL),
	    "");
	trial_check_text("a guess",
	    run(&t, "PASSWORD_FILE=x\n", NULL, "--passphrase-file=y"), "");
	trial_check_text("a guess, and it is asked for",
	    run(&t, "PASSWORD_FILE=x\n", NULL, "--passphrase"), "");
	trial_check_text("a guess, and it is not",
	    run(&t, "PASSWORD_FILE=x\nPASSPHRASE_FILE=\n", NULL, NULL), "");
	trial_check_text("with the prefix in .env",
	    run(&t, "RELAYS=1\nGOCHAT_RELAY=never", NULL, NULL), "");
	CU_ASSERT_EQUAL(t.o.relay, RELAY_NEVER);
}

/* A name with the prefix is meant for gochat, wherever it is. */
static void
test_prefixed(void)
{
	struct trial t;

	trial_check_text("misspelt in the environment",
	    run(&t, NULL, "GOCHAT_PASSPHRASEFILE=x", NULL),
	    "\"GOCHAT_PASSPHRASEFILE\" in the environment: is "
	    "GOCHAT_PASSPHRASE_FILE meant?");
	trial_check_text("misspelt in .env, and given",
	    run(&t, "\nGOCHAT_RELAYS=only\n", NULL, "--relay=only"),
	    "\"GOCHAT_RELAYS\" in .env line 2: is GOCHAT_RELAY meant?");
	trial_check_text("a guess", run(&t, NULL, "GOCHAT_PASS_FILE=x", NULL),
	    "\"GOCHAT_PASS_FILE\" in the environment: is "
	    "GOCHAT_PASSPHRASE_FILE meant?");
	trial_check_text("of no use", run(&t, NULL, "GOCHAT_SIZE=x", NULL),
	    "\"GOCHAT_SIZE\" in the environment: gochat has no variable of "
	    "that name");
	trial_check_text("in small letters",
	    run(&t, NULL, "gochat_room=x", NULL),
	    "\"gochat_room\" in the environment: is GOCHAT_ROOM meant?");
	trial_check_text("escapes", run(&t, NULL, "GOCHAT_\x1b[1m=x", NULL),
	    "\"GOCHAT_\\x1b[1m\" in the environment: gochat has no variable "
	    "of that name");
	trial_check_text("nothing", run(&t, NULL, "GOCHAT_=x", NULL),
	    "\"GOCHAT_\" in the environment: gochat has no variable of that "
	    "name");
}

#define NOT_FROM_THERE                                                \
	": a passphrase is not read from there: use --passphrase or " \
	"PASSPHRASE_FILE"

/* No error contains the passphrase itself. */
static void
test_passphrase(void)
{
	struct trial t;

	trial_check_text("in the environment",
	    run(&t, NULL, "PASSPHRASE=secret", NULL),
	    "\"PASSPHRASE\" in the environment" NOT_FROM_THERE);
	trial_check_text("empty", run(&t, NULL, "PASSPHRASE=", NULL),
	    "\"PASSPHRASE\" in the environment" NOT_FROM_THERE);
	trial_check_text("with the prefix",
	    run(&t, NULL, "GOCHAT_PASSPHRASE=secret", NULL),
	    "\"GOCHAT_PASSPHRASE\" in the environment" NOT_FROM_THERE);
	trial_check_text("in .env", run(&t, "PASSPHRASE=secret", NULL, NULL),
	    "\"PASSPHRASE\" in .env line 1" NOT_FROM_THERE);
	trial_check_text("misspelt", run(&t, "PASPHRASE=secret", NULL, NULL),
	    "\"PASPHRASE\" in .env line 1" NOT_FROM_THERE);
	trial_check_text("whatever else is given",
	    run(&t, "PASSPHRASE=secret", NULL, "--passphrase"),
	    "\"PASSPHRASE\" in .env line 1" NOT_FROM_THERE);
}

void
option_names_suite(void)
{
	CU_pSuite suite = CU_add_suite("names of variables", NULL, NULL);

	CU_add_test(suite, "meant", test_meant);
	CU_add_test(suite, "guessed", test_guessed);
	CU_add_test(suite, "others'", test_others);
	CU_add_test(suite, "others' secrets", test_others_secrets);
	CU_add_test(suite, "given", test_given);
	CU_add_test(suite, "with the prefix", test_prefixed);
	CU_add_test(suite, "passphrase", test_passphrase);
}
