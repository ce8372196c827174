/* An error as data, for pages, for JSON answers and for browsers that listen: one shape for all. */
#ifndef EDDY_FAULT_H
#define EDDY_FAULT_H

#include "site/layout.h"

#include <jansson.h>

/* Who is told what a check finds, with paths that open from the current directory. */
struct fault_listener {
	void (*report)(const struct err *fault);
	void (*warn)(const struct err *warning); /* of what is allowed but hardly meant */
};

/*
 * {type, message, hint, PLACE, frames: [{what, PLACE}], values: [{name, text}], report}, where PLACE is
 * file, line, column, width, source, before, marked, after, excerpt: [{number, text, fault}].
 * `before`, `marked` and `after` are the source line around the fault, `excerpt` is that line
 * among its neighbours, all cut where they are very long; `report` is the text of err_report. A new reference.
 */
json_t *fault_json(const struct err *e);

/*
 * Adds `href` to the fault and to each of its frames whose file is there: the address that opens the place by
 * the editor of the settings (text/editor.h). Nothing where they have none.
 */
void fault_add_links(json_t *fault, const struct settings *settings, const struct layout *layout);

/*
 * A copy whose places name files as the current directory does, so that a terminal or an editor
 * opens them: "site/templates/index.html" instead of the template's name "index.html".
 */
struct err fault_with_paths(struct arena *a, const struct err *e, const struct layout *layout);

/* err_report of that for standard error, coloured where that is; and the same, said there. */
struct str fault_report(struct arena *a, const struct err *e, const struct layout *layout);
void fault_log(const struct err *e, const struct layout *layout);

#endif
