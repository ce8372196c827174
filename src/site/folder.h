/* What lies in a folder, for a listing. */
#ifndef EDDY_FOLDER_H
#define EDDY_FOLDER_H

#include "base/err.h"

struct folder_entry {
	struct str name; /* with a NUL behind it */
	bool is_directory;
	int64_t size_bytes; /* 0 of a folder */
	int64_t modified_s; /* since the epoch */
	int64_t rank;       /* what folder_sort goes by before the name */
};

struct folder {
	struct folder_entry *entries;
	size_t count;
};

enum folder_key { FOLDER_NAME, FOLDER_SIZE, FOLDER_TIME };

/*
 * Reads the folder at `path` beneath `root`, an absolute path, in no order. Hidden names, and what is
 * neither a file nor a folder, are left out. ERR_NOT_FOUND where it can't be read.
 */
bool folder_read(struct arena *a, const char *root, const char *path, bool follow_links,
    struct folder *folder, struct err *e);

/* Folders first; by that key, and by name where it is the same. A folder has no size. */
void folder_sort(struct folder *folder, enum folder_key key, bool is_descending);

#endif
