#include "http/http.h"

#include "base/log.h"
#include "http/acceptor.h"
#include "http/access.h"
#include "http/certificate.h"
#include "http/connection.h"
#include "http/drain.h"
#include "http/flight.h"
#include "http/greeting.h"
#include "http/head.h"
#include "http/proxy.h"
#include "http/raw_head.h"
#include "http/reload.h"
#include "http/requests.h"
#include "http/route.h"
#include "http/server.h"
#include "os/clock.h"
#include "os/loop.h"
#include "os/sock.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* Beside the head, libmicrohttpd's notes of a field, and its answer's head. */
	FIELD_MEMORY_BYTES = 72,
	ANSWER_MEMORY_BYTES = 1024,
	BODY_BLOCK_BYTES = 64 * 1024,
	STREAM_BLOCK_BYTES = 1024,
	TURNS_IN_VAIN_MAX = 16,
	RESTRAINED_MS = 20,
	SELECTED_MAX = FD_SETSIZE / 4 * 3, /* connections: other descriptors have numbers as well */
};

/* A connection speaks one of these from its start; libmicrohttpd has a daemon for each. */
enum wire { WIRE_PLAIN, WIRE_TLS, WIRE_COUNT };

struct http {
	struct MHD_Daemon *daemons[WIRE_COUNT]; /* NULL where there are no such connections */
	struct loop_io epolls[WIRE_COUNT];      /* of the daemons, where the library has epoll */
	bool has_epoll;
	bool knows_library; /* its buffer can be looked into */
	struct loop *loop;
	struct server *server;
	struct acceptor acceptor;
	struct connection_set connections; /* each the socket context of libmicrohttpd's */
	size_t connection_max;
	struct requests requests;
	struct flight flight;
	uint64_t last_request_count; /* in the turn of the loop before this one */
	size_t last_connection_count;
	unsigned turns_in_vain;
	struct drain_set drains; /* refused connections */
};

const char *
http_library_version(void)
{
	return MHD_get_version();
}

static struct connection *
connection_of(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info->socket_context;
}

/* Responses: what libmicrohttpd is given of them */

static void
wire_free(void *context)
{
	resp_unref(context);
}

