/*
 * What the tui switches on in the terminal, and what undoes it, in one table:
 * ui writes the first, the launcher the second when ui has ended, was stopped
 * or died, at whatever byte. Sequences that a terminal does not know it
 * ignores, so all of them are sent to every terminal but where it says
 * otherwise. They are those of ECMA-48, DEC and xterm's "ctlseqs".
 */
#ifndef COMMON_TERMINAL_MODES_H
#define COMMON_TERMINAL_MODES_H

#define TERM_ESC "\033"
#define TERM_CSI TERM_ESC "["
#define TERM_ST	 TERM_ESC "\\" /* ends OSC, DCS and other strings */

/*
 * X(where, on, off): on ANY terminal, or on any but the Linux console,
 * NOT_CONSOLE, which shows some of the sequence as text. Both columns are
 * written from top to bottom.
 */
/* clang-format off */
#define TERMINAL_MODES(X)						\
	/* What was cut off in the middle would swallow what follows:	\
	 * CAN ends a sequence, ST a string. */				\
	X(ANY, "", "\030" TERM_ST)					\
	/* A frame that was begun and not ended is shown. */		\
	X(ANY, "", TERM_CSI "?2026l")					\
	/* A link that is open would go on in the shell's text. */	\
	X(NOT_CONSOLE, "", TERM_ESC "]8;;" TERM_ST)			\
	/* Colours would do the same. */				\
	X(ANY, "", TERM_CSI "0m")					\
	/* The wheel scrolls (1000), at columns beyond 223 too (1006).	\
	 * Left on, every click would type into the shell. */		\
	X(ANY, TERM_CSI "?1000h" TERM_CSI "?1006h",			\
	    TERM_CSI "?1006l" TERM_CSI "?1000l")			\
	/* A paste is told from typing: it is asked about first. */	\
	X(ANY, TERM_CSI "?2004h", TERM_CSI "?2004l")			\
	/* Whether somebody looks: else a message may ring. */		\
	X(ANY, TERM_CSI "?1004h", TERM_CSI "?1004l")			\
	/* The whole screen scrolls. This moves the cursor to the top:	\
	 * where there is no second screen to leave, the shell goes on	\
	 * in the last line. */						\
	X(ANY, "", TERM_CSI "r" TERM_CSI "999;1H")			\
	/* A screen of our own; what was there comes back, and the	\
	 * cursor with it. */						\
	X(ANY, TERM_CSI "?1049h", TERM_CSI "?1049l")			\
	/* The last column can be written without a line break. After	\
	 * the above: some terminals keep this with the cursor. */	\
	X(ANY, TERM_CSI "?7l", TERM_CSI "?7h")				\
	/* Cursor keys send CSI and digits digits, whatever ran before;	\
	 * it is the terminal's default. */				\
	X(ANY, TERM_CSI "?1l" TERM_ESC ">", "")				\
	/* The tui hides the cursor while it draws. */			\
	X(ANY, "", TERM_CSI "?25h")					\
	/* The title shows what is unread; the old one comes back. */	\
	X(ANY, TERM_CSI "22;0t", TERM_CSI "23;0t")
/* clang-format on */

#define TERM_MODE_ON(where, on, off)	      on
#define TERM_MODE_OFF(where, on, off)	      off
#define TERM_MODE_OFF_CONSOLE(where, on, off) TERM_CONSOLE_##where(off)
#define TERM_CONSOLE_ANY(off)		      off
#define TERM_CONSOLE_NOT_CONSOLE(off)

/* String literals. The last is TERMINAL_OFF where TERM is "linux". */
#define TERMINAL_ON	     TERMINAL_MODES(TERM_MODE_ON)
#define TERMINAL_OFF	     TERMINAL_MODES(TERM_MODE_OFF)
#define TERMINAL_OFF_CONSOLE TERMINAL_MODES(TERM_MODE_OFF_CONSOLE)

#endif
