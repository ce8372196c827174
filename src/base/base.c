#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
base_die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("eddy: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	fflush(stderr);
	abort();
}

void *
base_alloc(size_t size_bytes)
{
	void *memory = calloc(1, size_bytes ? size_bytes : 1);

	if (memory == NULL)
		base_die("out of memory (%zu bytes)", size_bytes);
	return memory;
}

void *
base_realloc(void *memory, size_t size_bytes)
{
	void *moved = realloc(memory, size_bytes ? size_bytes : 1);

	if (moved == NULL)
		base_die("out of memory (%zu bytes)", size_bytes);
	return moved;
}

char *
base_strdup(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(base_alloc(size), text, size);
}
