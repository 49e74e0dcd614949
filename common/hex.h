/*
 * Bytes as digits, for people and for programs.
 */
#ifndef COMMON_HEX_H
#define COMMON_HEX_H

#include <stddef.h>
#include <stdint.h>

/* Writes two lowercase digits for each byte, and a NUL: 2 * len + 1 bytes, to
 * out, which it returns. */
char *format_hex(char *out, const uint8_t *bytes, size_t len);

#endif
