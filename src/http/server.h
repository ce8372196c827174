/* What the handlers of requests share: one of each in a worker. */
#ifndef EDDY_SERVER_H
#define EDDY_SERVER_H

#include "text/settings.h"
#include "text/url.h"

#define SERVER_HOST_MAX_BYTES 256 /* a longer Host field is taken apart each time */

/* A Host field, taken apart. */
struct server_host {
	char text[SERVER_HOST_MAX_BYTES];
	size_t len; /* 0: none is kept */
	char name[SERVER_HOST_MAX_BYTES];
	struct url_host parsed; /* its name is `name` */
};

struct server {
	const struct settings *settings;
	struct loop *loop;
	struct job_thread *jobs;
	struct site *site;     /* belongs to the loop's thread */
	struct pages *pages;   /* belongs to the job thread */
	struct reload *reload; /* the open reload streams */
	struct status *status;
	struct http *http;
	struct access *access;         /* the access log's file, or NULL */
	struct prepare_job *preparing; /* under way */
	struct str client_url; /* of the reload client's scripts, with versions; live as long as the worker */
	struct str stream_url;
	uint16_t port;                         /* that it listens on */
	const struct certificate *certificate; /* NULL: plain HTTP */
	struct str bound_address;
	const struct url_host *allowed_hosts;
	size_t allowed_host_count;
	const struct address_network *trusted_proxies; /* none: the loopback addresses */
	size_t trusted_proxy_count;
	struct server_host last_host; /* of the request before: mostly the next one has the same */
};

#endif
