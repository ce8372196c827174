#include "load.h"

#include "os/fs.h"
#include "os/path.h"
#include "text/opt_read.h"

#include <errno.h>
#include <string.h>

#define CONFIG_MAX_BYTES MIB

/* What is meant */

/* The port in "8000" and ":8000", or an empty string: other servers take it as an operand. */
static struct str
port_meant(const char *text)
{
	struct str digits = str_from(str_of(text), *text == ':');
	uint64_t number;

	return str_to_u64(digits, &number) && number <= UINT16_MAX ? digits : STR("");
}

/* The first operand is no command. False where it can't be the directory to serve either. */
static bool
check_directory_operand(struct arena *a, const char *operand, struct err *e)
{
	const char *nearest = cmd_nearest(a, str_of(operand));
	struct str port = port_meant(operand);

	if (fs_exists(operand) || errno == EACCES)
		return true;
	if (strchr(operand, '/') != NULL)
		return err_set(e, ERR_USAGE, ERR_NOWHERE, "there is no directory '%s'", operand);
	err_set(e, ERR_USAGE, ERR_NOWHERE, "'%s' is neither a command nor a directory", operand);
	if (port.len > 0)
		err_set_hint(e, "did you mean --port %.*s?", STR_ARG(port));
	else if (strcmp(operand, "version") == 0)
		err_set_hint(e, "did you mean 'eddy --version'?");
	else if (nearest != NULL)
		err_set_hint(e, "did you mean 'eddy %s'?", nearest);
	return false;
}

bool
load_request(struct arena *a, char **argv, struct load_request *request, struct err *e)
{
	struct opt_reader reader = {.table = &settings_table, .scopes = SETTINGS_ALL, .next = argv + 1};
	struct err ignored = err_make(a); /* faults are told when the values are read */
	struct opt_value value;
	const char *operand = NULL;
	bool faulty = false;
	enum opt_read read;

	*request = (struct load_request){.command = cmd_table[0]};
	while ((read = opt_read(&reader, &value, &ignored)) != OPT_READ_END) {
		faulty |= read == OPT_READ_FAULT; /* so an operand may be the value of an option mistyped */
		if (read == OPT_READ_OPTION) {
			request->help |= value.option->letter == 'h';
			request->version |= value.option->letter == 'V';
		} else if (read == OPT_READ_OPERAND && operand == NULL) {
			operand = value.text;
			request->command_is_named = !reader.only_operands && cmd_find(str_of(operand));
			if (request->command_is_named)
				request->command = cmd_find(str_of(operand));
		} else if (read == OPT_READ_OPERAND) {
			reader.only_operands |= request->command->takes_command;
		}
	}
	request->only_argv = request->command->only_argv;
	if (!request->command_is_named && operand != NULL && !faulty && !request->help && !request->version)
		return check_directory_operand(a, operand, e);
	return true;
}

/* Operands */

static bool
fault_operands(const struct cmd *command, const struct opt_list *operands, struct err *e)
{
	const char *surplus;
	struct str port;

	if (operands->count < command->operands_least)
		return err_set(
		    e, ERR_USAGE, ERR_NOWHERE, "'eddy %s' needs %s", command->name, command->operands);
	surplus = operands->items[command->operands_most];
	err_set(e, ERR_USAGE, ERR_NOWHERE, "'%s' is too much: it is 'eddy %s%s%s'", surplus, command->name,
	    command->operands ? " " : "", command->operands ? command->operands : "");
	port = port_meant(surplus);
	if (command->takes_directory && fs_is_directory(surplus))
		err_set_hint(e, "one directory at a time");
	else if (command->takes_directory && port.len > 0)
		err_set_hint(e, "did you mean --port %.*s?", STR_ARG(port));
	return false;
}

static bool
take_operands(const struct cmd *command, struct settings *s, struct err *e)
{
	if (s->operands.count < command->operands_least || s->operands.count > command->operands_most)
		return fault_operands(command, &s->operands, e);
	if (!command->takes_directory || s->operands.count == 0)
		return true;
	if (opt_origin(&settings_table, s, &s->directory) == OPT_FROM_FLAG)
		return err_set(e, ERR_USAGE, ERR_NOWHERE, "two directories are named: '%s' and '%s'",
		    s->directory, s->operands.items[0]);
	return true;
}

static bool
take_directory(struct arena *a, const struct cmd *command, struct settings *s, struct err *e)
{
	struct opt_target target = settings_target(a, s);
	struct opt_value value = {
	    .option = opt_find(&settings_table, STR("directory")),
	    .origin = OPT_FROM_FLAG,
	    .written = STR("DIR"),
	};

	if (!take_operands(command, s, e))
		return false;
	if (!command->takes_directory || s->operands.count == 0)
		return true;
	value.text = s->operands.items[0];
	return opt_assign(&target, &value, e);
}

/* The nearest folder from here upwards that has templates/ or static/, as a relative path; else ".". */
static const char *
find_site(struct arena *a)
{
	struct str above = STR(""), here = str_of(fs_real_path(a, "."));

	while (here.len > 0) {
		if (fs_is_directory(str_format(a, "%.*stemplates", STR_ARG(above)).data) ||
		    fs_is_directory(str_format(a, "%.*sstatic", STR_ARG(above)).data))
			return above.len ? str_cstr(a, str_slice(above, 0, above.len - 1)) : ".";
		here = str_slice(here, 0, str_rfind_char(here, '/'));
		above = str_format(a, "%.*s../", STR_ARG(above));
	}
	return ".";
}

