#include "os/local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 16, PRIVATE_MODE = 0700, OTHERS_MODE = 0077 };

/* Whether it is a folder of this user's: not a link that somebody else has put there. */
static bool
is_own_folder(const char *path, mode_t *mode)
{
	struct stat st;

	if (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid())
		return false;
	*mode = st.st_mode;
	return true;
}

static const char *
folder_path(struct arena *a)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	const char *usual = str_format(a, "/run/user/%ld", (long)geteuid()).data;
	mode_t mode;

	if (runtime != NULL && *runtime == '/')
		return str_format(a, "%s/eddy", runtime).data;
	if (is_own_folder(usual, &mode))
		return str_format(a, "%s/eddy", usual).data;
	return str_format(a, "/tmp/eddy-%ld", (long)geteuid()).data;
}

const char *
local_folder(struct arena *a, struct err *e)
{
	const char *path = folder_path(a);
	mode_t mode;

	if (mkdir(path, PRIVATE_MODE) != 0 && errno != EEXIST) {
		err_set_errno(e, "cannot make '%s'", path);
		return NULL;
	}
	if (is_own_folder(path, &mode) && (mode & OTHERS_MODE) == 0)
		return path;
	err_set(e, ERR_OS, ERR_NOWHERE, "'%s' is no folder that is this user's alone", path);
	return NULL;
}

static bool
address_make(const char *path, struct sockaddr_un *address)
{
	size_t len = strlen(path);

	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (len >= sizeof(address->sun_path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(address->sun_path, path, len);
	return true;
}

static int
socket_new(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd >= 0)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

static void
close_keeping_errno(int fd)
{
	int saved = errno;

	if (fd >= 0)
		close(fd);
	errno = saved;
}

int
local_listen(const char *path, struct err *e)
{
	struct sockaddr_un address;
	int fd = socket_new();

	if (fd >= 0 && address_make(path, &address) &&
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 && listen(fd, BACKLOG) == 0 &&
	    fcntl(fd, F_SETFL, O_NONBLOCK) == 0)
		return fd;
	err_set_errno(e, "cannot listen at '%s'", path);
	close_keeping_errno(fd);
	return -1;
}

int
local_accept(int listener)
{
	int fd = accept(listener, NULL, NULL);

	if (fd >= 0) {
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		fcntl(fd, F_SETFL, O_NONBLOCK);
	}
	return fd;
}

int
local_connect(const char *path, int timeout_ms)
{
	struct timeval timeout = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000};
	struct sockaddr_un address;
	int fd = socket_new();

	if (fd >= 0 && address_make(path, &address) &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) == 0 &&
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close_keeping_errno(fd);
	return -1;
}
