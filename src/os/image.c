#include "os/image.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#include <link.h>
#define RUNNING_IMAGE "/proc/self/exe"
#endif

static char started_path[PATH_MAX];

/* Where it lies */

static bool
is_same_file(const char *a, const char *b)
{
	struct stat a_stat, b_stat;

	return stat(a, &a_stat) == 0 && stat(b, &b_stat) == 0 && a_stat.st_dev == b_stat.st_dev &&
	       a_stat.st_ino == b_stat.st_ino;
}

/* Whether `path` is the image that runs, as far as the system can tell. */
static bool
is_running_image(const char *path)
{
#ifdef RUNNING_IMAGE
	return is_same_file(path, RUNNING_IMAGE);
#else
	return is_same_file(path, path) && access(path, X_OK) == 0;
#endif
}

/* Keeps "DIRECTORY/NAME", made absolute, if that is the image. No directory is the current one. */
static bool
started_path_try(struct str directory, const char *name)
{
	char current[PATH_MAX] = "";
	bool is_absolute = *(directory.len ? directory.data : name) == '/';
	int len;

	if (!is_absolute && getcwd(current, sizeof(current)) == NULL)
		return false;
	len = snprintf(started_path, sizeof(started_path), "%s%s%.*s%s%s", current, is_absolute ? "" : "/",
	    STR_ARG(directory), directory.len ? "/" : "", name);
	return len > 0 && (size_t)len < sizeof(started_path) && is_running_image(started_path);
}

static bool
started_path_search(const char *name)
{
	struct str rest = str_of(getenv("PATH"));

	if (strchr(name, '/') != NULL)
		return started_path_try(STR(""), name + (strncmp(name, "./", 2) == 0 ? 2 : 0));
	while (rest.len > 0)
		if (started_path_try(str_cut(&rest, ':'), name))
			return true;
	return false;
}

/* Where the name that it was started by doesn't lead to the image: the kernel's own idea of it. */
static void
started_path_ask_kernel(const char *argv0)
{
	ssize_t len = -1;

#ifdef RUNNING_IMAGE
	len = readlink(RUNNING_IMAGE, started_path, sizeof(started_path) - 1);
#endif
	if (len < 0)
		len = snprintf(started_path, sizeof(started_path), "%s", argv0);
	len = MIN(len, (ssize_t)sizeof(started_path) - 1);
	if (str_ends(str_make(started_path, (size_t)len), STR(" (deleted)")))
		len -= (ssize_t)strlen(" (deleted)");
	started_path[len] = '\0';
}

void
image_find(const char *argv0)
{
	const char *told = getenv(IMAGE_VARIABLE);

	if (told != NULL)
		snprintf(started_path, sizeof(started_path), "%s", told);
	else if (!started_path_search(argv0))
		started_path_ask_kernel(argv0);
	unsetenv(IMAGE_VARIABLE);
}

const char *
image_path(void)
{
	return started_path;
}

/* Whether it is whole */

#ifdef __linux__
static bool
read_at(int fd, void *bytes, size_t size_bytes, uint64_t offset)
{
	return pread(fd, bytes, size_bytes, (off_t)offset) == (ssize_t)size_bytes;
}

static bool
segments_are_complete(int image, const ElfW(Ehdr) * header, uint64_t size_bytes)
{
	for (size_t i = 0; i < header->e_phnum; i++) {
		ElfW(Phdr) segment;

		if (!read_at(image, &segment, sizeof(segment), header->e_phoff + i * header->e_phentsize))
			return false;
		if (segment.p_offset > size_bytes || segment.p_filesz > size_bytes - segment.p_offset)
			return false;
	}
	return true;
}

/* The linker puts the section headers last, so a file that has them all is whole. */
static bool
sections_are_complete(const ElfW(Ehdr) * header, uint64_t size_bytes)
{
	uint64_t table_bytes = (uint64_t)header->e_shnum * header->e_shentsize;

	return header->e_shoff <= size_bytes && table_bytes <= size_bytes - header->e_shoff;
}

bool
image_is_complete(int image)
{
	int native_class = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;
	ElfW(Ehdr) header;
	struct stat st;

	if (fstat(image, &st) != 0)
		return false;
	if (!read_at(image, header.e_ident, EI_NIDENT, 0) || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
		return true;
	if (header.e_ident[EI_CLASS] != native_class)
		return true;
	return read_at(image, &header, sizeof(header), 0) &&
	       segments_are_complete(image, &header, (uint64_t)st.st_size) &&
	       sections_are_complete(&header, (uint64_t)st.st_size);
}
#else
bool
image_is_complete(int image UNUSED)
{
	return true;
}
#endif

/* Running it */

int
image_open(const char *path, struct err *e)
{
	int image = open(path, O_RDONLY | O_CLOEXEC);

	if (image < 0)
		err_set_errno(e, "cannot open '%s'", path);
	return image;
}

void
image_exec(int image, char *const *argv, char *const *environment)
{
#ifdef RUNNING_IMAGE
	if (image >= 0)
		fexecve(image, argv, environment);
	else
		execve(RUNNING_IMAGE, argv, environment);
#else
	(void)image;
	execve(started_path, argv, environment);
#endif
}
