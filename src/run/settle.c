#include "run/settle.h"

#include "base/map.h"
#include "os/path.h"

#include <stdlib.h>
#include <string.h>

enum {
	SET_BYTES = 16 * 1024,
	SET_FIRST_CAPACITY = 16,
};

/* A path that is given time. */
struct waiting {
	int64_t due_ms;
	struct str path;
	struct waiting *next; /* in the list of those whose time is up */
	char path_bytes[];
};

/* Changed paths, each once, in order. They live in `arena`. */
struct change_set {
	struct arena arena;
	struct map known;
	struct str *paths;
	size_t count;
	size_t capacity;
	enum settle_kind kind;
	bool is_urgent;   /* to be told at once */
	int64_t first_ms; /* of the changes in it */
	int64_t last_ms;
};

struct settle {
	struct settle_options options;
	struct map waiting;     /* struct waiting by path */
	int64_t waiting_due_ms; /* none of them is due earlier */
	struct change_set set;
	struct change_set told;  /* the batch that settle_take returned last */
	bool is_gathering;       /* a batch was told, and it has not been quiet since */
	int64_t gather_until_ms; /* at least */
	bool is_held;
	bool is_patient;
};

const char *
settle_kind_name(enum settle_kind kind)
{
	static const char *const names[] = {
	    [SETTLE_SOURCE] = "source",
	    [SETTLE_IMAGE] = "image",
	    [SETTLE_CSS] = "css",
	    [SETTLE_PAGE] = "page",
	    [SETTLE_RESTART] = "restart",
	};

	return names[kind];
}

static bool
path_is_in_some(struct str path, const struct str *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (path_is_in(path, list[i]))
			return true;
	return false;
}

static bool
path_is_restart(const struct settle_rules *rules, struct str path)
{
	if (path_is_in_some(path, rules->restart, rules->restart_count))
		return true;
	return rules->restart_name.len > 0 && str_eq(path_name(path), rules->restart_name);
}

/* Templates that are no pages by themselves are parts of others, whatever their extension. */
static bool
path_is_part(const struct settle_rules *rules, struct str path)
{
	return rules->templates.len > 0 && path_is_in(path, rules->templates) &&
	       str_find(str_from(path, rules->templates.len), STR("/_")) != STR_NONE;
}

enum settle_kind
settle_classify(const struct settle_rules *rules, struct str path)
{
	static const struct {
		const char *extension;
		enum settle_kind kind;
	} kinds[] = {
	    {".css", SETTLE_CSS},
	    {".apng", SETTLE_IMAGE},
	    {".avif", SETTLE_IMAGE},
	    {".bmp", SETTLE_IMAGE},
	    {".gif", SETTLE_IMAGE},
	    {".ico", SETTLE_IMAGE},
	    {".jpeg", SETTLE_IMAGE},
	    {".jpg", SETTLE_IMAGE},
	    {".png", SETTLE_IMAGE},
	    {".svg", SETTLE_IMAGE},
	    {".webp", SETTLE_IMAGE},
	};
	struct str extension = path_extension(path);

	if (path_is_restart(rules, path))
		return SETTLE_RESTART;
	if (rules->site_count > 0 && !path_is_in_some(path, rules->site, rules->site_count))
		return SETTLE_SOURCE;
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (str_eq_nocase(extension, str_of(kinds[i].extension)) && !path_is_part(rules, path))
			return kinds[i].kind;
	return SETTLE_PAGE;
}

static struct change_set
set_make(void)
{
	return (struct change_set){.arena = arena_make(SET_BYTES)};
}

static void
set_clear(struct change_set *set)
{
	struct arena arena = set->arena;

	map_free(&set->known);
	arena_reset(&arena);
	*set = (struct change_set){.arena = arena};
}

static void
set_free(struct change_set *set)
{
	map_free(&set->known);
	arena_free(&set->arena);
}

static void
set_append(struct change_set *set, struct str path)
{
	struct str *grown;

	if (set->count == set->capacity) {
		set->capacity = MAX(2 * set->capacity, (size_t)SET_FIRST_CAPACITY);
		grown = ARENA_ARRAY(&set->arena, struct str, set->capacity);
		for (size_t i = 0; i < set->count; i++)
			grown[i] = set->paths[i];
		set->paths = grown;
	}
	set->paths[set->count++] = path;
}

static void
set_add(struct change_set *set, struct str path, enum settle_kind kind, int64_t now_ms)
{
	if (set->count == 0)
		set->first_ms = now_ms;
	set->last_ms = MAX(set->last_ms, now_ms);
	set->kind = MAX(set->kind, kind);
	if (map_get(&set->known, path) != NULL)
		return;
	path = str_dup(&set->arena, path);
	set_append(set, path);
	map_put(&set->known, path, set);
}

static void
waiting_end(struct settle *s, struct str path)
{
	free(map_remove(&s->waiting, path));
}

/* A path that waits already keeps the earlier of the two times. */
static void
waiting_begin(struct settle *s, struct str path, int64_t now_ms, int64_t patience_ms)
{
	struct waiting *w = map_get(&s->waiting, path);

	if (w == NULL) {
		w = base_alloc(sizeof(*w) + path.len);
		memcpy(w->path_bytes, path.data, path.len);
		w->path = str_make(w->path_bytes, path.len);
		w->due_ms = now_ms + patience_ms;
		map_put(&s->waiting, w->path, w);
	}
	w->due_ms = MIN(w->due_ms, now_ms + patience_ms);
	s->waiting_due_ms = MIN(s->waiting_due_ms, w->due_ms);
}

