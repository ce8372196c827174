/*
 * The controlling terminal, and who may read from it.
 *
 * A terminal has one foreground process group: it gets what Ctrl-C sends, and it
 * alone may read. A process of another group that reads is stopped by SIGTTIN.
 */
#ifndef EDDY_TTY_H
#define EDDY_TTY_H

#include "base/base.h"

#include <sys/types.h>
#include <termios.h>

/* How a terminal was set before it was given away. All zero is nothing kept. */
struct tty_modes {
	bool is_kept;
	struct termios modes;
};

/*
 * Makes `to` the foreground group where `from` is it now; `modes` keeps how the
 * terminal is set. False where there is no terminal, or another group has it. SIGTTOU must be ignored.
 */
bool tty_give(pid_t from, pid_t to, struct tty_modes *modes);

/* The way back: the terminal is set as it was, too, whatever the group has made of it. */
bool tty_take_back(pid_t from, pid_t to, struct tty_modes *modes);

#endif