/* A file that is not what was announced any more: only closing tells the client. */
static ssize_t
body_read(void *context, uint64_t position, char *out, size_t size)
{
	int64_t got = resp_read(context, (int64_t)position, out, size);

	if (got == 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	return got > 0 ? (ssize_t)got : MHD_CONTENT_READER_END_WITH_ERROR;
}

static ssize_t
stream_read(void *context, uint64_t position UNUSED, char *out, size_t size)
{
	struct resp_stream *stream = context;
	int64_t got = stream->read(stream, out, size);

	if (got < 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (got == 0) {
		stream->is_asleep = true;
		MHD_suspend_connection(stream->connection);
	}
	return (ssize_t)got;
}

static void
stream_close(void *context)
{
	struct resp_stream *stream = context;

	stream->close(stream);
}

static struct MHD_Response *
wire_make_body(struct resp *resp)
{
	const struct resp_part *part = resp->parts;

	if (resp->stream != NULL)
		return MHD_create_response_from_callback(
		    MHD_SIZE_UNKNOWN, STREAM_BLOCK_BYTES, stream_read, resp->stream, stream_close);
	resp_ref(resp);
	if (part == NULL || (part->next == NULL && part->bytes.data != NULL))
		return MHD_create_response_from_buffer_with_free_callback_cls((size_t)resp->size_bytes,
		    part ? (char *)(uintptr_t)part->bytes.data : NULL, wire_free, resp);
	return MHD_create_response_from_callback(
	    (uint64_t)resp->size_bytes, BODY_BLOCK_BYTES, body_read, resp, wire_free);
}

static struct MHD_Response *
wire_make(struct resp *resp)
{
	struct MHD_Response *wire = wire_make_body(resp);

	if (wire == NULL)
		base_die("out of memory for a response");
	for (const struct resp_header *header = resp->headers; header != NULL; header = header->next)
		if (*header->value != '\0' &&
		    MHD_add_response_header(wire, header->name, header->value) == MHD_NO)
			log_error("could not send the header '%s: %s'", header->name, header->value);
	return wire;
}

void
http_forget(void *context)
{
	struct resp *resp = context;

	if (resp->wire != NULL)
		MHD_destroy_response(resp->wire);
	resp->wire = NULL;
	resp->is_kept = false;
	resp_unref(resp);
}

/* Sends the response and gives the reference back. */
static enum MHD_Result
http_queue(struct req *req, struct MHD_Connection *mhd, struct resp *resp)
{
	struct MHD_Response *wire;
	enum MHD_Result queued;

	resp = route_complete(req, resp);
	wire = resp->wire ? resp->wire : wire_make(resp);
	if (req->status == 0)
		req->status = resp->status;
	if (resp->stream != NULL) {
		resp->stream->connection = mhd;
		flight_becomes_stream(&req->server->http->flight);
		req->is_stream = true;
	}
	queued = MHD_queue_response(mhd, (unsigned)req->status, wire);
	req->is_answered = true;
	if (resp->is_kept)
		resp->wire = wire;
	else
		MHD_destroy_response(wire);
	resp_unref(resp);
	return queued;
}

/* The answer, or NULL where it comes later, by http_answer. */
static enum MHD_Result
http_give(struct req *req, struct MHD_Connection *mhd, struct resp *resp)
{
	if (resp != NULL)
		return http_queue(req, mhd, resp);
	req->is_suspended = true;
	MHD_suspend_connection(mhd);
	return MHD_YES;
}

/* An answer that ends the connection, because it is given from within the first call. */
static enum MHD_Result
http_refuse(struct req *req, struct MHD_Connection *mhd, const struct err *e)
{
	drain_begin(&req->server->http->drains, connection_of(mhd)->fd);
	return http_give(req, mhd, route_refusal(req, e));
}

void
http_answer(struct req *req, struct resp *resp)
{
	req->answer = resp;
	req->is_suspended = false;
	MHD_resume_connection(req->connection);
}

void
http_stream_wake(struct resp_stream *stream)
{
	if (!stream->is_asleep)
		return;
	stream->is_asleep = false;
	MHD_resume_connection(stream->connection);
}

bool
http_stream_is_gone(const struct resp_stream *stream)
{
	return sock_peer_has_closed(connection_of(stream->connection)->fd);
}

/* The guard: what of it leans on libmicrohttpd. The rest is head.c's. */

/*
 * The first field of each request, put there before libmicrohttpd looks for the length of its body: it answers
 * a malformed one by itself, with two heads. No request that is answered has a body.
 */
static const char no_body_name[] = "Content-Length";

const char *
http_library_guard(void)
{
	return raw_head_knows(MHD_get_version()) ? "" : ", whose own guard is used";
}

#if MHD_VERSION >= 0x00097600
#define STRICTNESS_OPTION MHD_OPTION_CLIENT_DISCIPLINE_LVL
#else
#define STRICTNESS_OPTION MHD_OPTION_STRICT_FOR_CLIENT
#endif

static enum MHD_Result
head_add(void *context, enum MHD_ValueKind kind UNUSED, const char *name, size_t name_len, const char *value,
    size_t value_len)
{
	if (name != no_body_name)
		raw_head_add(context, name, name_len, value, value_len);
	return MHD_YES;
}

static bool
head_is_intact(struct MHD_Connection *mhd, const struct raw_head *head)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

	return info != NULL && raw_head_is_intact(head, info->header_size);
}

/* Reads and proves the whole head. False with what is wrong. */
static bool
http_check_head(
    struct req *req, struct MHD_Connection *mhd, const char *method, const char *version, struct err *e)
{
	int count = MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, NULL, NULL);
	struct raw_head head;

	raw_head_begin(&head, req, method, version, (size_t)count);
	MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, head_add, &head);
	proxy_resolve(req);
	if (req->server->http->knows_library && !head_is_intact(mhd, &head))
		return err_set(e, ERR_BAD_REQUEST, ERR_NOWHERE, "malformed request head");
	if (!head_check(req, raw_head_size(&head), e))
		return false;
	raw_head_hide_expectation(req);
	return true;
}

/* Callbacks of libmicrohttpd */

