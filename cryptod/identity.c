/*
 * The long-term key pair. See identity.h. The file is one line of text:
 * "gochat-key-1 ", 64 hex digits of the private key, newline.
 */
#include "cryptod/identity.h"

#include "common/hex.h"
#include "common/log.h"
#include "cryptod/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The size of the name of a file that is being written. */
#define TEMPORARY_MAX 64

#define HEADER	   "gochat-key-1 "
#define HEADER_LEN (sizeof(HEADER) - 1)
#define FILE_LEN   (HEADER_LEN + 64 + 1)

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

static int
decode(struct x25519_key *key, const char *text)
{
	const char *hex = text + HEADER_LEN;

	if (memcmp(text, HEADER, HEADER_LEN) != 0 || text[FILE_LEN - 1] != '\n')
		return -1;
	for (size_t i = 0; i < 32; i++) {
		int high = hex_digit(hex[2 * i]);
		int low = hex_digit(hex[2 * i + 1]);

		if (high == -1 || low == -1)
			return -1;
		key->private_key[i] = (uint8_t)(high << 4 | low);
	}
	crypto_public_key(key);
	return 0;
}

static void
encode(const struct x25519_key *key, char *text)
{
	static const char digits[] = "0123456789abcdef";

	memcpy(text, HEADER, HEADER_LEN);
	text += HEADER_LEN;
	for (size_t i = 0; i < 32; i++) {
		*text++ = digits[key->private_key[i] >> 4];
		*text++ = digits[key->private_key[i] & 15];
	}
	*text = '\n';
}

static void
load(struct x25519_key *key, int fd, const char *file)
{
	char *text = crypto_secret_alloc(FILE_LEN + 1);
	ssize_t n;

	state_file_check(fd, file,
	    "if nobody has read it, run chmod 600 on it; otherwise remove it, "
	    "and gochat makes a new key");
	n = read(fd, text, FILE_LEN + 1);
	if (n == -1)
		fatal("%s in the state folder: %s", file, strerror(errno));
	if (n != (ssize_t)FILE_LEN || decode(key, text) == -1)
		fatal("%s in the state folder is damaged: restore it from a "
		      "backup, or remove it, and gochat makes a new key",
		    file);
	crypto_secret_free(text, FILE_LEN + 1);
}

/*
 * Writes a new file in the same folder and links it to its name, which fails if
 * there is one: there is never half a key. The new file's own name is random,
 * for others may be making one at the same time, and in namespaces all have the
 * same pid. Returns false if another gochat was quicker: its key is taken.
 */
static bool
store(const struct x25519_key *key, int folder, const char *file)
{
	char *text = crypto_secret_alloc(FILE_LEN);
	char temporary[TEMPORARY_MAX], hex[2 * sizeof(uint64_t) + 1];
	uint8_t random[sizeof(uint64_t)];
	const char *why;
	bool first;
	int fd, error;

	crypto_random(random, sizeof(random));
	snprintf(temporary, sizeof(temporary), "%s.new.%s", file,
	    format_hex(hex, random, sizeof(random)));
	encode(key, text);
	fd = openat(folder, temporary,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1 || write(fd, text, FILE_LEN) != (ssize_t)FILE_LEN ||
	    fsync(fd) == -1) {
		why = strerror(errno);
		if (fd != -1)
			unlinkat(folder, temporary, 0);
		fatal("cannot write %s in the state folder: %s", file, why);
	}
	close(fd);
	crypto_secret_free(text, FILE_LEN);
	first = linkat(folder, temporary, folder, file, 0) == 0;
	error = first ? EEXIST : errno;
	unlinkat(folder, temporary, 0);
	if (error != EEXIST)
		fatal("cannot make %s in the state folder: %s", file,
		    strerror(error));
	fsync(folder);
	return first;
}

bool
identity_load(struct x25519_key *key, int folder, const char *file)
{
	const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	int fd = openat(folder, file, flags);
	bool made = false;

	if (fd == -1 && errno == ENOENT) {
		crypto_keypair(key);
		made = store(key, folder, file);
		if (made)
			log_info("made a new key: %s in the state folder",
			    file);
		fd = openat(folder, file, flags);
	}
	if (fd == -1)
		state_file_not_opened(file);
	load(key, fd, file);
	close(fd);
	return made;
}

void
identity_load_named(struct x25519_key *key, int folder, const char *name)
{
	char file[sizeof(IDENTITY_FILE "-") + IDENTITY_NAME_MAX];

	_Static_assert(sizeof(file) + sizeof(".new.") + 15 <= TEMPORARY_MAX,
	    "no room for the name of the file that is being written");

	snprintf(file, sizeof(file), IDENTITY_FILE "%s%s",
	    *name != '\0' ? "-" : "", name);
	identity_load(key, folder, file);
}

void
identity_fingerprint(uint8_t out[FINGERPRINT_LEN], const uint8_t public_key[32])
{
	static const char domain[] = "gochat 1 fingerprint";
	uint8_t hash[HASH_LEN];

	crypto_hash(hash,
	    (struct piece[]){ { domain, sizeof(domain) }, { public_key, 32 } },
	    2);
	memcpy(out, hash, FINGERPRINT_LEN);
}
