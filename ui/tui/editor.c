/*
 * The input line by GNU readline. See editor.h. What readline would do to a
 * terminal, a file or a signal is taken from it before it is started: it reads
 * and writes streams that lead nowhere, its commands are those bound below,
 * and a line is accepted without it.
 */
#include "ui/tui/editor_parts.h"

#include "common/ipc_messages.h"
#include "common/log.h"
#include "common/utf8.h"

#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

struct binding {
	const char *key;
	rl_command_func_t *command;
};

/* Beside these, each character is bound to insert(). */
static const struct binding bindings[] = {
	{ "\001", rl_beg_of_line },
	{ "\002", editor_backward_char },
	{ "\004", editor_delete_char },
	{ "\005", rl_end_of_line },
	{ "\006", editor_forward_char },
	{ "\010", editor_rubout },
	{ "\013", rl_kill_line },
	{ "\016", editor_next_line },
	{ "\020", editor_previous_line },
	{ "\024", editor_transpose_chars },
	{ "\025", rl_unix_line_discard },
	{ "\027", rl_unix_word_rubout },
	{ "\031", rl_yank },
	{ "\037", rl_undo_command },
	{ "\177", editor_rubout },
	{ "\030\025", rl_undo_command },
	{ "\033b", rl_backward_word },
	{ "\033c", rl_capitalize_word },
	{ "\033d", rl_kill_word },
	{ "\033f", rl_forward_word },
	{ "\033l", rl_downcase_word },
	{ "\033n", editor_search_forward },
	{ "\033p", editor_search_back },
	{ "\033r", rl_revert_line },
	{ "\033t", rl_transpose_words },
	{ "\033u", rl_upcase_word },
	{ "\033y", rl_yank_pop },
	{ "\033\010", rl_backward_kill_word },
	{ "\033\177", rl_backward_kill_word },
	{ "\033[A", editor_previous_line },
	{ "\033[B", editor_next_line },
	{ "\033[C", editor_forward_char },
	{ "\033[D", editor_backward_char },
	{ "\033[H", rl_beg_of_line },
	{ "\033[F", rl_end_of_line },
	{ "\033[3~", editor_delete_char },
	{ "\033[1;5C", rl_forward_word },
	{ "\033[1;5D", rl_backward_word },
	{ "\033[3;5~", rl_kill_word },
};

static struct {
	const char *key; /* what readline is given to read */
	size_t key_len;
	char character[5]; /* what came of one */
	size_t character_len;
	bool full;
	char before[TEXT_MAX + 1]; /* the key */
} editor;

/* --- What readline calls -------------------------------------------------- */

static int
next_byte(FILE *stream)
{
	(void)stream;
	if (editor.key_len == 0)
		return EOF;
	editor.key_len--;
	return (unsigned char)*editor.key++;
}

static int
has_byte(void)
{
	return editor.key_len > 0;
}

/* The painter draws, from the text and the cursor. */
static void
redisplay(void)
{
}

/* Nothing that is bound accepts a line. */
static void
line_accepted(char *line)
{
	free(line);
}

/* Inserts a character once its last byte has come. */
static int
insert(int count, int byte)
{
	uint32_t c;

	(void)count;
	editor.character[editor.character_len++] = (char)byte;
	editor.character[editor.character_len] = '\0';
	if (utf8_decode(editor.character, editor.character_len, &c) == 0) {
		if (editor.character_len == 4)
			editor.character_len = 0;
		return 0;
	}
	if ((size_t)rl_end + editor.character_len > TEXT_MAX)
		editor.full = true;
	else
		rl_insert_text(editor.character);
	editor.character_len = 0;
	return 0;
}

/* --- Start ---------------------------------------------------------------- */

/* Sets a variable of the environment; returns a copy of what it was. */
static char *
replace_env(const char *name, const char *value)
{
	const char *old = getenv(name);
	char *copy = old != NULL ? strdup(old) : NULL;

	if ((old != NULL && copy == NULL) ||
	    (value != NULL ? setenv(name, value, 1) : unsetenv(name)) == -1)
		fatal("out of memory");
	return copy;
}

static void
bind_keys(void)
{
	Keymap map = rl_make_bare_keymap();

	for (int c = ' '; c <= UCHAR_MAX; c++)
		if (c != 0x7f)
			rl_bind_key_in_map(c, insert, map);
	for (size_t i = 0; i < sizeof(bindings) / sizeof(bindings[0]); i++)
		if (rl_bind_keyseq_in_map(bindings[i].key, bindings[i].command,
			map) != 0)
			fatal("readline does not take key %zu", i);
	rl_set_keymap(map);
}

