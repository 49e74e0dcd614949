/*
 * The terminal as it was at start. It is put back whatever ui did with it: by
 * the launcher when ui has ended, died or is stopped, and by the spawner if the
 * launcher died first.
 */
#ifndef LAUNCHER_TERMINAL_H
#define LAUNCHER_TERMINAL_H

#include <sys/types.h>

#include <stdbool.h>
#include <termios.h>

struct terminal {
	bool saved;  /* standard input is one */
	unsigned int at; /* bit n: descriptor n of 0 to 2 is one */
	bool used;   /* since it was last put back; kept up by the owner */
	bool screen; /* the tui has it since then */
	/* There is a job control shell, which takes over when we stop. */
	bool has_shell;
	pid_t group;	  /* our process group */
	const char *undo; /* what the tui switches on */
	struct termios attributes;
};

/* Saves the terminal, before ui is started. */
void terminal_save(struct terminal *);

/* There is a screen to be undone from now on. */
void terminal_give_screen(struct terminal *);

/*
 * Puts the terminal back if it was used. Undoes the screen at standard output,
 * if there was one: a terminal that does not know the sequences, and so has no
 * screen, gets nothing but text. Sets the attributes of standard input, and
 * never waits long for a terminal that takes nothing. If a shell has taken over
 * and set attributes of its own, those stay.
 */
void terminal_restore(struct terminal *);

/* True if the terminal that we were started at is gone. */
bool terminal_hung_up(const struct terminal *);

/* False while another job has the terminal. */
bool terminal_is_ours(const struct terminal *);

#endif
