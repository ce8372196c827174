#include "run/seen.h"

#include "base/map.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/path.h"
#include "text/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	CHUNK_BYTES = 64 * 1024,
	SCRATCH_BYTES = 16 * 1024,
};

/* What a look at a file shows. */
struct sight {
	bool is_there; /* and a regular file */
	struct fs_key key;
	bool is_fresh; /* the same key might come with other content yet */
	bool has_digest;
	struct digest digest;
};

struct file {
	struct sight sight; /* all zero until it was looked at */
	struct file *next;  /* of those found at the start */
	bool is_queued;
	bool is_gone; /* dropped while queued: the queue frees it */
	struct str path;
	char path_bytes[]; /* with a NUL */
};

struct seen {
	struct map files; /* struct file by path */
	struct file *first, **end;
	int64_t start_bytes; /* digested in advance so far */
	int64_t born_ns;     /* on clock_file_ns */
	bool is_started;
	struct arena scratch;
};

struct seen *
seen_new(void)
{
	struct seen *s = BASE_NEW(struct seen);

	s->end = &s->first;
	s->born_ns = clock_file_ns();
	s->scratch = arena_make(SCRATCH_BYTES);
	return s;
}

void
seen_since(struct seen *s, int64_t since_ns)
{
	s->born_ns = since_ns;
}

static struct file *
file_add(struct seen *s, struct str path)
{
	struct file *f = base_alloc(sizeof(*f) + path.len + 1);

	memcpy(f->path_bytes, path.data, path.len);
	f->path = str_make(f->path_bytes, path.len);
	map_put(&s->files, f->path, f);
	return f;
}

static void
file_drop(struct seen *s, struct file *f)
{
	map_remove(&s->files, f->path);
	if (f->is_queued)
		f->is_gone = true;
	else
		free(f);
}

