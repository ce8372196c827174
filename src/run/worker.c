#include "run/worker.h"

#include "base/log.h"
#include "http/access.h"
#include "http/certificate.h"
#include "http/http.h"
#include "http/reload.h"
#include "http/server.h"
#include "http/status.h"
#include "os/job.h"
#include "os/loop.h"
#include "os/proc.h"
#include "run/chan.h"
#include "site/fault.h"
#include "site/page.h"
#include "site/site.h"
#include "text/address.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	DESCRIPTOR_RESERVE = 256, /* for files, data and libraries: not given to connections, at least */
	CONNECTION_MIN = 16,
	LINGER_MS = 1000, /* on a restart, idle connections may send one more request for so long */
};

struct worker {
	const struct settings *settings;
	struct arena *arena;
	struct loop *loop;
	struct sock_set listeners;
	struct chan master;
	struct site site;
	struct server server;
	struct loop_timer grace;
	json_int_t number; /* from 0, as the master counts */
	bool is_serving;
	bool is_retiring; /* a new image takes over: the next SIGTERM ends a restart */
};

/* "templates/a.html" as the master names it, as an absolute path. */
static struct str
worker_full_path(const struct worker *worker, struct arena *a, struct str path)
{
	if (str_starts(path, STR("/")))
		return path;
	return str_format(a, "%s/%.*s", worker->site.layout.directory, STR_ARG(path));
}

/* What follows `folder`/ in the path; false where the path lies elsewhere. */
static bool
path_beneath(struct str path, const char *folder, struct str *rest)
{
	struct str root = str_of(folder);

	if (str_eq(root, STR("/")))
		root.len = 0;
	if (folder == NULL || !str_starts(path, root) || path.len <= root.len || path.data[root.len] != '/')
		return false;
	*rest = str_from(path, root.len + 1);
	return true;
}

/* Compiling what changed, on the job thread */

struct check_job {
	struct job job;
	struct worker *worker;
	struct arena arena;
	struct str *names;
	size_t count;
	json_t *verdict;
};

static void
check_run(struct job *job)
{
	struct check_job *check = CONTAINER_OF(job, struct check_job, job);
	struct err e = err_make(&check->arena);
	bool had_fault = false;
	bool ok = page_check(check->worker->server.pages, check->names, check->count, &had_fault, &e);
	json_t *fault = ok ? json_null() : fault_json(&e);
	struct str report = ok ? STR("") : fault_report(&check->arena, &e, &check->worker->site.layout);

	check->verdict = json_pack(
	    "{s:o, s:b, s:s%}", "error", fault, "had_fault", had_fault, "report", report.data, report.len);
}

static void
check_done(struct job *job)
{
	struct check_job *check = CONTAINER_OF(job, struct check_job, job);

	if (check->verdict == NULL)
		check->verdict = json_pack("{s:n}", "error");
	chan_send_json(&check->worker->master, CHAN_VERDICT, check->verdict);
	arena_free(&check->arena);
	free(check);
}

static void
worker_check(struct worker *worker, const json_t *batch)
{
	const json_t *paths = json_object_get(batch, "paths"), *path;
	struct check_job *check = BASE_NEW(struct check_job);
	size_t i;

	check->job = (struct job){.run = check_run, .done = check_done};
	check->worker = worker;
	check->arena = arena_make(4 * KIB);
	check->names = ARENA_ARRAY(&check->arena, struct str, json_array_size(paths));
	json_array_foreach(paths, i, path)
	{
		struct str text = str_dup(&check->arena, str_of(json_string_value(path)));
		struct str full = worker_full_path(worker, &check->arena, text);

		if (path_beneath(full, worker->site.layout.templates, &check->names[check->count]))
			check->count++;
	}
	job_submit(worker->server.jobs, &check->job);
}

/* Telling browsers */

/* "?v=…" of a static file as it is now; empty where that can't be said at once. */
static struct str
version_query(const struct worker *worker, struct arena *a, struct str name)
{
	struct str query = STR("");
	struct file *file;
	enum file_status status = file_find(worker->site.files, str_dup(a, name).data, &file);

	if (status == FILE_READY)
		query = str_format(a, "?v=%s", file->version);
	if (status == FILE_READY || status == FILE_UNHASHED)
		file_unref(file);
	return query;
}

/* Browsers know URLs, the watcher knows files. What is no static file keeps its path. */
static void
add_url(const struct worker *worker, struct arena *a, struct str path, json_t *urls, json_t *versioned)
{
	const struct layout *layout = &worker->site.layout;
	struct str name, url = path, query = STR("");

	if (path_beneath(worker_full_path(worker, a, path), layout->static_root, &name)) {
		url = url_encode_path(
		    a, str_format(a, "%.*s%.*s", STR_ARG(layout->static_prefix), STR_ARG(name)), false);
		query = version_query(worker, a, name);
	}
	json_array_append_new(urls, json_stringn(url.data, url.len));
	url = str_format(a, "%.*s%.*s", STR_ARG(url), STR_ARG(query));
	json_array_append_new(versioned, json_stringn(url.data, url.len));
}

