/*
 * The reference for joining a room: one scrypt, with the parameters of
 * common/PROTOCOL.md, section 6.2, as libcrypto does it. The program prints the
 * milliseconds that it took.
 */
#include <openssl/evp.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SCRYPT_N   (1 << 16)
#define SCRYPT_R   8
#define SCRYPT_P   1
#define SCRYPT_MEM (65 << 20) /* N * r * 128, and something for itself */

int
main(void)
{
	unsigned char salt[32] = { 0 }, key[32];
	struct timespec begin, end;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	if (EVP_PBE_scrypt("", 0, salt, sizeof(salt), SCRYPT_N, SCRYPT_R,
		SCRYPT_P, SCRYPT_MEM, key, sizeof(key)) != 1) {
		fputs("scrypt: no key\n", stderr);
		return EXIT_FAILURE;
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%.3f\n",
	    (double)(end.tv_sec - begin.tv_sec) * 1e3 +
		(double)(end.tv_nsec - begin.tv_nsec) / 1e6);
	return EXIT_SUCCESS;
}
