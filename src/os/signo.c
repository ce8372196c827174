#include "os/signo.h"

#include <signal.h>
#include <string.h>
#include <strings.h>

/* Those that somebody would end or wake a program with. */
static const struct {
	int signo;
	const char *name;
} names[] = {
    {SIGHUP, "HUP"},
    {SIGINT, "INT"},
    {SIGQUIT, "QUIT"},
    {SIGABRT, "ABRT"},
    {SIGKILL, "KILL"},
    {SIGALRM, "ALRM"},
    {SIGTERM, "TERM"},
    {SIGUSR1, "USR1"},
    {SIGUSR2, "USR2"},
    {SIGCONT, "CONT"},
    {SIGWINCH, "WINCH"},
};

static bool
is_called(struct str text, const char *name)
{
	return text.len == strlen(name) && strncasecmp(text.data, name, text.len) == 0;
}

int
signo_parse(struct str text)
{
	bool has_prefix = text.len > 3 && is_called(str_slice(text, 0, 3), "SIG");
	struct str name = str_from(text, has_prefix ? 3 : 0);
	uint64_t number = 0;

	if (!has_prefix && str_to_u64(text, &number) && number > 0 && number < NSIG)
		return (int)number;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (is_called(name, names[i].name))
			return names[i].signo;
	return 0;
}

const char *
signo_name(int signo)
{
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (names[i].signo == signo)
			return names[i].name;
	return "?";
}
