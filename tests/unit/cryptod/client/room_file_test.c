/*
 * The text of a room file: what is written is read again, and what is damaged
 * is refused with the line that is.
 */
#include "cryptod/client/room_file.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void room_file_suite(void);

#define HEAD "gochat room 1\n"
#define HEX  "0123456789abcdef0123456789abcdef"

static struct room_file file;
static unsigned int line;

static const char *
parse(const char *text)
{
	return room_file_parse(&file, text, strlen(text), &line);
}

static void
test_all(void)
{
	CU_ASSERT_PTR_NULL(parse(HEAD "name my kitchen\nbootnode [::1]:9595\n"
				      "key " HEX HEX "\n"
				      "identity work\naccess " HEX HEX "\n"
				      "passphrase open sesame\n"));
	CU_ASSERT(
	    file.has_access && file.access[0] == 1 && file.access[31] == 0xef);
	CU_ASSERT_STRING_EQUAL(file.identity, "work");
	CU_ASSERT_STRING_EQUAL(file.name, "my kitchen");
	CU_ASSERT_STRING_EQUAL(file.bootnode, "[::1]:9595");
	CU_ASSERT(file.has_key && file.key[0] == 1 && file.key[31] == 0xef);
	CU_ASSERT_EQUAL(file.secret.kind, SECRET_PASSPHRASE);
	CU_ASSERT_EQUAL(file.secret.len, 11);
	CU_ASSERT_STRING_EQUAL(file.secret.bytes, "open sesame");
	/* In memory there is the secret alone, and then nothing. */
	CU_ASSERT_PTR_NULL(room_file_parse(&file, HEAD "invite " HEX "\n\0junk",
	    sizeof(HEAD "invite " HEX "\n\0junk"), &line));
	CU_ASSERT_EQUAL(file.secret.kind, SECRET_INVITE);
	CU_ASSERT_EQUAL(file.secret.len, INVITE_SECRET_LEN);
	CU_ASSERT_EQUAL(file.secret.bytes[1], 0x23);
	CU_ASSERT(file.name[0] == '\0' && !file.has_key && !file.has_access);
	CU_ASSERT_PTR_NULL(parse(HEAD));
	CU_ASSERT_EQUAL(file.secret.kind, SECRET_NONE);
}

static void
test_damaged(void)
{
	static const struct {
		const char *text;
		unsigned int line;
		const char *wrong; /* a part of what is said */
	} cases[] = {
		{ "", 1, "gochat room 1" },
		{ "gochat room 2\n", 1, "gochat room 1" },
		{ "gochat room 1", 1, "gochat room 1" },
		{ HEAD "name kitchen", 2, "the end of the line" },
		{ HEAD "name \n", 2, "name" },
		{ HEAD "name\n", 2, "expected name," },
		{ HEAD "\n", 2, "expected name," },
		{ HEAD "colour red\n", 2, "expected name," },
		{ HEAD "name a\nname a\n", 3, "one name" },
		{ HEAD "name \xff\n", 2, "name" },
		{ HEAD "name a\nbootnode \x1b[2J\n", 3, "bootnode" },
		{ HEAD "key " HEX "\n", 2, "64" },
		{ HEAD "key " HEX HEX "0\n", 2, "64" },
		{ HEAD "key " HEX "0123456789abcdef0123456789abcdeg\n", 2,
		    "64" },
		{ HEAD "invite " HEX HEX "\n", 2, "32" },
		{ HEAD "passphrase \n", 2, "passphrase" },
		{ HEAD "identity ../x\n", 2, "identity" },
		{ HEAD "access " HEX "\n", 2, "access key of 64" },
		{ HEAD "access " HEX HEX "\naccess " HEX HEX "\n", 3,
		    "one access" },
		{ HEAD "passphrase a\ninvite " HEX "\n", 3, "one passphrase" },
	};
	static char long_text[2 * ROOM_FILE_BYTES];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *wrong = parse(cases[i].text);

		CU_ASSERT_PTR_NOT_NULL_FATAL(wrong);
		CU_ASSERT_PTR_NOT_NULL(strstr(wrong, cases[i].wrong));
		CU_ASSERT_EQUAL(line, cases[i].line);
	}
	for (int more = 0; more < 2; more++) {
		(void)snprintf(long_text, sizeof(long_text),
		    HEAD "passphrase %0*d\n", PASSPHRASE_MAX + more, 0);
		CU_ASSERT_EQUAL(parse(long_text) == NULL, more == 0);
		(void)snprintf(long_text, sizeof(long_text), HEAD "name %0*d\n",
		    ROOM_MAX + more, 0);
		CU_ASSERT_EQUAL(parse(long_text) == NULL, more == 0);
	}
}

/* What is written is read as the same, with all at its longest. */
static void
test_written(void)
{
	static struct room_file written;
	static char text[ROOM_FILE_BYTES];
	size_t len;

	memset(written.name, 'n', ROOM_MAX);
	memset(written.bootnode, 'b', INVITE_BOOTNODE_MAX);
	memset(written.identity, 'i', IDENTITY_NAME_MAX);
	written.has_key = true;
	memset(written.key, 0xa5, sizeof(written.key));
	written.has_access = true;
	memset(written.access, 0x5a, sizeof(written.access));
	written.secret.kind = SECRET_PASSPHRASE;
	written.secret.len = PASSPHRASE_MAX;
	memset(written.secret.bytes, 'p', PASSPHRASE_MAX);
	for (int invite = 0; invite < 2; invite++) {
		len = room_file_format(text, &written);
		CU_ASSERT(len < sizeof(text));
		CU_ASSERT_PTR_NULL(room_file_parse(&file, text, len, &line));
		CU_ASSERT_EQUAL(memcmp(&file, &written, sizeof(file)), 0);
		memset(&written, 0, sizeof(written));
		written.secret.kind = SECRET_INVITE;
		written.secret.len = INVITE_SECRET_LEN;
		memset(written.secret.bytes, 0x80, INVITE_SECRET_LEN);
	}
}

void
room_file_suite(void)
{
	CU_pSuite s = CU_add_suite("room_file", NULL, NULL);

	CU_add_test(s, "read", test_all);
	CU_add_test(s, "damaged", test_damaged);
	CU_add_test(s, "written", test_written);
}