/* The paths of an event become URLs, and beside them, in the same order, stand the versioned ones. */
static void
event_paths_to_urls(const struct worker *worker, json_t *event)
{
	json_t *data = json_object_get(event, "data"), *path;
	const json_t *paths = json_object_get(data, "paths");
	struct arena a = arena_make(4 * KIB);
	json_t *urls = json_array(), *versioned = json_array();
	size_t i;

	json_array_foreach(paths, i, path)
	    add_url(worker, &a, str_of(json_string_value(path)), urls, versioned);
	if (paths != NULL) {
		json_object_set(data, "urls", versioned);
		json_object_set(data, "paths", urls);
	}
	json_decref(urls);
	json_decref(versioned);
	arena_free(&a);
}

/* The master knows neither URLs nor where templates lie. */
static void
event_complete(const struct worker *worker, json_t *event)
{
	event_paths_to_urls(worker, event);
	if (strcmp(json_string_value(json_object_get(event, "name")), "error") == 0)
		fault_add_links(json_object_get(event, "data"), worker->settings, &worker->site.layout);
}

static void
worker_event(struct worker *worker, json_t *event)
{
	size_t streams;

	event_complete(worker, event);
	streams = reload_send(worker->server.reload, event);
	chan_send_json(&worker->master, CHAN_TOLD,
	    json_pack("{s:O, s:I}", "seq", json_object_get(event, "seq"), "streams", (json_int_t)streams));
}

/* The status of all workers */

static void
worker_count(struct worker *worker)
{
	const struct server *server = &worker->server;

	chan_send_json(&worker->master, CHAN_COUNTS,
	    json_pack("{s:I, s:I, s:I}", "requests", (json_int_t)http_request_count(server->http),
		"in_flight", (json_int_t)http_in_flight(server->http), "streams",
		(json_int_t)reload_stream_count(server->reload)));
}

/* The document of all, and which of them it is that tells it. */
static void
worker_tell_status(struct worker *worker, json_t *document)
{
	char *text;

	json_object_set_new(document, "answered_by", json_integer(worker->number));
	text = json_dumps(document, JSON_COMPACT);
	status_tell(worker->server.status, str_of(text));
	free(text);
}

static void
ask_master(void *context)
{
	struct worker *worker = context;

	chan_send_json(&worker->master, CHAN_ASK, json_object());
}

/* Coming and going */

static void
worker_serve(struct worker *worker, json_t *state)
{
	json_t *event;
	size_t i;

	json_array_foreach(json_object_get(state, "history"), i, event) event_complete(worker, event);
	if (json_is_object(event = json_object_get(state, "fault")))
		event_complete(worker, event);
	worker->number = json_integer_value(json_object_get(state, "worker"));
	reload_set_state(worker->server.reload, state);
	for (i = 0; i < worker->listeners.count && !worker->is_serving; i++)
		http_listen(worker->server.http, worker->listeners.listeners[i].fd,
		    sock_is_second(&worker->listeners.listeners[i]));
	worker->is_serving = true;
	chan_send_json(&worker->master, CHAN_READY, json_object());
}

static void
on_message(struct chan *chan, enum chan_type type, struct str payload)
{
	struct worker *worker = CONTAINER_OF(chan, struct worker, master);
	json_t *json = json_loadb(payload.data, payload.len, JSON_DECODE_ANY, NULL);

	if (type == CHAN_STATE)
		worker_serve(worker, json);
	else if (type == CHAN_CHECK)
		worker_check(worker, json);
	else if (type == CHAN_EVENT)
		worker_event(worker, json);
	else if (type == CHAN_COUNT)
		worker_count(worker);
	else if (type == CHAN_STATUS)
		worker_tell_status(worker, json);
	else if (type == CHAN_RETIRE)
		worker->is_retiring = true;
	json_decref(json);
}

/* The master is gone, and with it the reason to be here. */
static void
on_closed(struct chan *chan UNUSED)
{
	_exit(0);
}

static void
worker_leave(struct worker *worker, unsigned cut)
{
	chan_send_json(&worker->master, CHAN_DRAINED,
	    json_pack("{s:I, s:I}", "finished", (json_int_t)http_finished(worker->server.http), "cut",
		(json_int_t)cut));
	loop_stop(worker->loop);
}

static void
on_drained(void *context)
{
	worker_leave(context, 0);
}

