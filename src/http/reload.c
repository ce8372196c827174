#include "http/reload.h"

#include "http/http.h"
#include "http/render.h"
#include "http/server.h"
#include "os/loop.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	HISTORY_MAX = 64, /* events that a client which comes back can still be told */
	QUEUE_MAX =
	    256, /* messages that the slowest stream may be behind; then it is ended, and comes back */
	STREAM_MAX = 10000,
	HEARTBEAT_MS = 15000, /* finds the streams whose client has left */
	RETRY_MS = 200,
};

/* One message as it is sent, shared by all streams. */
struct message {
	uint64_t seq; /* 0 for a heartbeat */
	char *text;
	size_t len;
};

struct reload {
	struct loop *loop;
	char *boot;
	uint64_t seq;
	int64_t generation;
	struct message fault;                /* the one that stands; without text where none does */
	struct message history[HISTORY_MAX]; /* a ring: the event `seq` is at seq % HISTORY_MAX */
	struct message queue[QUEUE_MAX];     /* a ring: message number n is at n % QUEUE_MAX */
	uint64_t queue_end;                  /* number of the next message */
	struct stream *streams;
	size_t stream_count;
	struct loop_timer heartbeat;
	bool is_closing;
};

struct stream {
	struct resp_stream base;
	struct reload *reload;
	struct stream *next, **link;
	char *greeting; /* what is sent first, to this one alone; NULL when it was */
	size_t greeting_len;
	uint64_t number; /* of the message it is to be sent next */
	size_t sent;     /* bytes of it, or of the greeting, that were */
	bool is_gone;    /* its client has left */
};

void
reload_free(struct reload *reload)
{
	loop_timer_clear(reload->loop, &reload->heartbeat);
	for (size_t i = 0; i < HISTORY_MAX; i++)
		free(reload->history[i].text);
	for (size_t i = 0; i < QUEUE_MAX; i++)
		free(reload->queue[i].text);
	free(reload->fault.text);
	free(reload->boot);
	free(reload);
}

static void
message_set(struct message *message, uint64_t seq, struct str text)
{
	free(message->text);
	message->seq = seq;
	message->len = text.len;
	message->text = memcpy(base_alloc(text.len + 1), text.data, text.len);
}

static void
message_clear(struct message *message)
{
	free(message->text);
	*message = (struct message){0};
}

static void
add_event(struct buf *b, const struct reload *reload, const json_t *event, uint64_t seq)
{
	char *data = json_dumps(json_object_get(event, "data"), JSON_COMPACT);
	const char *name = json_string_value(json_object_get(event, "name"));

	buf_addf(b, "id: %s-%" PRIu64 "\nevent: %s\ndata: %s\n\n", reload->boot, seq, name ? name : "reload",
	    data ? data : "{}");
	free(data);
}

static void
fault_remember(struct reload *reload, const json_t *event, uint64_t seq, struct str text)
{
	if (json_is_true(json_object_get(json_object_get(event, "data"), "stands")))
		message_set(&reload->fault, seq, text);
	else if (str_eq(str_of(json_string_value(json_object_get(event, "name"))), STR("ok")))
		message_clear(&reload->fault);
}

static void
reload_remember(struct reload *reload, const json_t *event, struct buf *text)
{
	uint64_t seq = (uint64_t)json_integer_value(json_object_get(event, "seq"));

	add_event(text, reload, event, seq);
	message_set(&reload->history[seq % HISTORY_MAX], seq, buf_str(text));
	fault_remember(reload, event, seq, buf_str(text));
	reload->seq = MAX(reload->seq, seq);
}

static void
reload_take(struct reload *reload, const json_t *event)
{
	struct arena a = arena_make(4 * KIB);
	struct buf text = buf_make(&a);

	reload_remember(reload, event, &text);
	arena_free(&a);
}

void
reload_set_state(struct reload *reload, const json_t *state)
{
	const char *boot = json_string_value(json_object_get(state, "boot"));
	const json_t *event;
	size_t i;

	free(reload->boot);
	reload->boot = base_strdup(boot ? boot : "0");
	reload->generation = json_integer_value(json_object_get(state, "generation"));
	/* The history may have lost it since; if not, it is there once more. */
	if (json_is_object(event = json_object_get(state, "fault")))
		reload_take(reload, event);
	json_array_foreach(json_object_get(state, "history"), i, event) reload_take(reload, event);
	reload->seq = (uint64_t)json_integer_value(json_object_get(state, "seq"));
}

/* Whether its client is still there; if not, the stream ends as soon as it is woken. */
static bool
stream_look(struct stream *stream)
{
	stream->is_gone = http_stream_is_gone(&stream->base);
	return !stream->is_gone;
}

