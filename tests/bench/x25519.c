/*
 * The reference that the bootnode's joins are measured against: the three
 * multiplications on the curve that a JOIN's handshake is for it, by OpenSSL,
 * and nothing around them.
 *
 *	x25519 COUNT
 */
#include <openssl/evp.h>

#include <stdio.h>
#include <stdlib.h>

static void
must(int ok)
{
	if (ok == 1)
		return;
	fprintf(stderr, "x25519: libcrypto failed\n");
	exit(EXIT_FAILURE);
}

int
main(int argc, char *argv[])
{
	EVP_PKEY_CTX *make, *derive;
	EVP_PKEY *ours = NULL, *theirs = NULL;
	unsigned char shared[32];
	size_t len = sizeof(shared);

	if (argc != 2)
		return EXIT_FAILURE;
	make = EVP_PKEY_CTX_new_from_name(NULL, "X25519", NULL);
	must(EVP_PKEY_keygen_init(make));
	must(EVP_PKEY_keygen(make, &theirs));
	must(EVP_PKEY_keygen(make, &ours));
	derive = EVP_PKEY_CTX_new_from_pkey(NULL, ours, NULL);
	must(EVP_PKEY_derive_init(derive));
	must(EVP_PKEY_derive_set_peer(derive, theirs));
	for (long i = atol(argv[1]); i > 0; i--) {
		EVP_PKEY_free(ours);
		ours = NULL;
		must(EVP_PKEY_keygen(make, &ours));
		must(EVP_PKEY_derive(derive, shared, &len));
		must(EVP_PKEY_derive(derive, shared, &len));
	}
	EVP_PKEY_free(ours);
	EVP_PKEY_free(theirs);
	EVP_PKEY_CTX_free(derive);
	EVP_PKEY_CTX_free(make);
	return EXIT_SUCCESS;
}
