#include "text/settings.h"

#include "base/log.h"
#include "os/signo.h"
#include "text/address.h"
#include "text/conf.h"
#include "text/editor.h"
#include "text/field.h"
#include "text/mime.h"
#include "text/url.h"

#include <limits.h>
#include <string.h>

#define CONFIG_NAME "eddy.conf"

enum {
	PORT_MAX = 65535,
	WORKERS_MAX = 256,
	GRACE_MAX_S = 3600,
	LIMIT_MAX_BYTES = 1024 * 1024,
	LIMIT_MAX_FIELDS = 10000,
	LIMIT_MAX_S = 24 * 3600,
	TEMPLATE_DEPTH_MAX = 1000, /* the stack of a thread holds them */
	TEMPLATE_OUTPUT_MAX_MIB = 1024,
	POLL_MAX_MS = 3600 * 1000,
};

/* What is wrong with a value, to be said behind it. */

static const char *
prefix_fault(struct str text)
{
	if (!str_starts(text, STR("/")) || !str_ends(text, STR("/")))
		return "must start and end with '/'";
	if (text.len == 1)
		return "would leave no URL for pages";
	if (str_find(text, STR("//")) != STR_NONE || str_find(text, STR("/.")) != STR_NONE)
		return "has an empty segment, or one that starts with '.'";
	if (str_find_char(text, '?') != STR_NONE || str_find_char(text, '#') != STR_NONE)
		return "is more than a path";
	return NULL;
}

static const char *
root_file_fault(struct str text)
{
	if (str_starts(text, STR("/")) || str_ends(text, STR("/")))
		return "must be a name without '/' at its ends";
	if (str_starts(text, STR(".")) || str_find(text, STR("/.")) != STR_NONE)
		return "has a segment that starts with '.'";
	return NULL;
}

static const char *
host_fault(struct str text)
{
	struct arena scratch = arena_make(KIB);
	struct err e = err_make(&scratch);
	struct url_host host;
	bool ok = url_host_parse(&scratch, text, &host, &e);

	arena_free(&scratch);
	return ok ? NULL : "is no host: a name or an address, a port behind it or not";
}

static bool
is_name(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';

		if (!letter && (i == 0 || c < '0' || c > '9'))
			return false;
	}
	return text.len > 0;
}

static const char *
define_fault(struct str text)
{
	size_t equals = str_find_char(text, '=');

	if (equals == STR_NONE)
		return "is not of the form NAME=VALUE";
	if (!is_name(str_slice(text, 0, equals)))
		return "does not start with a name of letters, digits and '_'";
	return NULL;
}

static const char *
data_fault(struct str text)
{
	size_t equals = str_find_char(text, '=');

	if (equals == STR_NONE)
		return NULL;
	if (!is_name(str_slice(text, 0, equals)))
		return "does not start with a name of letters, digits and '_'";
	return equals + 1 == text.len ? "names no file" : NULL;
}

static const char *
spa_fault(struct str text)
{
	if (!str_ends(text, STR(".html")) && !str_ends(text, STR(".htm")))
		return "is no page: its name must end in .html";
	return str_starts(text, STR("/")) ? "must be a path within the site, without '/' at its start" : NULL;
}

static const char *
proxy_fault(struct str text)
{
	struct address_network network;

	return address_network_parse(text, &network) ? NULL : "is no address and no network: 10.0.0.0/8";
}

static const char *
tls_fault(struct str text)
{
	struct str key = text, chain = str_cut(&key, ',');

	if (str_eq(text, STR("localhost")))
		return NULL;
	return chain.len > 0 && key.len > 0 ? NULL : "is not of the form CERT,KEY: two files";
}

static const char *
log_fault(struct str text)
{
	return str_eq(text, STR("-")) ? "is no file: /dev/stdout is standard output" : NULL;
}

/* RFC 6454 §6.2, as browsers send it: lower case, no path, and a port only where it isn't the scheme's own. */
static const char *
cors_fault(struct str text)
{
	bool is_http = str_starts(text, STR("http://"));
	struct str authority = str_from(text, is_http ? strlen("http://") : strlen("https://"));

	if (str_eq(text, STR("*")))
		return NULL;
	if (!is_http && !str_starts(text, STR("https://")))
		return "is no origin: https://HOST, http://HOST:PORT or *";
	for (size_t i = 0; i < authority.len; i++)
		if (strchr("/?#@ ", authority.data[i]) ||
		    (authority.data[i] >= 'A' && authority.data[i] <= 'Z'))
			return "is no origin as browsers send it: lower case, without a path or a user";
	if (str_ends(authority, is_http ? STR(":80") : STR(":443")))
		return "names the scheme's own port, which browsers leave out";
	return host_fault(authority) ? "is no origin: its host or port is malformed" : NULL;
}

