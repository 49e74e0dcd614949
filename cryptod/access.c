/*
 * Access keys in cryptod. See access.h.
 */
#include "cryptod/access.h"

#include "common/log.h"
#include "cryptod/crypto.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

bool
access_read(struct access_keys *keys, size_t max, int fd, unsigned int part)
{
	char *text = crypto_secret_alloc(ACCESS_TEXT_MAX);
	enum access_fault fault = ACCESS_SOUND;
	unsigned int line;
	size_t len = 0;
	ssize_t n;
	bool any;

	while (len < ACCESS_TEXT_MAX &&
	    (n = pread(fd, text + len, ACCESS_TEXT_MAX - len,
		 (off_t)(part * ACCESS_TEXT_MAX + len))) != 0) {
		if (n == -1 && errno != EINTR)
			fatal("cannot read the access keys: %s",
			    strerror(errno));
		len += n > 0 ? (size_t)n : 0;
	}
	any = len > 0 && text[0] != '\0';
	if (any)
		fault = access_parse(keys, max, text, len, &line);
	crypto_secret_free(text, ACCESS_TEXT_MAX);
	if (fault != ACCESS_SOUND)
		fatal("the access keys, line %u: %s", line,
		    access_fault_text(fault));
	return any;
}

void
access_derive(uint8_t mac_key[SIPHASH_KEY], const uint8_t key[ACCESS_KEY_LEN])
{
	crypto_hkdf(mac_key, SIPHASH_KEY, key, ACCESS_KEY_LEN,
	    "gochat 1 access packets", NULL, 0);
}
