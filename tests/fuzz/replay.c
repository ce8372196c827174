/* Runs one fuzzer over the files named, each as one input. */
#include "fuzz.h"

#include <stdio.h>

enum { INPUT_MAX_BYTES = 1 << 20 };

int
main(int argc, char **argv)
{
	static char input[INPUT_MAX_BYTES];

	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");
		size_t len = file != NULL ? fread(input, 1, sizeof(input), file) : 0;

		if (file == NULL) {
			perror(argv[i]);
			return EXIT_FAILURE;
		}
		fclose(file);
		fprintf(stderr, "%s\n", argv[i]);
		LLVMFuzzerTestOneInput((const uint8_t *)input, len);
	}
	return EXIT_SUCCESS;
}
