/*
 * Where a text is broken into rows: at spaces, and between wide characters
 * as East Asian text is; never within a cluster. A URL has neither inside, so
 * it is broken only if it is longer than a row.
 */
#ifndef UI_TUI_WRAP_H
#define UI_TUI_WRAP_H

#include <stddef.h>

/*
 * The row of s that starts at byte start (at most len): returns where the
 * next one starts, and in *end where this one ends; spaces and line feeds
 * between are not drawn, nor are spaces for which there is no room. After the
 * last row it returns more than len; a text that ends with a line feed has an
 * empty last row. s is safe UTF-8; columns is at least 1, and a cluster that is
 * wider has a row of its own.
 */
size_t wrap_row(const char *s, size_t len, size_t start, unsigned int columns,
    size_t *end);

#endif
