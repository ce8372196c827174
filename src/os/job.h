/*
 * One thread for work that would hold up the loop: digests of large files,
 * rendering, long listings. Jobs run one at a time in the order given; when
 * one has run, the loop calls it back on its own thread.
 *
 * While a job is under way the loop must not touch what the job reads or
 * writes.
 */
#ifndef EDDY_JOB_H
#define EDDY_JOB_H

#include "base/base.h"

struct loop;
struct job_thread;

struct job {
	struct job *next;
	bool has_run;                  /* false in `done` where the thread was stopped before */
	void (*run)(struct job *job);  /* on the job thread */
	void (*done)(struct job *job); /* on the loop's thread, later; frees the job */
};

/* Starts the thread, its signals blocked. The loop must outlive it. */
struct job_thread *job_start(struct loop *loop);

/* Waits for the job that is running, drops those that haven't run (their `done` is called), ends the thread.
 */
void job_stop(struct job_thread *thread);

/* From the loop's thread. The job stays the caller's until `done`. */
void job_submit(struct job_thread *thread, struct job *job);

#endif
