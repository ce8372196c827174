#include "tmpl/module.h"

#include "text/html.h"
#include "tmpl/builtin.h"
#include "tmpl/code.h"
#include "tmpl/hint.h"

#define MODULES_FOLDER "_modules/"
#define MODULES_ENDING ".html"

static const char namespace_name[] = "_UIModuleNamespace";

/* What only the scope of a module has. */
static const char own_name[] = "set_resources";

/* What one template asked for: the arguments of its set_resources. */
struct module_resources {
	struct module_resources *next;
	struct str path;
	struct tmpl_value arguments;
};

/* A module as a function: the context of its native. */
struct module {
	struct run *run;
	struct str path; /* empty: the first argument is the path */
	const char *name;
};

void
module_page_open(struct module_page *page, struct tmpl_store *store, const struct tmpl_scope *scope)
{
	while (scope != NULL && scope->outer != NULL)
		scope = scope->outer;
	*page = (struct module_page){.store = store, .host = scope};
	page->end = &page->first;
}

/* Resources */

static struct module_resources *
find_resources(const struct module_page *page, struct str path)
{
	struct module_resources *r = page->first;

	while (r != NULL && !str_eq(r->path, path))
		r = r->next;
	return r;
}

static struct tmpl_value
keywords_of(const struct tmpl_call *call)
{
	struct arena *a = call->run->arena;
	struct tmpl_value keywords = tmpl_dict(a);

	for (size_t i = 0; i < call->keyword_count; i++)
		value_dict_put(
		    a, value_entries(keywords), value_str(call->keyword_names[i]), call->keywords[i]);
	return keywords;
}

/* The same template may be rendered many times; what it asks for is put into the page once. */
static bool
native_set_resources(void *context, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	const struct module *module = context;
	struct module_page *page = call->run->page;
	struct module_resources *known = find_resources(page, module->path);
	struct tmpl_value arguments = keywords_of(call);
	bool equal = true;

	if (call->count > 0)
		return err_set(e, ERR_TYPE, ERR_NOWHERE,
		    "set_resources() takes 0 positional arguments but %zu %s given", call->count,
		    call->count == 1 ? "was" : "were");
	*result = value_ascii(STR(""));
	if (known != NULL) {
		if (!value_equal(call->run, known->arguments, arguments, &equal))
			return false;
		return equal || err_set(e, ERR_VALUE, ERR_NOWHERE,
				    "set_resources called with different resources for the same template");
	}
	known = ARENA_NEW(call->run->arena, struct module_resources);
	*known = (struct module_resources){.path = module->path, .arguments = arguments};
	*page->end = known;
	page->end = &known->next;
	return true;
}

/* Modules */

static bool
bind_path(struct tmpl_call *call, const struct module *module, struct str *path, struct err *e)
{
	struct tmpl_value given = {.type = TMPL_UNBOUND};

	*path = module->path;
	if (path->len > 0)
		return true;
	if (call->count > 1)
		return err_set(e, ERR_TYPE, ERR_NOWHERE,
		    "TemplateModule.render() takes 2 positional arguments but %zu were given",
		    call->count + 1);
	if (call->count == 1)
		given = call->args[0];
	for (size_t i = 0; i < call->keyword_count; i++)
		if (str_eq(value_str(call->keyword_names[i]), STR("path")))
			given = call->keywords[i];
	if (given.type == TMPL_UNBOUND)
		return err_set(e, ERR_TYPE, ERR_NOWHERE,
		    "TemplateModule.render() missing 1 required positional argument: 'path'");
	if (given.type != TMPL_STR)
		return err_set(e, ERR_TYPE, ERR_NOWHERE,
		    "join() argument must be str, bytes, or os.PathLike object, not '%s'",
		    value_type_name(given));
	return code_resolve(call->run->arena, STR(""), value_str(given), path) ||
	       err_set(e, ERR_FILE_NOT_FOUND, ERR_NOWHERE, "'%.*s' is outside of the template directory",
		   STR_ARG(value_str(given)));
}

static bool
render_module(struct run *run, const struct tmpl *t, struct tmpl_scope *scope, struct tmpl_value *result)
{
	struct str output;
	bool rendered;

	if (!value_enter(run, ""))
		return false;
	rendered = tmpl_render_within(run, t, scope, &output);
	value_leave(run);
	if (rendered)
		*result = value_text(output);
	return rendered;
}