static const char *
signal_fault(struct str text)
{
	return signo_parse(text) == 0 ? "is no signal: TERM, INT, HUP, QUIT, USR1..." : NULL;
}

static const char *
build_on_fault(struct str text)
{
	size_t equals = str_find_char(text, '=');

	if (equals == STR_NONE || equals == 0 || equals + 1 == text.len)
		return "is not of the form GLOB=COMMAND";
	return text.data[0] == '!' || text.data[0] == '#' ? "is no pattern of what to build on" : NULL;
}

/* The table */

static const char *const layout_names[] = {"auto", "app", "plain", NULL};
static const char *const log_level_names[] = {
    [LOG_DEBUG] = "debug", [LOG_INFO] = "info", [LOG_WARNING] = "warning", [LOG_ERROR] = "error", NULL};
static const char *const dump_names[] = {"none", "tokens", "ast", "code", NULL};

/* Where help lists an option; the groups come in this order, the options of one in that of the table. */
enum group {
	GROUP_LISTENING,
	GROUP_SITE,
	GROUP_HTTP,
	GROUP_LIMITS,
	GROUP_TEMPLATES,
	GROUP_DEVELOPING,
	GROUP_COMMAND,
	GROUP_RUNNING,
	GROUP_GENERAL,
};

static const char *const group_names[] = {
    [GROUP_LISTENING] = "Listening",
    [GROUP_SITE] = "The site",
    [GROUP_HTTP] = "HTTP",
    [GROUP_LIMITS] = "Limits of clients",
    [GROUP_TEMPLATES] = "Templates",
    [GROUP_DEVELOPING] = "Developing",
    [GROUP_COMMAND] = "The command",
    [GROUP_RUNNING] = "Processes and scripts",
    [GROUP_GENERAL] = "General",
    NULL,
};

#define FIELD(name) .offset = offsetof(struct settings, name)

enum {
	SITE = SETTINGS_SERVE | SETTINGS_RENDER, /* what makes up the site */
	FILES = SITE | SETTINGS_URL,             /* what says which files it has, and where */
	SERVE = SETTINGS_SERVE,
	RUN = SETTINGS_RUN,
	RUNNING = SETTINGS_RELOAD | SETTINGS_STATUS, /* which running server is meant */
	JSON = SETTINGS_URL | SETTINGS_CHECK | SETTINGS_STATUS,
};

