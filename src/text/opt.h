/*
 * Options: one table says all there is to know of each, and everything else is
 * derived from it: the command line, the environment, the keys of the config
 * file, the help, the completions, and the way back from values to an argv.
 *
 * The values live in a struct of the caller's; each row says at which offset.
 * An option remembers where its value came from. A source of a higher origin
 * replaces what a lower one gave (of a list: the whole list), so sources can be
 * read in any order.
 *
 * An option named port is written --port, --port=8000, EDDY_PORT and, in a
 * config file, port; '_' may stand for '-' everywhere. A boolean one is also
 * written --no-name.
 */
#ifndef EDDY_OPT_H
#define EDDY_OPT_H

#include "base/err.h"

enum opt_type {
	OPT_BOOL,   /* bool */
	OPT_INT,    /* int */
	OPT_CHOICE, /* an enum: the index into `choices` */
	OPT_TEXT,   /* const char *, NULL where there is none */
	OPT_LIST,   /* struct opt_list */
};

/* What a text or an item of a list names. */
enum opt_content {
	OPT_ANYTHING,
	OPT_FILE,
	OPT_DIRECTORY,
	OPT_PATH,       /* a file or a directory */
	OPT_NAMED_FILE, /* [NAME=]FILE */
	OPT_TWO_FILES,  /* FILE,FILE; what has no comma is no file */
};

/* Where a value came from, the lowest first. */
enum opt_origin {
	OPT_FROM_DEFAULT,
	OPT_FROM_FOUND_CONFIG, /* a config file that lay there */
	OPT_FROM_CONFIG,       /* one that was asked for */
	OPT_FROM_ENVIRONMENT,
	OPT_FROM_FLAG,
};

/* Bits of opt.refuses: sources that can't set the option. */
enum {
	OPT_NOT_FOUND_CONFIG = 1, /* it would give away more than the files that are there */
	OPT_NOT_CONFIG = 2,
	OPT_NOT_ENVIRONMENT = 4,
	OPT_ONLY_FLAG = OPT_NOT_CONFIG | OPT_NOT_ENVIRONMENT,
};

struct opt {
	const char *name;
	char letter; /* -p; 0 is none */
	enum opt_type type;
	enum opt_content content;
	unsigned refuses;
	unsigned scopes; /* bits: the commands that take it */
	unsigned group;  /* index into `group_names` of the table */
	size_t offset;
	const char *fallback; /* the default as text; NULL for none, and for lists */
	/*
	 * The value of the flag alone; NULL: one must be given. Another one is given by '=', and that of a text behind
	 * a space too where `fault` finds nothing wrong with it: an operand must be something else then.
	 */
	const char *implied;
	const char *follows;        /* the boolean option whose value is this one's default, or NULL */
	int lowest, highest;        /* of an OPT_INT that is given; the default may lie outside */
	const char *const *choices; /* end with NULL */
	const char *argument;       /* as help names it: "PORT" */
	const char *help;           /* one line */

	/* Why a text won't do, to stand behind "'text' ", or NULL where it will. May be NULL. */
	const char *(*fault)(struct str text);
};

struct opt_list {
	const char **items;
	size_t count;
};

/* A name that other programs have for an option. */
struct opt_synonym {
	const char *name;
	const char *means;
};

struct opt_table {
	const struct opt *options;
	size_t count;
	size_t origins_offset;              /* of an unsigned char[count] in the struct of values */
	const char *environment;            /* what the names of variables start with: "EDDY_" */
	const struct opt_synonym *synonyms; /* end with a NULL name */
	const char *const *scope_names;     /* the command of each bit of `scopes` */
	const char *const *group_names;     /* what help puts over the options of a group; end with NULL */
};

/* The struct that values are written to; texts that must be kept are copied to the arena. */
struct opt_target {
	const struct opt_table *table;
	void *values;
	struct arena *arena;
};

/* A value as it was read, not yet converted. */
struct opt_value {
	const struct opt *option;
	const char *text;
	enum opt_origin origin;
	struct str written;     /* what names the option there: "--port", "EDDY_PORT" */
	struct err_place place; /* of the value in a config file */
};

/* The option of that name, or NULL. */
const struct opt *opt_find(const struct opt_table *table, struct str name);

/* The boolean option that "no-name" switches off, or NULL. */
const struct opt *opt_find_negated(const struct opt_table *table, struct str name);

/*
 * The name that was probably meant, as it is written without the leading
 * dashes, among the options of `scopes`; NULL where none is near.
 */
const char *opt_nearest(struct arena *a, const struct opt_table *table, unsigned scopes, struct str name);

/* The name of the environment variable. */
const char *opt_variable(struct arena *a, const struct opt_table *table, const struct opt *option);

/* Sets every value to its default. */
void opt_set_defaults(const struct opt_target *target);

/*
 * Checks and sets one value; one that a higher origin has set already is
 * checked all the same. False with ERR_CONFIG for the config origins, with
 * ERR_USAGE for the others.
 */
bool opt_assign(const struct opt_target *target, const struct opt_value *value, struct err *e);

/* Assigns what the environment has; empty variables count as unset. Lists are separated by commas. */
bool opt_take_environment(const struct opt_target *target, struct err *e);

/* Gives options that follow another and weren't given its value. To be called once all sources were read. */
void opt_follow(const struct opt_target *target);

/* Where the value of the option whose field is `field` came from. */
enum opt_origin opt_origin(const struct opt_table *table, const void *values, const void *field);

/* The text, or the texts, that an OPT_TEXT or OPT_LIST has in `values`. */
struct opt_list opt_texts(struct arena *a, const struct opt *option, const void *values);

/*
 * Appends to `arguments` the flags which, read again, make the same values:
 * one for each option of `scopes` that was given or differs from its default.
 */
void opt_to_argv(struct arena *a, const struct opt_table *table, const void *values, unsigned scopes,
    struct opt_list *arguments);

void opt_list_add(struct arena *a, struct opt_list *list, const char *item);

#endif
