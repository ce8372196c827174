/*
 * The format of eddy.conf, read from its bytes:
 *
 *	# a comment
 *	port = 8000
 *	data = nav=links.json       # a key may stand more than once
 *	data = "a # b.json"         # quotes keep blanks and '#'; \" and \\ within them
 *
 * One entry a line; UTF-8; a '#' at the start of a line or behind a blank
 * starts a comment. What the keys mean is not known here.
 */
#ifndef EDDY_CONF_H
#define EDDY_CONF_H

#include "base/err.h"

struct conf_reader {
	struct arena *arena; /* of the values that had to be unquoted */
	struct str file;     /* as places name it */
	struct str rest;
	int line;
};

struct conf_entry {
	struct str key;
	const char *value;
	struct err_place key_place;
	struct err_place value_place;
};

struct conf_reader conf_open(struct arena *a, struct str file, struct str content);

enum conf_read { CONF_READ_END, CONF_READ_ENTRY, CONF_READ_FAULT };

/*
 * Reads the next entry; its texts live in the content or the arena. A fault is
 * ERR_CONFIG with its place; its line has been passed over, so reading can go on.
 */
enum conf_read conf_read(struct conf_reader *reader, struct conf_entry *entry, struct err *e);

#endif