static bool
check_directory(const struct cmd *command, const struct settings *s, struct err *e)
{
	struct str parent = path_parent(str_of(s->directory));
	bool is_default = command == cmd_table[0];

	if (fs_is_directory(s->directory))
		return true;
	if (!fs_exists(s->directory))
		return errno == EACCES
			   ? err_set_errno(e, "cannot open '%s'", s->directory)
			   : err_set(e, ERR_USAGE, ERR_NOWHERE, "there is no directory '%s'", s->directory);
	err_set(e, ERR_USAGE, ERR_NOWHERE, "'%s' is a file, not a directory", s->directory);
	err_set_hint(e, "did you mean 'eddy %s%s%.*s'?", is_default ? "" : command->name,
	    is_default ? "" : " ", STR_ARG(parent));
	return false;
}

/* Sources */

/* The option is none of the command's, whose name is that of a folder here too: that may have been meant. */
static void
hint_folder(const struct load_request *request, struct err *e)
{
	const char *name = request->command->name;

	if (request->command_is_named && fs_is_directory(name))
		err_set_hint(e, "%.*s; the folder is ./%s", STR_ARG(e->hint), name);
}

static bool
read_arguments(
    struct arena *a, const struct load_request *request, char **argv, struct settings *s, struct err *e)
{
	struct opt_target target = settings_target(a, s);
	struct opt_reader reader = {
	    .table = &settings_table,
	    .scopes = request->command->scope | SETTINGS_GENERAL,
	    .next = argv + 1,
	};
	bool skip = request->command_is_named;
	struct opt_value value = {0};
	enum opt_read read;

	while ((read = opt_read(&reader, &value, e)) != OPT_READ_END) {
		if (read == OPT_READ_FAULT && value.option != NULL && !(value.option->scopes & reader.scopes))
			hint_folder(request, e);
		if (read == OPT_READ_FAULT)
			return false;
		if (read == OPT_READ_OPTION && !opt_assign(&target, &value, e))
			return false;
		if (read == OPT_READ_OPERAND && !skip) {
			opt_list_add(a, &s->operands, value.text);
			reader.only_operands |= request->command->takes_command;
		}
		skip &= read != OPT_READ_OPERAND;
	}
	return take_directory(a, request->command, s, e);
}

/* Whether the path, links followed, lies in the directory (or doesn't exist yet). */
static bool
leads_inside(struct arena *a, const char *directory, const char *path)
{
	struct str root = str_of(fs_real_path(a, directory));
	struct str real = str_of(fs_real_path(a, path));

	return real.len == 0 || str_eq(real, root) || str_eq(root, STR("/")) ||
	       (str_starts(real, root) && real.data[root.len] == '/');
}

static bool
check_path(
    struct arena *a, const struct settings *s, const struct opt *option, const char *text, struct err *e)
{
	const char *equals = option->content == OPT_NAMED_FILE ? strchr(text, '=') : NULL;
	const char *path = equals ? equals + 1 : text;

	if (leads_inside(a, s->directory, path))
		return true;
	return err_set(e, ERR_CONFIG, (struct err_place){.file = str_of(s->config_file)},
	    "%s: '%s' is a link that leads out of '%s'", option->name, path, s->directory);
}

/* Paths of a config file that was found don't leave the directory by their text; neither may they by links.
 */
static bool
check_paths(struct arena *a, const struct settings *s, struct err *e)
{
	for (size_t i = 0; i < settings_table.count && !s->follow_links; i++) {
		const struct opt *o = &settings_table.options[i];
		struct opt_list paths = opt_texts(a, o, s);

		if (o->content == OPT_ANYTHING || s->origins[i] != OPT_FROM_FOUND_CONFIG)
			continue;
		for (size_t j = 0; j < paths.count; j++)
			if (!check_path(a, s, o, paths.items[j], e))
				return false;
	}
	return true;
}

static bool
read_config(struct arena *a, struct settings *s, struct err *e)
{
	struct settings_file file = {.path = settings_config_path(a, s), .found = s->config == NULL};

	if (file.found && !fs_exists(file.path))
		return true;
	if (!fs_read(a, file.path, CONFIG_MAX_BYTES, &file.content, e)) {
		e->kind = ERR_CONFIG;
		return false;
	}
	return settings_take_file(a, s, &file, cmd_report, e) && check_paths(a, s, e);
}

static bool
read_sources(
    struct arena *a, const struct load_request *request, char **argv, struct settings *s, struct err *e)
{
	struct opt_target target = settings_target(a, s);

	if (!read_arguments(a, request, argv, s, e))
		return false;
	if (request->only_argv)
		return !request->command->only_argv || !request->command->takes_directory ||
		       check_directory(request->command, s, e);
	if (!opt_take_environment(&target, e))
		return false;
	if (request->command->finds_site && !settings_given(s, &s->directory))
		s->directory = find_site(a);
	return check_directory(request->command, s, e) && read_config(a, s, e);
}

bool
load_settings(
    struct arena *a, const struct load_request *request, char **argv, struct settings *s, struct err *e)
{
	*s = settings_make(a);
	if (read_sources(a, request, argv, s, e) && settings_finish(a, s, e))
		return true;
	if (e->kind == ERR_USAGE && e->hint.len == 0)
		err_set_hint(e, "see eddy %s --help", request->command->name);
	return false;
}
