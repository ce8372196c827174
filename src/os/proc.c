#include "os/proc.h"

#include "os/image.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sched.h>
#include <sys/prctl.h>
#else
extern char **environ; /* POSIX has it in no header */
#endif

enum {
	SCRATCH_BYTES = 16 * 1024,
	LISTEN_PID_BYTES = 32,
	EXIT_CANNOT_EXEC = 127,
};

/* The process itself */

/* A file opened later must not become standard output by chance. */
static void
standard_descriptors_open(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

void
proc_begin(const char *argv0)
{
	standard_descriptors_open();
	signal(SIGPIPE, SIG_IGN);
#ifdef __linux__
	prctl(PR_SET_NAME, "eddy");
#endif
	image_find(argv0 ? argv0 : "eddy");
}

bool
proc_has_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* macOS refuses some numbers that its own hard limit allows. */
size_t
proc_raise_file_limit(void)
{
	struct rlimit limit, raised;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return FD_SETSIZE;
	raised = limit;
	raised.rlim_cur = MIN(limit.rlim_max, (rlim_t)INT_MAX);
	while (raised.rlim_cur > limit.rlim_cur && setrlimit(RLIMIT_NOFILE, &raised) != 0)
		raised.rlim_cur /= 2;
	return (size_t)MIN(MAX(raised.rlim_cur, limit.rlim_cur), (rlim_t)INT_MAX);
}

bool
proc_may_open(size_t count)
{
	int *opened = base_alloc(count * sizeof(*opened));
	size_t done = 0;
	int error;

	while (done < count && (opened[done] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) >= 0)
		done++;
	error = errno;
	for (size_t i = 0; i < done; i++)
		close(opened[i]);
	free(opened);
	errno = error;
	return done == count;
}

int
proc_core_count(void)
{
	long count = sysconf(_SC_NPROCESSORS_ONLN);

#ifdef __linux__
	cpu_set_t allowed;

	if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0)
		count = CPU_COUNT(&allowed);
#endif
	return count < 1 ? 1 : (int)count;
}

/* Carrying out a plan */

/* One descriptor that is handed on, and what was in its place. */
struct place {
	int source;
	int moved; /* the source's duplicate above all places, or -1 */
	int saved; /* a duplicate of what was there, or -1 */
	int saved_flags;
};

/* What a plan comes to, made before the fork: after it, only system calls are left to do. */
struct launch {
	const struct proc_plan *plan;
	char **environment;
	char listen_pid[LISTEN_PID_BYTES]; /* in the environment; its value is known after the fork */
	struct place *places;              /* places[i] is for the descriptor SOCK_FIRST_FD + i */
	size_t count;
	int image;
};

static bool
is_assignment_of(const char *entry, const char *name)
{
	size_t len = strlen(name);

	return strncmp(entry, name, len) == 0 && entry[len] == '=';
}

/* Whether the entry is one that a plan decides anew. */
static bool
is_replaced(const char *entry, const struct proc_plan *plan)
{
	static const char *const own[] = {"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", IMAGE_VARIABLE};

	for (size_t i = 0; i < COUNT_OF(own); i++)
		if (is_assignment_of(entry, own[i]))
			return true;
	for (const char *const *added = plan->environment; added != NULL && *added != NULL; added++)
		if (strncmp(entry, *added, (size_t)(strchr(*added, '=') - *added) + 1) == 0)
			return true;
	return false;
}

static char *
listen_names(struct arena *a, const struct sock_set *listeners)
{
	struct buf names = buf_make(a);

	buf_add_lit(&names, "LISTEN_FDNAMES=");
	for (size_t i = 0; i < listeners->count; i++)
		buf_addf(&names, "%s%s", i ? ":" : "", listeners->listeners[i].name);
	return buf_cstr(&names);
}

static void
environment_add_listeners(struct launch *launch, struct arena *a, size_t *count)
{
	const struct sock_set *listeners = launch->plan->listeners;

	if (listeners == NULL || listeners->count == 0)
		return;
	launch->environment[(*count)++] = str_cstr(a, str_format(a, "LISTEN_FDS=%zu", listeners->count));
	launch->environment[(*count)++] = listen_names(a, listeners);
	launch->environment[(*count)++] = launch->listen_pid;
}