static const struct opt options[] = {
    {"port", 'p', OPT_INT, FIELD(port), .group = GROUP_LISTENING, .scopes = SERVE | RUNNING,
	.fallback = "8888", .highest = PORT_MAX, .argument = "PORT",
	.help = "the port; 0 is any that is free"},
    {"address", 'a', OPT_TEXT, FIELD(address), .group = GROUP_LISTENING, .scopes = SERVE | RUN,
	.refuses = OPT_NOT_FOUND_CONFIG, .argument = "ADDRESS",
	.help = "listen on it, not on the loopback addresses"},
    {"allow-host", 0, OPT_LIST, FIELD(allow_hosts), .group = GROUP_LISTENING, .scopes = SERVE,
	.refuses = OPT_NOT_FOUND_CONFIG, .fault = host_fault, .argument = "NAME",
	.help = "answer requests for this host too"},
    {"tls", 0, OPT_TEXT, FIELD(tls), .group = GROUP_LISTENING, .scopes = SERVE,
	.refuses = OPT_NOT_FOUND_CONFIG, .content = OPT_TWO_FILES, .fault = tls_fault, .implied = "localhost",
	.argument = "CERT,KEY", .help = "serve https; alone with a certificate of its own"},
    {"redirect-http", 0, OPT_INT, FIELD(redirect_port), .group = GROUP_LISTENING, .scopes = SERVE,
	.refuses = OPT_NOT_FOUND_CONFIG, .fallback = "-1", .highest = PORT_MAX, .argument = "PORT",
	.help = "send plain http from this port on to https"},
    {"workers", 0, OPT_INT, FIELD(workers), .group = GROUP_RUNNING, .scopes = SERVE, .fallback = "1",
	.highest = WORKERS_MAX, .argument = "N", .help = "processes that answer; 0 is one per core"},
    {"grace", 0, OPT_INT, FIELD(grace_s), .group = GROUP_RUNNING, .scopes = SERVE | RUN, .fallback = "10",
	.highest = GRACE_MAX_S, .argument = "SECONDS", .help = "time for requests to end when eddy leaves"},
    {"access-log", 0, OPT_TEXT, FIELD(access_log), .group = GROUP_RUNNING, .scopes = SERVE,
	.refuses = OPT_NOT_FOUND_CONFIG, .content = OPT_FILE, .fault = log_fault, .argument = "FILE",
	.help = "append a line for each request"},
    {"ready-fd", 0, OPT_INT, FIELD(ready_fd), .group = GROUP_RUNNING, .scopes = SERVE | RUN,
	.refuses = OPT_NOT_CONFIG, .fallback = "-1", .highest = INT_MAX, .argument = "N",
	.help = "write the URL to this descriptor once it answers"},
    {"ready-file", 0, OPT_TEXT, FIELD(ready_file), .group = GROUP_RUNNING, .scopes = SERVE | RUN,
	.content = OPT_FILE, .argument = "FILE", .help = "write the URL to this file once it answers"},
    {"pid-file", 0, OPT_TEXT, FIELD(pid_file), .group = GROUP_RUNNING, .scopes = SERVE | RUNNING | RUN,
	.content = OPT_FILE, .argument = "FILE", .help = "the file that holds the process id"},

    {"directory", 'C', OPT_TEXT, FIELD(directory), .group = GROUP_SITE, .scopes = FILES | RUNNING | RUN,
	.refuses = OPT_NOT_CONFIG, .content = OPT_DIRECTORY, .fallback = ".", .argument = "DIR",
	.help = "the site"},
    {"layout", 0, OPT_CHOICE, FIELD(layout), .group = GROUP_SITE, .scopes = FILES, .choices = layout_names,
	.fallback = "auto", .argument = "KIND", .help = "auto, app (templates) or plain (only files)"},
    {"templates", 0, OPT_TEXT, FIELD(templates), .group = GROUP_SITE, .scopes = FILES,
	.content = OPT_DIRECTORY, .argument = "DIR", .help = "templates; DIR/templates where there is one"},
    {"static", 0, OPT_TEXT, FIELD(static_dir), .group = GROUP_SITE, .scopes = FILES, .content = OPT_DIRECTORY,
	.argument = "DIR", .help = "static files; DIR/static in the app layout"},
    {"static-prefix", 0, OPT_TEXT, FIELD(static_prefix), .group = GROUP_SITE, .scopes = FILES,
	.fault = prefix_fault, .fallback = "/static/", .argument = "PATH",
	.help = "the URL path of static files"},
    {"root-file", 0, OPT_LIST, FIELD(root_files), .group = GROUP_SITE, .scopes = SITE,
	.fault = root_file_fault, .argument = "NAME", .help = "serve this static file at / too"},
    {"data", 0, OPT_LIST, FIELD(data), .group = GROUP_SITE, .scopes = SITE, .content = OPT_NAMED_FILE,
	.fault = data_fault, .argument = "[NAME=]FILE", .help = "JSON that templates know as NAME"},
    {"follow-links", 0, OPT_BOOL, FIELD(follow_links), .group = GROUP_SITE, .scopes = FILES,
	.refuses = OPT_NOT_FOUND_CONFIG, .fallback = "false",
	.help = "follow symbolic links that lead out of the site"},
    {"listing", 0, OPT_BOOL, FIELD(listing), .group = GROUP_SITE, .scopes = SERVE, .fallback = "true",
	.help = "list directories that have no index.html"},
    {"assets", 0, OPT_TEXT, FIELD(assets), .group = GROUP_SITE, .scopes = SITE, .content = OPT_DIRECTORY,
	.argument = "DIR", .help = "read eddy's own pages from there"},

    {"compress", 0, OPT_BOOL, FIELD(compress), .group = GROUP_HTTP, .scopes = SERVE, .fallback = "true",
	.help = "send text in gzip or br where the client takes it"},
    {"mime", 0, OPT_LIST, FIELD(mime), .group = GROUP_HTTP, .scopes = SERVE, .fault = mime_fault,
	.argument = "EXT=TYPE", .help = "the media type of files with this extension"},
    {"spa", 0, OPT_TEXT, FIELD(spa), .group = GROUP_HTTP, .scopes = SERVE, .fault = spa_fault,
	.implied = "index.html", .argument = "FILE",
	.help = "send browsers this for a page that isn't there"},
    {"header", 0, OPT_LIST, FIELD(headers), .group = GROUP_HTTP, .scopes = SERVE, .fault = field_fault,
	.argument = "'NAME: VALUE'", .help = "add this to every answer"},
    {"cors", 0, OPT_LIST, FIELD(cors), .group = GROUP_HTTP, .scopes = SERVE, .refuses = OPT_NOT_FOUND_CONFIG,
	.fault = cors_fault, .argument = "ORIGIN", .help = "let pages of this origin, or any (*), read"},
    {"xheaders", 0, OPT_BOOL, FIELD(xheaders), .group = GROUP_HTTP, .scopes = SERVE,
	.refuses = OPT_NOT_FOUND_CONFIG, .fallback = "false",
	.help = "believe proxies who asks (X-Forwarded-For)"},
    {"trusted-proxy", 0, OPT_LIST, FIELD(trusted_proxies), .group = GROUP_HTTP, .scopes = SERVE,
	.refuses = OPT_NOT_FOUND_CONFIG, .fault = proxy_fault, .argument = "ADDRESS[/BITS]",
	.help = "believe these, not those on this machine"},

    {"max-head", 0, OPT_INT, FIELD(max_head_bytes), .group = GROUP_LIMITS, .scopes = SERVE,
	.fallback = "16384", .lowest = 1024, .highest = LIMIT_MAX_BYTES, .argument = "BYTES",
	.help = "size of a request but its body"},
    {"max-target", 0, OPT_INT, FIELD(max_target_bytes), .group = GROUP_LIMITS, .scopes = SERVE,
	.fallback = "8192", .lowest = 64, .highest = LIMIT_MAX_BYTES, .argument = "BYTES",
	.help = "size of the target of a request"},
    {"max-fields", 0, OPT_INT, FIELD(max_fields), .group = GROUP_LIMITS, .scopes = SERVE, .fallback = "100",
	.lowest = 1, .highest = LIMIT_MAX_FIELDS, .argument = "N", .help = "header fields of a request"},
    {"max-connections", 0, OPT_INT, FIELD(max_connections), .group = GROUP_LIMITS, .scopes = SERVE,
	.fallback = "0", .lowest = 0, .highest = INT_MAX, .argument = "N",
	.help = "at most; 0 is what descriptors allow"},
    {"head-timeout", 0, OPT_INT, FIELD(head_timeout_s), .group = GROUP_LIMITS, .scopes = SERVE,
	.fallback = "10", .lowest = 1, .highest = LIMIT_MAX_S, .argument = "SECONDS",
	.help = "time for the first head of a connection"},
    {"idle-timeout", 0, OPT_INT, FIELD(idle_timeout_s), .group = GROUP_LIMITS, .scopes = SERVE,
	.fallback = "60", .lowest = 1, .highest = LIMIT_MAX_S, .argument = "SECONDS",
	.help = "silence between two requests"},
    {"write-timeout", 0, OPT_INT, FIELD(write_timeout_s), .group = GROUP_LIMITS, .scopes = SERVE,
	.fallback = "30", .lowest = 1, .highest = LIMIT_MAX_S, .argument = "SECONDS",
	.help = "time in which a client takes nothing"},

    {"debug", 0, OPT_BOOL, FIELD(debug), .group = GROUP_DEVELOPING, .scopes = SITE, .fallback = "true",
	.help = "the default of the next three options"},
    {"autoreload", 0, OPT_BOOL, FIELD(autoreload), .group = GROUP_DEVELOPING, .scopes = SERVE,
	.fallback = "true", .follows = "debug", .help = "restart when eddy, its config or --watch changes"},
    {"livereload", 0, OPT_BOOL, FIELD(livereload), .group = GROUP_DEVELOPING, .scopes = SERVE,
	.fallback = "true", .follows = "debug", .help = "reload browsers when the site changes"},
    {"traceback", 0, OPT_BOOL, FIELD(traceback), .group = GROUP_DEVELOPING, .scopes = SERVE,
	.fallback = "true", .follows = "debug", .help = "show where a template failed in the browser"},
    {"template-cache", 0, OPT_BOOL, FIELD(template_cache), .group = GROUP_DEVELOPING, .scopes = SITE,
	.fallback = "true", .help = "keep templates while their files are the same"},
    {"template-steps", 0, OPT_INT, FIELD(template_steps), .group = GROUP_TEMPLATES, .scopes = SITE,
	.fallback = "20000000", .lowest = 1, .highest = INT_MAX, .argument = "N",
	.help = "loop turns and calls of a render"},
    {"template-depth", 0, OPT_INT, FIELD(template_depth), .group = GROUP_TEMPLATES, .scopes = SITE,
	.fallback = "300", .lowest = 1, .highest = TEMPLATE_DEPTH_MAX, .argument = "N",
	.help = "calls within calls, values within values"},
    {"template-output", 0, OPT_INT, FIELD(template_output_mib), .group = GROUP_TEMPLATES, .scopes = SITE,
	.fallback = "64", .lowest = 1, .highest = TEMPLATE_OUTPUT_MAX_MIB, .argument = "MIB",
	.help = "size of a rendered page"},
    {"template-time", 0, OPT_INT, FIELD(template_time_ms), .group = GROUP_TEMPLATES, .scopes = SITE,
	.fallback = "10000", .lowest = 1, .highest = INT_MAX, .argument = "MS",
	.help = "time that one render may take"},
    {"hash-cache", 0, OPT_BOOL, FIELD(hash_cache), .group = GROUP_DEVELOPING, .scopes = SITE,
	.fallback = "true", .help = "keep digests while their files are the same"},
    {"watch", 'w', OPT_LIST, FIELD(watch), .group = GROUP_DEVELOPING, .scopes = SERVE | RUN,
	.content = OPT_PATH, .argument = "PATH", .help = "restart when something there changes"},
    {"ignore", 0, OPT_LIST, FIELD(ignore), .group = GROUP_DEVELOPING, .scopes = SERVE | RUN,
	.argument = "GLOB", .help = "don't watch this; a line as in .gitignore"},
    {"poll", 0, OPT_INT, FIELD(poll_ms), .group = GROUP_DEVELOPING, .scopes = SERVE | RUN, .fallback = "0",
	.implied = "1000", .highest = POLL_MAX_MS, .argument = "MS",
	.help = "look this often, also where the kernel tells"},
    {"editor", 0, OPT_TEXT, FIELD(editor), .group = GROUP_DEVELOPING, .scopes = SERVE,
	.refuses = OPT_NOT_FOUND_CONFIG, .fault = editor_fault, .argument = "EDITOR",
	.help = "open faults in it: vscode, or a URL with {path}"},
    {"open", 'o', OPT_BOOL, FIELD(open), .group = GROUP_DEVELOPING, .scopes = SERVE, .fallback = "false",
	.help = "open a browser"},

    {"build", 0, OPT_LIST, FIELD(builds), .group = GROUP_DEVELOPING, .scopes = SERVE,
	.refuses = OPT_NOT_FOUND_CONFIG | OPT_NOT_ENVIRONMENT, .argument = "CMD",
	.help = "run it on any change, before browsers reload"},
    {"build-on", 0, OPT_LIST, FIELD(builds_on), .group = GROUP_DEVELOPING, .scopes = SERVE,
	.refuses = OPT_NOT_FOUND_CONFIG | OPT_NOT_ENVIRONMENT, .fault = build_on_fault,
	.argument = "GLOB=CMD", .help = "the same when such a file changes"},

    {"initial", 0, OPT_BOOL, FIELD(initial), .group = GROUP_COMMAND, .scopes = RUN, .fallback = "true",
	.help = "run it at the start, not first on a change"},
    {"until-success", 0, OPT_BOOL, FIELD(until_success), .group = GROUP_COMMAND, .scopes = RUN,
	.fallback = "false", .help = "leave when it has ended with status 0"},
    {"clear", 0, OPT_BOOL, FIELD(clear), .group = GROUP_COMMAND, .scopes = RUN, .fallback = "false",
	.help = "clear the terminal before each run"},
    {"signal", 0, OPT_TEXT, FIELD(signal), .group = GROUP_COMMAND, .scopes = RUN, .fault = signal_fault,
	.fallback = "TERM", .argument = "SIG", .help = "what ends it"},
    {"socket", 0, OPT_INT, FIELD(socket), .group = GROUP_COMMAND, .scopes = RUN, .fallback = "-1",
	.highest = PORT_MAX, .argument = "PORT", .help = "hold this port open for it, as descriptor 3"},

    {"define", 'D', OPT_LIST, FIELD(defines), .group = GROUP_TEMPLATES, .scopes = SETTINGS_RENDER,
	.refuses = OPT_ONLY_FLAG, .fault = define_fault, .argument = "NAME=VALUE",
	.help = "a text that the template knows as NAME"},
    {"url", 0, OPT_TEXT, FIELD(url), .group = GROUP_TEMPLATES, .scopes = SETTINGS_RENDER,
	.refuses = OPT_ONLY_FLAG, .fallback = "/", .argument = "PATH",
	.help = "the URL that is asked for: /page?name=value"},
    {"dump", 0, OPT_CHOICE, FIELD(dump), .group = GROUP_TEMPLATES, .scopes = SETTINGS_RENDER,
	.refuses = OPT_ONLY_FLAG, .choices = dump_names, .fallback = "none", .argument = "STAGE",
	.help = "show a stage of the compiler: tokens, ast or code"},

    {"config", 0, OPT_TEXT, FIELD(config), .group = GROUP_SITE, .scopes = FILES | RUN,
	.refuses = OPT_NOT_CONFIG, .content = OPT_FILE, .argument = "FILE",
	.help = "read this, and trust it, not DIR/eddy.conf"},
    {"explain", 0, OPT_LIST, FIELD(explain), .group = GROUP_DEVELOPING, .scopes = SETTINGS_CHECK,
	.refuses = OPT_ONLY_FLAG, .content = OPT_PATH, .argument = "PATH",
	.help = "say whether changes of this path are told, and why"},
    {"json", 0, OPT_BOOL, FIELD(json), .group = GROUP_GENERAL, .scopes = JSON, .refuses = OPT_ONLY_FLAG,
	.fallback = "false", .help = "print JSON"},
    {"log-level", 0, OPT_CHOICE, FIELD(log_level), .group = GROUP_GENERAL, .scopes = SETTINGS_GENERAL,
	.choices = log_level_names, .fallback = "info", .argument = "LEVEL",
	.help = "say what is at least debug, info, warning, error"},
    {"quiet", 'q', OPT_BOOL, FIELD(quiet), .group = GROUP_GENERAL, .scopes = SETTINGS_GENERAL,
	.fallback = "false", .help = "say only what went wrong"},
    {"verbose", 'v', OPT_BOOL, FIELD(verbose), .group = GROUP_GENERAL, .scopes = SETTINGS_GENERAL,
	.fallback = "false", .help = "say more: every request, every step"},
    {"help", 'h', OPT_BOOL, FIELD(help), .group = GROUP_GENERAL, .scopes = SETTINGS_GENERAL,
	.refuses = OPT_ONLY_FLAG, .fallback = "false", .help = "show this"},
    {"version", 'V', OPT_BOOL, FIELD(version), .group = GROUP_GENERAL, .scopes = SETTINGS_GENERAL,
	.refuses = OPT_ONLY_FLAG, .fallback = "false", .help = "show the version"},
};

