/*
 * render FOLDER TEMPLATE DATA.json SECONDS [first] - renders the template over and over, in this process, and prints
 * renders per second and the KiB that one render takes. With `first` it is compiled anew each time.
 */
#include "os/clock.h"
#include "os/fs.h"
#include "tmpl/tmpl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX_BYTES = 1024 * 1024, ARENA_BYTES = 64 * 1024 };

static bool
read_file(void *context, struct arena *a, struct str name, struct tmpl_file *file, struct err *e)
{
	const char *path = str_format(a, "%s/%.*s", (const char *)context, STR_ARG(name)).data;

	return fs_read(a, path, FILE_MAX_BYTES, &file->text, e);
}

static bool
is_unchanged(void *context, struct str name, const struct fs_key *key)
{
	(void)context;
	(void)name;
	(void)key;
	return true;
}

static void
fill(struct tmpl_scope *scope, json_t *data)
{
	json_t *value;
	const char *key;

	json_object_foreach(data, key, value)
	{
		tmpl_scope_set(scope, key, tmpl_from_json(scope->arena, value));
	}
}

/* The bytes that the render took; 0 where it failed, which is told. */
static size_t
render(struct tmpl_store *store, const char *name, const struct tmpl_scope *data)
{
	struct arena a = arena_make(ARENA_BYTES);
	struct err e = err_make(&a);
	const struct tmpl *t = tmpl_store_get(store, str_of(name), &e);
	size_t size_bytes = 0;
	struct str output;

	if (t != NULL && tmpl_render(t, &a, data, NULL, &output, &e))
		size_bytes = arena_size(&a);
	else
		fprintf(stderr, "%s", err_report(&a, &e, false).data);
	arena_free(&a);
	return size_bytes;
}

int
main(int argc, char **argv)
{
	struct tmpl_source source = {.context = argv[1], .read = read_file, .unchanged = is_unchanged};
	struct arena a = arena_make(ARENA_BYTES);
	struct tmpl_scope scope = tmpl_scope_make(&a, NULL);
	json_t *data = argc > 4 ? json_load_file(argv[3], 0, NULL) : NULL;
	struct tmpl_store *store = tmpl_store_new(&source, argc == 5);
	int64_t start_us = clock_mono_us(), end_us;
	size_t size_bytes = 1;
	long count = 0;

	if (data == NULL)
		return 2;
	fill(&scope, data);
	end_us = start_us + (int64_t)(strtod(argv[4], NULL) * 1e6);
	for (; clock_mono_us() < end_us && size_bytes > 0; count++)
		size_bytes = render(store, argv[2], &scope);
	printf("%.1f %zu\n", (double)count * 1e6 / (double)(clock_mono_us() - start_us), size_bytes / 1024);
	tmpl_store_free(store);
	json_decref(data);
	arena_free(&a);
	return size_bytes > 0 ? 0 : 1;
}
