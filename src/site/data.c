#include "site/data.h"

#include "base/map.h"
#include "os/clock.h"
#include "text/json.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DATA_FOLDER "_data/" /* of the templates */

enum { DATA_MAX_BYTES = 64 * 1024 * 1024 };

/* A parsed file, used again as long as its key says that it is the same. */
struct document {
	char *path;
	char *name;      /* as errors tell it */
	bool is_in_site; /* its name is its path beneath the templates; else the user named it */
	struct fs_key key;
	bool is_settled;
	json_t *json;
};

struct data {
	const struct settings *settings;
	const struct layout *layout;
	struct map documents; /* by path */
};

/* All names being set: for a page, which the first fault ends, or to tell each fault. */
struct filling {
	struct data *data;
	struct tmpl_scope *scope;
	struct err *fault;
	const struct fault_listener *listener; /* NULL for a page */
};

struct data *
data_new(const struct settings *settings, const struct layout *layout)
{
	struct data *data = BASE_NEW(struct data);

	data->settings = settings;
	data->layout = layout;
	return data;
}

void
data_free(struct data *data)
{
	const struct map_entry *entry;
	size_t position = 0;

	while ((entry = map_next(&data->documents, &position)) != NULL) {
		struct document *document = entry->value;

		json_decref(document->json);
		free(document->path);
		free(document->name);
		free(document);
	}
	map_free(&data->documents);
	free(data);
}

static struct document *
data_document(struct data *data, const char *path, const char *name)
{
	struct document *document = map_get(&data->documents, str_of(path));

	if (document != NULL)
		return document;
	document = BASE_NEW(struct document);
	document->path = base_strdup(path);
	document->name = base_strdup(name);
	document->is_in_site = !str_eq(str_of(path), str_of(name));
	map_put(&data->documents, str_of(document->path), document);
	return document;
}