static void
look(struct settle *s, struct str path, int64_t now_ms, bool is_final)
{
	enum settle_state state = s->options.look(s->options.context, path, is_final);

	if (state == SETTLE_BLANK) {
		waiting_begin(s, path, now_ms, SETTLE_BLANK_MS);
		return;
	}
	if (state == SETTLE_NEW) {
		waiting_begin(s, path, now_ms, SETTLE_NEW_MS);
		return;
	}
	if (state == SETTLE_CHANGED && s->set.count == 0)
		s->set.is_urgent = !s->is_gathering && !s->is_patient;
	if (state == SETTLE_CHANGED)
		set_add(&s->set, path, settle_classify(&s->options.rules, path), now_ms);
	waiting_end(s, path);
}

struct settle *
settle_new(const struct settle_options *options)
{
	struct settle *s = BASE_NEW(struct settle);

	s->options = *options;
	s->set = set_make();
	s->told = set_make();
	s->waiting_due_ms = SETTLE_NEVER;
	return s;
}

void
settle_free(struct settle *s)
{
	const struct map_entry *entry;
	size_t position = 0;

	while ((entry = map_next(&s->waiting, &position)) != NULL)
		free(entry->value);
	map_free(&s->waiting);
	set_free(&s->set);
	set_free(&s->told);
	free(s);
}

void
settle_be_patient(struct settle *s)
{
	s->is_patient = true;
}

void
settle_note(struct settle *s, struct str path, int64_t now_ms)
{
	look(s, path, now_ms, s->is_held);
}

void
settle_note_created(struct settle *s, struct str path, int64_t now_ms)
{
	waiting_begin(s, path, now_ms, SETTLE_BLANK_MS);
}

void
settle_hold(struct settle *s)
{
	s->is_held = true;
}

void
settle_release(struct settle *s)
{
	s->is_held = false;
	s->set.is_urgent = true;
}

/* Those whose time is up, taken out of the map, which must not change while it is walked. */
static struct waiting *
waiting_due(struct settle *s, int64_t now_ms)
{
	const struct map_entry *entry;
	struct waiting *due = NULL;
	size_t position = 0;

	s->waiting_due_ms = SETTLE_NEVER;
	while ((entry = map_next(&s->waiting, &position)) != NULL) {
		struct waiting *w = entry->value;

		if (w->due_ms > now_ms) {
			s->waiting_due_ms = MIN(s->waiting_due_ms, w->due_ms);
			continue;
		}
		w->next = due;
		due = w;
	}
	for (struct waiting *w = due; w != NULL; w = w->next)
		map_remove(&s->waiting, w->path);
	return due;
}

static void
gather(struct settle *s, int64_t now_ms)
{
	s->is_gathering = true;
	s->gather_until_ms = now_ms + SETTLE_QUIET_MS;
}

/* Files that came or went together had their time together: one batch, then, although there was none before.
 */
static void
waiting_expire(struct settle *s, int64_t now_ms)
{
	struct waiting *w = waiting_due(s, now_ms);

	gather(s, now_ms);
	while (w != NULL) {
		struct waiting *next = w->next;

		look(s, w->path, now_ms, true);
		free(w);
		w = next;
	}
}

/* When it has been quiet: nothing has changed for a while, and no file waits. */
static int64_t
quiet_due_ms(const struct settle *s)
{
	int64_t quiet_ms = s->set.last_ms + SETTLE_QUIET_MS;

	return s->waiting.count > 0 ? MAX(quiet_ms, s->waiting_due_ms) : quiet_ms;
}

/* When the set is to be told. */
static int64_t
set_due_ms(const struct settle *s, bool is_caught_up)
{
	int64_t ceiling_ms = s->set.first_ms + SETTLE_CEILING_MS;

	if (s->set.count == 0 || s->is_held)
		return SETTLE_NEVER;
	if (s->set.is_urgent)
		return s->set.first_ms;
	return is_caught_up ? MIN(quiet_due_ms(s), ceiling_ms) : ceiling_ms;
}

bool
settle_take(struct settle *s, int64_t now_ms, bool is_caught_up, struct settle_batch *batch)
{
	struct change_set told = s->told;

	if (is_caught_up && s->waiting_due_ms <= now_ms)
		waiting_expire(s, now_ms);
	if (is_caught_up && s->set.count == 0 && s->gather_until_ms <= now_ms)
		s->is_gathering = false;
	if (set_due_ms(s, is_caught_up) > now_ms)
		return false;
	set_clear(&told);
	s->told = s->set;
	s->set = told;
	gather(s, now_ms);
	*batch = (struct settle_batch){s->told.kind, s->told.paths, s->told.count};
	return true;
}

int64_t
settle_due_ms(const struct settle *s)
{
	int64_t due_ms = MIN(set_due_ms(s, true), s->waiting_due_ms);

	return s->is_gathering && s->set.count == 0 ? MIN(due_ms, s->gather_until_ms) : due_ms;
}
