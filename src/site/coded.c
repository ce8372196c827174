#include "site/coded.h"

#include "text/compress.h"

#include <fcntl.h>
#include <stdlib.h>

static const struct {
	enum accept_encoding coding;
	const char *suffix;
} beside[] = {
    {ACCEPT_BROTLI, ".br"},
    {ACCEPT_GZIP, ".gz"},
};

/* Of the codings, those whose file lies beside `path` and is no older than it. */
static unsigned
codings_beside(const char *root, struct arena scratch, const struct file *file, struct str path)
{
	unsigned codings = 0;

	for (size_t i = 0; i < COUNT_OF(beside); i++) {
		struct arena inner = scratch;
		struct fs_stat st;
		struct str full = str_format(&inner, "%s/%.*s%s", root, STR_ARG(path), beside[i].suffix);

		if (fs_stat_quick(AT_FDCWD, full.data, &st) && st.kind == FS_FILE &&
		    st.key.mtime_ns >= file->key.mtime_ns)
			codings |= beside[i].coding;
	}
	return codings;
}

struct str
coded_path_beside(struct arena *a, struct str path, enum accept_encoding coding)
{
	const char *suffix = beside[coding == beside[0].coding ? 0 : 1].suffix;

	return str_format(a, "%.*s%s", STR_ARG(path), suffix);
}

enum file_status
coded_find_beside(struct file_cache *cache, struct arena scratch, const struct file *file, struct str path,
    struct str accept, struct file **found, enum accept_encoding *coding)
{
	unsigned codings = codings_beside(file_cache_root(cache), scratch, file, path);
	enum file_status status;

	*coding = codings ? accept_choose_encoding(accept, codings) : ACCEPT_IDENTITY;
	if (*coding == ACCEPT_IDENTITY)
		return FILE_MISSING;
	status = file_find(cache, coded_path_beside(&scratch, path, *coding).data, found);
	if ((status == FILE_READY || status == FILE_UNHASHED) &&
	    (*found)->key.mtime_ns < file->key.mtime_ns) {
		file_unref(*found); /* put in its place since */
		return FILE_MISSING;
	}
	return status;
}

enum accept_encoding
coded_choose(const struct file *file, struct str accept)
{
	unsigned codings = (ACCEPT_GZIP | ACCEPT_BROTLI) & ~file->uncodable;

	if (file->key.size_bytes < CODED_MIN_BYTES || file->key.size_bytes > CODED_MAX_BYTES ||
	    *file->etag == '\0')
		return ACCEPT_IDENTITY;
	return accept_choose_encoding(accept, codings);
}

struct file *
coded_kept(const struct file *file, enum accept_encoding coding)
{
	return file->coded[file_coding_index(coding)];
}

struct file *
coded_make(const struct file *file, enum accept_encoding coding)
{
	struct str bytes, content;
	char *owned;
	bool is_smaller;

	if (!file_bytes(file, &bytes, &owned))
		return NULL;
	is_smaller = compress_bytes(coding, bytes, &content);
	free(owned);
	return is_smaller ? file_new_coded(file, content) : NULL;
}
