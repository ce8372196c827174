#include "text/validator.h"

#include <time.h>

enum {
	YEARS_AHEAD_MAX = 50, /* RFC 9110 §5.6.7: a two-digit year further ahead lies in the past */
	TM_YEAR_BASE = 1900,
	WEEKDAY_SHORT_LEN = 3,
};

/* The first second of the year 0 and the last of 9999: what four digits can say. */
#define DATE_FIRST INT64_C(-62167219200)
#define DATE_LAST INT64_C(253402300799)

static const char *const months[] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static const char *const weekdays[] = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

/* ---- Dates ---- */

/*
 * The three forms: %a and %A are weekdays, short and long; %d two digits of the day, %e the same with a
 * space for the first; %b the month; %Y and %y the year in four digits and two; %H, %M, %S the time.
 */
static const char *const forms[] = {
    "%a, %d %b %Y %H:%M:%S GMT",
    "%A, %d-%b-%y %H:%M:%S GMT",
    "%a %b %e %H:%M:%S %Y",
};

/* Takes `count` digits off the front. */
static bool
digits_cut(struct str *rest, size_t count, int *value)
{
	uint64_t number;

	if (rest->len < count || !str_to_u64(str_slice(*rest, 0, count), &number))
		return false;
	*value = (int)number;
	*rest = str_from(*rest, count);
	return true;
}

/* Takes one of the names, or the first `len` characters of it, off the front. */
static bool
name_cut(struct str *rest, const char *const *names, size_t count, size_t len, int *index)
{
	for (size_t i = 0; i < count; i++) {
		struct str name = str_slice(str_of(names[i]), 0, len);

		if (str_starts(*rest, name)) {
			*index = (int)i;
			*rest = str_from(*rest, name.len);
			return true;
		}
	}
	return false;
}

static bool
padded_day_cut(struct str *rest, struct tm *t)
{
	if (!str_starts(*rest, STR(" ")))
		return digits_cut(rest, 2, &t->tm_mday);
	*rest = str_from(*rest, 1);
	return digits_cut(rest, 1, &t->tm_mday);
}

/* The year in `count` digits; of two digits, the one that is not too far ahead. */
static bool
year_cut(struct str *rest, size_t count, int this_year, struct tm *t)
{
	int year;

	if (!digits_cut(rest, count, &year))
		return false;
	if (count == 2)
		year += this_year - this_year % 100;
	if (count == 2 && year > this_year + YEARS_AHEAD_MAX)
		year -= 100;
	t->tm_year = year - TM_YEAR_BASE;
	return true;
}

static bool
field_cut(struct str *rest, char field, int this_year, struct tm *t)
{
	switch (field) {
	case 'a':
		return name_cut(rest, weekdays, COUNT_OF(weekdays), WEEKDAY_SHORT_LEN, &t->tm_wday);
	case 'A':
		return name_cut(rest, weekdays, COUNT_OF(weekdays), STR_NONE, &t->tm_wday);
	case 'b':
		return name_cut(rest, months, COUNT_OF(months), STR_NONE, &t->tm_mon);
	case 'd':
		return digits_cut(rest, 2, &t->tm_mday);
	case 'e':
		return padded_day_cut(rest, t);
	case 'Y':
		return year_cut(rest, 4, this_year, t);
	case 'y':
		return year_cut(rest, 2, this_year, t);
	case 'H':
		return digits_cut(rest, 2, &t->tm_hour);
	case 'M':
		return digits_cut(rest, 2, &t->tm_min);
	default:
		return digits_cut(rest, 2, &t->tm_sec);
	}
}

static bool
form_matches(const char *form, struct str text, int this_year, struct tm *t)
{
	for (; *form != '\0'; form++) {
		if (*form == '%') {
			if (!field_cut(&text, *++form, this_year, t))
				return false;
		} else {
			if (text.len == 0 || text.data[0] != *form)
				return false;
			text = str_from(text, 1);
		}
	}
	return text.len == 0;
}

/* Seconds since 1970, if there is such a day and time. A leap second counts as the second before it. */
static bool
tm_to_seconds(struct tm t, int64_t *seconds)
{
	struct tm normal;

	if (t.tm_hour > 23 || t.tm_min > 59 || t.tm_sec > 60)
		return false;
	t.tm_sec = MIN(t.tm_sec, 59);
	normal = t;
	*seconds = timegm(&normal);
	return normal.tm_mday == t.tm_mday; /* the 31st of June has become the 1st of July */
}

static struct tm
tm_from_seconds(int64_t seconds)
{
	time_t time = (time_t)MAX(DATE_FIRST, MIN(seconds, DATE_LAST));
	struct tm t = {0};

	gmtime_r(&time, &t);
	return t;
}

