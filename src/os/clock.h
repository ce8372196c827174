/* Time: a monotonic clock for intervals, the wall clock for people and HTTP dates. */
#ifndef EDDY_CLOCK_H
#define EDDY_CLOCK_H

#include "base/base.h"

/* Nanoseconds, microseconds, milliseconds of CLOCK_MONOTONIC. */
int64_t clock_mono_ns(void);
int64_t clock_mono_us(void);
int64_t clock_mono_ms(void);

/* Microseconds of a processor that the calling thread has used. */
int64_t clock_thread_us(void);

/* Nanoseconds since the epoch, read as the file system stamps files (coarse on Linux). */
int64_t clock_file_ns(void);

/* Seconds since the epoch. */
int64_t clock_unix_s(void);

#endif
