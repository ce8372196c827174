#include "run/handover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static json_t *
children_to_json(const struct handover *h)
{
	json_t *children = json_array();

	for (size_t i = 0; i < h->child_count; i++) {
		const struct handover_child *child = &h->children[i];

		json_array_append_new(
		    children, json_pack("{s:I, s:b, s:I}", "pid", (json_int_t)child->pid, "watcher",
				  child->is_watcher, "drain_left_ms", (json_int_t)child->drain_left_ms));
	}
	return children;
}

/* Arguments are bytes, and JSON is text: so they travel as hex digits. */
static const char *
to_hex(struct arena *a, struct str bytes)
{
	struct buf hex = buf_make(a);

	for (size_t i = 0; i < bytes.len; i++)
		buf_addf(&hex, "%02x", (unsigned char)bytes.data[i]);
	return buf_cstr(&hex);
}

static struct str
from_hex(struct arena *a, struct str hex)
{
	struct buf bytes = buf_make(a);
	uint64_t byte;

	for (size_t i = 0; i + 2 <= hex.len; i += 2)
		if (str_to_u64_hex(str_slice(hex, i, i + 2), &byte))
			buf_add_char(&bytes, (char)byte);
	return buf_str(&bytes);
}

char *
handover_to_variable(const struct handover *h, struct err *e)
{
	struct arena *a = e->arena;
	json_t *root = json_pack("{s:I, s:i, s:O, s:s, s:b, s:b, s:I}", "pid", (json_int_t)getpid(),
	    "generation", h->generation, "changes", h->changes, "cause", h->cause, "is_change", h->is_change,
	    "owes_reload", h->owes_reload, "since_us", (json_int_t)h->since_us);
	json_t *rest = json_pack("{s:I, s:I, s:s, s:b, s:s?, s:i, s:b, s:b, s:b, s:s?, s:o, s:s}",
	    "started_us", (json_int_t)h->started_us, "tried_ns", (json_int_t)h->tried_ns, "control",
	    to_hex(a, str_of(h->control)), "restarts_again", h->restarts_again, "address", h->address, "port",
	    h->port, "port_is_given", h->port_is_given, "is_adopted", h->is_adopted, "leaves_with_terminal",
	    h->leaves_with_terminal, "ready", h->ready, "children", children_to_json(h), "settings",
	    to_hex(a, h->settings));
	char *text = NULL, *variable = NULL;

	if (root != NULL && rest != NULL && json_object_update(root, rest) == 0)
		text = json_dumps(root, JSON_COMPACT);
	if (text != NULL)
		variable = str_cstr(a, str_format(a, HANDOVER_VARIABLE "=%s", text));
	else
		err_set(
		    e, ERR_OS, ERR_NOWHERE, "the state cannot be told to the new image: it is not all UTF-8");
	free(text);
	json_decref(rest);
	json_decref(root);
	return variable;
}

static const char *
text_of(struct arena *a, const json_t *root, const char *name)
{
	const json_t *value = json_object_get(root, name);

	return json_is_string(value) ? str_cstr(a, str_of(json_string_value(value))) : NULL;
}

/* As to_hex wrote it; NULL where it was none. */
static const char *
path_of(struct arena *a, const json_t *root, const char *name)
{
	struct str path = from_hex(a, str_of(json_string_value(json_object_get(root, name))));

	return path.len ? str_cstr(a, path) : NULL;
}

static json_int_t
number_of(const json_t *root, const char *name)
{
	return json_integer_value(json_object_get(root, name));
}

static bool
flag_of(const json_t *root, const char *name)
{
	return json_is_true(json_object_get(root, name));
}

static void
children_from_json(struct arena *a, struct handover *h, const json_t *children)
{
	h->child_count = json_array_size(children);
	h->children = ARENA_ARRAY(a, struct handover_child, h->child_count);
	for (size_t i = 0; i < h->child_count; i++) {
		const json_t *child = json_array_get(children, i);

		h->children[i] = (struct handover_child){
		    .pid = (pid_t)number_of(child, "pid"),
		    .is_watcher = flag_of(child, "watcher"),
		    .drain_left_ms = number_of(child, "drain_left_ms"),
		};
	}
}

/* A new reference, or NULL where the variable is missing or meant for another process. */
static json_t *
variable_load(void)
{
	const char *text = getenv(HANDOVER_VARIABLE);
	json_t *root = text ? json_loads(text, 0, NULL) : NULL;

	if (root != NULL && number_of(root, "pid") == getpid())
		return root;
	json_decref(root);
	return NULL;
}

bool
handover_take(struct arena *a, struct handover *h)
{
	json_t *root = variable_load();

	*h = (struct handover){0};
	unsetenv(HANDOVER_VARIABLE);
	if (root == NULL)
		return false;
	*h = (struct handover){
	    .generation = (int)number_of(root, "generation"),
	    .changes = json_incref(json_object_get(root, "changes")),
	    .cause = text_of(a, root, "cause"),
	    .is_change = flag_of(root, "is_change"),
	    .owes_reload = flag_of(root, "owes_reload"),
	    .since_us = number_of(root, "since_us"),
	    .tried_ns = number_of(root, "tried_ns"),
	    .restarts_again = flag_of(root, "restarts_again"),
	    .address = text_of(a, root, "address"),
	    .port = (int)number_of(root, "port"),
	    .port_is_given = flag_of(root, "port_is_given"),
	    .is_adopted = flag_of(root, "is_adopted"),
	    .leaves_with_terminal = flag_of(root, "leaves_with_terminal"),
	    .started_us = number_of(root, "started_us"),
	    .control = path_of(a, root, "control"),
	    .ready = text_of(a, root, "ready"),
	};
	children_from_json(a, h, json_object_get(root, "children"));
	json_decref(root);
	return true;
}

char **
handover_argv(struct arena *a)
{
	json_t *root = variable_load();
	struct str rest = from_hex(a, str_of(json_string_value(json_object_get(root, "settings"))));
	char **argv = ARENA_ARRAY(a, char *, rest.len + 1);
	size_t count = 0;

	json_decref(root);
	while (rest.len > 0)
		argv[count++] = str_cstr(a, str_cut(&rest, '\0'));
	return count > 0 ? argv : NULL;
}

bool
handover_print_argv(char *const *argv)
{
	for (; *argv != NULL; argv++)
		if (fputs(*argv, stdout) < 0 || putchar('\0') == EOF)
			return false;
	return fflush(stdout) == 0;
}
