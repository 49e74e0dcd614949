/*
 * Invites: that each part survives the way through a line of text, and that
 * every kind of damage is found where it is.
 */
#include "common/invite.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void invite_suite(void);

#define KEY                                \
	"000102030405060708090a0b0c0d0e0f" \
	"101112131415161718191a1b1c1d1e1f"

/* Computed with Python's base64 and an implementation of SipHash of its own, as
 * DESIGN.md section 13 says. */
#define LINE                                                     \
	"gochat://chat.example.org:9595/k%C3%BCche%2F1?key=" KEY \
	"#aaisem2ekvthpcezvk54zxpo76rdd6y2"

/* The same at a private bootnode. */
#define ACCESS_LINE                                              \
	"gochat://chat.example.org:9595/k%C3%BCche%2F1?key=" KEY \
	"&access=" ACCESS "#aaisem2ekvthpcezvk54zxpo7"
#define ACCESS                             \
	"f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff" \
	"f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"

static void
make(struct invite *invite)
{
	memset(invite, 0, sizeof(*invite));
	(void)snprintf(invite->bootnode, sizeof(invite->bootnode),
	    "chat.example.org:9595");
	(void)snprintf(invite->room, sizeof(invite->room), "k\u00fcche/1");
	for (uint8_t i = 0; i < sizeof(invite->key); i++)
		invite->key[i] = i;
	for (uint8_t i = 0; i < sizeof(invite->secret); i++)
		invite->secret[i] = (uint8_t)(i * 17);
}

static void
check_same(const struct invite *a, const struct invite *b)
{
	CU_ASSERT_STRING_EQUAL(a->bootnode, b->bootnode);
	CU_ASSERT_STRING_EQUAL(a->room, b->room);
	CU_ASSERT_EQUAL(memcmp(a->key, b->key, sizeof(a->key)), 0);
	CU_ASSERT_EQUAL(memcmp(a->secret, b->secret, sizeof(a->secret)), 0);
	CU_ASSERT_EQUAL(a->has_access, b->has_access);
	if (a->has_access)
		CU_ASSERT_EQUAL(memcmp(a->access, b->access, sizeof(a->access)),
		    0);
}

static void
make_private(struct invite *invite)
{
	make(invite);
	invite->has_access = true;
	for (uint8_t i = 0; i < sizeof(invite->access); i++)
		invite->access[i] = 0xf0 | (i & 15);
}

/* Asserts that a text is an invite, and which. */
static void
check_read(const char *text, const struct invite *want)
{
	struct invite got;
	size_t at;

	CU_ASSERT_EQUAL(invite_parse(&got, text, strlen(text), &at),
	    INVITE_SOUND);
	check_same(&got, want);
}

/* Asserts what is wrong with a text, and at which character. */
static void
check_fault(const char *text, enum invite_fault fault, size_t where)
{
	struct invite got;
	size_t at = 9999;

	CU_ASSERT_EQUAL(invite_parse(&got, text, strlen(text), &at), fault);
	CU_ASSERT_EQUAL(at, where);
	CU_ASSERT_NOT_EQUAL(strlen(invite_fault_text(fault)), 0);
}

static void
test_line(void)
{
	char text[INVITE_TEXT_MAX + 1];
	struct invite invite;

	make(&invite);
	CU_ASSERT_EQUAL(invite_format(text, &invite), strlen(text));
	CU_ASSERT_STRING_EQUAL(text, LINE);
	check_read(text, &invite);
}

/* With an access key, which its checksum is over, too. */
static void
test_access(void)
{
	char text[INVITE_TEXT_MAX + 1], capitals[INVITE_TEXT_MAX + 1];
	struct invite invite;
	size_t len, at;
	char *key;

	make_private(&invite);
	len = invite_format(text, &invite);
	CU_ASSERT_EQUAL(len, sizeof(LINE) - 1 + strlen("&access=" ACCESS));
	CU_ASSERT_EQUAL(strncmp(text, ACCESS_LINE, sizeof(ACCESS_LINE) - 1), 0);
	check_read(text, &invite);
	invite_capitals(capitals, text, len);
	check_read(capitals, &invite);
	/* A digit of it that was changed is found; without it, it is none. */
	key = strstr(text, "&access=") + strlen("&access=");
	key[5] = '7';
	check_fault(text, INVITE_CHECKSUM, (size_t)(key - text) + 6);
	key[5] = '2';
	check_read(text, &invite);
	memmove(key - strlen("&access="), strchr(text, '#'),
	    strlen(strchr(text, '#')) + 1);
	CU_ASSERT_EQUAL(invite_parse(&invite, text, strlen(text), &at),
	    INVITE_CHECKSUM);
	/* Parts that are missing or wrong. */
	check_fault("gochat://b/r?key=" KEY "&", INVITE_ACCESS, 83);
	check_fault("gochat://b/r?key=" KEY "&axcess=" ACCESS, INVITE_ACCESS,
	    84);
	check_fault("gochat://b/r?key=" KEY "&access=" KEY "0", INVITE_ACCESS,
	    154);
	check_fault("gochat://b/r?key=" KEY "&access=0g", INVITE_ACCESS, 91);
	check_fault("gochat://b/r?key=" KEY "&access=" KEY, INVITE_SECRET, 154);
}

