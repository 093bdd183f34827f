/* SPDX-License-Identifier: MIT
 *
 * Reading theme files. The built-in theme is text in the same form, so there is one way to say a
 * look; a test holds it equal to themes/default.theme.
 */
#include "tui/theme.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

#define THEME_BYTES ((size_t)64 * 1024)
#define WORDS_MAX   16

/* Colours 0 to 15 are the terminal's own, so that light and dark backgrounds both work; green is
 * for what completed by itself and for nothing else. */
static const char DEFAULT[] = "text         = default\n"
			      "dim          = default dim\n"
			      "title        = default bold\n"
			      "header       = default reverse\n"
			      "header_armed = white on red bold mono reverse bold\n"
			      "footer       = default dim\n"
			      "key          = cyan bold mono bold\n"
			      "border       = default dim\n"
			      "warning      = yellow bold mono bold\n"
			      "error        = red bold mono bold\n"
			      "prompt       = default bold\n"
			      "edge         = default dim\n"
			      "edge_hot     = default bold\n"
			      "phase        = default bold\n"
			      "diff_add     = green\n"
			      "diff_del     = red mono underline\n"
			      "diff_hunk    = cyan mono bold\n"
			      "diff_changed = yellow mono bold\n"
			      "pending      = default dim\n"
			      "ready        = default\n"
			      "running      = cyan bold mono bold\n"
			      "stopping     = yellow\n"
			      "unknown      = magenta bold mono bold\n"
			      "paused       = yellow\n"
			      "asking       = yellow bold mono bold underline\n"
			      "completed    = green\n"
			      "skipped      = blue\n"
			      "by_hand      = cyan\n"
			      "tolerated    = yellow\n"
			      "failed       = red bold mono bold reverse\n"
			      "recovering   = magenta bold mono bold\n"
			      "recovered    = magenta\n";

struct line_words {
	char *items[WORDS_MAX];
	int count;
};

static int colour_of(const char *word)
{
	static const char *const NAMES[] = {"black", "red",	"green", "yellow",
					    "blue",  "magenta", "cyan",	 "white"};
	char *end = NULL;

	if (strcmp(word, "default") == 0)
		return -1;
	for (int i = 0; i < 8; i++) {
		if (strcmp(word, NAMES[i]) == 0)
			return i;
		if (strncmp(word, "bright-", 7) == 0 && strcmp(word + 7, NAMES[i]) == 0)
			return i + 8;
	}
	if (word[0] != 'c' || !isdigit((unsigned char)word[1]))
		return -2;
	long number = strtol(word + 1, &end, 10);
	return *end == '\0' && number <= 255 ? (int)number : -2;
}

static unsigned attribute_of(const char *word)
{
	if (strcmp(word, "bold") == 0)
		return CELL_BOLD;
	if (strcmp(word, "reverse") == 0)
		return CELL_REVERSE;
	if (strcmp(word, "underline") == 0)
		return CELL_UNDERLINE;
	return strcmp(word, "dim") == 0 ? CELL_DIM : 0;
}

/* Returns the word that is not understood, or NULL. */
static const char *read_look(const struct line_words *words, struct theme_look *out)
{
	struct theme_look look = {.foreground = -1, .background = -1};
	bool mono = false, has_mono = false;

	for (int i = 2; i < words->count; i++) {
		const char *word = words->items[i];
		unsigned attribute = attribute_of(word);
		if (strcmp(word, "mono") == 0)
			mono = has_mono = true;
		else if (attribute != 0)
			*(mono ? &look.plain : &look.attributes) |= attribute;
		else if (strcmp(word, "on") == 0 && i + 1 < words->count &&
			 colour_of(words->items[i + 1]) != -2)
			look.background = colour_of(words->items[++i]);
		else if (colour_of(word) != -2)
			look.foreground = colour_of(word);
		else
			return word;
	}
	if (!has_mono)
		look.plain = look.attributes;
	*out = look;
	return NULL;
}

static void split(char *line, struct line_words *out)
{
	char *rest = NULL;

	out->count = 0;
	for (char *word = strtok_r(line, " \t\r", &rest); word != NULL && out->count < WORDS_MAX;
	     word = strtok_r(NULL, " \t\r", &rest))
		out->items[out->count++] = word;
}

static bool is_role(const char *name)
{
	return role_of(name) != ROLE_text || strcmp(name, "text") == 0;
}

static bool read_base(struct theme *theme, const struct line_words *words, const char **out_wrong)
{
	struct theme_look look = {0};

	*out_wrong = read_look(words, &look);
	if (*out_wrong != NULL)
		return false;
	theme->foreground = look.foreground;
	theme->background = look.background;
	return true;
}

static bool read_line(struct theme *theme, char *line, const char **out_wrong)
{
	struct line_words words;

	line[strcspn(line, "#")] = '\0';
	split(line, &words);
	if (words.count == 0)
		return true;
	*out_wrong = words.items[0];
	if (words.count >= 3 && strcmp(words.items[0], "base") == 0)
		return read_base(theme, &words, out_wrong);
	if (words.count < 3 || strcmp(words.items[1], "=") != 0 || !is_role(words.items[0]))
		return false;
	*out_wrong = read_look(&words, &theme->looks[role_of(words.items[0])]);
	return *out_wrong == NULL;
}

int theme_parse(struct theme *theme, const char *file, const char *text, size_t length,
		struct buf *problems)
{
	char *copy = mem_strndup(text, length);
	char *rest = copy;
	int number = 0, wrong_count = 0;

	for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
		const char *wrong = "";
		number++;
		if (read_line(theme, line, &wrong))
			continue;
		wrong_count++;
		buf_printf(problems, "%s:%d: '%s' is no role, colour or attribute\n", file, number,
			   wrong);
	}
	free(copy);
	return wrong_count;
}

void theme_default(struct theme *theme)
{
	struct buf problems;

	memset(theme, 0, sizeof(*theme));
	theme->foreground = theme->background = -1;
	buf_init(&problems, 4096);
	(void)theme_parse(theme, "built-in", DEFAULT, sizeof(DEFAULT) - 1, &problems);
	buf_release(&problems);
}

/* ---- finding files ----------------------------------------------------------------------- */

static char *program_folder(void)
{
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (length <= 0)
		return mem_strdup(".");
	path[length] = '\0';
	return file_folder(path);
}

static char *find_file(const char *name)
{
	static const char *const PLACES[] = {"../themes", "../../themes", "../share/hlp/themes"};

	if (strchr(name, '/') != NULL)
		return mem_strdup(name);
	char *folder = program_folder();
	char *found = NULL;
	for (size_t i = 0; i < sizeof(PLACES) / sizeof(PLACES[0]) && found == NULL; i++) {
		found = mem_printf("%s/%s/%s.theme", folder, PLACES[i], name);
		if (!file_exists(found)) {
			free(found);
			found = NULL;
		}
	}
	free(folder);
	return found;
}

int theme_load(struct theme *theme, const char *name, struct buf *problems, struct err *err)
{
	char *text = NULL;
	size_t length = 0;

	theme_default(theme);
	char *path = find_file(name ? name : "default");
	if (path == NULL)
		return name ? err_set(err, ERR_NOT_FOUND, "no theme '%s'", name) : 0;
	int status = file_read(path, THEME_BYTES, &text, &length, err);
	if (status >= 0)
		(void)theme_parse(theme, path, text, length, problems);
	free(text);
	free(path);
	return status < 0 ? status : 0;
}
