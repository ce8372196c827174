#include "site/folder.h"

#include "os/fs.h"
#include "text/url.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FOLDER_FIRST_CAPACITY = 64 };

static void
folder_add(struct arena *a, struct folder *folder, size_t *capacity, const struct folder_entry *entry)
{
	if (folder->count == *capacity) {
		struct folder_entry *grown = ARENA_ARRAY(a, struct folder_entry, *capacity * 2);

		memcpy(grown, folder->entries, folder->count * sizeof(*grown));
		folder->entries = grown;
		*capacity *= 2;
	}
	folder->entries[folder->count++] = *entry;
}

/* A folder that is read: what is asked of its links is asked from the root, as for serving them. */
struct reader {
	int root;
	DIR *directory;
	const char *path;
	bool follow_links;
};

static bool
reader_stat(const struct reader *reader, struct arena scratch, const struct dirent *raw, struct fs_stat *st)
{
	bool is_link = raw->d_type == DT_LNK ||
		       (raw->d_type == DT_UNKNOWN && fs_is_link(dirfd(reader->directory), raw->d_name));
	const char *between = *reader->path ? "/" : "";
	bool ok;
	int fd;

	if (reader->follow_links || !is_link)
		return fs_stat_quick(dirfd(reader->directory), raw->d_name, st);
	fd = fs_open_beneath(
	    reader->root, str_format(&scratch, "%s%s%s", reader->path, between, raw->d_name).data, false);
	ok = fd >= 0 && fs_stat_fd(fd, st);
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool
entry_read(const struct reader *reader, struct arena *a, const struct dirent *raw, struct folder_entry *entry)
{
	struct str name = str_of(raw->d_name);
	struct fs_stat st;

	if (url_name_is_hidden(name) || !reader_stat(reader, *a, raw, &st) || st.kind == FS_OTHER)
		return false;
	*entry = (struct folder_entry){
	    .name = str_dup(a, name),
	    .is_directory = st.kind == FS_DIRECTORY,
	    .size_bytes = st.kind == FS_DIRECTORY ? 0 : st.key.size_bytes,
	    .modified_s = st.key.mtime_ns / 1000000000,
	};
	return true;
}

static bool
reader_open(struct reader *reader, const char *root)
{
	int fd;

	reader->directory = NULL;
	reader->root = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (reader->root < 0)
		return false;
	fd = fs_open_beneath(reader->root, reader->path, reader->follow_links);
	if (fd >= 0)
		reader->directory = fdopendir(fd);
	if (fd >= 0 && reader->directory == NULL)
		close(fd);
	if (reader->directory == NULL)
		close(reader->root);
	return reader->directory != NULL;
}

bool
folder_read(struct arena *a, const char *root, const char *path, bool follow_links, struct folder *folder,
    struct err *e)
{
	struct reader reader = {.path = path, .follow_links = follow_links};
	size_t capacity = FOLDER_FIRST_CAPACITY;
	struct folder_entry entry;
	struct dirent *raw;

	if (!reader_open(&reader, root))
		return err_set(e, errno == EACCES ? ERR_FORBIDDEN : ERR_NOT_FOUND, ERR_NOWHERE,
		    "the folder can't be read");
	*folder = (struct folder){.entries = ARENA_ARRAY(a, struct folder_entry, capacity)};
	while ((raw = readdir(reader.directory)) != NULL)
		if (entry_read(&reader, a, raw, &entry))
			folder_add(a, folder, &capacity, &entry);
	closedir(reader.directory);
	close(reader.root);
	return true;
}

static int
by_rank(const void *left, const void *right)
{
	const struct folder_entry *a = left, *b = right;

	if (a->is_directory != b->is_directory)
		return a->is_directory ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return str_cmp(a->name, b->name);
}

static int
by_name_descending(const void *left, const void *right)
{
	const struct folder_entry *a = left, *b = right;

	return a->is_directory == b->is_directory ? str_cmp(b->name, a->name) : by_rank(a, b);
}

void
folder_sort(struct folder *folder, enum folder_key key, bool is_descending)
{
	for (size_t i = 0; i < folder->count; i++) {
		struct folder_entry *entry = &folder->entries[i];

		entry->rank = key == FOLDER_SIZE   ? entry->size_bytes
			      : key == FOLDER_TIME ? entry->modified_s
						   : 0;
		if (is_descending)
			entry->rank = -entry->rank;
	}
	qsort(folder->entries, folder->count, sizeof(folder->entries[0]),
	    key == FOLDER_NAME && is_descending ? by_name_descending : by_rank);
}
