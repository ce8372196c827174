/*
 * The settings of eddy, and the one table of its options.
 *
 * Their order is default < eddy.conf < EDDY_… environment < flag. A path in a
 * config file is relative to that file's directory, every other one to the
 * current directory. An eddy.conf that was found in the served directory is as
 * trustworthy as that directory: it can't set what would let others in
 * or lead out of it.
 */
#ifndef EDDY_SETTINGS_H
#define EDDY_SETTINGS_H

#include "text/opt.h"

enum { SETTINGS_MAX_OPTIONS = 96 };

/* Bits of opt.scopes. */
enum {
	SETTINGS_SERVE = 1, /* of `eddy check` too, which checks what would be served */
	SETTINGS_RENDER = 2,
	SETTINGS_URL = 4,
	SETTINGS_CHECK = 8, /* what `eddy check` alone takes */
	SETTINGS_RELOAD = 16,
	SETTINGS_STATUS = 32,
	SETTINGS_RUN = 64,
	SETTINGS_GENERAL = 1024, /* what every command takes */
};
#define SETTINGS_ALL (~0U)

enum settings_layout { SETTINGS_LAYOUT_AUTO, SETTINGS_LAYOUT_APP, SETTINGS_LAYOUT_PLAIN };

enum settings_dump { SETTINGS_DUMP_NONE, SETTINGS_DUMP_TOKENS, SETTINGS_DUMP_AST, SETTINGS_DUMP_CODE };

struct settings {
	/* where to listen, and whom to tell */
	int port;            /* 0: any that is free */
	const char *address; /* NULL: both loopback addresses */
	struct opt_list allow_hosts;
	const char *tls;   /* "CERT,KEY" or "localhost", which is eddy's own; NULL: plain HTTP */
	int redirect_port; /* where plain HTTP is sent on to TLS; 0: any that is free, -1: nowhere */
	int ready_fd;      /* -1: none */
	const char *ready_file;
	const char *pid_file;
	int workers;            /* 0: one per core */
	const char *access_log; /* a file; NULL: none */
	int grace_s;            /* how long requests may take to end when the server leaves */

	/* how much of a client is borne */
	int max_head_bytes;
	int max_fields;
	int max_target_bytes;
	int max_connections; /* 0: as many as there are descriptors for, and never more */
	int head_timeout_s;
	int idle_timeout_s;
	int write_timeout_s;

	/* what to serve */
	const char *directory;
	enum settings_layout layout;
	const char *templates;  /* NULL: DIRECTORY/templates */
	const char *static_dir; /* NULL: DIRECTORY/static */
	const char *static_prefix;
	struct opt_list root_files;
	struct opt_list data; /* [NAME=]FILE */
	const char *assets;   /* read eddy's own files from here; NULL: those compiled in */
	bool follow_links;
	bool listing;

	/* how to answer */
	bool compress;
	struct opt_list mime;    /* EXT=TYPE */
	const char *spa;         /* the page that navigations to nowhere get; NULL: none */
	struct opt_list headers; /* Name: value */
	struct opt_list cors;    /* origins, or "*" */
	bool xheaders;
	struct opt_list trusted_proxies; /* ADDRESS[/BITS]; none: the loopback addresses */

	/* how to develop */
	bool debug;
	bool autoreload;
	bool template_cache;
	int template_steps, template_depth, template_output_mib, template_time_ms; /* of one render */
	bool hash_cache;
	bool traceback;
	bool livereload;
	struct opt_list watch;
	struct opt_list ignore; /* patterns of text/glob.h */
	int poll_ms;            /* 0: wait for events, and poll only what sends none */
	const char *editor;     /* as text/editor.h; NULL: none */
	bool open;
	struct opt_list builds;    /* shell commands */
	struct opt_list builds_on; /* GLOB=COMMAND */

	/* of `eddy run` */
	bool initial; /* run the command at the start, too */
	bool until_success;
	bool clear;         /* the terminal, before each run */
	const char *signal; /* that ends the command, as os/signo.h reads it */
	int socket;         /* the port that stays open; -1: none */

	/* of `eddy render` */
	struct opt_list defines; /* NAME=VALUE */
	const char *url;
	enum settings_dump dump;

	/* of `eddy check` */
	struct opt_list explain;

	/* of commands with output to parse */
	bool json;

	/* of every command */
	const char *config; /* as --config named it, or NULL */
	int log_level;      /* enum log_level: what --quiet, --verbose and --log-level come to */
	bool quiet;
	bool verbose;
	bool help;
	bool version;

	/* not options */
	const char *const *argv; /* that the process was started with; ends with NULL */
	const char *config_file; /* the one that was read, or NULL */
	struct opt_list operands;
	unsigned char origins[SETTINGS_MAX_OPTIONS];
};

extern const struct opt_table settings_table;

/* All defaults; texts that are set later will live in `a`. */
struct settings settings_make(struct arena *a);

/* The target for opt_assign and its like. */
struct opt_target settings_target(struct arena *a, struct settings *s);

/* Where the config file of these settings lies, or would lie. */
const char *settings_config_path(struct arena *a, const struct settings *s);

/* A config file, read already. */
struct settings_file {
	const char *path; /* as the user names it */
	struct str content;
	bool found; /* it lay in the served directory; false where --config named it */
};

/*
 * Takes over what the file sets, as far as flags and environment haven't.
 * Every fault but the last is told to `report`, which may be NULL; the last one
 * is returned in `e`, as ERR_CONFIG.
 */
bool settings_take_file(struct arena *a, struct settings *s, const struct settings_file *file,
    void (*report)(const struct err *), struct err *e);

/* To be called when every source was read: derives values from others, and checks those that must agree. */
bool settings_finish(struct arena *a, struct settings *s, struct err *e);

/* "https" with --tls, else "http". */
struct str settings_scheme(const struct settings *s);

/* Whether the user set it, wherever: `settings_given(s, &s->port)`. */
bool settings_given(const struct settings *s, const void *field);

/*
 * The argv of a child that is to have the same settings: `program`, `command`
 * and flags, ending with NULL. `scopes` says which options the command takes.
 */
char **settings_to_argv(
    struct arena *a, const struct settings *s, const char *program, const char *command, unsigned scopes);

/* The same with "--" and the operands behind it. */
char **settings_append_operands(struct arena *a, char **argv, const struct opt_list *operands);

#endif
