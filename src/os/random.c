#include "os/random.h"

#include <unistd.h>

#ifdef __APPLE__
#include <sys/random.h> /* getentropy; others have it in unistd.h */
#endif

enum { RANDOM_MAX_BYTES = 32 };

struct str
random_hex(struct arena *a, size_t count)
{
	unsigned char bytes[RANDOM_MAX_BYTES];
	struct buf hex = buf_make(a);

	count = MIN(count, sizeof(bytes));
	if (getentropy(bytes, count) != 0)
		base_die("the kernel gives no random bytes");
	for (size_t i = 0; i < count; i++)
		buf_addf(&hex, "%02x", bytes[i]);
	return buf_str(&hex);
}
