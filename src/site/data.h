/*
 * What every template can name: DIR/templates/_data/NAME.json, --data [NAME=]FILE
 * and --define NAME=VALUE. Each file is looked at anew for each render, and parsed
 * again where it changed.
 */
#ifndef EDDY_DATA_H
#define EDDY_DATA_H

#include "site/fault.h"
#include "site/layout.h"
#include "tmpl/tmpl.h"

struct data;

/* `layout` must outlive it. */
struct data *data_new(const struct settings *settings, const struct layout *layout);
void data_free(struct data *data);

/* Sets the names in `scope`; values live in its arena. False where a file can't be read or parsed. */
bool data_fill(struct data *data, struct tmpl_scope *scope, struct err *e);

/* Reads all of it as a page does, but goes on behind a fault; warns of a name that no template can use. */
void data_check(struct data *data, const struct fault_listener *listener);

#endif
