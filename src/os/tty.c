#include "os/tty.h"

#include <fcntl.h>
#include <unistd.h>

static int
terminal_open(void)
{
	return open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

/* On failure nothing has changed. */
static bool
foreground_change(int terminal, pid_t from, pid_t to)
{
	return terminal >= 0 && from > 0 && to > 0 && tcgetpgrp(terminal) == from &&
	       tcsetpgrp(terminal, to) == 0;
}

bool
tty_give(pid_t from, pid_t to, struct tty_modes *modes)
{
	int terminal = terminal_open();
	bool ok = foreground_change(terminal, from, to);

	if (ok)
		modes->is_kept = tcgetattr(terminal, &modes->modes) == 0;
	if (terminal >= 0)
		close(terminal);
	return ok;
}

bool
tty_take_back(pid_t from, pid_t to, struct tty_modes *modes)
{
	int terminal = terminal_open();
	bool ok = foreground_change(terminal, from, to);

	if (ok && modes->is_kept)
		tcsetattr(terminal, TCSADRAIN, &modes->modes);
	modes->is_kept = false;
	if (terminal >= 0)
		close(terminal);
	return ok;
}
