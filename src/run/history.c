#include "run/history.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#ifdef __APPLE__
#include <sys/random.h> /* getentropy; others have it in unistd.h */
#endif

void
history_begin(struct history *h)
{
	uint64_t boot;

	if (getentropy(&boot, sizeof(boot)) != 0)
		base_die("no random number for the boot id");
	*h = (struct history){.events = json_array()};
	snprintf(h->boot, sizeof(h->boot), "%016" PRIx64, boot);
}

void
history_free(struct history *h)
{
	json_decref(h->events);
	*h = (struct history){0};
}

static size_t
event_size(const json_t *event)
{
	return json_dumpb(event, NULL, 0, JSON_COMPACT);
}

static void
history_trim(struct history *h)
{
	while (json_array_size(h->events) > HISTORY_MAX_EVENTS || h->size_bytes > HISTORY_MAX_BYTES) {
		h->size_bytes -= event_size(json_array_get(h->events, 0));
		json_array_remove(h->events, 0);
	}
}

static void
history_append(struct history *h, json_t *event)
{
	json_array_append(h->events, event);
	h->size_bytes += event_size(event);
	history_trim(h);
}

json_t *
history_add(struct history *h, const char *name, json_t *data)
{
	json_t *event;

	h->seq++;
	event = json_pack("{s:I, s:s, s:o}", "seq", (json_int_t)h->seq, "name", name, "data", data);
	history_append(h, event);
	return event;
}

json_t *
history_to_json(const struct history *h)
{
	return json_pack("{s:s, s:I, s:O}", "boot", h->boot, "seq", (json_int_t)h->seq, "history", h->events);
}

bool
history_from_json(struct history *h, const json_t *state)
{
	const char *boot;
	json_int_t seq;
	json_t *events, *event;
	size_t i;

	if (json_unpack((json_t *)(uintptr_t)state, "{s:s, s:I, s:o}", "boot", &boot, "seq", &seq, "history",
		&events) != 0)
		return false;
	*h = (struct history){.seq = (uint64_t)seq, .events = json_array()};
	snprintf(h->boot, sizeof(h->boot), "%s", boot);
	json_array_foreach(events, i, event) history_append(h, event);
	return true;
}