/* False where the file can't be read whole, or has grown past the limit meanwhile. */
static bool
digest_fd(struct arena scratch, int fd, struct digest *digest)
{
	static char chunk[CHUNK_BYTES];
	struct digest_stream *stream = digest_stream_new(&scratch);
	int64_t total = 0;
	ssize_t got;

	while ((got = read(fd, chunk, sizeof(chunk))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		total += got;
		if (got < 0 || total > SEEN_FILE_MAX_BYTES)
			return false;
		digest_stream_add(stream, str_make(chunk, (size_t)got));
	}
	*digest = digest_stream_end(stream);
	return true;
}

/* The key is taken before the content is read: a change in between shows in the next key. */
static void
sight_digest(struct sight *sight, const char *path, struct arena scratch)
{
	struct fs_stat st;
	int fd;

	if (!sight->is_there || sight->key.size_bytes > SEEN_FILE_MAX_BYTES)
		return;
	fd = fs_open_beneath(AT_FDCWD, path, true);
	if (fd < 0)
		return;
	sight->is_there = fs_stat_fd(fd, &st) && st.kind == FS_FILE;
	sight->key = st.key;
	sight->is_fresh = fs_key_is_fresh(&st.key, clock_file_ns());
	sight->has_digest = sight->is_there && digest_fd(scratch, fd, &sight->digest);
	close(fd);
}

/* Without the digest, which sight_digest adds. */
static struct sight
sight_make(const char *path)
{
	struct fs_stat st = {0};
	bool is_there = fs_stat_quick(AT_FDCWD, path, &st) && st.kind == FS_FILE;

	return (struct sight){
	    .is_there = is_there,
	    .key = st.key,
	    .is_fresh = fs_key_is_fresh(&st.key, clock_file_ns()),
	};
}

static bool
sight_has_same_key(const struct sight *before, const struct sight *now)
{
	return before->is_there && now->is_there && !before->is_fresh && fs_key_eq(&before->key, &now->key);
}

static bool
sight_has_same_digest(const struct sight *a, const struct sight *b)
{
	return a->has_digest && b->has_digest && digest_eq(a->digest, b->digest);
}

void
seen_found(struct seen *s, struct str path)
{
	struct file *f;

	if (map_get(&s->files, path) != NULL)
		return;
	f = file_add(s, path);
	f->is_queued = true;
	*s->end = f;
	s->end = &f->next;
}

/* False where the file has changed since the start, which must not be taken for what was there before it. */
static bool
file_digest_in_advance(struct seen *s, struct file *f)
{
	struct sight sight = sight_make(f->path_bytes), after;

	if (f->sight.is_there)
		return true; /* looked at meanwhile */
	if (!sight.is_there) {
		if (!s->is_started)
			file_drop(s, f);
		return true;
	}
	if (s->start_bytes + sight.key.size_bytes <= SEEN_START_MAX_BYTES)
		sight_digest(&sight, f->path_bytes, s->scratch);
	after = sight_make(f->path_bytes);
	if (sight.key.ctime_ns > s->born_ns || !fs_key_eq(&sight.key, &after.key))
		return false;
	s->start_bytes += sight.has_digest ? sight.key.size_bytes : 0;
	f->sight = sight;
	return true;
}

bool
seen_step(struct seen *s, struct str *changed)
{
	struct file *f = s->first;

	*changed = STR("");
	if (f == NULL)
		return false;
	s->first = f->next;
	if (s->first == NULL)
		s->end = &s->first;
	f->is_queued = false;
	if (f->is_gone)
		free(f);
	else if (!file_digest_in_advance(s, f))
		*changed = f->path;
	return s->first != NULL;
}

void
seen_started(struct seen *s)
{
	s->is_started = true;
}

/* Whether the file may be on its way to other content. */
static bool
is_blank(const struct sight *sight)
{
	return !sight->is_there || sight->key.size_bytes == 0;
}

/* A file that is gone has changed if it was known. */
static enum settle_state
look_gone(struct seen *s, struct file *f, bool is_final)
{
	if (f == NULL)
		return SETTLE_SAME;
	if (!is_final)
		return SETTLE_BLANK;
	file_drop(s, f);
	return SETTLE_CHANGED;
}

enum settle_state
seen_look(void *context, struct str path, bool is_final)
{
	struct seen *s = context;
	struct arena scratch = s->scratch;
	const char *name = str_cstr(&scratch, path);
	struct file *f = map_get(&s->files, path);
	struct sight sight = sight_make(name);
	bool is_same;

	if (!sight.is_there)
		return look_gone(s, f, is_final);
	if (f != NULL && sight_has_same_key(&f->sight, &sight))
		return SETTLE_SAME;
	if (f == NULL && !is_final)
		return is_blank(&sight) ? SETTLE_BLANK : SETTLE_NEW;
	sight_digest(&sight, name, scratch);
	is_same = f != NULL && sight_has_same_digest(&f->sight, &sight);
	if (!is_same && !is_final && is_blank(&sight))
		return SETTLE_BLANK;
	if (f == NULL)
		f = file_add(s, path);
	f->sight = sight;
	return is_same ? SETTLE_SAME : SETTLE_CHANGED;
}

void
seen_each(struct seen *s, struct str directory, void (*fn)(void *context, struct str path), void *context)
{
	struct str *paths = ARENA_ARRAY(&s->scratch, struct str, s->files.count + 1);
	const struct map_entry *entry;
	size_t position = 0, count = 0;

	while ((entry = map_next(&s->files, &position)) != NULL)
		if (path_is_in(entry->key, directory))
			paths[count++] = str_dup(&s->scratch, entry->key);
	for (size_t i = 0; i < count; i++)
		fn(context, paths[i]);
	arena_reset(&s->scratch);
}

size_t
seen_count(const struct seen *s)
{
	return s->files.count;
}

json_t *
seen_digests(const struct seen *s)
{
	json_t *digests = json_object();
	const struct map_entry *entry;
	size_t position = 0;

	while ((entry = map_next(&s->files, &position)) != NULL) {
		const struct file *f = entry->value;
		struct arena scratch = s->scratch;

		json_object_set_new(digests, f->path_bytes,
		    f->sight.has_digest
			? json_string(str_cstr(&scratch, digest_hex(&scratch, f->sight.digest)))
			: json_null());
	}
	return digests;
}
