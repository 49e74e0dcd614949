/*
 * The FreeformClass of RFC 8264 section 4.3: the characters that a room's name
 * or a passphrase may have. See opaque_string.h.
 */
#ifndef PRECIS_FREE_FORM_H
#define PRECIS_FREE_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * True if a text of count code points, in NFC, may have the code point at index
 * i. Some are allowed only next to certain others (RFC 5892 appendix A).
 */
bool free_form_allows(const int32_t *points, size_t count, size_t i);

#endif
