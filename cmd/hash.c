/* Content digests in the format of `xxhsum -H2`, so that `xxhsum -c` checks them. */
#include "cmd.h"

#include "text/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { READ_BYTES = 256 * 1024 };

/* What xxhsum calls standard input, in what it prints and in what it checks. */
#define STDIN_NAME "stdin"

static bool
read_digest(struct arena *a, int fd, const char *name, struct str *hex, struct err *e)
{
	struct digest_stream *stream = digest_stream_new(a);
	char *buffer = arena_alloc(a, READ_BYTES, 1);
	ssize_t got;

	while ((got = read(fd, buffer, READ_BYTES)) != 0) {
		if (got < 0 && errno != EINTR)
			return err_set_errno(e, "cannot read '%s'", name);
		digest_stream_add(stream, str_make(buffer, got > 0 ? (size_t)got : 0));
	}
	*hex = digest_hex(a, digest_stream_end(stream));
	return true;
}

/*
 * A name with a line end would break its line: as in GNU's sha256sum, and in xxhsum from 0.8.3 on, the line
 * then starts with '\' and the name is escaped. Any other name is written as it is, which every xxhsum reads.
 */
static struct str
line_of(struct arena *a, struct str hex, struct str name)
{
	struct buf b = buf_make(a);
	bool is_escaped = str_find_char(name, '\n') != STR_NONE;

	buf_addf(&b, "%s%.*s  ", is_escaped ? "\\" : "", STR_ARG(hex));
	for (size_t i = 0; i < name.len; i++) {
		char c = name.data[i];

		if (is_escaped && c == '\n')
			buf_add_lit(&b, "\\n");
		else if (is_escaped && c == '\r')
			buf_add_lit(&b, "\\r");
		else if (is_escaped && c == '\\')
			buf_add_lit(&b, "\\\\");
		else
			buf_add_char(&b, c);
	}
	buf_add_char(&b, '\n');
	return buf_str(&b);
}

static bool
hash_file(struct arena *a, const char *path, struct str *line, struct err *e)
{
	bool is_stdin = strcmp(path, "-") == 0;
	const char *name = is_stdin ? STDIN_NAME : path;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct str hex = STR("");
	bool ok;

	if (fd < 0)
		return err_set_errno(e, "cannot open '%s'", path);
	ok = read_digest(a, fd, name, &hex, e);
	if (!is_stdin)
		close(fd);
	if (ok)
		*line = line_of(a, hex, str_of(name));
	return ok;
}

/* One that can't be read is told, and the others are hashed all the same. */
static int
hash_run(struct settings *s, UNUSED struct arena *a, struct err *e)
{
	static const char *const only_stdin[] = {"-"};
	const char *const *paths = s->operands.count ? (const char *const *)s->operands.items : only_stdin;
	int status = CMD_YES;

	for (size_t i = 0; i < MAX(s->operands.count, (size_t)1) && e->kind == ERR_NONE; i++) {
		struct arena scratch = arena_make(READ_BYTES + 4 * KIB);
		struct err fault = err_make(&scratch);
		struct str line = STR("");

		if (hash_file(&scratch, paths[i], &line, &fault)) {
			cmd_print(line, e);
		} else {
			cmd_report(&fault);
			status = CMD_NO;
		}
		arena_free(&scratch);
	}
	return e->kind == ERR_NONE ? status : cmd_fail(e);
}

const struct cmd hash_cmd = {
    .name = "hash",
    .operands = "[FILE...]",
    .summary = "content digests, which xxhsum -c checks",
    .only_argv = true,
    .operands_most = SIZE_MAX,
    .run = hash_run,
};
