"""Asks the three shells what they complete a line to.

Each is a real one that reads the installed file by its own loader: bash by
bash-completion's, interactive on a terminal of its own; zsh likewise, by
compinit; fish by its complete builtin. USR is the tree that make install has
made; its gochat is in the PATH, since fish completes no command that is not
there.
"""

import os
import pty
import select
import signal
import time

from harness import Failure

PATIENCE = 20			# seconds


def environment(t, usr, **more):
    return dict(more, PATH=usr + "/bin:" + os.environ["PATH"], HOME=t.folder,
                LC_ALL="C.UTF-8", TERM="dumb")


class Shell:
    """An interactive shell on a terminal, in a folder; ends with its test."""

    def __init__(self, t, command, env, folder):
        pid, self.fd = pty.fork()
        if pid == 0:
            os.chdir(folder)
            os.execve(command[0], command, env)
        self.seen = b""

        def end():
            os.close(self.fd)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        t.cleanup(end)

    def send(self, text):
        os.write(self.fd, text.encode())

    def expect(self, what):
        """Waits for WHAT; returns all that came before it."""
        end = time.monotonic() + PATIENCE
        what = what.encode()
        while what not in self.seen:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                raise Failure("the shell does not say %r, but %r"
                              % (what, self.seen))
            self.seen += os.read(self.fd, 65536)
        before, _, self.seen = self.seen.partition(what)
        return before.decode("utf-8", "replace")


class Bash(Shell):
    """bash; M-* puts all completions of a word into the line."""

    def __init__(self, t, usr, folder):
        super().__init__(
            t, [t.tool("bash"), "--norc", "--noprofile", "-i"],
            environment(t, usr, INPUTRC="/dev/null", PS1="$ ",
                        BASH_COMPLETION_USER_DIR=usr
                        + "/share/bash-completion"), folder)
        self.send("bind 'set enable-bracketed-paste off'; stty -echo\n"
                  ". /usr/share/bash-completion/bash_completion\n"
                  "show() { printf '<<%s>>' \"$READLINE_LINE\"; }\n"
                  "bind -x '\"\\C-xp\": show'; echo rea''dy\n")
        self.expect("ready")

    def complete(self, line):
        """Returns the completions of the last word of LINE, or nothing."""
        self.send(line + "\033*\030p")
        self.expect("<<")
        shown = self.expect(">>")
        self.send("\025")
        kept = line[:line.rindex(" ") + 1]
        if "=" in line[len(kept):]:
            kept = line[:line.rindex("=") + 1]
        if not shown.startswith(kept):
            raise Failure("%r became %r" % (line, shown))
        return [] if shown == line else shown[len(kept):].split()


# The widget has the candidates listed instead of inserted: compadd is told to
# leave them in an array.
ZSH = """
PS1='$ ' PS2=
unsetopt zle_bracketed_paste prompt_cr prompt_sp
fpath=($1 $fpath)
autoload -Uz compinit
compinit -u -D
zstyle ':completion:*' verbose no
show() {
	print -rn -- "<<${(j: :)found}>>"
	BUFFER=
}
compadd() {
	local -a words
	if (( ${@[(I)-O]} || ${@[(I)-A]} || ${@[(I)-D]} )); then
		builtin compadd "$@"
		return
	fi
	builtin compadd -O words "$@"
	found+=("$words[@]")
	builtin compadd "$@"
}
ask() {
	found=()
	zle complete-word
	show
}
complete-all() { _main_complete; }
typeset -ga found
zle -C complete-word list-choices complete-all
zle -N ask
bindkey '^Xp' ask
print rea''dy
"""


class Zsh(Shell):
    def __init__(self, t, usr, folder):
        setup = t.folder + "/setup.zsh"
        with open(setup, "w", encoding="utf-8") as file:
            file.write(ZSH)
        super().__init__(t, [t.tool("zsh"), "-f", "-i"],
                         environment(t, usr), folder)
        self.send("stty -echo; . %s %s/share/zsh/site-functions\n"
                  % (setup, usr))
        self.expect("ready")

    def complete(self, line):
        self.send(line + "\030p")
        self.expect("<<")
        return self.expect(">>").split()


class Fish:
    """fish, which answers without a terminal."""

    def __init__(self, t, usr, folder):
        self.t = t
        self.fish = t.tool("fish")
        self.folder = folder
        self.env = environment(t, usr,
                               XDG_DATA_DIRS=usr + "/share:/usr/share")

    def ask(self, line):
        """Returns the lines that fish answers: a word, a tab, its meaning."""
        return self.t.run([self.fish, "-c", "complete -C -- $argv[1]",
                          line],
                         env=self.env, cwd=self.folder).stdout.splitlines()

    def meanings(self, line):
        """Returns each word and the meaning that fish shows for it."""
        return dict((found + "\t").split("\t")[:2] for found in self.ask(line))

    def complete(self, line):
        words = [found.split("\t")[0] for found in self.ask(line)]
        # Such a folder has the flag and its = before it, a word does not.
        before = line[line.rindex(" ") + 1:line.rfind("=") + 1]
        return [word.removeprefix(before) for word in words]
