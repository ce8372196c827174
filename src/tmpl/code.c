#include "tmpl/code.h"

#include "tmpl/emit_tree.h"

const struct code_place *
code_place_at(const struct code *code, uint32_t pc)
{
	size_t low = 0, high = code->place_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (code->places[middle].pc <= pc)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? &code->places[low - 1] : NULL;
}

struct code *
code_compile(struct arena *a, const struct ast_file *file, const struct code_loader *loader, struct err *e)
{
	struct emit m = {
	    .arena = a,
	    .code = ARENA_NEW(a, struct code),
	    .link = {.arena = a, .loader = loader, .err = e},
	    .err = e,
	};
	bool made = link_open(&m.link, file) && emit_program(&m);

	link_close(&m.link);
	map_free(&m.name_index);
	map_free(&m.global_index);
	map_free(&m.text_index);
	return made ? m.code : NULL;
}