static void
on_grace_over(struct loop_timer *timer)
{
	struct worker *worker = CONTAINER_OF(timer, struct worker, grace);
	unsigned count = http_in_flight(worker->server.http);

	log_warning("cut %u request%s that took longer than %d s", count, count == 1 ? "" : "s",
	    worker->settings->grace_s);
	worker_leave(worker, count);
}

static void
on_terminate(void *context, int signo UNUSED)
{
	struct worker *worker = context;

	if (loop_timer_is_set(&worker->grace))
		return;
	worker->grace.due = on_grace_over;
	loop_timer_set(worker->loop, &worker->grace, (int64_t)worker->settings->grace_s * 1000);
	reload_close(worker->server.reload);
	http_drain(worker->server.http, worker->is_retiring ? LINGER_MS : 0, on_drained, worker);
}

static bool
worker_set_hosts(struct worker *worker, struct err *e)
{
	const struct opt_list *names = &worker->settings->allow_hosts;
	struct url_host *hosts = ARENA_ARRAY(worker->arena, struct url_host, names->count);

	for (size_t i = 0; i < names->count; i++)
		if (!url_host_parse(worker->arena, str_of(names->items[i]), &hosts[i], e))
			return false;
	worker->server.bound_address = str_of(worker->settings->address);
	worker->server.allowed_hosts = hosts;
	worker->server.allowed_host_count = names->count;
	return true;
}

/* The option's own check has parsed them before. */
static void
worker_set_proxies(struct worker *worker)
{
	const struct opt_list *list = &worker->settings->trusted_proxies;
	struct address_network *networks = ARENA_ARRAY(worker->arena, struct address_network, list->count);

	for (size_t i = 0; i < list->count; i++)
		address_network_parse(str_of(list->items[i]), &networks[i]);
	worker->server.trusted_proxies = networks;
	worker->server.trusted_proxy_count = list->count;
}

/* Of the descriptors a quarter is kept for files: one that a response is read from has its own. */
static unsigned
connection_max(const struct settings *settings)
{
	size_t limit = proc_raise_file_limit();
	size_t reserve = MAX(limit / 4, MIN((size_t)DESCRIPTOR_RESERVE, limit / 2));
	size_t count = MAX(limit - reserve, (size_t)CONNECTION_MIN);

	return (
	    unsigned)(settings->max_connections > 0 ? MIN(count, (size_t)settings->max_connections) : count);
}

static bool
worker_open(struct worker *worker, struct err *e)
{
	static const struct chan_events events = {.message = on_message, .closed = on_closed};
	struct server *server = &worker->server;
	const char *tls = worker->settings->tls;
	struct certificate *certificate = tls ? ARENA_NEW(worker->arena, struct certificate) : NULL;

	if (!sock_adopt(&worker->listeners, e) ||
	    !site_open(worker->arena, worker->settings, &worker->site, e) || !worker_set_hosts(worker, e))
		return false;
	worker_set_proxies(worker);
	if (tls != NULL && !certificate_load(worker->arena, tls, certificate, e))
		return false;
	server->certificate = certificate;
	server->port = sock_port(&worker->listeners);
	server->settings = worker->settings;
	server->loop = worker->loop;
	server->site = &worker->site;
	server->pages = pages_new(worker->settings, &worker->site.layout);
	server->client_url = page_asset_url(server->pages, worker->arena, "client.js");
	server->stream_url = page_asset_url(server->pages, worker->arena, "stream.js");
	server->reload = reload_new(worker->loop);
	server->status = status_new(worker->loop, ask_master, worker);
	server->jobs = job_start(worker->loop);
	if (worker->settings->access_log != NULL &&
	    (server->access = access_open(worker->loop, worker->settings->access_log, e)) == NULL)
		return false;
	server->http = http_start(worker->loop, server, connection_max(worker->settings), e);
	if (server->http == NULL)
		return false;
	chan_open(&worker->master, worker->loop, chan_inherited_fd(&worker->listeners), &events);
	loop_on_signal(worker->loop, SIGTERM, on_terminate, worker);
	return true;
}

static void
worker_close(struct worker *worker)
{
	struct server *server = &worker->server;

	job_stop(server->jobs);
	status_close(server->status);
	reload_close(server->reload);
	http_stop(server->http);
	access_close(server->access);
	site_close(&worker->site);
	reload_free(server->reload);
	status_free(server->status);
	pages_free(server->pages);
	chan_close(&worker->master);
	sock_close(&worker->listeners);
	loop_timer_clear(worker->loop, &worker->grace);
	loop_free(worker->loop);
}

int
worker_main(const struct settings *settings, struct arena *a, struct err *e)
{
	struct worker worker = {.settings = settings, .arena = a, .loop = loop_new()};

	signal(SIGTTOU, SIG_IGN); /* for what it writes in the background under `stty tostop` */
	if (!worker_open(&worker, e))
		return -1;
	loop_run(worker.loop);
	worker_close(&worker);
	return 0;
}
