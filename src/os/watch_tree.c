#include "os/watch_tree.h"

#include "os/clock.h"
#include "os/path.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SCRATCH_BYTES = 16 * 1024,
	TELL_AGAIN_MS = 1000, /* more than anybody waits with his look at what he is told of */
};

/* A file that was told of. */
struct watch_told {
	struct watch_told *next;
	int64_t again_ms; /* when it is to be told of again, on clock_mono_ms */
	struct str path;
	char path_bytes[];
};

/* One scan: where it is, and how far down it goes. */
struct walk {
	struct watch_tree *tree;
	int64_t now_ns;
	int depth;
	bool enters_known; /* directories that were there before too */
};

struct watch_tree
watch_tree_make(struct watch *w, const struct watch_plan *plan)
{
	return (struct watch_tree){
	    .watch = w,
	    .plan = plan,
	    .found_as = WATCH_FOUND,
	    .scratch = arena_make(SCRATCH_BYTES),
	};
}

static struct watch_node *
node_add(struct watch_tree *tree, struct str path, bool is_directory)
{
	struct watch_node *node = base_alloc(sizeof(*node) + path.len + 1);

	memcpy(node->path_bytes, path.data, path.len);
	node->path_bytes[path.len] = '\0';
	node->path = str_make(node->path_bytes, path.len);
	node->is_directory = is_directory;
	node->fd = -1;
	map_put(&tree->nodes, node->path, node);
	if (tree->added != NULL)
		tree->added(tree, node);
	return node;
}

/* Tells of a file, at once and once more later. */
static void
file_tell(struct watch_tree *tree, enum watch_what what, struct str path)
{
	struct watch_told *told;

	watch_tell(tree->watch, what, path);
	if (what == WATCH_FOUND)
		return;
	told = base_alloc(sizeof(*told) + path.len);
	memcpy(told->path_bytes, path.data, path.len);
	told->path = str_make(told->path_bytes, path.len);
	told->again_ms = clock_mono_ms() + TELL_AGAIN_MS;
	*(tree->told == NULL ? &tree->told : &tree->told_last->next) = told;
	tree->told_last = told;
}

int64_t
watch_tree_tell_again(struct watch_tree *tree)
{
	int64_t now_ms = clock_mono_ms();
	struct watch_told *told;

	while ((told = tree->told) != NULL && told->again_ms <= now_ms) {
		bool is_there = map_get(&tree->nodes, told->path) != NULL;

		watch_tell(tree->watch, is_there ? WATCH_WRITTEN : WATCH_REMOVED, told->path);
		tree->told = told->next;
		free(told);
	}
	return told == NULL ? WATCH_TREE_NEVER : told->again_ms;
}

static void
node_remove(struct watch_tree *tree, struct watch_node *node)
{
	map_remove(&tree->nodes, node->path);
	if (!node->is_directory)
		file_tell(tree, WATCH_REMOVED, node->path);
	if (tree->removed != NULL)
		tree->removed(tree, node);
	free(node);
}

/* Whether the node is of the same file or directory as before, not of another of that name. */
static bool
node_is_same(const struct watch_node *node, bool is_directory, const struct fs_key *key)
{
	return node->is_directory == is_directory && node->key.inode == key->inode &&
	       node->key.device == key->device;
}

/* Forgets the nodes for which `is_gone` holds. */
static void
nodes_sweep(struct watch_tree *tree, struct str directory,
    bool (*is_gone)(const struct watch_tree *tree, struct str directory, const struct watch_node *node))
{
	struct arena scratch = tree->scratch;
	struct watch_node **gone = ARENA_ARRAY(&scratch, struct watch_node *, tree->nodes.count + 1);
	const struct map_entry *entry;
	size_t position = 0, count = 0;

	while ((entry = map_next(&tree->nodes, &position)) != NULL)
		if (is_gone(tree, directory, entry->value))
			gone[count++] = entry->value;
	for (size_t i = 0; i < count; i++)
		node_remove(tree, gone[i]);
}

static bool
was_missed(const struct watch_tree *tree, struct str directory, const struct watch_node *node)
{
	(void)directory;
	return node->scan != tree->scan;
}

/* Whether it is an entry of the directory, or lies beneath one, that the scan of the directory didn't meet. */
static bool
was_missed_in(const struct watch_tree *tree, struct str directory, const struct watch_node *node)
{
	const struct watch_node *entry;
	size_t start = directory.len + (directory.len > 1), slash;

	if (!path_is_in(node->path, directory) || node->path.len <= start)
		return false;
	slash = str_find_char(str_from(node->path, start), '/');
	entry = slash == STR_NONE ? node : map_get(&tree->nodes, str_slice(node->path, 0, start + slash));
	return entry != NULL && entry->scan != tree->scan;
}

static bool
lies_in(const struct watch_tree *tree, struct str directory, const struct watch_node *node)
{
	(void)tree;
	return path_is_in(node->path, directory);
}

/* Another file or directory has taken its name. */
static void
node_replace(struct watch_tree *tree, struct watch_node *node)
{
	if (node->is_directory)
		nodes_sweep(tree, node->path, lies_in);
	else
		node_remove(tree, node);
}

/* Takes what was seen over; tells it where it isn't what it was. */
static void
file_look(const struct walk *walk, struct str path, const struct fs_key *key)
{
	struct watch_tree *tree = walk->tree;
	struct watch_node *node = map_get(&tree->nodes, path);
	enum watch_what what = WATCH_WRITTEN;

	if (node != NULL && !node_is_same(node, false, key)) {
		node_replace(tree, node);
		node = NULL;
	}
	if (node == NULL) {
		node = node_add(tree, path, false);
		what = tree->found_as;
	} else if (fs_key_eq(&node->key, key) && !node->is_fresh) {
		node->scan = tree->scan;
		return;
	} else if (node->fd < 0 && tree->added != NULL) {
		tree->added(tree, node);
	}
	node->key = *key;
	node->is_fresh = fs_key_is_fresh(key, walk->now_ns);
	node->scan = tree->scan;
	file_tell(tree, what, path);
}

