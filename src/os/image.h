/*
 * The image: the executable file that this process runs. Each of eddy's processes is an exec of it, and a
 * restart is one of the file that lies at the same path by then.
 *
 * On Linux the very file that runs can be run again, whatever lies at its path now; elsewhere what lies there is run.
 */
#ifndef EDDY_IMAGE_H
#define EDDY_IMAGE_H

#include "base/err.h"

/* Tells a child, and the image that follows, where the one before it lay. */
#define IMAGE_VARIABLE "EDDY_IMAGE"

/*
 * To be called once, at the start: finds out where the image lies, by that variable, which is unset then, or by
 * the first word of argv.
 */
void image_find(const char *argv0);

/*
 * The absolute path at which this image was started, as it was named then: there a new one
 * will be found. It holds for children and over re-execs, even when the file has been replaced since.
 */
const char *image_path(void);

/* Opens the file as an image to run; -1 with the error set. */
int image_open(const char *path, struct err *e);

/*
 * Whether the file reaches to the end of what its headers announce: a copy that is still under way
 * would start and then crash. True for formats other than this machine's ELF,
 * which are not looked into, and on systems other than Linux.
 */
bool image_is_complete(int image);

/*
 * Becomes the image behind that descriptor, or the running one where it is negative. Returns only where that
 * failed, with errno set. Makes system calls alone, so it can be called between fork and exec.
 */
void image_exec(int image, char *const *argv, char *const *environment);

#endif