struct str
validator_date(struct arena *a, int64_t seconds)
{
	struct tm t = tm_from_seconds(seconds);

	return str_format(a, "%.3s, %02d %s %04d %02d:%02d:%02d GMT", weekdays[t.tm_wday], t.tm_mday,
	    months[t.tm_mon], t.tm_year + TM_YEAR_BASE, t.tm_hour, t.tm_min, t.tm_sec);
}

bool
validator_date_parse(struct str text, int64_t now, int64_t *seconds)
{
	int this_year = tm_from_seconds(now).tm_year + TM_YEAR_BASE;

	for (size_t i = 0; i < COUNT_OF(forms); i++) {
		struct tm t = {0};

		if (form_matches(forms[i], text, this_year, &t))
			return tm_to_seconds(t, seconds);
	}
	return false;
}

/* ---- Entity tags ---- */

static bool
is_etag_char(char c)
{
	unsigned char byte = (unsigned char)c;

	return byte == 0x21 || (byte >= 0x23 && byte != 0x7f);
}

static bool
etag_is_weak(struct str etag)
{
	return str_starts(etag, STR("W/"));
}

/* Takes an entity tag off the front of `*rest`; false, with nothing taken, where there is none. */
static bool
etag_cut(struct str *rest, struct str *etag)
{
	size_t end = etag_is_weak(*rest) ? 2 : 0;

	if (end == rest->len || rest->data[end] != '"')
		return false;
	for (end++; end < rest->len && is_etag_char(rest->data[end]); end++)
		continue;
	if (end == rest->len || rest->data[end] != '"')
		return false;
	*etag = str_slice(*rest, 0, end + 1);
	*rest = str_from(*rest, end + 1);
	return true;
}

static struct str
etag_opaque(struct str etag)
{
	return str_from(etag, etag_is_weak(etag) ? 2 : 0);
}

static bool
etag_matches(struct str a, struct str b, enum validator_comparison comparison)
{
	if (comparison == VALIDATOR_STRONG && (etag_is_weak(a) || etag_is_weak(b)))
		return false;
	return str_eq(etag_opaque(a), etag_opaque(b));
}

bool
validator_etag_listed(struct str list, struct str etag, enum validator_comparison comparison)
{
	if (str_eq(str_trim_blanks(list), STR("*")))
		return true;
	while (list.len > 0) {
		struct str candidate, behind;
		bool is_etag;

		list = str_trim_blanks(list);
		is_etag = etag_cut(&list, &candidate);
		behind = str_trim_blanks(str_cut(&list, ','));
		if (is_etag && behind.len == 0 && etag_matches(candidate, etag, comparison))
			return true;
	}
	return false;
}

/* ---- Preconditions ---- */

/*
 * Whether the representation was modified after the date of a field. False, with `*is_valid` false, where
 * either date is missing: the field is then ignored.
 */
static bool
is_modified_since(struct str field, int64_t now, struct validator current, bool *is_valid)
{
	int64_t date = 0;

	*is_valid = field.len > 0 && current.modified != VALIDATOR_NO_DATE &&
		    validator_date_parse(str_trim_blanks(field), now, &date);
	return *is_valid && current.modified > date;
}

/* §13.2.2, steps 1 and 2: whether the state is the one that the client wants to act on. */
static bool
is_expected_state(const struct validator_request *r, struct validator current)
{
	bool is_valid;

	if (r->if_match.len > 0)
		return validator_etag_listed(r->if_match, current.etag, VALIDATOR_STRONG);
	return !is_modified_since(r->if_unmodified_since, r->now, current, &is_valid);
}

/* §13.2.2, steps 3 and 4: whether the client holds the representation already. */
static bool
is_held(const struct validator_request *r, struct validator current, bool is_read)
{
	bool is_valid, is_modified;

	if (r->if_none_match.len > 0)
		return validator_etag_listed(r->if_none_match, current.etag, VALIDATOR_WEAK);
	is_modified = is_modified_since(r->if_modified_since, r->now, current, &is_valid);
	return is_read && is_valid && !is_modified;
}

enum validator_outcome
validator_evaluate(const struct validator_request *r, struct validator current)
{
	bool is_read = str_eq(r->method, STR("GET")) || str_eq(r->method, STR("HEAD"));

	if (!is_expected_state(r, current))
		return VALIDATOR_FAILED;
	if (is_held(r, current, is_read))
		return is_read ? VALIDATOR_NOT_MODIFIED : VALIDATOR_FAILED;
	return VALIDATOR_PROCEED;
}

bool
validator_range_allowed(const struct validator_request *r, struct validator current)
{
	struct str held = str_trim_blanks(r->if_range);
	int64_t date;

	if (!str_eq(r->method, STR("GET")))
		return false;
	if (held.len == 0)
		return true;
	if (str_find_char(str_slice(held, 0, 3), '"') != STR_NONE)
		return etag_matches(held, current.etag, VALIDATOR_STRONG);
	return validator_date_parse(held, r->now, &date) && date == current.modified && date < r->now;
}
