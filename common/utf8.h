/*
 * UTF-8 as in RFC 3629: no overlong forms, no surrogates, nothing above
 * U+10FFFF.
 */
#ifndef COMMON_UTF8_H
#define COMMON_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decodes the first code point of s. Returns its length in bytes (1 to 4)
 * and stores it, or 0 if s is empty or does not start with a valid one.
 */
size_t utf8_decode(const char *s, size_t len, uint32_t *code_point);

/* Writes a code point; returns 1 to 4. The code point must be valid. */
size_t utf8_encode(char out[4], uint32_t code_point);

/* Returns how many of the first bytes of s are ASCII from U+0020 to U+007E:
 * text that needs no closer look. This is far faster than decoding it. */
size_t utf8_plain_run(const char *s, size_t len);

/* True if all of s is valid and holds no NUL. */
bool utf8_valid(const char *s, size_t len);

#endif
