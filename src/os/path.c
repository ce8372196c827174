#include "os/path.h"

struct str
path_name(struct str path)
{
	return str_from(path, str_rfind_char(path, '/') + 1); /* STR_NONE + 1 is 0 */
}

struct str
path_parent(struct str path)
{
	size_t end = path.len - path_name(path).len;

	if (end == 0)
		return STR(".");
	while (end > 1 && path.data[end - 1] == '/')
		end--;
	return str_slice(path, 0, end);
}

struct str
path_extension(struct str path)
{
	struct str name = path_name(path);
	size_t dot = str_rfind_char(name, '.');

	return str_from(name, dot == STR_NONE ? name.len : dot);
}

struct str
path_join(struct arena *a, struct str directory, struct str name)
{
	const char *slash = str_ends(directory, STR("/")) ? "" : "/";

	return str_format(a, "%.*s%s%.*s", STR_ARG(directory), slash, STR_ARG(name));
}

bool
path_is_in(struct str path, struct str directory)
{
	return str_starts(path, directory) && (str_ends(directory, STR("/")) || path.len == directory.len ||
						  path.data[directory.len] == '/');
}
