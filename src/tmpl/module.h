/*
 * {% module NAME(…) %}: templates that others render with a namespace of their own, and what they
 * ask to have put into the page around them.
 *
 * `Template("path", name=value)` renders a file named from the root; `NAME(name=value)` renders
 * `_modules/NAME.html`. A module sees the outermost scope of the render, which is the host's,
 * and its arguments; the positional ones of a NAME are the tuple `args`.
 */
#ifndef EDDY_TMPL_MODULE_H
#define EDDY_TMPL_MODULE_H

#include "tmpl/value.h"

struct module_resources;

/* What the modules of one render share. */
struct module_page {
	struct tmpl_store *store;
	const struct tmpl_scope *host;
	struct module_resources *first, **end;
};

/* `*page` for a render with this scope. */
void module_page_open(struct module_page *page, struct tmpl_store *store, const struct tmpl_scope *scope);

/* `_tt_modules` and `modules`; false for any other name. */
bool module_find(struct run *run, struct str name, struct tmpl_value *value);

/* Whether the value is the object that modules are attributes of. */
bool module_is_namespace(struct tmpl_value v);

/* There is no module of this name: an AttributeError with the nearest that there is. Always false. */
bool module_fail(struct run *run, struct str name);

/* Whether the scope is that of a module. */
bool module_has_scope(const struct tmpl_scope *scope);

/* Puts the scripts, styles and the rest that modules asked for into the page. False with the run's fault. */
bool module_finish(struct run *run, struct str *html);

/* Renders as a part of a run that is under way: tmpl.c. */
bool tmpl_render_within(
    struct run *run, const struct tmpl *t, const struct tmpl_scope *scope, struct str *output);

/* Whether there is a file of this name: tmpl.c. */
bool tmpl_store_has(struct tmpl_store *store, struct str name);

/* Tells the name of every file, made in `a`, to `visit`, where they are known: tmpl.c. */
void tmpl_store_list(struct tmpl_store *store, struct arena *a, tmpl_visit_fn *visit, void *visitor);

#endif
