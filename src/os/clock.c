#include "os/clock.h"

#include <time.h>

#ifdef CLOCK_REALTIME_COARSE
#define CLOCK_OF_FILES CLOCK_REALTIME_COARSE
#else
#define CLOCK_OF_FILES CLOCK_REALTIME
#endif

static int64_t
clock_read_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t
clock_mono_ns(void)
{
	return clock_read_ns(CLOCK_MONOTONIC);
}

int64_t
clock_mono_us(void)
{
	return clock_mono_ns() / 1000;
}

int64_t
clock_mono_ms(void)
{
	return clock_mono_ns() / 1000000;
}

int64_t
clock_thread_us(void)
{
	return clock_read_ns(CLOCK_THREAD_CPUTIME_ID) / 1000;
}

int64_t
clock_file_ns(void)
{
	return clock_read_ns(CLOCK_OF_FILES);
}

int64_t
clock_unix_s(void)
{
	return clock_read_ns(CLOCK_REALTIME) / 1000000000;
}