static void
launch_make_environment(struct launch *launch, struct arena *a)
{
	enum { OWN_ENTRIES = 5 }; /* LISTEN_* are three, EDDY_IMAGE, and the NULL */
	const struct proc_plan *plan = launch->plan;
	size_t count = OWN_ENTRIES;

	for (char **entry = environ; *entry != NULL; entry++)
		count++;
	for (const char *const *added = plan->environment; added != NULL && *added != NULL; added++)
		count++;
	launch->environment = ARENA_ARRAY(a, char *, count);
	count = 0;
	for (char **entry = environ; *entry != NULL; entry++)
		if (!is_replaced(*entry, plan))
			launch->environment[count++] = *entry;
	for (const char *const *added = plan->environment; added != NULL && *added != NULL; added++)
		launch->environment[count++] = str_cstr(a, str_of(*added));
	if (plan->image != PROC_FOUND_IN_PATH)
		launch->environment[count++] = str_cstr(a, str_format(a, IMAGE_VARIABLE "=%s", image_path()));
	environment_add_listeners(launch, a, &count);
	launch->environment[count] = NULL;
}

static void
launch_make(struct launch *launch, struct arena *a, const struct proc_plan *plan)
{
	size_t listener_count = plan->listeners ? plan->listeners->count : 0;

	*launch = (struct launch){.plan = plan, .image = plan->image};
	launch->count = listener_count + plan->descriptor_count;
	launch->places = ARENA_ARRAY(a, struct place, launch->count + 1);
	for (size_t i = 0; i < launch->count; i++) {
		int source = i < listener_count ? plan->listeners->listeners[i].fd
						: plan->descriptors[i - listener_count];

		launch->places[i] = (struct place){.source = source, .moved = -1, .saved = -1};
	}
	launch_make_environment(launch, a);
}

/* A duplicate of `fd` above every place that is going to be filled, or -1. */
static int
move_up(const struct launch *launch, int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, SOCK_FIRST_FD + (int)launch->count);
}

/*
 * Brings the descriptors to their places. All are moved up first, since a
 * place may be held by one whose turn comes later.
 */
static bool
launch_place(struct launch *launch)
{
	for (size_t i = 0; i < launch->count; i++) {
		launch->places[i].moved = move_up(launch, launch->places[i].source);
		if (launch->places[i].moved < 0)
			return false;
	}
	if (launch->image >= 0) {
		launch->image = move_up(launch, launch->image);
		if (launch->image < 0)
			return false;
	}
	for (size_t i = 0; i < launch->count; i++)
		if (dup2(launch->places[i].moved, SOCK_FIRST_FD + (int)i) < 0)
			return false;
	return true;
}

/* The user's PATH is in the environment that the program gets, which is ours with additions. */
static void
launch_exec(struct launch *launch)
{
	char *const *argv = (char *const *)(uintptr_t)launch->plan->argv;

	snprintf(launch->listen_pid, sizeof(launch->listen_pid), "LISTEN_PID=%ld", (long)getpid());
	if (launch->image == PROC_FOUND_IN_PATH) {
		environ = launch->environment;
		execvp(argv[0], argv);
		return;
	}
	image_exec(launch->image, argv, launch->environment);
}

