/*
 * What every file of eddy may take for granted: the standard integer types
 * and a handful of macros. Nothing here knows about files, text or processes.
 */
#ifndef EDDY_BASE_H
#define EDDY_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EDDY_VERSION "0.1"

#define KIB ((size_t)1024)
#define MIB (1024 * KIB)

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* The struct that holds `member` at `pointer`. */
#define CONTAINER_OF(pointer, type, member) ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#define NORETURN __attribute__((noreturn))
#define UNUSED __attribute__((unused))

/*
 * Out of memory is the one failure that no caller could answer better than
 * by leaving: these return memory, zeroed, or end the process with a message.
 * For what lives as long as its owner; everything shorter comes from an arena.
 */
void *base_alloc(size_t size_bytes);
void *base_realloc(void *memory, size_t size_bytes);
char *base_strdup(const char *text);
NORETURN void base_die(const char *format, ...) PRINTF_LIKE(1, 2);

#define BASE_NEW(type) ((type *)base_alloc(sizeof(type)))

#endif
