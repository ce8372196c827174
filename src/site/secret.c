#include "site/secret.h"

#include "text/cookie.h"

enum { SECRET_MIN_BYTES = 4 };

#define NOT_SHOWN STR("(not shown)")

/* Whether the text has the secret in it, or ends within it, cut short. */
static bool
tells(struct str text, struct str secret)
{
	struct str cut = STR("…");

	if (str_find(text, secret) != STR_NONE)
		return true;
	if (!str_ends(text, cut))
		return false;
	text.len -= cut.len;
	for (size_t len = secret.len; len >= SECRET_MIN_BYTES; len--)
		if (str_ends(text, str_slice(secret, 0, len)))
			return true;
	return false;
}

static struct str
without(struct arena *a, struct str text, struct str secret)
{
	struct buf b = buf_make(a);
	size_t at;

	while ((at = str_find(text, secret)) != STR_NONE) {
		buf_add(&b, str_slice(text, 0, at));
		buf_add(&b, NOT_SHOWN);
		text = str_from(text, at + secret.len);
	}
	buf_add(&b, text);
	return buf_str(&b);
}

static void
hide(struct err *e, struct str secret)
{
	if (secret.len < SECRET_MIN_BYTES)
		return;
	for (struct err_value *v = e->values; v != NULL; v = v->next)
		if (tells(v->text, secret)) {
			v->text = NOT_SHOWN;
			v->size = STR("");
		}
	e->message = without(e->arena, e->message, secret);
}

static void
hide_cookies(struct err *e, struct str field)
{
	struct cookie cookie;

	while (cookie_next(e->arena, &field, &cookie))
		hide(e, cookie.value);
}

/* "Basic bWU6cGFzcw==": the scheme is none. */
static void
hide_credentials(struct err *e, struct str field)
{
	str_cut(&field, ' ');
	hide(e, field);
}

void
secret_hide(struct err *e, const struct view_request *request)
{
	for (size_t i = 0; i < request->header_count; i++) {
		const struct view_field *field = &request->headers[i];

		if (str_eq_nocase(field->name, STR("Cookie")))
			hide_cookies(e, field->value);
		else if (str_eq_nocase(field->name, STR("Authorization")) ||
			 str_eq_nocase(field->name, STR("Proxy-Authorization")))
			hide_credentials(e, field->value);
	}
}