static void
signals_reset(void)
{
	sigset_t none;

	for (int signo = 1; signo < NSIG; signo++)
		signal(signo, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The child's part. `report` takes the errno of what failed, or closes unwritten on exec. */
NORETURN static void
launch_child(struct launch *launch, int report)
{
	const struct proc_plan *plan = launch->plan;
	int error;

	setpgid(0, 0);
	report = move_up(launch, report);
	if ((plan->output == PROC_INHERIT || dup2(plan->output, STDOUT_FILENO) >= 0) &&
	    (plan->error_output == PROC_INHERIT || dup2(plan->error_output, STDERR_FILENO) >= 0) &&
	    launch_place(launch)) {
		signals_reset();
		launch_exec(launch);
	}
	error = errno;
	if (write(report, &error, sizeof(error)) < 0)
		_exit(EXIT_CANNOT_EXEC);
	_exit(EXIT_CANNOT_EXEC);
}

bool
proc_make_pipe(int ends[2])
{
	return pipe(ends) == 0 && fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 &&
	       fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0;
}

/* Waits until the child has exec'd or failed to: 0 or its errno. */
static int
launch_result(int report)
{
	int error = 0;
	ssize_t got;

	do
		got = read(report, &error, sizeof(error));
	while (got < 0 && errno == EINTR);
	return got == (ssize_t)sizeof(error) ? error : 0;
}

/*
 * With all signals blocked: no handler of this process may run in the child. Until it execs it has our own
 * memory, and we wait: a copy of all that libraries have mapped would be a tenth of the time that eddy takes
 * to start. So it may change nothing but `launch` and `environ`.
 */
static pid_t
launch_fork(struct launch *launch, const int report[2])
{
	char **our_environment = environ;
	sigset_t all, before;
	int saved_errno;
	pid_t pid;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid = vfork(); /* NOLINT(clang-analyzer-security.insecureAPI.vfork): what it warns of is said above */
	if (pid == 0)
		launch_child(launch, report[1]); /* NOLINT(clang-analyzer-unix.Vfork) */
	saved_errno = errno;
	environ = our_environment;
	if (pid > 0)
		setpgid(pid, pid); /* so that it holds as soon as we return; the child does it too */
	sigprocmask(SIG_SETMASK, &before, NULL);
	errno = saved_errno;
	return pid;
}

static pid_t
launch_run(struct launch *launch, struct err *e)
{
	int report[2], error = 0;
	pid_t pid;

	if (!proc_make_pipe(report)) {
		err_set_errno(e, "cannot start a process");
		return -1;
	}
	pid = launch_fork(launch, report);
	if (pid < 0)
		error = errno;
	close(report[1]);
	if (pid > 0)
		error = launch_result(report[0]);
	close(report[0]);
	if (error == 0)
		return pid;
	if (pid > 0)
		waitpid(pid, NULL, 0);
	errno = error;
	err_set_errno(e, "cannot start '%s'", launch->plan->argv[0]);
	return -1;
}

pid_t
proc_spawn(const struct proc_plan *plan, struct err *e)
{
	struct arena scratch = arena_make(SCRATCH_BYTES);
	struct launch launch;
	pid_t pid;

	launch_make(&launch, &scratch, plan);
	pid = launch_run(&launch, e);
	arena_free(&scratch);
	return pid;
}

bool
proc_run_apart(const char *const *argv)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		/* The grandchild is nobody's to wait for. */
		if (setsid() < 0 || fork() != 0)
			_exit(0);
		signals_reset();
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(EXIT_CANNOT_EXEC);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0;
}

/* Keeps what the places hold now, to be put back where the exec fails. */
static bool
launch_save(struct launch *launch)
{
	for (size_t i = 0; i < launch->count; i++) {
		int fd = SOCK_FIRST_FD + (int)i;

		launch->places[i].saved_flags = fcntl(fd, F_GETFD);
		if (launch->places[i].saved_flags < 0)
			continue;
		launch->places[i].saved = move_up(launch, fd);
		if (launch->places[i].saved < 0)
			return false;
	}
	return true;
}

static void
place_restore(const struct place *place, int fd)
{
	if (place->saved >= 0 && dup2(place->saved, fd) >= 0)
		fcntl(fd, F_SETFD, place->saved_flags);
	if (place->saved >= 0)
		close(place->saved);
	else if (place->saved_flags < 0)
		close(fd);
	if (place->moved >= 0)
		close(place->moved);
}

bool
proc_become(const struct proc_plan *plan, struct err *e)
{
	struct arena scratch = arena_make(SCRATCH_BYTES);
	struct launch launch;

	launch_make(&launch, &scratch, plan);
	if (launch_save(&launch) && launch_place(&launch))
		launch_exec(&launch);
	err_set_errno(e, "cannot run the new image");
	for (size_t i = 0; i < launch.count; i++)
		place_restore(&launch.places[i], SOCK_FIRST_FD + (int)i);
	if (launch.image >= 0 && launch.image != plan->image)
		close(launch.image);
	arena_free(&scratch);
	return false;
}

/* Ends */

static pid_t
reap(int *status, int options)
{
	pid_t pid;

	do
		pid = waitpid(-1, status, WNOHANG | options);
	while (pid < 0 && errno == EINTR);
	return MAX(pid, 0);
}

pid_t
proc_reap(int *status)
{
	return reap(status, 0);
}

pid_t
proc_reap_or_stopped(int *status)
{
	return reap(status, WUNTRACED);
}

void
proc_adopt_orphans(void)
{
#ifdef __linux__
	prctl(PR_SET_CHILD_SUBREAPER, 1);
#endif
}

struct str
proc_describe_end(struct arena *a, int status)
{
	if (WIFSIGNALED(status))
		return str_format(
		    a, "killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	return str_format(a, "exit status %d", WEXITSTATUS(status));
}

bool
proc_ended_well(int status)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void
proc_signal(pid_t pid, int signo)
{
	if (pid > 0)
		kill(pid, signo);
}

void
proc_signal_group(pid_t pid, int signo)
{
	if (pid > 0)
		kill(-pid, signo);
}

bool
proc_ignores(int signo)
{
	struct sigaction action;

	return sigaction(signo, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

void
proc_suspend(void)
{
	struct sigaction stop = {.sa_handler = SIG_DFL}, handled;
	sigset_t unblocked, before;

	sigaction(SIGTSTP, &stop, &handled);
	sigemptyset(&unblocked);
	sigaddset(&unblocked, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &unblocked, &before);
	raise(SIGTSTP);
	sigprocmask(SIG_SETMASK, &before, NULL);
	sigaction(SIGTSTP, &handled, NULL);
}

bool
proc_group_exists(pid_t pid)
{
	return pid > 0 && (kill(-pid, 0) == 0 || errno == EPERM);
}