/* What readline is to do without. */
static void
set_up(void)
{
	/* A stream that gives and takes nothing. */
	FILE *nowhere = fopencookie(NULL, "r+", (cookie_io_functions_t){ 0 });

	if (nowhere == NULL)
		fatal("fopencookie: out of memory");
	rl_instream = rl_outstream = nowhere;
	rl_terminal_name = "dumb";
	rl_change_environment = 0;
	rl_catch_signals = rl_catch_sigwinch = 0;
	/* Else it sets the none that it has, and asks for the mask, with each
	 * key. */
	rl_persistent_signal_handlers = 1;
	rl_prep_term_function = NULL;
	rl_deprep_term_function = NULL;
	rl_getc_function = next_byte;
	rl_input_available_hook = has_byte;
	rl_redisplay_function = redisplay;
}

/* It would read the user's inputrc; and it sets the locale by the environment,
 * here and when a handler is installed. */
void
editor_init(void)
{
	char *inputrc = replace_env("INPUTRC", "/dev/null");
	char *locale = replace_env("LC_ALL", setlocale(LC_CTYPE, NULL));

	set_up();
	rl_initialize();
	rl_variable_bind("bell-style", "none");
	rl_variable_bind("convert-meta", "off");
	rl_variable_bind("keyseq-timeout", "0");
	rl_variable_bind("blink-matching-paren", "off");
	bind_keys();
	rl_callback_handler_install("", line_accepted);
	free(replace_env("INPUTRC", inputrc));
	free(replace_env("LC_ALL", locale));
	free(inputrc);
	free(locale);
}

void
editor_free(void)
{
	Keymap map = rl_get_keymap();

	editor_clear();
	editor_history_free();
	rl_callback_handler_remove();
	rl_set_keymap(rl_get_keymap_by_name("emacs"));
	rl_free_keymap(map);
	fclose(rl_instream);
	rl_instream = rl_outstream = NULL;
}

/* --- The text ------------------------------------------------------------- */

const char *
editor_text(size_t *len)
{
	*len = (size_t)rl_end;
	return rl_line_buffer;
}

size_t
editor_cursor(void)
{
	return (size_t)rl_point;
}

/* Not within a cluster, nor beyond the end. */
static void
set_cursor(size_t cursor)
{
	size_t end = (size_t)rl_end;

	if (cursor > end)
		cursor = end;
	while (cursor < end && (rl_line_buffer[cursor] & 0xc0) == 0x80)
		cursor++;
	rl_point = (int)editor_cluster_boundary(cursor);
}

void
editor_replace(const char *text, size_t cursor)
{
	rl_replace_line(text, 1);
	rl_mark = 0;
	set_cursor(cursor);
}

bool
editor_key(const char *key, size_t len)
{
	size_t before = (size_t)rl_end, cursor = (size_t)rl_point;

	/* On an empty line readline takes it for the end of input; and nothing
	 * at all on any. */
	if (len == 0 || (before == 0 && len == 1 && key[0] == '\004'))
		return true;
	memcpy(editor.before, rl_line_buffer, before);
	editor.before[before] = '\0';
	editor.full = false;
	editor.key = key;
	editor.key_len = len;
	editor.character_len = 0;
	/* What is left of a key that is not bound would be taken for others. */
	do
		rl_callback_read_char();
	while (editor.key_len > 0 &&
	    (editor.character_len > 0 || RL_ISSTATE(RL_STATE_MULTIKEY)));
	if (rl_end > TEXT_MAX) {
		editor.full = true;
		editor_replace(editor.before, cursor);
	}
	set_cursor((size_t)rl_point);
	return !editor.full;
}

static bool
is_text(const char *text, size_t len)
{
	return len <= TEXT_MAX && utf8_valid(text, len);
}

/* rl_insert_text() takes a string. */
static void
put_text(const char *text, size_t len)
{
	char *copy = strndup(text, len);

	if (copy == NULL)
		fatal("out of memory");
	rl_insert_text(copy);
	free(copy);
}

bool
editor_set(const char *text, size_t len, size_t cursor)
{
	if (!is_text(text, len))
		return false;
	editor_history.moving = false;
	rl_begin_undo_group();
	rl_delete_text(0, rl_end);
	rl_point = 0;
	put_text(text, len);
	rl_end_undo_group();
	set_cursor(cursor);
	return true;
}

bool
editor_insert(const char *text, size_t len)
{
	if (!is_text(text, len) || (size_t)rl_end + len > TEXT_MAX)
		return false;
	editor_history.moving = false;
	put_text(text, len);
	set_cursor((size_t)rl_point);
	return true;
}

void
editor_clear(void)
{
	/* C-x was the last key: what comes next is not meant to go with it. */
	if (RL_ISSTATE(RL_STATE_MULTIKEY))
		editor_key("\007", 1);
	editor_history.at = editor_history.count;
	editor_replace("", 0);
}

void
editor_accept(void)
{
	if (rl_end > 0)
		editor_history_add(rl_line_buffer, (size_t)rl_end);
	editor_clear();
}
