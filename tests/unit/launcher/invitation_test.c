/*
 * Invites as the launcher takes them: from an argument, from a file and from
 * standard input, and that it gets all of them but the secret.
 */
#include "launcher/invitation.h"

#include "common/invite.h"
#include "tests/unit/folder.h"
#include "tests/unit/forked.h"

#include <sys/stat.h>

#include <CUnit/CUnit.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void invitation_suite(void);

static const uint8_t secret[INVITE_SECRET_LEN] = "sixteen secrets";

/* The text of an invite with that secret. */
static void
write_invite(char text[INVITE_TEXT_MAX + 1])
{
	struct invite invite = { .bootnode = "b.example:9595", .room = "r r" };

	memset(invite.key, 7, sizeof(invite.key));
	memcpy(invite.secret, secret, sizeof(secret));
	invite_format(text, &invite);
}

/* What comes of a source: the parts, and the secret in the descriptor. */
static void
check_taken(const struct invitation_source *source)
{
	uint8_t got[INVITE_SECRET_LEN + 1];
	struct invitation invitation;
	char err[512] = "";
	int fd = -1, access = 0;

	CU_ASSERT_EQUAL_FATAL(invitation_open(&fd, &access, &invitation, source,
				  err, sizeof(err)),
	    0);
	CU_ASSERT_STRING_EQUAL(invitation.bootnode, "b.example:9595");
	CU_ASSERT_STRING_EQUAL(invitation.room, "r r");
	CU_ASSERT(invitation.key[0] == 7 && invitation.key[31] == 7);
	CU_ASSERT_EQUAL(access, -1);
	CU_ASSERT_EQUAL(fcntl(fd, F_GETFD), FD_CLOEXEC);
	CU_ASSERT_EQUAL(pread(fd, got, sizeof(got), 0), INVITE_SECRET_LEN);
	CU_ASSERT_EQUAL(memcmp(got, secret, sizeof(secret)), 0);
	close(fd);
}

/* What is said of a source that has none. */
static void
check_refused(const struct invitation_source *source, const char *want)
{
	struct invitation invitation;
	char err[512] = "";
	int fd = 5, access = 5;

	CU_ASSERT_EQUAL(invitation_open(&fd, &access, &invitation, source, err,
			    sizeof(err)),
	    -1);
	CU_ASSERT_EQUAL(fd, -1);
	CU_ASSERT_EQUAL(access, -1);
	CU_ASSERT_STRING_EQUAL(err, want);
}

static void
test_argument(void)
{
	char text[INVITE_TEXT_MAX + 1], shown[256];
	const struct invitation_source source = { .text = text };
	size_t end;

	write_invite(text);
	check_taken(&source);
	end = strlen(text) - 1;
	text[end] = text[end] == 'a' ? 'b' : 'a';
	(void)snprintf(shown, sizeof(shown),
	    "--invite: the invite was changed on its way: its checksum does "
	    "not agree; character %zu looks wrong",
	    end + 1);
	check_refused(&source, shown);
	text[20] = '\0';
	check_refused(&source,
	    "--invite: the invite has no bootnode's address between gochat:// "
	    "and /: see character 21");
}

/* A file may have been broken into lines, and is refused if others read it. */
static void
test_file(void)
{
	char text[INVITE_TEXT_MAX + 3], path[300], want[512];
	const struct invitation_source source = { .file = path };
	struct folder f;
	size_t len;

	folder_open(&f);
	(void)snprintf(path, sizeof(path), "%s/i", f.path);
	write_invite(text);
	len = strlen(text);
	memmove(text + 31, text + 30, len - 30);
	text[30] = '\n';
	text[len + 1] = '\n';
	folder_put(&f, "i", text, len + 2);
	check_taken(&source);
	folder_put(&f, "i", "", 0);
	(void)snprintf(want, sizeof(want),
	    "invite file %s: the invite is empty", path);
	check_refused(&source, want);
	CU_ASSERT_EQUAL(fchmodat(f.fd, "i", 0644, 0), 0);
	(void)snprintf(want, sizeof(want),
	    "invite file %s: others can read or write it (mode 0644): run "
	    "chmod 600 on it",
	    path);
	check_refused(&source, want);
	folder_remove(&f);
}

/* In a process of its own: the line that comes by standard input is taken, and
 * what comes after it is left for ui. Returns 0, or what was wrong. */
static int
from_standard_input(void *arg)
{
	const struct invitation_source source = { .text = "-" };
	char text[INVITE_TEXT_MAX + 1], rest[16] = "";
	struct invitation invitation;
	char err[512];
	int pair[2], fd, access;

	(void)arg;
	write_invite(text);
	if (pipe(pair) == -1 || dup2(pair[0], STDIN_FILENO) == -1)
		return 1;
	dprintf(pair[1], "%s\nhello\n", text);
	close(pair[1]);
	if (invitation_open(&fd, &access, &invitation, &source, err,
		sizeof(err)) == -1)
		return 2;
	if (strcmp(invitation.room, "r r") != 0)
		return 3;
	if (read(STDIN_FILENO, rest, sizeof(rest) - 1) != 6 ||
	    strcmp(rest, "hello\n") != 0)
		return 4;
	return 0;
}

static void
test_standard_input(void)
{
	CU_ASSERT_EQUAL(forked(from_standard_input, NULL), 0);
}

/* No two rooms have one secret. */
static void
test_new(void)
{
	uint8_t got[2][INVITE_SECRET_LEN + 1];
	char err[512];
	int fd;

	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL_FATAL(invitation_new(&fd, err, sizeof(err)), 0);
		CU_ASSERT_EQUAL(pread(fd, got[i], sizeof(got[i]), 0),
		    INVITE_SECRET_LEN);
		close(fd);
	}
	CU_ASSERT_NOT_EQUAL(memcmp(got[0], got[1], INVITE_SECRET_LEN), 0);
}

void
invitation_suite(void)
{
	CU_pSuite suite = CU_add_suite("invitation", NULL, NULL);

	CU_add_test(suite, "an argument", test_argument);
	CU_add_test(suite, "a file", test_file);
	CU_add_test(suite, "standard input", test_standard_input);
	CU_add_test(suite, "a new room", test_new);
}