_Static_assert(COUNT_OF(options) <= SETTINGS_MAX_OPTIONS, "raise SETTINGS_MAX_OPTIONS");

static const struct opt_synonym synonyms[] = {
    {"host", "address"},
    {"bind", "address"},
    {"listen", "address"},
    {"root", "directory"},
    {"dir", "directory"},
    {"cwd", "directory"},
    {"static-path", "static"},
    {"static-url-prefix", "static-prefix"},
    {"template-path", "templates"},
    {"compiled-template-cache", "template-cache"},
    {"static-hash-cache", "hash-cache"},
    {"serve-traceback", "traceback"},
    {"reload", "livereload"},
    {"processes", "workers"},
    {"browser", "open"},
    {"silent", "quiet"},
    {"symlinks", "follow-links"},
    {"ssl", "tls"},
    {"https", "tls"},
    {"trusted-downstream", "trusted-proxy"},
    {NULL, NULL},
};

static const char *const scope_names[] = {
    "eddy serve", "eddy render", "eddy url", "eddy check", "eddy reload", "eddy status", "eddy run", NULL};

const struct opt_table settings_table = {
    .options = options,
    .count = COUNT_OF(options),
    .origins_offset = offsetof(struct settings, origins),
    .environment = "EDDY_",
    .synonyms = synonyms,
    .scope_names = scope_names,
    .group_names = group_names,
};

