/* Python's hashes, which tell in what order a set of numbers gives its elements. */
#include "tmpl/value.h"

#include <math.h>
#include <string.h>
#include <xxhash.h>

/* Numbers are hashed modulo the prime 2 ** 61 - 1, so that equal ones of different types have one hash. */
enum { HASH_BITS = 61, HASH_INFINITY = 314159, FRACTION_BITS = 28 };
#define HASH_MODULUS (((uint64_t)1 << HASH_BITS) - 1)

/* The constants of xxHash, by which CPython mixes the hashes of a tuple's items. */
#define TUPLE_PRIME_1 UINT64_C(11400714785074694791)
#define TUPLE_PRIME_2 UINT64_C(14029467366897019727)
#define TUPLE_PRIME_5 UINT64_C(2870177450012600261)

static uint64_t
signed_hash(uint64_t size, bool negative)
{
	uint64_t hash = negative ? -size : size;

	return hash == (uint64_t)-1 ? (uint64_t)-2 : hash;
}

static uint64_t
hash_integer(int64_t integer)
{
	uint64_t size = integer < 0 ? -(uint64_t)integer : (uint64_t)integer;

	return signed_hash(size % HASH_MODULUS, integer < 0);
}

static uint64_t
rotate(uint64_t hash, int count)
{
	return ((hash << count) & HASH_MODULUS) | hash >> (HASH_BITS - count);
}

/* mantissa * 2 ** exponent modulo the prime, some bits of the mantissa at a time. */
static uint64_t
hash_real(double real)
{
	int exponent;
	double mantissa = frexp(fabs(real), &exponent);
	uint64_t hash = 0;

	if (isnan(real))
		return 0;
	if (isinf(real))
		return signed_hash(HASH_INFINITY, real < 0);
	while (mantissa != 0) {
		uint64_t bits;

		hash = rotate(hash, FRACTION_BITS);
		mantissa *= (double)(1 << FRACTION_BITS);
		exponent -= FRACTION_BITS;
		bits = (uint64_t)mantissa;
		mantissa -= (double)bits;
		hash += bits;
		if (hash >= HASH_MODULUS)
			hash -= HASH_MODULUS;
	}
	exponent = exponent >= 0 ? exponent % HASH_BITS : HASH_BITS - 1 - (-1 - exponent) % HASH_BITS;
	return signed_hash(rotate(hash, exponent), real < 0);
}

static bool
hash_items(struct run *run, const struct value_list *tuple, struct value_hash *hash)
{
	uint64_t mixed = TUPLE_PRIME_5;
	bool is_pythons = true;

	if (!value_spend(run, tuple->count))
		return false;
	for (size_t i = 0; i < tuple->count; i++) {
		if (!value_hash(run, tuple->items[i], hash))
			return false;
		is_pythons &= hash->is_pythons;
		mixed += hash->bits * TUPLE_PRIME_2;
		mixed = (mixed << 31) | (mixed >> 33);
		mixed *= TUPLE_PRIME_1;
	}
	mixed += tuple->count ^ (TUPLE_PRIME_5 ^ 3527539);
	*hash = (struct value_hash){mixed == (uint64_t)-1 ? 1546275796 : mixed, is_pythons};
	return true;
}

static bool
hash_tuple(struct run *run, const struct value_list *tuple, struct value_hash *hash)
{
	bool hashed;

	if (!value_enter(run, ""))
		return false;
	hashed = hash_items(run, tuple, hash);
	value_leave(run);
	return hashed;
}

static uint64_t
hash_address(const void *object)
{
	return XXH3_64bits(&object, sizeof(const void *));
}

uint64_t
value_hash_text(struct str text)
{
	return XXH3_64bits(text.data, text.len);
}

bool
value_hash(struct run *run, struct tmpl_value v, struct value_hash *hash)
{
	switch (v.type) {
	case TMPL_STR:
		if (!value_spend_bytes(run, v.len))
			return false;
		*hash = (struct value_hash){value_hash_text(value_str(v)), false};
		return true;
	case TMPL_BOOL:
	case TMPL_INT:
		*hash = (struct value_hash){hash_integer(value_integer(v)), true};
		return true;
	case TMPL_FLOAT:
		*hash = (struct value_hash){hash_real(v.as.real), true};
		return true;
	case TMPL_NONE:
		*hash = (struct value_hash){hash_address(NULL), false};
		return true;
	case TMPL_TUPLE:
		return hash_tuple(run, value_list(v), hash);
	case TMPL_LIST:
	case TMPL_DICT:
	case VALUE_SET:
	case VALUE_SLICE:
		return VALUE_FAIL(run, ERR_TYPE, "unhashable type: '%s'", value_type_name(v));
	case VALUE_VIEW:
		if (value_is_set_like(v))
			return VALUE_FAIL(run, ERR_TYPE, "unhashable type: '%s'", value_type_name(v));
		/* fall through */
	default:
		*hash = (struct value_hash){hash_address(v.as.object), false};
		return true;
	}
}

uint64_t
value_address(struct tmpl_value v)
{
	return UINT64_C(0x7f0000000000) | (hash_address(v.as.object) & UINT64_C(0xfffffffff0));
}
