#include "text/cookie.h"

#include <string.h>

static bool
is_octal(struct str s, size_t at)
{
	if (at + 3 > s.len || s.data[at] > '3')
		return false;
	for (size_t i = at; i < at + 3; i++)
		if (s.data[i] < '0' || s.data[i] > '7')
			return false;
	return true;
}

static struct str
unquote(struct arena *a, struct str s)
{
	struct buf b = buf_make(a);

	if (s.len < 2 || s.data[0] != '"' || s.data[s.len - 1] != '"')
		return s;
	s = str_slice(s, 1, s.len - 1);
	if (str_find_char(s, '\\') == STR_NONE)
		return s;
	for (size_t i = 0; i < s.len; i++) {
		if (s.data[i] != '\\' || i + 1 == s.len) {
			buf_add_char(&b, s.data[i]);
		} else if (is_octal(s, i + 1)) {
			buf_add_char(&b, (char)((s.data[i + 1] - '0') << 6 | (s.data[i + 2] - '0') << 3 |
						(s.data[i + 3] - '0')));
			i += 3;
		} else {
			buf_add_char(&b, s.data[++i]);
		}
	}
	return buf_str(&b);
}

bool
cookie_next(struct arena *a, struct str *rest, struct cookie *cookie)
{
	while (rest->len > 0) {
		struct str pair = str_cut(rest, ';');
		size_t equals = str_find_char(pair, '=');

		cookie->name = str_trim(str_slice(pair, 0, equals == STR_NONE ? 0 : equals));
		cookie->value = str_trim(equals == STR_NONE ? pair : str_from(pair, equals + 1));
		if (cookie->name.len == 0 && cookie->value.len == 0)
			continue;
		cookie->value = unquote(a, cookie->value);
		return true;
	}
	return false;
}
