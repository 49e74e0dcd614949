/*
 * The rules for every file of the state folder.
 */
#ifndef CRYPTOD_STATE_FILE_H
#define CRYPTOD_STATE_FILE_H

/* Ends the process with the reason for which a file could not be opened without
 * following a link: errno. */
void state_file_not_opened(const char *name) __attribute__((noreturn));

/* Ends the process unless the descriptor is of a regular file that belongs to
 * us and that nobody else can read or write. if_open: what to do if others
 * can. */
void state_file_check(int fd, const char *name, const char *if_open);

#endif
