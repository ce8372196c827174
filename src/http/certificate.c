#include "http/certificate.h"

#include "base/log.h"
#include "os/clock.h"
#include "os/fs.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>

enum {
	FILE_MAX_BYTES = 1024 * 1024,
	DAY_S = 24 * 3600,
	LIFE_S = 820 * DAY_S,   /* some systems trust none that lives longer than 825 days */
	RENEWAL_S = 30 * DAY_S, /* that eddy's own must have left */
	SERIAL_BYTES = 16,
};

/* What is being read, and where its two parts lie. */
struct pair {
	const char *chain_path, *key_path;
	struct str chain, key;
	int64_t expires_s;
};

/* Checking */

static bool
fault_at(struct err *e, const char *path, const char *what, int code)
{
	struct err_place place = {.file = str_of(path)};

	return err_set(e, ERR_CONFIG, place, "%s%s%s", what, code < 0 ? ": " : "",
	    code < 0 ? gnutls_strerror(code) : "");
}

static bool
read_part(struct arena *a, const char *path, struct str *content, struct err *e)
{
	struct err fault = err_make(e->arena);

	if (fs_read(a, path, FILE_MAX_BYTES, content, &fault))
		return true;
	return err_set(e, ERR_CONFIG, ERR_NOWHERE, "--tls: %.*s", STR_ARG(fault.message));
}

static gnutls_datum_t
datum_of(struct str text)
{
	return (gnutls_datum_t){(unsigned char *)(uintptr_t)text.data, (unsigned)text.len};
}

static bool
check_chain(struct pair *pair, struct err *e)
{
	gnutls_datum_t datum = datum_of(pair->chain);
	gnutls_x509_crt_t *list;
	unsigned count;
	int code = gnutls_x509_crt_list_import2(&list, &count, &datum, GNUTLS_X509_FMT_PEM, 0);

	if (code < 0)
		return fault_at(e, pair->chain_path, "no certificate in PEM form", code);
	pair->expires_s = (int64_t)gnutls_x509_crt_get_expiration_time(list[0]);
	for (unsigned i = 0; i < count; i++)
		gnutls_x509_crt_deinit(list[i]);
	gnutls_free(list);
	return true;
}

static bool
check_key(const struct pair *pair, struct err *e)
{
	gnutls_datum_t datum = datum_of(pair->key);
	gnutls_x509_privkey_t key;
	int code;

	gnutls_x509_privkey_init(&key);
	code = gnutls_x509_privkey_import2(key, &datum, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN);
	gnutls_x509_privkey_deinit(key);
	return code == 0 ||
	       fault_at(e, pair->key_path, "no private key in PEM form without a password", code);
}

static bool
check_match(const struct pair *pair, struct err *e)
{
	gnutls_datum_t chain = datum_of(pair->chain), key = datum_of(pair->key);
	gnutls_certificate_credentials_t credentials;
	int code;

	gnutls_certificate_allocate_credentials(&credentials);
	code = gnutls_certificate_set_x509_key_mem(credentials, &chain, &key, GNUTLS_X509_FMT_PEM);
	gnutls_certificate_free_credentials(credentials);
	if (code >= 0)
		return true;
	return fault_at(
	    e, pair->key_path, str_format(e->arena, "not the key of %s", pair->chain_path).data, code);
}

static bool
pair_read(struct arena *a, struct pair *pair, struct err *e)
{
	return read_part(a, pair->chain_path, &pair->chain, e) &&
	       read_part(a, pair->key_path, &pair->key, e) && check_chain(pair, e) && check_key(pair, e) &&
	       check_match(pair, e);
}

/* Making */

/* RFC 5280 §4.2, and the names by which a browser reaches this machine. */
static void
name_localhost(gnutls_x509_crt_t crt)
{
	static const char *const names[] = {"localhost", "*.localhost"};
	static const unsigned char ipv4[4] = {127, 0, 0, 1}, ipv6[16] = {[15] = 1};
	unsigned how = GNUTLS_FSAN_APPEND;

	gnutls_x509_crt_set_dn(crt, "CN=localhost,O=eddy on this machine", NULL);
	for (size_t i = 0; i < COUNT_OF(names); i++)
		gnutls_x509_crt_set_subject_alt_name(
		    crt, GNUTLS_SAN_DNSNAME, names[i], (unsigned)strlen(names[i]), how);
	gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, ipv4, sizeof(ipv4), how);
	gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, ipv6, sizeof(ipv6), how);
}

