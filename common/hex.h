/*
 * Bytes as digits, for people and for programs.
 */
#ifndef COMMON_HEX_H
#define COMMON_HEX_H

#include <stddef.h>
#include <stdint.h>

/* Two digits a byte, lowercase, and a NUL: 2 * len + 1 bytes of out, which it
 * returns. */
char *format_hex(char *out, const uint8_t *bytes, size_t len);

#endif
