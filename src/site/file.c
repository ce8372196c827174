#include "site/file.h"

#include "base/map.h"
#include "os/clock.h"
#include "text/digest.h"
#include "text/html.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	READ_BYTES = 256 * 1024,
	READ_ATTEMPTS = 3, /* a file that is being written all the time is served as it comes, untrusted */
};

/* A kept file, in a ring from the most to the least recently used. */
struct entry {
	struct entry *newer, *older;
	char *full_path;
	const char *path; /* its end, beneath the root */
	struct file *file;
	int64_t gone_ms; /* when it was found to be missing; 0: it was there */
};

struct file_cache {
	const char *root;
	enum file_cache_use use;
	bool follow_links;
	bool keep;
	struct mime_types types;
	struct map entries;
	struct entry ring; /* its `older` is the newest entry, its `newer` the oldest */
	size_t content_bytes;
	size_t open_count;
};

struct file *
file_ref(struct file *file)
{
	file->references++;
	return file;
}

void
file_unref(struct file *file)
{
	if (--file->references > 0)
		return;
	if (file->fd >= 0)
		close(file->fd);
	free((char *)file->content.data);
	free(file);
}

static struct file *
file_new(int fd, const struct fs_key *key, const char *type)
{
	struct file *file = BASE_NEW(struct file);

	file->references = 1;
	file->fd = fd;
	file->key = *key;
	file->type = type;
	file->is_compressible = mime_is_compressible(str_of(file->type));
	file->script_point = HTML_NOWHERE;
	return file;
}

static void
file_set_digest(struct file *file, struct digest digest)
{
	snprintf(file->etag, sizeof(file->etag), "\"%016" PRIx64 "%016" PRIx64 "\"", digest.high, digest.low);
	snprintf(file->version, sizeof(file->version), "%016" PRIx64, digest.high);
}

static void
file_set_etag_of_key(struct file *file)
{
	const struct fs_key *key = &file->key;

	snprintf(file->etag, sizeof(file->etag), "%s\"k%" PRIx64 "-%" PRIx64 "-%" PRIx64 "\"",
	    file->is_settled ? "" : "W/", key->inode, (uint64_t)key->size_bytes,
	    (uint64_t)key->mtime_ns ^ (uint64_t)key->ctime_ns << 1);
}

/*
 * Reads the file as it is now, up to the size of its key, into `content` where that isn't NULL. Returns
 * how many bytes there were.
 */