/* Sends it to every stream but those whose client has left, which end. Returns how many it goes to. */
static size_t
reload_enqueue(struct reload *reload, struct str text)
{
	size_t count = 0;

	message_set(&reload->queue[reload->queue_end % QUEUE_MAX], 0, text);
	reload->queue_end++;
	for (struct stream *stream = reload->streams; stream != NULL; stream = stream->next) {
		count += stream_look(stream);
		http_stream_wake(&stream->base);
	}
	return count;
}

size_t
reload_send(struct reload *reload, const json_t *event)
{
	struct arena a = arena_make(4 * KIB);
	struct buf text = buf_make(&a);
	size_t count;

	reload_remember(reload, event, &text);
	count = reload_enqueue(reload, buf_str(&text));
	arena_free(&a);
	return count;
}

size_t
reload_stream_count(struct reload *reload)
{
	size_t count = 0;

	for (struct stream *stream = reload->streams; stream != NULL; stream = stream->next) {
		if (stream_look(stream))
			count++;
		else
			http_stream_wake(&stream->base);
	}
	return count;
}

static void
reload_heartbeat(struct loop_timer *timer)
{
	struct reload *reload = CONTAINER_OF(timer, struct reload, heartbeat);

	reload_enqueue(reload, STR(":\n\n"));
	if (reload->stream_count > 0)
		loop_timer_set(reload->loop, timer, HEARTBEAT_MS);
}

struct reload *
reload_new(struct loop *loop)
{
	struct reload *reload = BASE_NEW(struct reload);

	reload->loop = loop;
	reload->boot = base_strdup("0");
	reload->heartbeat.due = reload_heartbeat;
	return reload;
}

/* Copies what is left of `text` as far as it fits. True when all of it was sent. */
static bool
stream_copy(struct stream *stream, const char *text, size_t len, char *out, size_t size, size_t *filled)
{
	size_t part = MIN(len - stream->sent, size - *filled);

	memcpy(out + *filled, text + stream->sent, part);
	*filled += part;
	stream->sent += part;
	if (stream->sent < len)
		return false;
	stream->sent = 0;
	return true;
}

static int64_t
stream_read(struct resp_stream *base, char *out, size_t size)
{
	struct stream *stream = CONTAINER_OF(base, struct stream, base);
	const struct reload *reload = stream->reload;
	size_t filled = 0;

	if (reload->is_closing || stream->is_gone || reload->queue_end - stream->number > QUEUE_MAX)
		return -1;
	if (stream->greeting != NULL) {
		if (!stream_copy(stream, stream->greeting, stream->greeting_len, out, size, &filled))
			return (int64_t)filled;
		free(stream->greeting);
		stream->greeting = NULL;
	}
	while (stream->number < reload->queue_end && filled < size) {
		const struct message *message = &reload->queue[stream->number % QUEUE_MAX];

		if (stream_copy(stream, message->text, message->len, out, size, &filled))
			stream->number++;
	}
	return (int64_t)filled;
}

static void
stream_close(struct resp_stream *base)
{
	struct stream *stream = CONTAINER_OF(base, struct stream, base);

	*stream->link = stream->next;
	if (stream->next != NULL)
		stream->next->link = stream->link;
	stream->reload->stream_count--;
	free(stream->greeting);
	free(stream);
}

/* Takes "BOOT-SEQ" apart; false where it is another server start's, or nothing we ever sent. */
static bool
last_id_parse(const struct reload *reload, struct str id, uint64_t *seq)
{
	size_t dash = str_rfind_char(id, '-');

	return dash != STR_NONE && str_eq(str_slice(id, 0, dash), str_of(reload->boot)) &&
	       str_to_u64(str_from(id, dash + 1), seq) && *seq <= reload->seq;
}

/* Whether every event after `seq` can still be told. */
static bool
history_holds(const struct reload *reload, uint64_t seq)
{
	if (reload->seq - seq > HISTORY_MAX)
		return false;
	while (++seq <= reload->seq)
		if (reload->history[seq % HISTORY_MAX].seq != seq)
			return false;
	return true;
}

/* Whether a client that saw `id` last can be told all that it has missed since: what comes after `*seq`. */
static bool
can_catch_up(const struct reload *reload, struct str id, uint64_t *seq)
{
	return last_id_parse(reload, id, seq) && history_holds(reload, *seq);
}