/* No link in the site leads to what is beside it, unless the user allows that. */
static int
document_open(const struct data *data, const struct document *document)
{
	if (document->is_in_site)
		return fs_open_in(data->layout->templates, document->name, data->settings->follow_links);
	return open(document->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

static bool
document_read(const struct data *data, struct document *document, struct err *e)
{
	struct arena scratch = arena_make(16 * KIB); /* not the error's: both grow */
	int64_t now_ns = clock_file_ns();
	int fd = document_open(data, document);
	struct fs_stat st;
	struct str text;
	json_t *json = NULL;

	if (fd < 0 && errno == EXDEV)
		err_set(e, ERR_DATA, ERR_NOWHERE,
		    "a link leads out of the templates, which only --follow-links allows");
	else if (fd < 0)
		err_set_errno(e, "cannot open the file");
	else if (!fs_stat_fd(fd, &st))
		err_set_errno(e, "cannot read the file");
	else if (fs_read_fd(&scratch, fd, DATA_MAX_BYTES, &text, e))
		json = json_parse(text, str_of(document->name), e);
	if (fd >= 0)
		close(fd);
	arena_free(&scratch);
	if (json == NULL) {
		e->kind = ERR_DATA;
		e->place.file = str_dup(e->arena, str_of(document->name));
		return false;
	}
	json_decref(document->json);
	document->json = json;
	document->key = st.key;
	document->is_settled = !fs_key_is_unsettled(&st.key, now_ns);
	return true;
}

/* What the file says now, or NULL. It stays the document's. */
static const json_t *
data_read(struct data *data, const char *path, const char *name, struct err *e)
{
	struct document *document = data_document(data, path, name);
	struct fs_stat st;

	if (document->json != NULL && document->is_settled && fs_stat_quick(AT_FDCWD, path, &st) &&
	    fs_key_eq(&st.key, &document->key))
		return document->json;
	return document_read(data, document, e) ? document->json : NULL;
}

static void
scope_set_all(struct tmpl_scope *scope, const json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, key, value) tmpl_scope_set(
	    scope, arena_dup(scope->arena, key, str_of(key).len), tmpl_from_json(scope->arena, value));
}

/* NAME=FILE is one name; a FILE alone must be an object, whose keys are the names. */
static bool
fill_option(const struct filling *f, const char *option)
{
	struct tmpl_scope *scope = f->scope;
	struct str rest = str_of(option), name = str_cut(&rest, '=');
	const char *path = rest.data && name.len < str_of(option).len ? rest.data : option;
	const json_t *json = data_read(f->data, path, path, f->fault);

	if (json == NULL)
		return false;
	if (path != option) {
		tmpl_scope_set(scope, str_cstr(scope->arena, name), tmpl_from_json(scope->arena, json));
		return true;
	}
	if (!json_is_object(json))
		return err_set(f->fault, ERR_DATA, (struct err_place){.file = str_of(path)},
		    "is no JSON object; give it a name: --data NAME=%s", path);
	scope_set_all(scope, json);
	return true;
}

static void
fill_define(struct tmpl_scope *scope, const char *define)
{
	struct str value = str_of(define), name = str_cut(&value, '=');

	tmpl_scope_set(scope, str_cstr(scope->arena, name), tmpl_str(value));
}

/* Of a file of the site's folder, which is named as templates are. */
static void
tell_in_site(const struct filling *f, void (*tell)(const struct err *e), const struct err *e)
{
	struct err shown = fault_with_paths(f->scope->arena, e, f->data->layout);

	tell(&shown);
}

static void
warn_of_name(const struct filling *f, struct str file)
{
	struct err warning = err_make(f->scope->arena);

	err_set(&warning, ERR_WARNING, (struct err_place){.file = file},
	    "no template can name it: a name has letters, digits and '_', and is no word of Python");
	tell_in_site(f, f->listener->warn, &warning);
}

static bool
fill_file(const struct filling *f, const char *folder, const char *name)
{
	struct tmpl_scope *scope = f->scope;
	struct str stem = str_slice(str_of(name), 0, str_of(name).len - STR(".json").len);
	struct str path = str_format(scope->arena, "%s%s", folder, name);
	struct str shown = str_format(scope->arena, DATA_FOLDER "%s", name);
	const json_t *json = data_read(f->data, path.data, shown.data, f->fault);

	if (f->listener != NULL && !tmpl_is_name(stem))
		warn_of_name(f, shown);
	if (json != NULL)
		tmpl_scope_set(scope, str_cstr(scope->arena, stem), tmpl_from_json(scope->arena, json));
	else if (f->listener != NULL)
		tell_in_site(f, f->listener->report, f->fault);
	return json != NULL || f->listener != NULL;
}

static int
is_data_name(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && str_ends(str_of(entry->d_name), STR(".json"));
}

static bool
fill_folder(const struct filling *f, const char *folder)
{
	struct dirent **entries = NULL;
	int count = scandir(folder, &entries, is_data_name, alphasort);
	bool ok = true;

	for (int i = 0; i < count; i++) {
		ok = ok && fill_file(f, folder, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return ok;
}

static bool
fill_all(const struct filling *f)
{
	const struct settings *settings = f->data->settings;
	const char *templates = f->data->layout->templates;

	if (templates != NULL &&
	    !fill_folder(f, str_format(f->scope->arena, "%s/" DATA_FOLDER, templates).data))
		return false;
	for (size_t i = 0; i < settings->data.count; i++) {
		if (fill_option(f, settings->data.items[i]))
			continue;
		if (f->listener == NULL)
			return false;
		f->listener->report(f->fault);
	}
	for (size_t i = 0; i < settings->defines.count; i++)
		fill_define(f->scope, settings->defines.items[i]);
	return true;
}

bool
data_fill(struct data *data, struct tmpl_scope *scope, struct err *e)
{
	struct filling filling = {data, scope, e, NULL};

	return fill_all(&filling);
}

void
data_check(struct data *data, const struct fault_listener *listener)
{
	struct arena a = arena_make(16 * KIB);
	struct tmpl_scope scope = tmpl_scope_make(&a, NULL);
	struct err fault = err_make(&a);
	struct filling filling = {data, &scope, &fault, listener};

	fill_all(&filling);
	arena_free(&a);
}