/*
 * The request line has been read. Copies the raw target, and cuts the one in the buffer behind
 * its '?', so that libmicrohttpd takes no query apart: 700 parameters would fill its memory.
 */
static void *
on_target(void *context, const char *target, struct MHD_Connection *mhd)
{
	struct http *http = context;
	struct req *req = requests_begin(&http->requests);
	struct connection *connection = connection_of(mhd);
	char *query;

	flight_begin(&http->flight);
	req->connection = mhd;
	req->seq = reload_seq(http->server->reload);
	req->target_start = target;
	req->target = str_dup(&req->arena, str_of(target));
	req->peer = str_of(connection->peer);
	req->peer_is_loopback = connection->is_loopback;
	req->protocol = connection->is_tls ? STR("https") : STR("http");
	req->wants_tls = http->daemons[WIRE_TLS] != NULL && !connection->is_tls;
	if (http->knows_library)
		MHD_set_connection_value(mhd, MHD_HEADER_KIND, no_body_name, "0");
	query = strchr((char *)(uintptr_t)target, '?');
	if (query != NULL)
		query[1] = '\0';
	return req;
}

/* The target as it came: nothing is decoded here. */
static size_t
on_unescape(void *context UNUSED, struct MHD_Connection *mhd UNUSED, char *text)
{
	return strlen(text);
}

static enum MHD_Result
http_handle(struct http *http, struct req *req, struct MHD_Connection *mhd)
{
	struct resp *resp = req->answer;

	req->answer = NULL;
	return http_give(req, mhd, resp ? resp : route_answer(http->server, req));
}

/*
 * Called first with the head alone, then again when a body would be due. An answer
 * given in the first call closes the connection, which is right for refusals and while draining.
 */
static enum MHD_Result
on_request(void *context, struct MHD_Connection *mhd, const char *url UNUSED, const char *method,
    const char *version, const char *upload UNUSED, size_t *upload_size, void **state)
{
	struct http *http = context;
	struct req *req = *state;
	struct err e = err_make(&req->arena);

	if (req->is_answered) {
		*upload_size = 0;
		return MHD_YES;
	}
	if (req->headers != NULL)
		return http_handle(http, req, mhd);
	connection_begin(connection_of(mhd), req);
	if (!http_check_head(req, mhd, method, version, &e))
		return http_refuse(req, mhd, &e);
	return http->flight.is_draining ? http_handle(http, req, mhd) : MHD_YES;
}

static void
on_completed(void *context, struct MHD_Connection *mhd, void **state, enum MHD_RequestTerminationCode code)
{
	struct http *http = context;
	struct req *req = *state;

	if (req == NULL)
		return;
	*state = NULL;
	connection_end(connection_of(mhd));
	access_log(req);
	flight_end(&http->flight, req->is_stream, code == MHD_REQUEST_TERMINATED_COMPLETED_OK);
	requests_end(&http->requests, req);
}

static void
on_connection(void *context, struct MHD_Connection *mhd, void **socket_context,
    enum MHD_ConnectionNotificationCode code)
{
	struct http *http = context;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		struct connection *connection = connection_add(&http->connections,
		    MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
		    MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr);

		connection->is_tls = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_DAEMON)->daemon ==
				     http->daemons[WIRE_TLS];
		*socket_context = connection;
		return;
	}
	connection_remove(*socket_context);
	acceptor_resume(&http->acceptor);
	flight_lost_connection(&http->flight);
}

static void
on_library_message(void *context UNUSED, const char *format, va_list args)
{
	char text[256];

	vsnprintf(text, sizeof(text), format, args);
	text[strcspn(text, "\n")] = '\0';
	log_debug("libmicrohttpd: %s", text);
}

/* The loop */

/* At the limit, who has been silent for longest has to make room. */
static bool
http_has_room(void *context)
{
	struct http *http = context;

	if (http->connections.count < http->connection_max)
		return true;
	connection_cut_one(&http->connections);
	return false;
}

static void
http_make_room(void *context)
{
	struct http *http = context;

	connection_cut_one(&http->connections);
}

