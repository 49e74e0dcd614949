/*
 * The end of a start that fails: before the log is open, and before there is
 * anything that would have to be ended with it.
 */
#ifndef LAUNCHER_DIE_H
#define LAUNCHER_DIE_H

/* The exit code for options that are wrong. */
#define EXIT_USAGE 2
/* Bytes of an error, with its NUL. */
#define ERROR_MAX 512

/* Tells the program that started us, and the log if there is one by now; ends
 * with this exit code. */
void die(int code, const char *format, ...)
    __attribute__((format(printf, 2, 3), noreturn));
/* The log is open from now on. */
void die_to_log(void);

#endif
