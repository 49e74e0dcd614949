/*
 * Helpers of the tests of parsers. See bytes.h.
 */
#include "tests/unit/bytes.h"

#include "common/log.h"
#include "cryptod/client/client.h"

#include <sys/mman.h>

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned int
digit(char c)
{
	const char *digits = "0123456789abcdef", *p = strchr(digits, c);

	if (p == NULL || *p == '\0')
		abort();
	return (unsigned int)(p - digits);
}

size_t
bytes_hex(void *out, size_t max, const char *hex)
{
	uint8_t *p = out;
	size_t n = 0;

	for (; *hex != '\0'; hex++) {
		if (*hex == ' ' || *hex == '\t')
			continue;
		if (n == max)
			abort();
		p[n] = (uint8_t)(digit(hex[0]) << 4 | digit(hex[1]));
		n++;
		hex++;
	}
	return n;
}

static void
print(const char *label, const uint8_t *bytes, size_t len)
{
	fprintf(stderr, "\n  %s ", label);
	for (size_t i = 0; i < len; i++)
		fprintf(stderr, "%02x", bytes[i]);
}

bool
bytes_are(const void *bytes, size_t len, const char *hex)
{
	uint8_t want[4096];
	size_t want_len = bytes_hex(want, sizeof(want), hex);

	if (len == want_len && memcmp(bytes, want, len) == 0)
		return true;
	print("got     ", bytes, len);
	print("expected", want, want_len);
	fprintf(stderr, "\n");
	return false;
}

const uint8_t *
bytes_guarded(const void *bytes, size_t len)
{
	static uint8_t *end;
	uint8_t *p;

	if (end == NULL) {
		p = mmap(NULL, GUARDED_MAX * 2, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED ||
		    mprotect(p, GUARDED_MAX, PROT_READ | PROT_WRITE) == -1)
			abort();
		end = p + GUARDED_MAX;
	}
	if (len > GUARDED_MAX)
		abort();
	if (len > 0)
		memmove(end - len, bytes, len);
	return end - len;
}

/* xorshift64*, by S. Vigna; the seed must not be 0. */
uint32_t
random_next(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return (uint32_t)(*seed * 0x2545f4914f6cdd1d >> 32);
}

static size_t
mutate_once(uint64_t *seed, uint8_t *buf, size_t len, size_t max)
{
	static const uint8_t edges[] = { 0, 1, 2, 0x7f, 0x80, 0xfe, 0xff };
	size_t at = len > 0 ? random_next(seed) % len : 0;
	size_t n = len > at ? random_next(seed) % (len - at) % 16 + 1 : 0;

	switch (len > 0 ? random_next(seed) % 7 : 5) {
	case 0:
		buf[at] ^= (uint8_t)(1u << random_next(seed) % 8);
		break;
	case 1:
		buf[at] = (uint8_t)random_next(seed);
		break;
	case 2:
		buf[at] = edges[random_next(seed) % sizeof(edges)];
		break;
	case 3: /* bytes in the middle are gone */
		memmove(buf + at, buf + at + n, len - at - n);
		return len - n;
	case 4:
		return at;
	case 5:
		for (n = random_next(seed) % 16 + 1; n > 0 && len < max; n--)
			buf[len++] = (uint8_t)random_next(seed);
		break;
	case 6: /* a piece lands elsewhere */
		memmove(buf + random_next(seed) % (len - n + 1), buf + at, n);
		break;
	}
	return len;
}

size_t
bytes_mutate(uint64_t *seed, uint8_t *buf, size_t len, size_t max)
{
	unsigned int times = random_next(seed) % 4 + 1;

	while (times-- > 0)
		len = mutate_once(seed, buf, len, max);
	return len;
}

static void
print_log(enum log_level level, bool event, const char *text)
{
	(void)level;
	(void)event;
	fprintf(stderr, "%s\n", text);
}

int
crypto_setup(void)
{
	if (CRYPTO_secure_malloc_initialized() == 1)
		return 0;
	/* Setting up libcrypto ends the process if memory cannot be locked: the
	 * reason is printed. */
	log_to_function(print_log);
	crypto_init(CLIENT_HEAP);
	log_to_function(NULL);
	return 0;
}
