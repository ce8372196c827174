#include "site/secret.h"

#include "text/confidential.h"
#include "text/cookie.h"
#include "text/url.h"

static void
hide_cookies(struct err *e, struct str field)
{
	struct cookie cookie;

	while (cookie_next(e->arena, &field, &cookie))
		confidential_hide(e, cookie.value);
}

/* "Basic bWU6cGFzcw==": the scheme is none, where there is one. */
static void
hide_credentials(struct err *e, struct str field)
{
	struct str rest = field, scheme = str_cut(&rest, ' ');

	confidential_hide(e, rest.len > 0 ? rest : scheme);
}

static void
hide_arguments(struct err *e, struct str query)
{
	struct url_param param;

	while (url_query_next(e->arena, &query, &param))
		if (confidential_is_name(param.name))
			confidential_hide(e, param.value);
}

void
secret_hide(struct err *e, const struct view_request *request)
{
	for (size_t i = 0; i < request->header_count; i++) {
		const struct view_field *field = &request->headers[i];

		if (str_eq_nocase(field->name, STR("Cookie")))
			hide_cookies(e, field->value);
		else if (confidential_is_name(field->name))
			hide_credentials(e, field->value);
	}
	hide_arguments(e, request->query);
}
