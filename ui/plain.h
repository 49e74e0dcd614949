/*
 * The callbacks of the plain view that plain.c does not have itself: what is
 * told of names and keys (plain_trust.c).
 */
#ifndef UI_PLAIN_H
#define UI_PLAIN_H

#include "ui/ui.h"

void plain_said(struct ui *, uint64_t seq, unsigned int flags,
    const struct peer *to, const char *text, size_t len);
void plain_renamed(struct ui *, const struct peer *, const char *before);
void plain_key_changed(struct ui *, const struct peer *,
    const struct known_peer *before);
void plain_safety(struct ui *, const struct peer *, const struct ipc_safety *);
void plain_verified(struct ui *, const struct peer *);
void plain_notice(struct ui *, const char *text);

#endif