static bool
name_is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static void directory_look(const struct walk *walk, int fd, struct str path, const struct fs_key *key);

/* One name in the directory open at `directory`. What is neither file nor directory is nothing. */
static void
entry_look(const struct walk *walk, int directory, const char *name, struct str path)
{
	struct watch_tree *tree = walk->tree;
	struct fs_stat st;
	bool is_directory;
	int fd;

	if (!fs_stat_quick(directory, name, &st) || st.kind == FS_OTHER)
		return;
	is_directory = st.kind == FS_DIRECTORY;
	if (!tree->plan->is_wanted(tree->plan->context, path, is_directory) &&
	    map_get(&tree->roots, path) == NULL)
		return;
	if (!is_directory) {
		file_look(walk, path, &st.key);
		return;
	}
	/* A link to a directory can't be opened so. */
	fd = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		directory_look(walk, fd, path, &st.key);
}

static void
entries_look(const struct walk *walk, int fd, struct str path)
{
	struct watch_tree *tree = walk->tree;
	DIR *directory = fdopendir(fd);
	struct dirent *entry;

	if (directory == NULL) {
		close(fd);
		return;
	}
	while ((entry = readdir(directory)) != NULL) {
		struct arena before = tree->scratch;

		if (!name_is_dots(entry->d_name))
			entry_look(
			    walk, fd, entry->d_name, path_join(&tree->scratch, path, str_of(entry->d_name)));
		tree->scratch = before;
	}
	closedir(directory);
}

/* The directory open at `fd`, which is closed. One that was replaced by another of its name is a new one. */
static void
directory_look(const struct walk *walk, int fd, struct str path, const struct fs_key *key)
{
	struct watch_tree *tree = walk->tree;
	struct watch_node *node = map_get(&tree->nodes, path);
	struct walk deeper = *walk;
	bool is_known = node != NULL && node_is_same(node, true, key);

	if (node != NULL && !is_known)
		node_replace(tree, node);
	if (!is_known)
		node = node_add(tree, path, true);
	node->key = *key;
	node->scan = tree->scan;
	deeper.depth++;
	if (deeper.depth > WATCH_DEPTH_MAX)
		watch_tell_depth(tree->watch, tree->scratch, path);
	if (deeper.depth > WATCH_DEPTH_MAX || (is_known && !walk->enters_known))
		close(fd);
	else
		entries_look(&deeper, fd, path);
}

static void
root_look(const struct walk *walk, struct str path)
{
	const char *name = str_cstr(&walk->tree->scratch, path);
	struct fs_stat st;
	int fd;

	if (!fs_stat_quick(AT_FDCWD, name, &st))
		return;
	if (st.kind == FS_FILE) {
		file_look(walk, path, &st.key);
	} else if (st.kind == FS_DIRECTORY) {
		fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0)
			directory_look(walk, fd, path, &st.key);
	}
}

void
watch_tree_add_root(struct watch_tree *tree, struct str path)
{
	char *copy;

	if (map_get(&tree->roots, path) != NULL)
		return;
	copy = base_strdup(str_cstr(&tree->scratch, path));
	map_put(&tree->roots, str_of(copy), copy);
}

void
watch_tree_add_targets(struct watch_tree *tree)
{
	for (size_t i = 0; i < tree->plan->target_count; i++)
		watch_tree_add_root(tree, tree->plan->targets[i]);
}

static void
roots_look(struct watch_tree *tree, bool enters_known)
{
	struct walk walk = {.tree = tree, .now_ns = clock_file_ns(), .enters_known = enters_known};
	const struct map_entry *root;
	size_t position = 0;

	tree->scan++;
	while ((root = map_next(&tree->roots, &position)) != NULL)
		root_look(&walk, root->key);
}

void
watch_tree_scan(struct watch_tree *tree)
{
	roots_look(tree, true);
	nodes_sweep(tree, STR("/"), was_missed);
	arena_reset(&tree->scratch);
}

void
watch_tree_scan_roots(struct watch_tree *tree)
{
	const struct watch_node *node;
	const struct map_entry *root;
	size_t position = 0;

	roots_look(tree, false);
	while ((root = map_next(&tree->roots, &position)) != NULL) {
		node = map_get(&tree->nodes, root->key);
		if (node != NULL && node->scan != tree->scan)
			nodes_sweep(tree, root->key, lies_in);
	}
	arena_reset(&tree->scratch);
}

void
watch_tree_scan_entries(struct watch_tree *tree, struct str directory)
{
	struct walk walk = {.tree = tree, .now_ns = clock_file_ns()};
	int fd = open(str_cstr(&tree->scratch, directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	tree->scan++;
	if (fd >= 0)
		entries_look(&walk, fd, directory);
	nodes_sweep(tree, directory, was_missed_in);
	arena_reset(&tree->scratch);
}

void
watch_tree_scan_file(struct watch_tree *tree, struct watch_node *node)
{
	struct walk walk = {.tree = tree, .now_ns = clock_file_ns()};
	struct str path = str_dup(&tree->scratch, node->path);
	struct fs_stat st;

	if (fs_stat_quick(AT_FDCWD, node->path_bytes, &st) && st.kind == FS_FILE) {
		node->is_fresh = true;
		file_look(&walk, path, &st.key);
	} else {
		node_remove(tree, node);
	}
	arena_reset(&tree->scratch);
}
