#include "site/asset.h"

const struct asset *
asset_find(struct str name)
{
	for (size_t i = 0; i < asset_count; i++)
		if (str_eq(str_of(asset_table[i].name), name))
			return &asset_table[i];
	return NULL;
}
