#include "tmpl/link.h"

#include "tmpl/hint.h"

enum { LINK_FRAMES_MAX = 8 };

bool
code_resolve(struct arena *a, struct str from, struct str name, struct str *resolved)
{
	size_t slash = str_rfind_char(from, '/');
	struct str directory = slash == STR_NONE ? STR("") : str_slice(from, 0, slash);
	struct buf b = buf_make(a);
	struct str rest;

	if (name.len > 0 && name.data[0] != '/')
		buf_add(&b, directory);
	rest = str_format(a, "%.*s", STR_ARG(name));
	while (rest.len > 0) {
		struct str segment = str_cut(&rest, '/');
		size_t last = str_rfind_char(buf_str(&b), '/');

		if (segment.len == 0 || str_eq(segment, STR(".")))
			continue;
		if (!str_eq(segment, STR(".."))) {
			buf_addf(&b, "%s%.*s", b.len > 0 ? "/" : "", STR_ARG(segment));
			continue;
		}
		if (b.len == 0)
			return false;
		b.len = last == STR_NONE ? 0 : last;
	}
	*resolved = str_dup(a, buf_str(&b));
	return true;
}

struct str
link_what(struct arena *a, const struct ast_statement *statement)
{
	const char *format = statement->kind == AST_STATEMENT_APPLY ? "%s %.*s" : "%s '%.*s'";

	return str_format(a, format, ast_statement_name(statement->kind), STR_ARG(statement->text));
}

static struct err_place
tag_place(const struct ast_file *file, const struct ast_statement *tag)
{
	return src_place(&file->src, tag->tag.start, tag->tag.end);
}

/* The name of the file in an include or extends. */
static struct err_place
name_place(const struct ast_file *file, const struct ast_statement *tag)
{
	uint32_t start = (uint32_t)(tag->text.data - file->src.text.data);

	return src_place(&file->src, start, start + (uint32_t)tag->text.len);
}

/* How the file `name` is written in a tag of the file `from`. */
static struct str
name_from(struct arena *a, struct str from, struct str name)
{
	size_t slash = str_rfind_char(from, '/');
	struct str folder = slash == STR_NONE ? STR("") : str_slice(from, 0, slash + 1);

	return str_starts(name, folder) ? str_from(name, folder.len) : str_format(a, "/%.*s", STR_ARG(name));
}

/* Who leaves the quotes and the ending out may take the name for that of a variable. */
static bool
is_like_variable(const struct ast_file *file, struct str name)
{
	bool is_quoted = name.data > file->src.text.data && (name.data[-1] == '"' || name.data[-1] == '\'');

	return !is_quoted && str_find_char(name, '.') == STR_NONE;
}

static void
hint_file(struct link *l, const struct ast_file *file, const struct ast_statement *tag, struct str name)
{
	struct str nearest = l->loader->nearest(l->loader->context, l->arena, name);

	if (l->err->kind != ERR_FILE_NOT_FOUND)
		return;
	if (nearest.len > 0)
		err_set_hint(
		    l->err, "did you mean '%.*s'?", STR_ARG(name_from(l->arena, file->src.name, nearest)));
	else if (is_like_variable(file, tag->text))
		err_set_hint(l->err,
		    "it names a file, not a variable: {%% module Template(%.*s) %%} takes one",
		    STR_ARG(tag->text));
	else
		err_set_hint(l->err, "a name begins in the folder of its file, or with '/' at the root");
}

/* Counts one more walk through what the tag stands for. */
static bool
count_walk(struct link *l, const struct ast_file *file, const struct ast_statement *tag)
{
	if (l->walk_count++ < LINK_WALKS_MAX)
		return true;
	err_set(
	    l->err, ERR_LIMIT, tag_place(file, tag), "the template is too large with all that it includes");
	err_set_hint(l->err, "files that include others twice or more, and those others too, add up");
	return false;
}

const struct ast_file *
link_load(struct link *l, const struct ast_file *file, const struct ast_statement *tag)
{
	const struct ast_file *loaded;
	struct str name;

	if (!count_walk(l, file, tag))
		return NULL;
	if (!code_resolve(l->arena, file->src.name, tag->text, &name)) {
		err_set(l->err, ERR_FILE_NOT_FOUND, name_place(file, tag),
		    "'%.*s' is outside of the template directory", STR_ARG(tag->text));
		return NULL;
	}
	loaded = l->loader->load(l->loader->context, name, l->err);
	if (loaded != NULL)
		return loaded;
	if (l->err->place.file.len == 0) {
		err_set(l->err, l->err->kind, name_place(file, tag), "%.*s", STR_ARG(l->err->message));
		hint_file(l, file, tag, name);
	} else {
		err_add_frame(l->err, link_what(l->arena, tag), tag_place(file, tag));
	}
	return NULL;
}

/* Adds the step to an error that came from below it. Always false. */
static bool
fail_below(struct link *l, const struct ast_file *file, const struct ast_statement *tag)
{
	int frames = 0;

	for (const struct err_frame *f = l->err->frames; f != NULL; f = f->next)
		frames++;
	if (frames >= LINK_FRAMES_MAX)
		return false;
	err_add_frame(l->err, link_what(l->arena, tag), tag_place(file, tag));
	return false;
}

