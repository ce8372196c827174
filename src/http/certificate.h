/*
 * The certificate of --tls and its private key, in PEM form (RFC 7468), checked before anything relies on
 * them. All that eddy knows of GnuTLS itself is here.
 *
 * The one for localhost is eddy's own: made once for each user, signed by itself, kept in
 * $XDG_STATE_HOME/eddy (else ~/.local/state/eddy) as localhost.pem and localhost-key.pem, which only the user may
 * read, and made anew before it expires.
 */
#ifndef EDDY_CERTIFICATE_H
#define EDDY_CERTIFICATE_H

#include "base/err.h"

/* The value of --tls that means eddy's own. */
#define CERTIFICATE_OWN "localhost"

struct certificate {
	const char *path; /* of the chain */
	struct str chain; /* from the server's own certificate on; both with a NUL behind them */
	struct str key;
	bool is_new; /* eddy's own, made just now */
	bool has_expired;
};

/*
 * `setting` is CERTIFICATE_OWN or "CERT,KEY", the paths of two files. Fails with ERR_CONFIG at the file that
 * won't do: one that can't be read, is no PEM, or a key of another certificate. One that has expired will do.
 */
bool certificate_load(struct arena *a, const char *setting, struct certificate *certificate, struct err *e);

/* Tells a person what there is to know of it: how to make browsers believe a new one, or that it has expired. */
void certificate_tell(const struct certificate *certificate);

#endif