static bool
native_module(void *context, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	const struct module *module = context;
	struct arena *a = call->run->arena;
	struct module_page *page = call->run->page;
	struct module *own = ARENA_NEW(a, struct module);
	struct tmpl_scope scope = tmpl_scope_make(a, page->host);
	const struct tmpl *t;

	*own = *module;
	if (!bind_path(call, module, &own->path, e))
		return false;
	t = tmpl_store_get(page->store, own->path, e);
	if (t == NULL)
		return false;
	tmpl_scope_set(&scope, own_name, tmpl_native(a, own_name, native_set_resources, own));
	if (module->path.len > 0)
		tmpl_scope_set(&scope, "args", value_tuple_of(a, call->count, call->args));
	for (size_t i = 0; i < call->keyword_count; i++)
		value_dict_put(
		    a, value_entries(scope.names), value_str(call->keyword_names[i]), call->keywords[i]);
	return render_module(call->run, t, &scope, result);
}

static struct tmpl_value
module_value(struct run *run, struct str path, const char *name)
{
	struct module *module = ARENA_NEW(run->arena, struct module);

	*module = (struct module){run, path, name};
	return tmpl_native(run->arena, name, native_module, module);
}

/* Tornado's own modules, then those of the site. */
static bool
find_module(void *context, struct arena *a, struct str name, struct tmpl_value *result)
{
	struct run *run = context;
	struct str path = str_format(a, MODULES_FOLDER "%.*s" MODULES_ENDING, STR_ARG(name));

	if (str_eq(name, STR("Template")))
		*result = module_value(run, STR(""), "Template");
	else if (str_eq(name, STR("linkify")))
		return builtin_find(name, result);
	else if (str_eq(name, STR("xsrf_form_html")))
		return run->page->host != NULL &&
		       value_dict_find(value_entries(run->page->host->names), name, result);
	else if (tmpl_store_has(run->page->store, path))
		*result = module_value(run, path, str_cstr(a, name));
	else
		return false;
	return true;
}

bool
module_find(struct run *run, struct str name, struct tmpl_value *value)
{
	if (run->page == NULL || (!str_eq(name, STR("_tt_modules")) && !str_eq(name, STR("modules"))))
		return false;
	*value = tmpl_object(run->arena, namespace_name, find_module, run);
	return true;
}

static void
try_module(void *near, struct str file)
{
	if (!str_starts(file, STR(MODULES_FOLDER)) || !str_ends(file, STR(MODULES_ENDING)))
		return;
	file.len -= STR(MODULES_ENDING).len;
	str_near_try(near, str_from(file, STR(MODULES_FOLDER).len));
}

bool
module_fail(struct run *run, struct str name)
{
	struct str_near near = str_near_make(name);

	VALUE_FAULT(run, ERR_ATTRIBUTE, "'%.*s'", STR_ARG(name));
	tmpl_store_list(run->page->store, run->arena, try_module, &near);
	hint_set_nearest(run->fault, &near);
	if (near.nearest.data == NULL)
		err_set_hint(run->fault,
		    "a module is Template('…'), or a file " MODULES_FOLDER "%.*s" MODULES_ENDING,
		    STR_ARG(name));
	return false;
}

bool
module_is_namespace(struct tmpl_value v)
{
	return v.type == VALUE_OBJECT && value_type_name(v) == namespace_name;
}

bool
module_has_scope(const struct tmpl_scope *scope)
{
	struct tmpl_value unused;

	return scope != NULL && value_dict_find(value_entries(scope->names), str_of(own_name), &unused);
}

/* The page */

/* A kind of resource: the values of one argument of every set_resources, and where they go. */
struct resource_kind {
	const char *argument;
	const char *before, *between, *after; /* files: around each one */
	bool is_files;
	const char *place;
	bool at_last; /* the last such place of the page, not the first */
};

/* In the order in which Tornado puts them in. */
static const struct resource_kind resource_kinds[] = {
    {"javascript_files", "<script src=\"", "", "\" type=\"text/javascript\"></script>", true, "</body>",
	true},
    {"embedded_javascript", "<script type=\"text/javascript\">\n//<![CDATA[\n", "\n", "\n//]]>\n</script>",
	false, "</body>", true},
    {"css_files", "<link href=\"", "", "\" type=\"text/css\" rel=\"stylesheet\"/>", true, "</head>", false},
    {"embedded_css", "<style type=\"text/css\">\n", "\n", "\n</style>", false, "</head>", false},
    {"html_head", "", "", "", false, "</head>", false},
    {"html_body", "", "", "", false, "</body>", false},
};