struct opt_target
settings_target(struct arena *a, struct settings *s)
{
	return (struct opt_target){&settings_table, s, a};
}

struct settings
settings_make(struct arena *a)
{
	struct settings s = {0};
	struct opt_target target = settings_target(a, &s);

	opt_set_defaults(&target);
	return s;
}

struct str
settings_scheme(const struct settings *s)
{
	return s->tls ? STR("https") : STR("http");
}

bool
settings_given(const struct settings *s, const void *field)
{
	return opt_origin(&settings_table, s, field) != OPT_FROM_DEFAULT;
}

/* Config files */

const char *
settings_config_path(struct arena *a, const struct settings *s)
{
	const char *slash = str_ends(str_of(s->directory), STR("/")) ? "" : "/";

	if (s->config != NULL)
		return s->config;
	if (strcmp(s->directory, ".") == 0)
		return CONFIG_NAME;
	return str_format(a, "%s%s" CONFIG_NAME, s->directory, slash).data;
}

/* A file being taken over. */
struct taking {
	struct arena *arena;
	struct settings *settings;
	const struct settings_file *file;
	int lines[SETTINGS_MAX_OPTIONS]; /* where an option was set first; 0 is nowhere */
};

static bool
fault_unknown_key(const struct taking *t, const struct conf_entry *entry, struct err *e)
{
	const char *nearest = opt_nearest(t->arena, &settings_table, SETTINGS_ALL, entry->key);

	err_set(e, ERR_CONFIG, entry->key_place, "there is no key '%.*s'", STR_ARG(entry->key));
	if (nearest != NULL && str_starts(str_of(nearest), STR("no-")))
		err_set_hint(e, "did you mean '%s = false'?", nearest + strlen("no-"));
	else if (nearest != NULL)
		err_set_hint(e, "did you mean '%s'?", nearest);
	return false;
}

