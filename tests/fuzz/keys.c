/*
 * Fuzzes the reader of bytes from the terminal (ui/tui/keys.c). The input is a
 * script: one byte says how much time passes, another how many bytes follow.
 * Whatever comes, text is UTF-8 without controls, bounds hold, and after some
 * time Ctrl-C is Ctrl-C and a letter is a letter.
 */
#include "ui/tui/keys.h"

#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"

static const uint64_t steps[] = { 0, USEC_PER_MSEC, KEYS_ESCAPE_TIME,
	KEYS_PASTE_QUIET, KEYS_SEQUENCE_TIME };

static void
check_event(const struct key_event *e)
{
	uint32_t c;
	size_t n;

	if (e->kind == KEY_PASTE) {
		REQUIRE(e->len <= KEYS_PASTE_MAX);
		for (size_t i = 0; i < e->len; i += n) {
			n = utf8_decode(e->bytes + i, e->len - i, &c);
			REQUIRE(n > 0);
			REQUIRE(c == '\n' || c == '\t' ||
			    (c >= ' ' && c < 0x7f) || c >= 0xa0);
		}
	} else if (e->kind == KEY_BYTES) {
		REQUIRE(e->len > 0 && e->len <= KEYS_SEQUENCE_MAX);
		if (e->len == 1 || e->bytes[0] == '\033')
			return;
		REQUIRE(utf8_decode(e->bytes, e->len, &c) == e->len);
		REQUIRE(c >= 0xa0);
	}
}

static void
feed(struct keys *k, const char *bytes, size_t len, uint64_t now)
{
	struct key_event e;
	size_t n;

	for (; len > 0; bytes += n, len -= n) {
		n = keys_next(k, bytes, len, now, &e);
		REQUIRE(n <= len && (n > 0 || e.kind != KEY_NONE));
		REQUIRE(e.kind != KEY_NONE || n == len);
		check_event(&e);
	}
}

/* Ctrl-C works after any input, once it comes alone. */
static void
check_way_out(struct keys *k, uint64_t now)
{
	struct key_event e;
	bool pasting = k->pasting;

	now += KEYS_SEQUENCE_TIME;
	keys_expire(k, now, &e);
	REQUIRE(keys_next(k, "\x03", 1, now, &e) == 1);
	REQUIRE(e.kind == KEY_CTRL_C);
	REQUIRE(!pasting || !k->pasting);
	REQUIRE(keys_next(k, "a", 1, now, &e) == 1);
	REQUIRE(e.kind == KEY_BYTES && e.len == 1 && e.bytes[0] == 'a');
	REQUIRE(keys_deadline(k) == CLOCK_NEVER);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct keys *k = malloc(sizeof(*k));
	struct getter g = { .p = data, .left = size };
	uint64_t now = USEC_PER_SEC;
	struct key_event e;
	const uint8_t *bytes;
	size_t len;

	REQUIRE(k != NULL);
	keys_init(k);
	while (g.left > 1) {
		now += steps[get_u8(&g) % (sizeof(steps) / sizeof(steps[0]))];
		if (now >= keys_deadline(k)) {
			keys_expire(k, now, &e);
			check_event(&e);
		}
		len = get_u8(&g);
		bytes = fuzz_take(&g, len, &len);
		feed(k, (const char *)bytes, len, now);
	}
	check_way_out(k, now);
	free(k);
	return 0;
}