static void
http_take(void *context, const struct accepted *accepted)
{
	struct http *http = context;
	const char *fault = greeting_fault(accepted->fd, accepted->kind == WIRE_TLS);

	if (fault != NULL)
		greeting_refuse(accepted->fd, fault, &http->drains);
	else
		MHD_add_connection(http->daemons[accepted->kind], accepted->fd,
		    (const void *)&accepted->address, accepted->address_bytes);
}

/* libmicrohttpd's own descriptor only ends the wait: MHD_run comes before each one. */
static void
on_epoll_ready(struct loop_io *io UNUSED, short events UNUSED)
{
}

static int64_t
daemon_timeout_ms(struct MHD_Daemon *daemon)
{
	MHD_UNSIGNED_LONG_LONG timeout_ms;
	bool has_timeout = daemon != NULL && MHD_get_timeout(daemon, &timeout_ms) == MHD_YES;

	return has_timeout ? (int64_t)timeout_ms : LOOP_FOREVER;
}

/*
 * For a client that stops in the midst of its handshake libmicrohttpd asks to be run again at once, for as long
 * as that lasts. Where nothing comes of it, it is run now and then; what arrives still wakes the loop.
 */
static int64_t
http_restrain(struct http *http, int64_t timeout_ms)
{
	bool is_in_vain = timeout_ms == 0 && http->flight.count == 0 &&
			  http->requests.count == http->last_request_count &&
			  http->connections.count == http->last_connection_count;

	http->turns_in_vain = is_in_vain ? http->turns_in_vain + 1 : 0;
	http->last_request_count = http->requests.count;
	http->last_connection_count = http->connections.count;
	return http->turns_in_vain > TURNS_IN_VAIN_MAX ? RESTRAINED_MS : timeout_ms;
}

/* Without epoll there is no one descriptor to wait for. */
static void
http_await(struct http *http)
{
	fd_set readable, writable, exceptional;
	MHD_socket highest = 0;

	FD_ZERO(&readable);
	FD_ZERO(&writable);
	FD_ZERO(&exceptional);
	for (size_t i = 0; i < WIRE_COUNT; i++)
		if (http->daemons[i] != NULL)
			MHD_get_fdset(http->daemons[i], &readable, &writable, &exceptional, &highest);
	connection_await(&http->connections, &readable, &writable);
}

static int64_t
on_prepare(void *context)
{
	struct http *http = context;
	int64_t shortest_ms = LOOP_FOREVER;

	http->connections.now_ms = clock_mono_ms();
	for (size_t i = 0; i < WIRE_COUNT; i++)
		if (http->daemons[i] != NULL)
			MHD_run(http->daemons[i]);
	connection_cut_left(&http->connections);
	if (!http->has_epoll)
		http_await(http);
	for (size_t i = 0; i < WIRE_COUNT; i++) {
		int64_t timeout_ms = daemon_timeout_ms(http->daemons[i]);

		if (timeout_ms != LOOP_FOREVER && (shortest_ms == LOOP_FOREVER || timeout_ms < shortest_ms))
			shortest_ms = timeout_ms;
	}
	return http->daemons[WIRE_TLS] != NULL ? http_restrain(http, shortest_ms) : shortest_ms;
}

/* RFC 8996: nothing older than TLS 1.2. */
static const char tls_priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

