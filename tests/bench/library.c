/*
 * The least that a server on libmicrohttpd takes which is never stale. It is
 * driven as eddy drives it, by its own epoll descriptor on one thread, with as
 * much memory for a connection; each request costs a stat of the file, and is
 * given the same canned answer.
 *
 *	library FILE      answers with FILE's bytes; prints its port
 */
#include "canned.h"

#include <microhttpd.h>
#include <poll.h>
#include <sys/stat.h>

enum { CONNECTION_MAX = 1024, CONNECTION_MEMORY_BYTES = 24 * 1024 };

static const char *path;
static struct MHD_Response *response;

/* Called for the head first; an answer at that time would end the connection. */
static enum MHD_Result
on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
    const char *version, const char *upload, size_t *upload_size, void **state)
{
	struct stat now;

	(void)context, (void)url, (void)method, (void)version, (void)upload, (void)upload_size;
	if (*state == NULL) {
		*state = connection;
		return MHD_YES;
	}
	if (stat(path, &now) != 0)
		die(path);
	return MHD_queue_response(connection, MHD_HTTP_OK, response);
}

static void
response_make(void)
{
	response = MHD_create_response_from_buffer(canned_body_size, canned_body, MHD_RESPMEM_PERSISTENT);
	for (size_t i = 0; i < CANNED_FIELDS; i++)
		MHD_add_response_header(response, canned_fields[i].name, canned_fields[i].value);
}

static int
wait_ms(struct MHD_Daemon *daemon)
{
	MHD_UNSIGNED_LONG_LONG timeout_ms;

	return MHD_get_timeout(daemon, &timeout_ms) == MHD_YES ? (int)timeout_ms : -1;
}

int
main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	path = argv[1];
	canned_body_read(path);
	response_make();
	struct MHD_Daemon *daemon =
	    MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, NULL, MHD_OPTION_LISTEN_SOCKET,
		listener_open(), MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY_BYTES,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTION_MAX, MHD_OPTION_END);
	if (daemon == NULL)
		die("libmicrohttpd");
	struct pollfd ready = {
	    .fd = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, .events = POLLIN};
	for (;;) {
		poll(&ready, 1, wait_ms(daemon));
		MHD_run(daemon);
	}
}