/* Whether the key may stand in this file, and there. */
static bool
key_check(struct taking *t, const struct opt *option, const struct conf_entry *entry, struct err *e)
{
	int *line = &t->lines[option - options];

	if (option->refuses & OPT_NOT_CONFIG)
		return err_set(
		    e, ERR_CONFIG, entry->key_place, "'%s' can't be set in a config file", option->name);
	if (t->file->found && (option->refuses & OPT_NOT_FOUND_CONFIG)) {
		err_set(e, ERR_CONFIG, entry->key_place,
		    "'%s' can't be set in an eddy.conf that was found in the directory", option->name);
		err_set_hint(e, "trust it with --config %s, or give --%s", t->file->path, option->name);
		return false;
	}
	if (option->type != OPT_LIST && *line != 0)
		return err_set(
		    e, ERR_CONFIG, entry->key_place, "'%s' was set on line %d already", option->name, *line);
	*line = entry->key_place.line;
	return true;
}

/* Whether a relative path stays beneath where it starts, as far as its text tells. */
static bool
stays_beneath(struct str path)
{
	if (str_starts(path, STR("/")))
		return false;
	while (path.len > 0)
		if (str_eq(str_cut(&path, '/'), STR("..")))
			return false;
	return true;
}

/* What comes before a relative path of the file: its directory, as far as the user named one. */
static struct str
file_folder(const struct settings_file *file)
{
	struct str path = str_of(file->path);
	size_t slash = str_rfind_char(path, '/');

	return str_slice(path, 0, slash == STR_NONE ? 0 : slash + 1);
}