/* What a client that saw `id` last has missed since; one that saw too little of it to be told reloads. */
static void
add_missed(struct buf *b, const struct reload *reload, struct str id)
{
	uint64_t seq;

	if (!can_catch_up(reload, id, &seq)) {
		buf_addf(b, "id: %s-%" PRIu64 "\nevent: reload\ndata: {\"paths\":[]}\n\n", reload->boot,
		    reload->seq);
		return;
	}
	while (++seq <= reload->seq) {
		const struct message *message = &reload->history[seq % HISTORY_MAX];

		buf_add(b, str_make(message->text, message->len));
	}
}

/* The fault that stands, but for one who misses it, and so is told, or who was told: a page that is new wasn't. */
static void
add_fault(struct buf *b, const struct reload *reload, struct str id, bool is_new)
{
	const struct message *fault = &reload->fault;
	uint64_t seq;

	if (fault->text == NULL || (can_catch_up(reload, id, &seq) && (seq < fault->seq || !is_new)))
		return;
	buf_add(b, str_make(fault->text, fault->len));
}

static struct str
greeting_for(const struct reload *reload, struct req *req)
{
	struct buf b = buf_make(&req->arena);
	struct str id = req_header(req, STR("Last-Event-ID"));
	bool is_new = id.len == 0;

	if (is_new)
		url_query_first(&req->arena, req->url.query, STR("last"), &id);
	buf_addf(&b, "retry: %d\n\n", RETRY_MS);
	if (id.len > 0)
		add_missed(&b, reload, id);
	add_fault(&b, reload, id, is_new);
	buf_addf(&b,
	    "id: %s-%" PRIu64 "\nevent: hello\ndata: {\"boot\":\"%s\",\"seq\":%" PRIu64
	    ",\"pid\":%ld,\"generation\":%" PRId64 "}\n\n",
	    reload->boot, reload->seq, reload->boot, reload->seq, (long)getppid(), reload->generation);
	return buf_str(&b);
}

static struct stream *
stream_new(struct reload *reload, struct str greeting)
{
	struct stream *stream = BASE_NEW(struct stream);

	stream->base.read = stream_read;
	stream->base.close = stream_close;
	stream->reload = reload;
	stream->greeting = memcpy(base_alloc(greeting.len + 1), greeting.data, greeting.len);
	stream->greeting_len = greeting.len;
	stream->number = reload->queue_end;
	stream->next = reload->streams;
	stream->link = &reload->streams;
	if (stream->next != NULL)
		stream->next->link = &stream->next;
	reload->streams = stream;
	if (reload->stream_count++ == 0)
		loop_timer_set(reload->loop, &reload->heartbeat, HEARTBEAT_MS);
	return stream;
}

/* A page of another origin must not learn what is edited here. */
static bool
is_foreign(const struct req *req)
{
	struct str origin = req_header(req, STR("Origin"));
	struct str site = req_header(req, STR("Sec-Fetch-Site"));
	size_t authority = str_find(origin, STR("://"));

	if (site.len > 0 && !str_eq(site, STR("same-origin")) && !str_eq(site, STR("none")))
		return true;
	if (origin.len == 0)
		return false;
	return authority == STR_NONE || !str_eq_nocase(str_from(origin, authority + 3), req->host);
}

struct resp *
reload_open(struct reload *reload, struct req *req)
{
	struct err e = err_make(&req->arena);
	struct resp *resp;

	if (!req->server->settings->livereload)
		err_set(&e, ERR_NOT_FOUND, ERR_NOWHERE, "live reload is off");
	else if (is_foreign(req))
		err_set(&e, ERR_FORBIDDEN, ERR_NOWHERE, "the stream is for pages of this server");
	else if (reload->stream_count >= STREAM_MAX)
		err_set(&e, ERR_UNAVAILABLE, ERR_NOWHERE, "too many open streams");
	if (e.kind != ERR_NONE)
		return render_error(req, &e);
	resp = resp_new(200);
	render_set_common(resp, "no-store");
	resp_set(resp, "Content-Type", "text/event-stream; charset=utf-8");
	resp->stream = &stream_new(reload, greeting_for(reload, req))->base;
	return resp;
}

uint64_t
reload_seq(const struct reload *reload)
{
	return reload->seq;
}

struct str
reload_client_tag(struct arena *a, const struct req *req, bool is_own)
{
	const struct server *server = req->server;

	return str_format(a,
	    "<script src=\"%.*s\" data-stream=\"%.*s\" data-id=\"%s-%" PRIu64 "\"%s async></script>",
	    STR_ARG(server->client_url), STR_ARG(server->stream_url), server->reload->boot, req->seq,
	    is_own ? " data-own" : "");
}

void
reload_close(struct reload *reload)
{
	reload->is_closing = true;
	for (struct stream *stream = reload->streams; stream != NULL; stream = stream->next)
		http_stream_wake(&stream->base);
}
