#include "os/job.h"

#include "os/loop.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct job_queue {
	struct job *first;
	struct job **end; /* where the next one is hung in */
};

struct job_thread {
	struct loop *loop;
	pthread_t thread;
	pthread_mutex_t mutex; /* guards what follows */
	pthread_cond_t changed;
	struct job_queue waiting;
	struct job_queue finished;
	bool is_stopping;
};

static void
queue_clear(struct job_queue *queue)
{
	queue->first = NULL;
	queue->end = &queue->first;
}

static void
queue_push(struct job_queue *queue, struct job *job)
{
	job->next = NULL;
	*queue->end = job;
	queue->end = &job->next;
}

static struct job *
queue_pop(struct job_queue *queue)
{
	struct job *job = queue->first;

	if (job == NULL)
		return NULL;
	queue->first = job->next;
	if (queue->first == NULL)
		queue->end = &queue->first;
	return job;
}

static void *
job_thread_main(void *argument)
{
	struct job_thread *thread = argument;

	pthread_mutex_lock(&thread->mutex);
	while (!thread->is_stopping) {
		struct job *job = queue_pop(&thread->waiting);

		if (job == NULL) {
			pthread_cond_wait(&thread->changed, &thread->mutex);
			continue;
		}
		pthread_mutex_unlock(&thread->mutex);
		job->run(job);
		job->has_run = true;
		pthread_mutex_lock(&thread->mutex);
		queue_push(&thread->finished, job);
		loop_wake(thread->loop);
	}
	pthread_mutex_unlock(&thread->mutex);
	return NULL;
}

/* Takes the whole list first: a `done` may submit more. */
static void
job_finish(struct job_thread *thread)
{
	struct job *job, *next;

	pthread_mutex_lock(&thread->mutex);
	job = thread->finished.first;
	queue_clear(&thread->finished);
	pthread_mutex_unlock(&thread->mutex);
	for (; job != NULL; job = next) {
		next = job->next;
		job->done(job);
	}
}

static void
job_woken(void *context)
{
	job_finish(context);
}

struct job_thread *
job_start(struct loop *loop)
{
	struct job_thread *thread = BASE_NEW(struct job_thread);
	sigset_t all, before;

	thread->loop = loop;
	queue_clear(&thread->waiting);
	queue_clear(&thread->finished);
	pthread_mutex_init(&thread->mutex, NULL);
	pthread_cond_init(&thread->changed, NULL);
	loop_on_wake(loop, job_woken, thread);

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	if (pthread_create(&thread->thread, NULL, job_thread_main, thread) != 0)
		base_die("cannot start a thread");
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return thread;
}

void
job_stop(struct job_thread *thread)
{
	struct job *job;

	pthread_mutex_lock(&thread->mutex);
	thread->is_stopping = true;
	pthread_cond_signal(&thread->changed);
	pthread_mutex_unlock(&thread->mutex);
	pthread_join(thread->thread, NULL);

	loop_on_wake(thread->loop, NULL, NULL);
	job_finish(thread);
	while ((job = queue_pop(&thread->waiting)) != NULL)
		job->done(job);
	pthread_cond_destroy(&thread->changed);
	pthread_mutex_destroy(&thread->mutex);
	free(thread);
}

void
job_submit(struct job_thread *thread, struct job *job)
{
	pthread_mutex_lock(&thread->mutex);
	queue_push(&thread->waiting, job);
	pthread_cond_signal(&thread->changed);
	pthread_mutex_unlock(&thread->mutex);
}
