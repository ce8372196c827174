#include "http/greeting.h"

#include "http/head.h"
#include "os/clock.h"
#include "text/validator.h"

#include <sys/socket.h>
#include <unistd.h>

enum {
	LOOK_BYTES = 64,
	TLS_HANDSHAKE = 22, /* the first byte that a client of TLS sends: RFC 8446 §5.1 */
};

const char *
greeting_fault(int fd, bool is_tls)
{
	char first[LOOK_BYTES];
	ssize_t got = recv(fd, first, sizeof(first), MSG_PEEK | MSG_DONTWAIT);

	if (got <= 0)
		return NULL;
	if (is_tls)
		return first[0] == TLS_HANDSHAKE ? NULL : "this port speaks TLS: https://";
	return head_may_begin(str_make(first, (size_t)got)) ? NULL : "this is not HTTP/1.1";
}

void
greeting_refuse(int fd, const char *fault, struct drain_set *drains)
{
	struct arena scratch = arena_make(KIB);
	struct str body = str_format(&scratch, "400 Bad Request: %s\n", fault);
	struct str answer = str_format(&scratch,
	    "HTTP/1.1 400 Bad Request\r\nServer: eddy\r\nDate: %s\r\nContent-Type: text/plain; "
	    "charset=utf-8\r\n"
	    "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n"
	    "Content-Length: %zu\r\n\r\n%.*s",
	    validator_date(&scratch, clock_unix_s()).data, body.len, STR_ARG(body));

	if (send(fd, answer.data, answer.len, MSG_NOSIGNAL) == (ssize_t)answer.len)
		drain_begin(drains, fd);
	shutdown(fd, SHUT_WR);
	close(fd);
	arena_free(&scratch);
}