/* With several bootnodes, whose order counts. */
static void
test_several(void)
{
	char text[INVITE_TEXT_MAX + 1];
	struct invite invite;

	make(&invite);
	(void)snprintf(invite.bootnode, sizeof(invite.bootnode),
	    "a.example:9595,[2001:db8::1]:7,b.example:9595");
	invite_format(text, &invite);
	CU_ASSERT_PTR_EQUAL(strstr(text,
				"gochat://a.example:9595,[2001:db8::1]:7,"
				"b.example:9595/k%C3%BCche"),
	    text);
	check_read(text, &invite);
	text[9] = 'b';
	check_fault(text, INVITE_CHECKSUM, 10);
	text[9] = 'a';
	*strchr(text, ',') = ';';
	check_fault(text, INVITE_BOOTNODE, 24);
}

/* Capital letters, where they mean the same, other escapes, and blanks from the
 * way that the line went. */
static void
test_alike(void)
{
	char text[2 * sizeof(LINE)];
	struct invite invite;
	size_t len = 0;

	make(&invite);
	check_read("GOCHAT://Chat.Example.org:9595/k\u00fcche%2f1?KEY=" KEY
		   "#AAISEM2EKVTHPCEZVK54ZXPO76RDD6Y2",
	    &invite);
	check_read(" \r\n" LINE "\n\t", &invite);
	for (const char *c = LINE; *c != '\0'; c++) {
		text[len] = *c;
		text[len + 1] = "\n \t\r"[len / 2 % 4];
		len += 2;
	}
	text[len] = '\0';
	check_read(text, &invite);
}

/* With capitals it is the same invite, and none of them is in the room's
 * name. */
static void
test_capitals(void)
{
	char text[INVITE_TEXT_MAX + 1], capitals[INVITE_TEXT_MAX + 1];
	struct invite invite;
	size_t len;

	make(&invite);
	len = invite_format(text, &invite);
	invite_capitals(capitals, text, len);
	CU_ASSERT_STRING_EQUAL(capitals,
	    "GOCHAT://CHAT.EXAMPLE.ORG:9595/k%C3%BCche%2F1?KEY="
	    "000102030405060708090A0B0C0D0E0F"
	    "101112131415161718191A1B1C1D1E1F"
	    "#AAISEM2EKVTHPCEZVK54ZXPO76RDD6Y2");
	check_read(capitals, &invite);
	invite_capitals(capitals, "a/b", 3);
	CU_ASSERT_STRING_EQUAL(capitals, "A/B");
	invite_capitals(capitals, "", 0);
	CU_ASSERT_STRING_EQUAL(capitals, "");
}

/* The longest parts fit, and one byte more does not. */
static void
test_longest(void)
{
	char text[INVITE_TEXT_MAX + 2];
	struct invite invite;
	size_t len, at;

	make_private(&invite);
	memset(invite.bootnode, 'b', INVITE_BOOTNODE_MAX);
	memset(invite.room, '/', ROOM_MAX);
	len = invite_format(text, &invite);
	CU_ASSERT_EQUAL(len, INVITE_TEXT_MAX);
	check_read(text, &invite);
	text[len++] = 'x';
	CU_ASSERT_EQUAL(invite_parse(&invite, text, len, &at), INVITE_LENGTH);
	CU_ASSERT_EQUAL(at, INVITE_TEXT_MAX + 1);
	len = (size_t)snprintf(text, sizeof(text), "gochat://%0512d/r?", 0);
	check_fault(text, INVITE_BOOTNODE, 10 + INVITE_BOOTNODE_MAX);
	len = (size_t)snprintf(text, sizeof(text), "gochat://b/%0257d?", 0);
	check_fault(text, INVITE_KEY, 12 + ROOM_MAX);
}