static int
crt_fill(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key)
{
	unsigned char serial[SERIAL_BYTES];
	time_t now_s = (time_t)clock_unix_s();

	gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof(serial));
	serial[0] &= 0x7F; /* a positive number */
	name_localhost(crt);
	gnutls_x509_crt_set_version(crt, 3);
	gnutls_x509_crt_set_serial(crt, serial, sizeof(serial));
	gnutls_x509_crt_set_activation_time(crt, now_s - DAY_S);
	gnutls_x509_crt_set_expiration_time(crt, now_s + LIFE_S);
	gnutls_x509_crt_set_basic_constraints(crt, 0, -1);
	gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE);
	gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0);
	gnutls_x509_crt_set_key(crt, key);
	return gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0);
}

static struct str
take_datum(struct arena *a, gnutls_datum_t *datum)
{
	struct str text = str_dup(a, str_make((const char *)datum->data, datum->size));

	gnutls_free(datum->data);
	return text;
}

static int
pair_make(struct arena *a, struct pair *pair)
{
	gnutls_datum_t chain_pem = {0}, key_pem = {0};
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t crt;
	int code;

	gnutls_x509_privkey_init(&key);
	gnutls_x509_crt_init(&crt);
	code = gnutls_x509_privkey_generate(
	    key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
	if (code >= 0)
		code = crt_fill(crt, key);
	if (code >= 0)
		code = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &chain_pem);
	if (code >= 0)
		code = gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &key_pem);
	pair->chain = take_datum(a, &chain_pem);
	pair->key = take_datum(a, &key_pem);
	gnutls_x509_crt_deinit(crt);
	gnutls_x509_privkey_deinit(key);
	return code;
}

static const char *
state_folder(struct arena *a)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (state != NULL && *state == '/')
		return str_format(a, "%s/eddy", state).data;
	return home && *home == '/' ? str_format(a, "%s/.local/state/eddy", home).data : NULL;
}

/* The key first: what belongs to no certificate is replaced the next time. */
static bool
own_make(struct arena *a, const char *folder, struct pair *pair, struct err *e)
{
	int code = pair_make(a, pair);

	if (code < 0)
		return fault_at(e, pair->chain_path, "no certificate could be made", code);
	return fs_make_private_folder(folder, e) && fs_write_private(pair->key_path, pair->key, e) &&
	       fs_write_private(pair->chain_path, pair->chain, e);
}

static bool
own_load(struct arena *a, struct certificate *certificate, struct err *e)
{
	const char *folder = state_folder(a);
	struct pair pair = {
	    .chain_path = str_format(a, "%s/localhost.pem", folder ? folder : "").data,
	    .key_path = str_format(a, "%s/localhost-key.pem", folder ? folder : "").data,
	};
	struct err fault = err_make(a);

	if (folder == NULL)
		return err_set(e, ERR_CONFIG, ERR_NOWHERE,
		    "--tls: neither XDG_STATE_HOME nor HOME says where to keep a certificate");
	certificate->is_new = !pair_read(a, &pair, &fault) || pair.expires_s < clock_unix_s() + RENEWAL_S;
	if (certificate->is_new && !own_make(a, folder, &pair, e))
		return false;
	certificate->path = pair.chain_path;
	certificate->chain = pair.chain;
	certificate->key = pair.key;
	return true;
}

bool
certificate_load(struct arena *a, const char *setting, struct certificate *certificate, struct err *e)
{
	struct str key = str_of(setting), chain = str_cut(&key, ',');
	struct pair pair = {.chain_path = str_cstr(a, chain), .key_path = str_cstr(a, key)};

	*certificate = (struct certificate){0};
	if (str_eq(str_of(setting), STR(CERTIFICATE_OWN)))
		return own_load(a, certificate, e);
	if (!pair_read(a, &pair, e))
		return false;
	*certificate = (struct certificate){
	    .path = pair.chain_path,
	    .chain = pair.chain,
	    .key = pair.key,
	    .has_expired = pair.expires_s < clock_unix_s(),
	};
	return true;
}

void
certificate_tell(const struct certificate *certificate)
{
	if (certificate->has_expired)
		log_warning("eddy: %s: the certificate has expired", certificate->path);
	if (!certificate->is_new)
		return;
	log_info("made a certificate for localhost: %s", certificate->path);
	log_info("  browsers warn of it until it is trusted: import it as an authority for web sites, or");
	log_info("  certutil -d \"sql:$HOME/.pki/nssdb\" -A -t P,, -n eddy -i '%s'", certificate->path);
	log_info("  (Chromium); curl --cacert '%s'", certificate->path);
}
