/* What lies in a folder, for a listing. */
#ifndef EDDY_FOLDER_H
#define EDDY_FOLDER_H

#include "base/err.h"

struct folder_entry {
	struct str name; /* with a NUL behind it */
	bool is_directory;
	int64_t size_bytes;
	int64_t modified_s; /* since the epoch */
};

struct folder {
	struct folder_entry *entries; /* directories first, then by name */
	size_t count;
};

/*
 * Reads the folder at `path` beneath `root`, an absolute path. Hidden names, and what is neither a file
 * nor a folder, are left out. ERR_NOT_FOUND where it can't be read.
 */
bool folder_read(struct arena *a, const char *root, const char *path, bool follow_links,
    struct folder *folder, struct err *e);

#endif