static int64_t
digest_once(const struct file *file, char *content, struct digest *digest)
{
	struct arena scratch = arena_make(READ_BYTES + 4 * KIB);
	struct digest_stream *stream = digest_stream_new(&scratch);
	char *buffer = content ? NULL : arena_alloc(&scratch, READ_BYTES, 1);
	int64_t at = 0;

	while (at < file->key.size_bytes) {
		size_t want = (size_t)MIN((int64_t)READ_BYTES, file->key.size_bytes - at);
		ssize_t got = pread(file->fd, content ? content + at : buffer, want, at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break; /* shorter now: the key has changed, and the caller looks again */
		digest_stream_add(stream, str_make(content ? content + at : buffer, (size_t)got));
		at += got;
	}
	*digest = digest_stream_end(stream);
	arena_free(&scratch);
	return at;
}

/* False where the file changed meanwhile. */
static bool
file_read_once(struct file *file, bool keep_content)
{
	int64_t now_ns = clock_file_ns();
	char *content = keep_content ? base_alloc((size_t)file->key.size_bytes + 1) : NULL;
	struct digest digest;
	int64_t size_bytes = digest_once(file, content, &digest);
	struct fs_stat after;

	free((char *)file->content.data);
	file->content = str_make(content, content ? (size_t)size_bytes : 0);
	file_set_digest(file, digest);
	if (!fs_stat_fd(file->fd, &after) || !fs_key_eq(&file->key, &after.key))
		return false;
	file->is_settled = !fs_key_is_unsettled(&file->key, now_ns);
	return true;
}

/* What can be said of a file that never stands still: the bytes that were read, if they were kept. */
static void
file_make_do(struct file *file)
{
	if (file->content.data != NULL) {
		file->key.size_bytes = (int64_t)file->content.len;
		return;
	}
	*file->etag = '\0';
	*file->version = '\0';
}

/* Reads until the file stays as it is from the first byte to the last. */
static void
file_read(struct file *file, bool keep_content)
{
	struct fs_stat now;

	for (int attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
		if (file_read_once(file, keep_content && file->key.size_bytes <= FILE_KEEP_MAX_BYTES))
			return;
		if (attempt + 1 < READ_ATTEMPTS && fs_stat_fd(file->fd, &now))
			file->key = now.key;
	}
	file_make_do(file);
}

struct file *
file_new_coded(const struct file *file, struct str content)
{
	struct file *coded = BASE_NEW(struct file);

	coded->references = 1;
	coded->key = file->key;
	coded->key.size_bytes = (int64_t)content.len;
	coded->is_settled = file->is_settled;
	memcpy(coded->etag, file->etag, sizeof(coded->etag));
	memcpy(coded->version, file->version, sizeof(coded->version));
	coded->type = file->type;
	coded->content = content;
	coded->fd = -1;
	coded->script_point = HTML_NOWHERE;
	return coded;
}

bool
file_bytes(const struct file *file, struct str *bytes, char **owned)
{
	struct fs_stat now;
	struct digest digest;

	*owned = NULL;
	*bytes = file->content;
	if (file->content.data != NULL)
		return true;
	*owned = base_alloc((size_t)file->key.size_bytes + 1);
	*bytes = str_make(*owned, (size_t)digest_once(file, *owned, &digest));
	if (fs_stat_fd(file->fd, &now) && fs_key_eq(&file->key, &now.key))
		return true;
	free(*owned);
	return false;
}

/* Finds where a script would go; all of the page is read only where it has no <head>. */
static void
file_scan(struct file *file)
{
	struct html_scan scan = html_scan_make();
	char *piece;
	int64_t at = 0;

	if (!mime_is_html(str_of(file->type)))
		return;
	if (file->content.data != NULL) {
		file->script_point = html_injection_point(file->content);
		return;
	}
	piece = base_alloc(READ_BYTES);
	while (at < file->key.size_bytes) {
		size_t want = (size_t)MIN((int64_t)READ_BYTES, file->key.size_bytes - at);
		ssize_t got = pread(file->fd, piece, want, at);

		if (got <= 0 || html_scan_feed(&scan, str_make(piece, (size_t)got)))
			break;
		at += got;
	}
	free(piece);
	file->script_point = html_scan_end(&scan);
}

/* The ETag of a file whose digest would take too long: weak while the key can't be trusted. */
static void
file_use_key(struct file *file)
{
	file->is_settled = !fs_key_is_fresh(&file->key, clock_file_ns());
	file_set_etag_of_key(file);
}

void
file_hash(struct file *file)
{
	if (file->key.size_bytes > FILE_DIGEST_MAX_BYTES)
		file_use_key(file);
	else
		file_read(file, false);
	file_scan(file);
}

struct file_cache *
file_cache_new(const char *root, enum file_cache_use use, bool follow_links, bool keep)
{
	struct file_cache *cache = BASE_NEW(struct file_cache);

	cache->root = root;
	cache->use = use;
	cache->follow_links = follow_links;
	cache->keep = keep;
	cache->ring.newer = cache->ring.older = &cache->ring;
	return cache;
}

void
file_cache_set_types(struct file_cache *cache, const struct mime_types *types)
{
	cache->types = *types;
}

static void
ring_remove(struct entry *entry)
{
	entry->newer->older = entry->older;
	entry->older->newer = entry->newer;
}

static void
ring_push(struct file_cache *cache, struct entry *entry)
{
	entry->newer = &cache->ring;
	entry->older = cache->ring.older;
	entry->older->newer = entry;
	cache->ring.older = entry;
}

static void
file_leave_cache(struct file *file)
{
	file->is_kept = false;
	for (size_t i = 0; i < FILE_SLOTS; i++) {
		void *value = file->slots[i];

		file->slots[i] = NULL;
		if (value != NULL)
			file->slot_free(value);
	}
	for (size_t i = 0; i < FILE_CODINGS; i++) {
		struct file *coded = file->coded[i];

		file->coded[i] = NULL;
		if (coded != NULL)
			file_leave_cache(coded);
	}
	file_unref(file);
}

/* What the file takes in memory while it is kept. */
static size_t
file_weight(const struct file *file)
{
	size_t bytes = file->content.len;

	for (size_t i = 0; i < FILE_CODINGS; i++)
		bytes += file->coded[i] ? file->coded[i]->content.len : 0;
	return bytes;
}

static void
cache_drop(struct file_cache *cache, struct entry *entry)
{
	cache->content_bytes -= file_weight(entry->file);
	cache->open_count -= entry->file->fd >= 0;
	map_remove(&cache->entries, str_of(entry->path));
	ring_remove(entry);
	file_leave_cache(entry->file);
	free(entry->full_path);
	free(entry);
}

void
file_cache_free(struct file_cache *cache)
{
	while (cache->ring.older != &cache->ring)
		cache_drop(cache, cache->ring.older);
	map_free(&cache->entries);
	free(cache);
}

static bool
cache_is_over(const struct file_cache *cache)
{
	return cache->content_bytes > FILE_CACHE_MAX_BYTES || cache->open_count > FILE_OPEN_MAX ||
	       cache->entries.count > FILE_CACHE_MAX_ENTRIES;
}

/* Lets go of the least recently used ones, the newest aside. */
static void
cache_shrink(struct file_cache *cache)
{
	while (cache_is_over(cache) && cache->ring.newer != cache->ring.older)
		cache_drop(cache, cache->ring.newer);
}

static char *
path_beneath_root(const struct file_cache *cache, const char *path)
{
	size_t size = strlen(cache->root) + strlen(path) + 2;
	char *full = base_alloc(size);

	snprintf(full, size, "%s/%s", cache->root, path);
	return full;
}

void
file_cache_put(struct file_cache *cache, const char *path, struct file *file)
{
	struct entry *entry = map_get(&cache->entries, str_of(path));

	if (entry != NULL)
		cache_drop(cache, entry);
	if (!cache->keep)
		return;
	entry = BASE_NEW(struct entry);
	entry->full_path = path_beneath_root(cache, path);
	entry->path = entry->full_path + strlen(cache->root) + 1;
	entry->file = file_ref(file);
	file->is_kept = true;
	map_put(&cache->entries, str_of(entry->path), entry);
	ring_push(cache, entry);
	cache->content_bytes += file_weight(file);
	cache->open_count += file->fd >= 0;
	cache_shrink(cache);
}

size_t
file_coding_index(enum accept_encoding coding)
{
	return coding == ACCEPT_BROTLI;
}

void
file_cache_put_coded(
    struct file_cache *cache, struct file *file, enum accept_encoding coding, struct file *coded)
{
	struct file **place = &file->coded[file_coding_index(coding)];

	if (coded == NULL)
		file->uncodable |= coding;
	if (coded == NULL || !file->is_kept || *place != NULL)
		return;
	*place = file_ref(coded);
	coded->is_kept = true;
	cache->content_bytes += coded->content.len;
	cache_shrink(cache);
}

const char *
file_cache_root(const struct file_cache *cache)
{
	return cache->root;
}

static bool
entry_is_current(const struct entry *entry)
{
	struct fs_stat st;

	return entry->file->is_settled && fs_stat_quick(AT_FDCWD, entry->full_path, &st) &&
	       fs_key_eq(&st.key, &entry->file->key);
}

/* Makes it the newest of the ring. */
static struct file *
entry_use(struct file_cache *cache, struct entry *entry)
{
	entry->gone_ms = 0;
	ring_remove(entry);
	ring_push(cache, entry);
	return file_ref(entry->file);
}

/* Whether it is missing since so short a time that it may be put back. Whoever looks first doesn't take that from the others. */
static bool
entry_may_return(struct entry *entry)
{
	int64_t now_ms = clock_mono_ms();

	if (entry->gone_ms == 0)
		entry->gone_ms = now_ms;
	return now_ms - entry->gone_ms < FILE_GAP_MS;
}

static enum file_status
status_of_errno(void)
{
	switch (errno) {
	case EACCES:
	case EPERM:
		return FILE_DENIED;
	case EAGAIN:
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case EIO:
		return FILE_FAILED;
	default:
		return FILE_MISSING;
	}
}

/* Whether a file that is served is too long to be read while the loop waits. */
static bool
is_work_for_a_job(const struct file *file)
{
	bool is_digested = file->key.size_bytes <= FILE_DIGEST_MAX_BYTES;

	return file->key.size_bytes > FILE_INLINE_MAX_BYTES &&
	       (is_digested || mime_is_html(str_of(file->type)));
}

/* Reads a file that has just been opened, as far as that is not work for a job. */
static enum file_status
cache_read(const struct file_cache *cache, struct file *file)
{
	if (cache->use == FILE_CACHE_SERVE && is_work_for_a_job(file))
		return FILE_UNHASHED;
	if (cache->use == FILE_CACHE_DIGESTS)
		file_read(file, false);
	else if (file->key.size_bytes > FILE_DIGEST_MAX_BYTES)
		file_use_key(file);
	else
		file_read(file, true);
	if (cache->use == FILE_CACHE_SERVE)
		file_scan(file);
	if (cache->use == FILE_CACHE_DIGESTS || file->content.data != NULL) {
		close(file->fd);
		file->fd = -1;
	}
	return FILE_READY;
}

enum file_status
file_find(struct file_cache *cache, const char *path, struct file **found)
{
	struct entry *entry = map_get(&cache->entries, str_of(path));
	struct fs_stat st = {.kind = FS_OTHER};
	enum file_status status = FILE_READY;
	int fd;

	*found = NULL;
	if (entry != NULL && entry_is_current(entry)) {
		*found = entry_use(cache, entry);
		return FILE_READY;
	}
	fd = fs_open_in(cache->root, path, cache->follow_links);
	if (fd < 0)
		status = status_of_errno();
	if (status == FILE_MISSING && errno == ENOENT && entry != NULL && entry_may_return(entry))
		return FILE_GONE;
	if (entry != NULL)
		cache_drop(cache, entry);
	if (fd < 0)
		return status;
	if (!fs_stat_fd(fd, &st) || st.kind != FS_FILE) {
		close(fd);
		return st.kind == FS_DIRECTORY ? FILE_DIRECTORY : FILE_MISSING;
	}
	*found = file_new(fd, &st.key, mime_type_of(&cache->types, str_of(path)));
	status = cache_read(cache, *found);
	if (status == FILE_READY)
		file_cache_put(cache, path, *found);
	return status;
}
