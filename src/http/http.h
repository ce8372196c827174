/*
 * HTTP/1.1 by libmicrohttpd, which nothing but http.c knows: connections come
 * in, checked requests go to route_answer, responses go out.
 *
 * A request reaches the handlers only after its head was proved to be what it
 * looks like (RFC 9112 §2.2, §3, §5, §6.1): anything ambiguous is answered 400 and the
 * connection is closed, so that no second request can be smuggled behind it.
 */
#ifndef EDDY_HTTP_H
#define EDDY_HTTP_H

#include "http/req.h"
#include "http/resp.h"

struct loop;
struct http;

/* Up to `connection_max` connections are open at a time. NULL with the error set. */
struct http *http_start(struct loop *loop, struct server *server, unsigned connection_max, struct err *e);

/*
 * Accepts from a listening socket, which stays the caller's. With --tls connections speak it, but for those of
 * a socket where plain HTTP is answered with redirects to that.
 */
void http_listen(struct http *http, int listener, bool is_redirect);

/*
 * Leaves the listeners, answers what is in flight and the next request of each connection with
 * Connection: close, closes idle ones after `idle_ms`, and calls `drained` when nothing is in flight.
 */
void http_drain(struct http *http, int64_t idle_ms, void (*drained)(void *context), void *context);

/* Requests that were begun and not answered whole; reload streams don't count. */
unsigned http_in_flight(const struct http *http);

/* Requests that were begun since the start. */
uint64_t http_request_count(const struct http *http);

/* Requests that were answered whole since http_drain. */
unsigned http_finished(const struct http *http);

/* Ends every connection at once. */
void http_stop(struct http *http);

/* The answer to a request for which route_answer returned NULL. From the loop's thread. Takes the reference.
 */
void http_answer(struct req *req, struct resp *resp);

/* There is something to read again. */
void http_stream_wake(struct resp_stream *stream);

/* Whether its client has left, as far as can be seen without writing to it. */
bool http_stream_is_gone(const struct resp_stream *stream);

/* Frees what http.c made of a response that is kept, and gives the response back. For file slots. */
void http_forget(void *resp);

const char *http_library_version(void);

/* What to say behind the version: nothing, or that this one's own strictness stands in for the guard's. */
const char *http_library_guard(void);

#endif
