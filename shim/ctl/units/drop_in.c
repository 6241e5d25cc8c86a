/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/units/drop_in.h"

#include "ctl/units/root_files.h"
#include "ctl/units/unit_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char head[] = "# Written by bindrightctl enable; taken out by: bindrightctl disable ";
static const char unit_directory[] = "/etc/systemd/system";

/* A symbolic link is somebody else's, wherever it leads. */
static bool read_file(struct drop_in *drop_in, struct error_line *error)
{
	struct stat file;
	int failure;

	if (lstat(drop_in->path, &file) != 0)
		return errno == ENOENT ||
		       say_into(error, "cannot read %s: %s", drop_in->path, strerror(errno));
	if (!S_ISREG(file.st_mode)) {
		drop_in->content = text_copy("");
		return true;
	}
	failure = root_read("", drop_in->path, &drop_in->content);
	if (failure != 0)
		return say_into(error, "cannot read %s: %s", drop_in->path, strerror(-failure));
	drop_in->is_ours = strncmp(drop_in->content, head, sizeof(head) - 1) == 0;
	return true;
}

/* Takes path over. */
static bool read_at(char *path, struct drop_in *ret, struct error_line *error)
{
	*ret = (struct drop_in){.path = path};
	ret->directory = text_copy_part(path, (size_t)(strrchr(path, '/') - path));
	return read_file(ret, error);
}

/* Sets ret to where the directory lies, or will be made, below root. What exists of it may be
 * symbolic links, which may not lead out of root. */
static bool find_directory(
	const char *root, const char *directory, char ret[PATH_MAX], struct error_line *error)
{
	char *part = text_copy(directory);
	size_t len = strlen(part), next;
	struct stat file;

	while (!root_resolve(root, len > 0 ? part : "/", ret) && len > 0) {
		while (part[--len] != '/')
			;
		part[len] = '\0';
	}
	free(part);
	next = strlen(ret) + 1 + strcspn(directory + len + (directory[len] == '/'), "/");
	if (strlen(ret) + strlen(directory + len) >= PATH_MAX)
		return say_into(error, "--root: the path is too long");
	strcat(ret, directory + len);
	if (directory[len] == '\0')
		return true;
	part = text_copy_part(ret, next);
	len = lstat(part, &file) == 0;
	if (len > 0)
		say_into(error, "%s: a symbolic link that leads nowhere", part);
	free(part);
	return len == 0;
}

/* Finds the file of this name in the directory. Takes the directory over. */
static bool find_file(char *directory, const char *name, const char *root, struct drop_in *ret,
	struct error_line *error)
{
	char found[PATH_MAX] = "";
	bool is_found = true;

	if (*root == '\0')
		snprintf(found, sizeof(found), "%s", directory);
	else
		is_found = find_directory(root, directory, found, error);
	free(directory);
	return is_found && read_at(text_format("%s/%s", found, name), ret, error);
}

bool drop_in_find(const char *name, const char *root, struct drop_in *ret, struct error_line *error)
{
	return find_file(
		text_format("%s/%s.d", unit_directory, name), UNIT_OUR_DROP_IN, root, ret, error);
}

bool drop_in_find_helper(
	const char *helper, const char *root, struct drop_in *ret, struct error_line *error)
{
	return find_file(text_copy(unit_directory), helper, root, ret, error);
}

bool drop_in_read(const char *path, const char *root, struct drop_in *ret, struct error_line *error)
{
	return read_at(text_format("%s%s", root, path), ret, error);
}

static void add_variable(FILE *stream, const char *name, const char *value)
{
	char *word = text_format("%s=%s", name, value), *quoted = unit_word_quote(word);

	fprintf(stream, "Environment=%s\n", quoted);
	free(quoted);
	free(word);
}

