#include "site/absent.h"

#include "os/fs.h"
#include "site/site.h"

static bool
has_page(const struct layout *layout, struct arena scratch, const char *name)
{
	if (layout->is_app && site_page_name(layout, &scratch, str_of(name), false).len > 0)
		return true;
	return fs_exists(str_format(&scratch, "%s/%s", layout->static_root, name).data);
}

void
absent_tell(
    const struct settings *settings, const struct layout *layout, const struct fault_listener *listener)
{
	bool has_builds = settings->builds.count + settings->builds_on.count > 0;
	struct arena a = arena_make(4 * KIB);
	struct err e = err_make(&a);

	if (settings->spa != NULL && !has_builds && !has_page(layout, a, settings->spa)) {
		err_set(&e, ERR_CONFIG, ERR_NOWHERE, "--spa: there is no page '%s'", settings->spa);
		listener->report(&e);
	}
	for (size_t i = 0; i < settings->watch.count; i++) {
		if (fs_exists(settings->watch.items[i]))
			continue;
		err_set(
		    &e, ERR_WARNING, ERR_NOWHERE, "--watch: there is no '%s' yet", settings->watch.items[i]);
		listener->warn(&e);
	}
	arena_free(&a);
}