static struct str
path_from_folder(const struct taking *t, struct str path)
{
	struct str folder = str_starts(path, STR("/")) ? STR("") : file_folder(t->file);

	return str_format(t->arena, "%.*s%.*s", STR_ARG(folder), STR_ARG(path));
}

/* Sets *text to the value with its path made relative to the file's directory. */
static bool
path_resolve(const struct taking *t, const struct opt *option, const struct conf_entry *entry,
    const char **text, struct err *e)
{
	struct str value = str_of(entry->value);
	size_t equals = option->content == OPT_NAMED_FILE ? str_find_char(value, '=') : STR_NONE;
	struct str name = equals == STR_NONE ? STR("") : str_slice(value, 0, equals + 1);
	struct str path = str_from(value, name.len), second = path, first = str_cut(&second, ',');

	*text = entry->value;
	if (option->content == OPT_ANYTHING || path.len == 0)
		return true;
	if (option->content == OPT_TWO_FILES) {
		if (second.len > 0)
			*text = str_format(t->arena, "%.*s,%.*s", STR_ARG(path_from_folder(t, first)),
			    STR_ARG(path_from_folder(t, second)))
				    .data;
		return true;
	}
	if (t->file->found && !stays_beneath(path)) {
		err_set(e, ERR_CONFIG, entry->value_place,
		    "%s: '%.*s' leads out of the directory that the eddy.conf was found in", option->name,
		    STR_ARG(path));
		err_set_hint(e, "trust it with --config %s", t->file->path);
		return false;
	}
	*text = str_format(t->arena, "%.*s%.*s", STR_ARG(name), STR_ARG(path_from_folder(t, path))).data;
	return true;
}