/* A path of the site's own static files gets its versioned URL. */
static bool
file_url(struct run *run, struct tmpl_value file, struct str *url)
{
	struct tmpl_value static_url, result;

	if (file.type != TMPL_STR)
		return VALUE_FAIL(
		    run, ERR_TYPE, "set_resources: a file must be str, not %s", value_type_name(file));
	*url = value_str(file);
	if (str_starts(*url, STR("/")) || str_starts(*url, STR("http:")) || str_starts(*url, STR("https:")))
		return true;
	if (run->page->host == NULL ||
	    !value_dict_find(value_entries(run->page->host->names), STR("static_url"), &static_url))
		return true;
	if (!value_call_with(run, static_url, 1, &file, &result))
		return false;
	*url = tmpl_text(run->arena, result);
	return true;
}

/* Each URL once, however many modules ask for it. */
static bool
add_file(struct run *run, const struct resource_kind *kind, struct buf *b, struct tmpl_value seen,
    struct tmpl_value file)
{
	struct tmpl_value unused;
	struct str url;

	if (!file_url(run, file, &url))
		return false;
	if (value_dict_find(value_entries(seen), url, &unused))
		return true;
	value_dict_put(run->arena, value_entries(seen), url, tmpl_none());
	buf_addf(b, "%s", kind->before);
	html_escape(b, url);
	buf_addf(b, "%s", kind->after);
	return true;
}

static bool
add_files(struct run *run, const struct resource_kind *kind, struct buf *b, struct tmpl_value seen,
    struct tmpl_value files)
{
	struct value_iterator it;
	struct tmpl_value file;
	bool ended = false;

	if (files.type == TMPL_STR)
		return add_file(run, kind, b, seen, files);
	if (!value_iterate(run, files, &it))
		return false;
	while (value_next(run, &it, &file, &ended) && !ended)
		if (!add_file(run, kind, b, seen, file))
			return false;
	return ended;
}

static bool
add_embedded(struct run *run, const struct resource_kind *kind, struct buf *b, struct tmpl_value part)
{
	if (part.type != TMPL_STR)
		return VALUE_FAIL(
		    run, ERR_TYPE, "sequence item 0: expected str instance, %s found", value_type_name(part));
	if (b->len > 0)
		buf_addf(b, "%s", kind->between);
	buf_add(b, value_str(part));
	return true;
}

/* All that was asked for of one kind. */
static bool
collect_kind(struct run *run, const struct resource_kind *kind, struct buf *b)
{
	struct tmpl_value seen = tmpl_dict(run->arena), value;

	for (const struct module_resources *r = run->page->first; r != NULL; r = r->next) {
		if (!value_dict_find(value_entries(r->arguments), str_of(kind->argument), &value))
			continue;
		if (kind->is_files ? !add_files(run, kind, b, seen, value)
				   : !add_embedded(run, kind, b, value))
			return false;
	}
	return true;
}

/* The place in the page: the offset of the tag that ends the head or the body. */
static size_t
find_place(struct str html, const struct resource_kind *kind)
{
	struct str tag = str_of(kind->place);
	size_t found = str_find(html, tag), next;

	while (kind->at_last && found != STR_NONE) {
		next = str_find(str_from(html, found + 1), tag);
		if (next == STR_NONE)
			break;
		found += 1 + next;
	}
	return found;
}

static bool
insert_kind(struct run *run, const struct resource_kind *kind, struct str *html)
{
	struct buf part = buf_make(run->arena), page = buf_make(run->arena);
	size_t at;

	if (!collect_kind(run, kind, &part))
		return false;
	if (part.len == 0)
		return true;
	at = find_place(*html, kind);
	if (at == STR_NONE) {
		VALUE_FAULT(run, ERR_VALUE, "subsection not found");
		err_set_hint(run->fault, "set_resources needs a %s in the page", kind->place);
		return false;
	}
	buf_add(&page, str_slice(*html, 0, at));
	if (kind->is_files)
		buf_add(&page, buf_str(&part));
	else
		buf_addf(&page, "%s%.*s%s", kind->before, STR_ARG(buf_str(&part)), kind->after);
	buf_add_char(&page, '\n');
	buf_add(&page, str_from(*html, at));
	*html = buf_str(&page);
	return true;
}

bool
module_finish(struct run *run, struct str *html)
{
	if (run->page->first == NULL)
		return true;
	for (size_t i = 0; i < COUNT_OF(resource_kinds); i++)
		if (!value_has_room(run, html->len) || !insert_kind(run, &resource_kinds[i], html))
			return false;
	return true;
}
