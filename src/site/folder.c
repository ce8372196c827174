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

static bool
entry_read(struct arena *a, int directory, const char *name, struct folder_entry *entry)
{
	struct fs_stat st;

	if (url_name_is_hidden(str_of(name)) || !fs_stat_quick(directory, name, &st) || st.kind == FS_OTHER)
		return false;
	*entry = (struct folder_entry){
	    .name = str_dup(a, str_of(name)),
	    .is_directory = st.kind == FS_DIRECTORY,
	    .size_bytes = st.key.size_bytes,
	    .modified_s = st.key.mtime_ns / 1000000000,
	};
	return true;
}

static DIR *
folder_open(const char *root, const char *path, bool follow_links)
{
	int root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = root_fd < 0 ? -1 : fs_open_beneath(root_fd, path, follow_links);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);

	if (fd >= 0 && directory == NULL)
		close(fd);
	if (root_fd >= 0)
		close(root_fd);
	return directory;
}

bool
folder_read(struct arena *a, const char *root, const char *path, bool follow_links, struct folder *folder,
    struct err *e)
{
	DIR *directory = folder_open(root, path, follow_links);
	size_t capacity = FOLDER_FIRST_CAPACITY;
	struct folder_entry entry;
	struct dirent *raw;

	if (directory == NULL)
		return err_set(e, errno == EACCES ? ERR_FORBIDDEN : ERR_NOT_FOUND, ERR_NOWHERE,
		    "the folder can't be read");
	*folder = (struct folder){.entries = ARENA_ARRAY(a, struct folder_entry, capacity)};
	while ((raw = readdir(directory)) != NULL)
		if (entry_read(a, dirfd(directory), raw->d_name, &entry))
			folder_add(a, folder, &capacity, &entry);
	closedir(directory);
	qsort(folder->entries, folder->count, sizeof(entry), entry_order);
	return true;
}