static struct MHD_Daemon *
daemon_start(struct http *http, enum wire wire)
{
	const struct settings *settings = http->server->settings;
	const struct certificate *certificate = http->server->certificate;
	int memory_bytes =
	    settings->max_head_bytes + settings->max_fields * FIELD_MEMORY_BYTES + ANSWER_MEMORY_BYTES;
	/* Our own ones are better: the kernel takes from libmicrohttpd in leaps that a slow reader takes long over. */
	int deadline_s =
	    sock_tells_sent_bytes() ? 0 : MAX(settings->idle_timeout_s, settings->write_timeout_s);
	struct MHD_OptionItem tls_options[] = {
	    {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)(certificate ? certificate->chain.data : "")},
	    {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)(certificate ? certificate->key.data : "")},
	    {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)tls_priorities},
	    {MHD_OPTION_END, 0, NULL},
	};
	struct MHD_OptionItem options[] = {
	    {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_library_message, NULL},
	    {MHD_OPTION_CONNECTION_MEMORY_LIMIT, memory_bytes, NULL},
	    {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)http->connection_max, NULL},
	    {MHD_OPTION_CONNECTION_TIMEOUT, deadline_s, NULL},
	    {STRICTNESS_OPTION, http->knows_library ? -1 : 1, NULL},
	    {MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, NULL},
	    {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, http},
	    {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)on_unescape, NULL},
	    {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, http},
	    {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, http},
	    {wire == WIRE_TLS ? MHD_OPTION_ARRAY : MHD_OPTION_END, 0, tls_options},
	    {MHD_OPTION_END, 0, NULL},
	};
	unsigned flags = MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
			 (http->has_epoll ? MHD_USE_EPOLL : 0) | (wire == WIRE_TLS ? MHD_USE_TLS : 0);

	return MHD_start_daemon(
	    flags, 0, NULL, NULL, on_request, http, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

static bool
http_open(struct http *http, enum wire wire)
{
	struct MHD_Daemon *daemon = daemon_start(http, wire);

	if (daemon == NULL)
		return false;
	http->daemons[wire] = daemon;
	if (!http->has_epoll)
		return true;
	http->epolls[wire] = (struct loop_io){
	    .fd = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd,
	    .events = POLLIN,
	    .ready = on_epoll_ready,
	};
	loop_add(http->loop, &http->epolls[wire]);
	return true;
}

void
http_listen(struct http *http, int fd, bool is_redirect)
{
	bool is_plain = is_redirect || http->daemons[WIRE_TLS] == NULL;

	acceptor_listen(&http->acceptor, fd, is_plain ? WIRE_PLAIN : WIRE_TLS);
}

void
http_drain(struct http *http, int64_t idle_ms, void (*drained)(void *context), void *context)
{
	acceptor_stop(&http->acceptor);
	flight_drain(&http->flight, idle_ms, drained, context);
}

unsigned
http_in_flight(const struct http *http)
{
	return http->flight.count;
}

uint64_t
http_request_count(const struct http *http)
{
	return http->requests.count;
}

unsigned
http_finished(const struct http *http)
{
	return http->flight.finished;
}

void
http_stop(struct http *http)
{
	for (struct req *req = http->requests.ring.older; req != &http->requests.ring; req = req->older)
		if (req->is_suspended)
			MHD_resume_connection(req->connection);
	flight_stop(&http->flight);
	for (size_t i = 0; i < WIRE_COUNT; i++) {
		if (http->daemons[i] == NULL)
			continue;
		MHD_stop_daemon(http->daemons[i]);
		loop_remove(http->loop, &http->epolls[i]);
	}
	loop_on_prepare(http->loop, NULL, NULL);
	connection_set_stop(&http->connections);
	drain_stop(&http->drains);
	requests_stop(&http->requests);
	free(http);
}

struct http *
http_start(struct loop *loop, struct server *server, unsigned connection_max, struct err *e)
{
	static const struct acceptor_events acceptor_events = {
	    .has_room = http_has_room, .make_room = http_make_room, .take = http_take};
	const struct settings *settings = server->settings;
	struct connection_limits limits = {
	    settings->head_timeout_s, settings->idle_timeout_s, settings->write_timeout_s};
	struct http *http = BASE_NEW(struct http);

	http->loop = loop;
	http->drains.loop = loop;
	http->server = server;
	http->has_epoll = MHD_is_feature_supported(MHD_FEATURE_EPOLL) == MHD_YES;
	http->connection_max = http->has_epoll ? connection_max : MIN(connection_max, SELECTED_MAX);
	requests_start(&http->requests, server);
	http->acceptor = (struct acceptor){.loop = loop, .events = &acceptor_events, .context = http};
	http->flight = (struct flight){.loop = loop, .connections = &http->connections};
	connection_set_start(&http->connections, loop, limits);
	http->knows_library = raw_head_knows(MHD_get_version());
	loop_on_prepare(loop, on_prepare, http);
	if (http_open(http, WIRE_PLAIN) && (server->certificate == NULL || http_open(http, WIRE_TLS)))
		return http;
	err_set(e, ERR_OS, ERR_NOWHERE, "libmicrohttpd does not start");
	http_stop(http);
	return NULL;
}
