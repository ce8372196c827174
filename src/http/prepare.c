#include "http/prepare.h"

#include "http/http.h"
#include "http/render.h"
#include "http/server.h"
#include "os/clock.h"
#include "os/job.h"
#include "site/coded.h"
#include "site/site.h"

#include <stdlib.h>

struct prepare_job {
	struct job job;
	struct prepare_job *next; /* of the server's */
	struct server *server;
	struct file *file; /* a digest changes it while it is made: nothing of it is looked at meanwhile */
	struct fs_key key; /* the file's when the work began */
	bool is_settled;   /* the key could be trusted then: whoever has the same has the same bytes */
	char *path;
	enum accept_encoding coding; /* ACCEPT_IDENTITY for a digest */
	struct file *coded;          /* made by the job; NULL where there is none */
	struct prepare *waiters;
};

static void
digest_run(struct job *job)
{
	file_hash(CONTAINER_OF(job, struct prepare_job, job)->file);
}

static void
coded_run(struct job *job)
{
	struct prepare_job *work = CONTAINER_OF(job, struct prepare_job, job);

	work->coded = coded_make(work->file, work->coding);
}

static bool
is_digest(const struct prepare_job *work)
{
	return work->coding == ACCEPT_IDENTITY;
}

static void
prepare_answer(const struct prepare_job *work, struct prepare *prepare)
{
	struct req *req = prepare->req;
	struct resp *resp = work->job.has_run
				? prepare->answer(prepare, is_digest(work) ? work->file : work->coded)
				: render_leaving();

	file_unref(prepare->file);
	if (resp != NULL)
		http_answer(req, resp);
}

static void
prepare_keep(const struct prepare_job *work)
{
	struct file_cache *cache = work->server->site->files;

	if (is_digest(work))
		file_cache_put(cache, work->path, work->file);
	else
		file_cache_put_coded(cache, work->file, work->coding, work->coded);
}

static void
prepare_done(struct job *job)
{
	struct prepare_job *work = CONTAINER_OF(job, struct prepare_job, job);
	struct prepare_job **link = &work->server->preparing;
	struct prepare *prepare, *next;

	while (*link != work)
		link = &(*link)->next;
	*link = work->next;
	if (job->has_run)
		prepare_keep(work);
	for (prepare = work->waiters; prepare != NULL; prepare = next) {
		next = prepare->next; /* it lives in its request */
		prepare_answer(work, prepare);
	}
	if (work->coded != NULL)
		file_unref(work->coded);
	file_unref(work->file);
	free(work->path);
	free(work);
}

static bool
is_of_same_bytes(const struct prepare_job *work, const struct file *file)
{
	if (!is_digest(work))
		return str_eq(str_of(work->file->etag), str_of(file->etag));
	return work->is_settled && fs_key_eq(&work->key, &file->key);
}

/* The same work, if it is under way. */
static struct prepare_job *
prepare_find(
    const struct server *server, const struct file *file, struct str path, enum accept_encoding coding)
{
	struct prepare_job *work = server->preparing;

	while (work != NULL &&
	       !(work->coding == coding && is_of_same_bytes(work, file) && str_eq(str_of(work->path), path)))
		work = work->next;
	return work;
}

static struct resp *
prepare_join(struct prepare *prepare, struct file *file, struct str path, enum accept_encoding coding)
{
	struct server *server = prepare->req->server;
	struct prepare_job *work = prepare_find(server, file, path, coding);

	if (work == NULL) {
		work = BASE_NEW(struct prepare_job);
		work->job.run = coding == ACCEPT_IDENTITY ? digest_run : coded_run;
		work->job.done = prepare_done;
		work->server = server;
		work->file = file_ref(file);
		work->key = file->key;
		work->is_settled = !fs_key_is_unsettled(&work->key, clock_file_ns());
		work->path = base_strdup(path.data);
		work->coding = coding;
		work->next = server->preparing;
		server->preparing = work;
		job_submit(server->jobs, &work->job);
	}
	file_ref(prepare->file);
	prepare->next = work->waiters;
	work->waiters = prepare;
	return NULL;
}

struct resp *
prepare_digest(struct prepare *prepare, struct file *file, struct str path)
{
	return prepare_join(prepare, file, path, ACCEPT_IDENTITY);
}

struct resp *
prepare_coded(struct prepare *prepare)
{
	return prepare_join(prepare, prepare->file, prepare->path, prepare->coding);
}