static bool
take_entry(struct taking *t, const struct conf_entry *entry, struct err *e)
{
	const struct opt *option = opt_find(&settings_table, entry->key);
	struct opt_target target = settings_target(t->arena, t->settings);
	struct opt_value value = {
	    .option = option,
	    .origin = t->file->found ? OPT_FROM_FOUND_CONFIG : OPT_FROM_CONFIG,
	    .written = entry->key,
	    .place = entry->value_place,
	};

	if (option == NULL)
		return fault_unknown_key(t, entry, e);
	if (!key_check(t, option, entry, e) || !path_resolve(t, option, entry, &value.text, e))
		return false;
	return opt_assign(&target, &value, e);
}

bool
settings_take_file(struct arena *a, struct settings *s, const struct settings_file *file,
    void (*report)(const struct err *), struct err *e)
{
	struct conf_reader reader = conf_open(a, str_of(file->path), file->content);
	struct taking taking = {.arena = a, .settings = s, .file = file};
	struct conf_entry entry;
	enum conf_read read;
	struct err fault;
	bool ok = true;

	while (fault = err_make(e->arena), (read = conf_read(&reader, &entry, &fault)) != CONF_READ_END) {
		if (read == CONF_READ_ENTRY && take_entry(&taking, &entry, &fault))
			continue;
		if (!ok && report != NULL)
			report(e);
		*e = fault;
		ok = false;
	}
	s->config_file = str_dup(a, str_of(file->path)).data;
	return ok;
}

/* The end */

bool
settings_finish(struct arena *a, struct settings *s, struct err *e)
{
	struct opt_target target = settings_target(a, s);
	enum opt_origin quiet = opt_origin(&settings_table, s, &s->quiet);
	enum opt_origin verbose = opt_origin(&settings_table, s, &s->verbose);

	opt_follow(&target);
	if (s->redirect_port >= 0 && s->tls == NULL)
		return err_set(e, ERR_USAGE, ERR_NOWHERE, "--redirect-http needs --tls");
	if (s->quiet && s->verbose && quiet == verbose)
		return err_set(e, ERR_USAGE, ERR_NOWHERE, "--quiet and --verbose exclude each other");
	if (s->quiet && s->verbose)
		*(quiet > verbose ? &s->verbose : &s->quiet) = false;
	if (!settings_given(s, &s->log_level))
		s->log_level = s->quiet ? LOG_WARNING : s->verbose ? LOG_DEBUG : LOG_INFO;
	return true;
}

char **
settings_to_argv(
    struct arena *a, const struct settings *s, const char *program, const char *command, unsigned scopes)
{
	struct opt_list arguments = {0};
	char **argv;

	opt_list_add(a, &arguments, program);
	opt_list_add(a, &arguments, command);
	opt_to_argv(a, &settings_table, s, scopes, &arguments);
	argv = ARENA_ARRAY(a, char *, arguments.count + 1);
	for (size_t i = 0; i < arguments.count; i++)
		argv[i] = str_cstr(a, str_of(arguments.items[i]));
	return argv;
}

char **
settings_append_operands(struct arena *a, char **argv, const struct opt_list *operands)
{
	size_t count = 0;
	char **joined;

	while (argv[count] != NULL)
		count++;
	joined = ARENA_ARRAY(a, char *, count + 1 + operands->count + 1);
	for (size_t i = 0; i < count; i++)
		joined[i] = argv[i];
	joined[count++] = str_cstr(a, STR("--"));
	for (size_t i = 0; i < operands->count; i++)
		joined[count++] = str_cstr(a, str_of(operands->items[i]));
	return joined;
}
