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

static int
entry_order(const void *left, const void *right)
{
	const struct folder_entry *a = left, *b = right;

	if (a->is_directory != b->is_directory)
		return a->is_directory ? -1 : 1;
	return str_cmp(a->name, b->name);
}

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
reader_stat(const struct reader *reader, struct arena scratch, const char *name, struct fs_stat *st)
{
	const char *between = *reader->path ? "/" : "";
	bool ok;
	int fd;

	if (reader->follow_links || !fs_is_link(dirfd(reader->directory), name))
		return fs_stat_quick(dirfd(reader->directory), name, st);
	fd = fs_open_beneath(
	    reader->root, str_format(&scratch, "%s%s%s", reader->path, between, name).data, false);
	ok = fd >= 0 && fs_stat_fd(fd, st);
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool
entry_read(const struct reader *reader, struct arena *a, const char *name, struct folder_entry *entry)
{
	struct fs_stat st;

	if (url_name_is_hidden(str_of(name)) || !reader_stat(reader, *a, name, &st) || st.kind == FS_OTHER)
		return false;
	*entry = (struct folder_entry){
	    .name = str_dup(a, str_of(name)),
	    .is_directory = st.kind == FS_DIRECTORY,
	    .size_bytes = st.key.size_bytes,
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
		if (entry_read(&reader, a, raw->d_name, &entry))
			folder_add(a, folder, &capacity, &entry);
	closedir(reader.directory);
	close(reader.root);
	qsort(folder->entries, folder->count, sizeof(entry), entry_order);
	return true;
}