char *drop_in_make(const char *name, const char *preload, const struct assignments *assignments)
{
	char *content = NULL;
	size_t size = 0;
	FILE *stream = or_fail(open_memstream(&content, &size));

	fprintf(stream, "%s%s\n[Service]\n", head, name);
	add_variable(stream, "LD_PRELOAD", preload);
	for (size_t i = 0; i < assignments->count; i++)
		add_variable(stream, assignments->list[i].name, assignments->list[i].value);
	if (fclose(stream) != 0)
		or_fail(NULL);
	return content;
}

char *drop_in_sign(const char *name, const char *text)
{
	return text_format("%s%s\n%s", head, name, text);
}

/* Makes the directory and those that it lies in. */
static bool make_directories(const char *path)
{
	char *part = text_copy(path);
	bool is_made = true;

	for (char *slash = strchr(part + 1, '/'); is_made && slash != NULL;
		slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		is_made = mkdir(part, 0755) == 0 || errno == EEXIST;
		*slash = '/';
	}
	is_made = is_made && (mkdir(path, 0755) == 0 || errno == EEXIST);
	free(part);
	return is_made;
}

/* Has the names in it survive a crash. systemd has the file already, so a failure changes nothing.
 */
static void sync_directory(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

static bool write_all(int fd, const char *text)
{
	size_t len = strlen(text);

	while (len > 0) {
		ssize_t written = write(fd, text, len);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		text += written;
		len -= (size_t)written;
	}
	return true;
}

/* systemd takes no notice of the file until it has a name that ends in ".conf". */
static bool write_under(char *temporary, const char *path, const char *content)
{
	int fd = mkostemp(temporary, O_CLOEXEC), error;
	bool is_written;

	if (fd < 0)
		return false;
	is_written = write_all(fd, content) && fchmod(fd, 0644) == 0 && fsync(fd) == 0;
	error = errno;
	if (close(fd) != 0 && is_written) {
		is_written = false;
		error = errno;
	}
	if (is_written && rename(temporary, path) == 0)
		return true;
	if (is_written)
		error = errno;
	unlink(temporary);
	errno = error;
	return false;
}

static void sync_parent(const char *path)
{
	char *parent = text_copy_part(path, (size_t)(strrchr(path, '/') - path));

	sync_directory(parent);
	free(parent);
}

/* Only if it is empty. */
static bool remove_directory(const struct drop_in *drop_in)
{
	const size_t len = strlen(drop_in->directory);

	return len > 2 && strcmp(drop_in->directory + len - 2, ".d") == 0 &&
	       rmdir(drop_in->directory) == 0;
}

bool drop_in_write(const struct drop_in *drop_in, const char *content, struct error_line *error)
{
	char *temporary = text_format("%s/.%s.XXXXXX", drop_in->directory, UNIT_OUR_DROP_IN);
	bool is_written = make_directories(drop_in->directory) &&
			  write_under(temporary, drop_in->path, content);
	int failure = errno;

	free(temporary);
	if (is_written) {
		sync_directory(drop_in->directory);
		sync_parent(drop_in->directory);
		return true;
	}
	remove_directory(drop_in);
	return say_into(error, "cannot write %s: %s%s", drop_in->path, strerror(failure),
		failure == EACCES && geteuid() != 0 ? " (root can)" : "");
}

bool drop_in_remove(const struct drop_in *drop_in, struct error_line *error)
{
	if (unlink(drop_in->path) != 0 && errno != ENOENT)
		return say_into(error, "cannot remove %s: %s%s", drop_in->path, strerror(errno),
			errno == EACCES && geteuid() != 0 ? " (root can)" : "");
	if (!remove_directory(drop_in))
		sync_directory(drop_in->directory);
	sync_parent(drop_in->directory);
	return true;
}

bool drop_in_restore(const struct drop_in *drop_in, struct error_line *error)
{
	if (drop_in->content == NULL)
		return drop_in_remove(drop_in, error);
	return drop_in_write(drop_in, drop_in->content, error);
}