/* Every part that is missing or wrong. */
static void
test_parts(void)
{
	check_fault("", INVITE_EMPTY, 0);
	check_fault(" \r\n", INVITE_EMPTY, 0);
	check_fault(" x", INVITE_NO_SCHEME, 2);
	check_fault("https://b/r", INVITE_NO_SCHEME, 1);
	check_fault("gochat:/b/r", INVITE_NO_SCHEME, 9);
	check_fault("gochat://", INVITE_BOOTNODE, 10);
	check_fault("gochat:///r", INVITE_BOOTNODE, 10);
	check_fault("gochat://b", INVITE_BOOTNODE, 11);
	check_fault("gochat://b@c/r", INVITE_BOOTNODE, 11);
	check_fault("gochat://b/", INVITE_ROOM, 12);
	check_fault("gochat://b/?key=" KEY, INVITE_ROOM, 12);
	check_fault("gochat://b/r%", INVITE_ROOM, 14);
	check_fault("gochat://b/r%4", INVITE_ROOM, 15);
	check_fault("gochat://b/r%c3", INVITE_ROOM, 16);
	check_fault("gochat://b/r%g0", INVITE_ROOM, 13);
	check_fault("gochat://b/r%00", INVITE_ROOM, 13);
	check_fault("gochat://b/r%ff?", INVITE_ROOM, 12);
	check_fault("gochat://b/r/s?", INVITE_KEY, 13);
	check_fault("gochat://b/r", INVITE_KEY, 13);
	check_fault("gochat://b/r?kez=", INVITE_KEY, 16);
	check_fault("gochat://b/r?key=0", INVITE_KEY, 19);
	check_fault("gochat://b/r?key=0g", INVITE_KEY, 19);
	check_fault("gochat://b/r?key=" KEY "0", INVITE_KEY, 82);
	check_fault("gochat://b/r?key=" KEY, INVITE_SECRET, 82);
	check_fault("gochat://b/r?key=" KEY "#", INVITE_SECRET, 83);
	check_fault("gochat://b/r?key=" KEY "#a1", INVITE_SECRET, 84);
	check_fault(LINE "a", INVITE_SECRET, sizeof(LINE));
}

/* One character that was changed, wherever it is, is told by its place. One
 * that is lost is found, too. */
static void
test_changed(void)
{
	const size_t len = sizeof(LINE) - 1;
	char text[sizeof(LINE)];
	struct invite got;
	size_t at, found = 0;

	for (size_t i = 0; i < len; i++) {
		memcpy(text, LINE, sizeof(text));
		text[i] = text[i] == 'e' ? 'f' : 'e';
		CU_ASSERT_NOT_EQUAL(invite_parse(&got, text, len, &at),
		    INVITE_SOUND);
		found += at == i + 1;
		memcpy(text, LINE, sizeof(text));
		memmove(text + i, text + i + 1, len - i);
		CU_ASSERT_NOT_EQUAL(invite_parse(&got, text, len - 1, &at),
		    INVITE_SOUND);
	}
	/* All but those between parts, and in escapes. */
	CU_ASSERT(found > len - 12);
}

/* What begins as an invite does is meant as one, whatever follows. */
static void
test_begins(void)
{
	CU_ASSERT(invite_begins(LINE, sizeof(LINE) - 1));
	CU_ASSERT(invite_begins("GoChat://", 9));
	CU_ASSERT(invite_begins("gochat://?", 10));
	CU_ASSERT(!invite_begins("gochat://", 8));
	CU_ASSERT(!invite_begins("gochat:/b", 9));
	CU_ASSERT(!invite_begins(" gochat://b", 11));
	CU_ASSERT(!invite_begins("", 0));
}

/* Two at once are more than it looks for. What cannot be read is told first. */
static void
test_changed_twice(void)
{
	char text[] = LINE;

	text[10] = 'z';
	text[36] = 'z';
	check_fault(text, INVITE_ROOM, 36);
	memcpy(text, LINE, sizeof(text));
	text[10] = text[12] = 'z';
	check_fault(text, INVITE_CHECKSUM, 0);
}

void
invite_suite(void)
{
	CU_pSuite suite = CU_add_suite("invite", NULL, NULL);

	CU_add_test(suite, "a line", test_line);
	CU_add_test(suite, "with an access key", test_access);
	CU_add_test(suite, "in capitals", test_capitals);
	CU_add_test(suite, "several bootnodes", test_several);
	CU_add_test(suite, "other lines that say the same", test_alike);
	CU_add_test(suite, "the longest", test_longest);
	CU_add_test(suite, "parts that are wrong", test_parts);
	CU_add_test(suite, "a character that was changed", test_changed);
	CU_add_test(suite, "two of them", test_changed_twice);
	CU_add_test(suite, "how it begins", test_begins);
}
