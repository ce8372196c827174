#include "tmpl/tmpl.h"

#include "base/map.h"
#include "os/clock.h"
#include "tmpl/dump.h"
#include "tmpl/hint.h"
#include "tmpl/lex.h"
#include "tmpl/module.h"
#include "tmpl/parse.h"
#include "tmpl/unicode.h"
#include "tmpl/vm.h"

#include <stdlib.h>
#include <string.h>

enum {
	TEMPLATE_ARENA_BYTES = 16 * 1024,
	FUEL = 20000000,
	DEPTH = 300,
	MEMORY_MIB = 256,
	OUTPUT_MIB = 64,
	TIME_MS = 10000,
};

const struct tmpl_limits tmpl_limits_default = {
    .fuel = FUEL,
    .depth = DEPTH,
    .memory_bytes = MEMORY_MIB * MIB,
    .output_bytes = OUTPUT_MIB * MIB,
    .time_ms = TIME_MS,
};

/* A file that went into a template. */
struct part {
	struct str name;
	struct fs_key key;
	const struct ast_file *file;
};

struct tmpl {
	struct tmpl_store *store;
	struct tmpl *next; /* of those that are replaced but perhaps still used */
	struct arena arena;
	struct str name;
	struct part *parts;
	size_t part_count, part_capacity;
	const struct code *code;
};

struct tmpl_store {
	struct tmpl_source source;
	struct map templates; /* name → struct tmpl */
	struct tmpl *replaced;
	int render_count; /* under way: nothing is freed then */
	bool cache;
};

/* Scopes */

struct tmpl_scope
tmpl_scope_make(struct arena *a, const struct tmpl_scope *outer)
{
	return (struct tmpl_scope){.arena = a, .names = tmpl_dict(a), .outer = outer};
}

void
tmpl_scope_set(struct tmpl_scope *scope, const char *name, struct tmpl_value value)
{
	tmpl_dict_set(scope->arena, scope->names, str_of(name), value);
}

bool
tmpl_is_name(struct str text)
{
	return unicode_is_name(text) && !lex_is_keyword(text);
}

/* Compiling */

static const struct ast_file *load_file(void *context, struct str name, struct err *e);

struct compilation {
	struct tmpl_store *store;
	struct tmpl *made;
	struct code_loader loader;
};

static void
add_part(struct tmpl *t, struct part part)
{
	if (t->part_count == t->part_capacity) {
		size_t capacity = MAX(2 * t->part_capacity, 4);
		struct part *grown = ARENA_ARRAY(&t->arena, struct part, capacity);

		if (t->part_count > 0)
			memcpy(grown, t->parts, t->part_count * sizeof(*grown));
		t->parts = grown;
		t->part_capacity = capacity;
	}
	t->parts[t->part_count++] = part;
}

/* Tornado makes code of each file by itself, too, and so finds faults in what the whole would not use. */
static bool
stands_alone(struct compilation *c, const struct ast_file *file, struct err *e)
{
	return code_compile(&c->made->arena, file, &c->loader, e) != NULL;
}

/* The tree of a file, which is read and parsed once for a template. */
static const struct ast_file *
load_file(void *context, struct str name, struct err *e)
{
	struct compilation *c = context;
	struct arena *a = &c->made->arena;
	struct part part = {.name = str_dup(a, name)};
	struct tmpl_file file = {0};

	for (size_t i = 0; i < c->made->part_count; i++)
		if (str_eq(c->made->parts[i].name, name))
			return c->made->parts[i].file;
	if (!c->store->source.read(c->store->source.context, a, part.name, &file, e))
		return NULL;
	part.key = file.key;
	part.file = parse_file(a, (struct src){part.name, file.text}, e);
	if (part.file == NULL)
		return NULL;
	add_part(c->made, part);
	return !part.file->has_fault || stands_alone(c, part.file, e) ? part.file : NULL;
}

static void
try_file(void *visitor, struct str name)
{
	hint_file_try(visitor, name);
}

static struct str
nearest_file(void *context, struct arena *a, struct str name)
{
	const struct compilation *c = context;
	struct hint_file search = hint_file_make(name);

	tmpl_store_list(c->store, a, try_file, &search);
	return hint_file_found(&search);
}

static void
pass_warning(void *context, const struct err *warning)
{
	const struct compilation *c = context;

	if (c->store->source.warn != NULL)
		c->store->source.warn(c->store->source.context, warning);
}

static void
template_free(struct tmpl *t)
{
	struct arena arena = t->arena;

	free(t);
	arena_free(&arena);
}

/* The template itself is missing. */
static void
hint_entry(struct compilation *c, struct err *e)
{
	struct str nearest = nearest_file(c, &c->made->arena, c->made->name);

	if (nearest.len > 0)
		err_set_hint(e, "did you mean '%.*s'?", STR_ARG(nearest));
}

static struct tmpl *
compile(struct tmpl_store *store, struct str name, struct err *e)
{
	struct tmpl *made = BASE_NEW(struct tmpl);
	struct compilation c = {store, made, {load_file, nearest_file, pass_warning, &c}};
	const struct ast_file *file;

	made->store = store;
	made->arena = arena_make(TEMPLATE_ARENA_BYTES);
	made->name = str_dup(&made->arena, name);
	file = load_file(&c, made->name, e);
	if (file == NULL && e->kind == ERR_FILE_NOT_FOUND)
		hint_entry(&c, e);
	if (file != NULL)
		made->code = code_compile(&made->arena, file, &c.loader, e);
	if (made->code != NULL)
		return made;
	template_free(made);
	return NULL;
}

/* The store */