/* A file that would be within itself, or too many within each other. Always false. */
static bool
fail_cycle(struct link *l, const struct ast_file *file, const struct ast_statement *tag,
    const struct ast_file *again)
{
	err_set(l->err, ERR_RECURSION, tag_place(file, tag), "maximum recursion depth exceeded");
	if (again != NULL)
		err_set_hint(
		    l->err, "'%.*s' leads to itself: one of these tags has to go", STR_ARG(again->src.name));
	return false;
}

static bool find_blocks(struct link *l, const struct ast_file *file, const struct ast_body *body);

static bool
find_included(struct link *l, const struct ast_file *file, const struct ast_statement *tag)
{
	const struct ast_file *included = link_load(l, file, tag);
	bool found;

	if (included == NULL)
		return false;
	for (int i = 0; i < l->depth; i++)
		if (l->open[i] == included)
			return fail_cycle(l, file, tag, included);
	if (l->depth == LINK_DEPTH_MAX)
		return fail_cycle(l, file, tag, NULL);
	l->open[l->depth++] = included;
	found = find_blocks(l, included, &included->body);
	l->depth--;
	return found || fail_below(l, file, tag);
}

static bool
find_in_branches(struct link *l, const struct ast_file *file, const struct ast_branch *branch)
{
	for (; branch != NULL; branch = branch->next)
		if (!find_blocks(l, file, &branch->body))
			return false;
	return true;
}

/* The definitions of blocks in the order of the text; later ones replace earlier ones. */
static bool
find_blocks(struct link *l, const struct ast_file *file, const struct ast_body *body)
{
	for (const struct ast_statement *s = body->first; s != NULL; s = s->next) {
		if (s->kind == AST_STATEMENT_BLOCK) {
			struct link_block *block = ARENA_NEW(l->arena, struct link_block);

			*block = (struct link_block){s, file};
			map_put(&l->blocks, s->text, block);
		}
		if (s->kind == AST_STATEMENT_INCLUDE && !find_included(l, file, s))
			return false;
		if (!find_blocks(l, file, &s->body) || !find_in_branches(l, file, s->branches))
			return false;
	}
	return true;
}

/* Appends the file and its parents, and theirs. */
static bool
find_ancestors(struct link *l, const struct ast_file *file, const struct code_context *context)
{
	const struct ast_file *parent;
	struct code_context *next;

	l->ancestors[l->ancestor_count++] = (struct link_ancestor){file, context};
	for (const struct ast_statement *s = file->body.first; s != NULL; s = s->next) {
		if (s->kind != AST_STATEMENT_EXTENDS)
			continue;
		parent = link_load(l, file, s);
		if (parent == NULL)
			return false;
		for (const struct code_context *c = context; c != NULL; c = c->outer)
			if (c->src == &parent->src)
				return fail_cycle(l, file, s, parent);
		if (l->ancestor_count == LINK_DEPTH_MAX)
			return fail_cycle(l, file, s, NULL);
		next = ARENA_NEW(l->arena, struct code_context);
		*next = (struct code_context){&parent->src, context, link_what(l->arena, s), s->tag};
		if (!find_ancestors(l, parent, next))
			return fail_below(l, file, s);
	}
	return true;
}

/* A block that no parent has is never shown. */
static void
warn_of_block(struct link *l, const struct ast_file *file, const struct ast_statement *block)
{
	struct str_near near = str_near_make(block->text);
	struct err warning = err_make(l->arena);
	const struct map_entry *entry;
	size_t position = 0;

	while ((entry = map_next(&l->blocks, &position)) != NULL)
		str_near_try(&near, entry->key);
	err_set(&warning, ERR_WARNING, tag_place(file, block),
	    "block '%.*s' is in no parent of this template, so it is not shown", STR_ARG(block->text));
	hint_set_nearest(&warning, &near);
	l->loader->warn(l->loader->context, &warning);
}

/* The blocks of all parents are known when a file is looked at, the root's as well. */
static void
check_blocks(struct link *l, const struct ast_file *file)
{
	for (const struct ast_statement *s = file->body.first; s != NULL; s = s->next)
		if (s->kind == AST_STATEMENT_BLOCK && map_get(&l->blocks, s->text) == NULL)
			warn_of_block(l, file, s);
}

bool
link_open(struct link *l, const struct ast_file *entry)
{
	struct code_context *context = ARENA_NEW(l->arena, struct code_context);

	l->ancestors = ARENA_ARRAY(l->arena, struct link_ancestor, LINK_DEPTH_MAX);
	context->src = &entry->src;
	if (!find_ancestors(l, entry, context))
		return false;
	for (size_t i = l->ancestor_count; i > 0; i--) {
		const struct ast_file *file = l->ancestors[i - 1].file;

		if (i < l->ancestor_count)
			check_blocks(l, file);
		l->open[0] = file;
		l->depth = 1;
		if (!find_blocks(l, file, &file->body))
			return false;
	}
	l->root = l->ancestors[l->ancestor_count - 1];
	return true;
}

void
link_close(struct link *l)
{
	map_free(&l->blocks);
}

const struct link_block *
link_block(struct link *l, const struct ast_file *file, const struct ast_statement *block)
{
	if (!count_walk(l, file, block))
		return NULL;
	return map_get(&l->blocks, block->text);
}
