/*
 * Content codings, made: gzip (RFC 1952) by zlib and br (RFC 7932) by brotli,
 * at the levels that an answer made on the fly is worth.
 */
#ifndef EDDY_COMPRESS_H
#define EDDY_COMPRESS_H

#include "text/accept.h"

/*
 * The bytes in the coding, from malloc(3), in `*coded`. False, with nothing to
 * free, where that makes them no shorter.
 */
bool compress_bytes(enum accept_encoding coding, struct str bytes, struct str *coded);

#endif