struct tmpl_store *
tmpl_store_new(const struct tmpl_source *source, bool cache)
{
	struct tmpl_store *store = BASE_NEW(struct tmpl_store);

	store->source = *source;
	store->cache = cache;
	return store;
}

static void
free_replaced(struct tmpl_store *store)
{
	while (store->replaced != NULL) {
		struct tmpl *t = store->replaced;

		store->replaced = t->next;
		template_free(t);
	}
}

static void
free_all(struct tmpl_store *store)
{
	const struct map_entry *entry;

	for (size_t position = 0; (entry = map_next(&store->templates, &position)) != NULL;)
		template_free(entry->value);
	map_free(&store->templates);
}

/* Frees what no render uses any more; without a cache that is everything. */
static void
forget(struct tmpl_store *store)
{
	free_replaced(store);
	if (!store->cache)
		free_all(store);
}

void
tmpl_store_free(struct tmpl_store *store)
{
	if (store == NULL)
		return;
	free_all(store);
	free_replaced(store);
	free(store);
}

/* What is read once more and has the same bytes is still the file that was compiled. */
static bool
part_is_current(const struct tmpl_store *store, struct part *part)
{
	struct arena scratch;
	struct err ignored;
	struct tmpl_file file;
	bool is_same;

	if (store->source.unchanged(store->source.context, part->name, &part->key))
		return true;
	scratch = arena_make(TEMPLATE_ARENA_BYTES);
	ignored = err_make(&scratch);
	is_same = store->source.read(store->source.context, &scratch, part->name, &file, &ignored) &&
		  str_eq(file.text, part->file->src.text);
	if (is_same)
		part->key = file.key;
	arena_free(&scratch);
	return is_same;
}

static bool
is_current(const struct tmpl_store *store, const struct tmpl *t)
{
	for (size_t i = 0; i < t->part_count; i++)
		if (!part_is_current(store, &t->parts[i]))
			return false;
	return true;
}

static void
replace(struct tmpl_store *store, struct tmpl *t)
{
	t->next = store->replaced;
	store->replaced = t;
}

const struct tmpl *
tmpl_store_get(struct tmpl_store *store, struct str name, struct err *e)
{
	struct tmpl *found, *made;

	if (store->render_count == 0)
		forget(store);
	found = map_get(&store->templates, name);
	if (found != NULL && is_current(store, found))
		return found;
	if (found != NULL)
		replace(store, map_remove(&store->templates, name));
	made = compile(store, name, e);
	if (made == NULL) {
		hint_complete(e);
		return NULL;
	}
	map_put(&store->templates, made->name, made);
	return made;
}

bool
tmpl_store_has(struct tmpl_store *store, struct str name)
{
	struct arena scratch = arena_make(TEMPLATE_ARENA_BYTES);
	struct err ignored = err_make(&scratch);
	struct tmpl_file file;
	bool has = map_get(&store->templates, name) != NULL ||
		   store->source.read(store->source.context, &scratch, name, &file, &ignored);

	arena_free(&scratch);
	return has;
}

void
tmpl_store_list(struct tmpl_store *store, struct arena *a, tmpl_visit_fn *visit, void *visitor)
{
	if (store->source.list != NULL)
		store->source.list(store->source.context, a, visit, visitor);
}

/* Rendering */

bool
tmpl_render_within(struct run *run, const struct tmpl *t, const struct tmpl_scope *scope, struct str *output)
{
	struct vm vm = {.run = run, .code = t->code, .scope = scope, .name = t->name};
	bool rendered;

	t->store->render_count++;
	rendered = vm_run(&vm, output);
	t->store->render_count--;
	return rendered;
}

bool
tmpl_render(const struct tmpl *t, struct arena *a, const struct tmpl_scope *scope,
    const struct tmpl_limits *limits, struct str *output, struct err *e)
{
	struct err fault = err_make(a);
	struct module_page page;
	bool rendered;
	struct run run = {
	    .arena = a, .fault = &fault, .limits = limits ? *limits : tmpl_limits_default, .page = &page};

	module_page_open(&page, t->store, scope);
	run.fuel = run.limits.fuel;
	run.clock_fuel = run.fuel;
	run.start_ms = clock_mono_ms();
	run.memory.size_bytes = arena_size(a) + run.limits.memory_bytes;
	run.measured_chunk = a->current;
	a->ceiling = &run.memory;
	rendered = tmpl_render_within(&run, t, scope, output) && module_finish(&run, output) &&
		   value_memory_suffices(&run);
	a->ceiling = NULL;
	if (rendered)
		return true;
	if (fault.place.file.len == 0) /* of the page as a whole */
		fault.place = (struct err_place){.file = t->name, .line = 1, .column = 1};
	hint_complete(&fault);
	*e = err_copy(e->arena, &fault);
	return false;
}

/* Dumps */

bool
tmpl_dump(struct tmpl_store *store, struct str name, enum tmpl_dump stage, struct arena *a, struct str *text,
    struct err *e)
{
	struct buf b = buf_make(a);
	const struct tmpl *t;
	struct tmpl_file file;

	if (stage == TMPL_DUMP_TOKENS) {
		if (!store->source.read(store->source.context, a, name, &file, e) ||
		    !dump_tokens(&(struct src){name, file.text}, &b, e))
			return false;
	} else {
		t = tmpl_store_get(store, name, e);
		if (t == NULL)
			return false;
		if (stage == TMPL_DUMP_AST)
			dump_ast(t->parts[0].file, &b);
		else
			dump_code(t->code, &b);
	}
	*text = buf_str(&b);
	return true;
}
