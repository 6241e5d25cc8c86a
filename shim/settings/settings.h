/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings: the variables, the keywords they take, and their defaults. The library, the wrapper
 * and every other tool that checks a setting use this grammar. No function here makes a system
 * call. */
#ifndef SETTINGS_SETTINGS_H
#define SETTINGS_SETTINGS_H

#include "settings/names.h"
#include "settings/rules.h"

#include <stdbool.h>
#include <stdint.h>

enum log_level {
	LOG_LEVEL_OFF,
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
};

enum log_sink {
	LOG_SINK_STDERR,
	LOG_SINK_FILE,
	LOG_SINK_SYSLOG,
};

/* The longest path of a log file, including its NUL. */
enum { LOG_PATH = 1024 };

struct log_settings {
	enum log_level level;
	enum log_sink sink;
	char path[LOG_PATH]; /* LOG_SINK_FILE only, absolute */
};

/* The keywords of BINDRIGHT_V6ONLY. */
enum v6only_policy {
	V6ONLY_FORCE,	/* set it, whatever the program chose */
	V6ONLY_DEFAULT, /* set it unless the program has set or cleared it itself */
	V6ONLY_AUTO,	/* set it if another socket has the port for IPv4 */
	V6ONLY_DUAL,	/* clear it, whatever the program chose */
	V6ONLY_OFF,	/* leave all listeners alone */
};
/* The keywords as written, indexed by enum v6only_policy; ends with NULL. */
extern const char *const settings_v6only_keywords[];

/* The keywords of BINDRIGHT_REPLY. */
enum reply_policy {
	REPLY_ON,
	REPLY_INTERFACE, /* also by the interface that the request came in on */
	REPLY_OFF,
};

struct settings {
	bool is_on;		 /* BINDRIGHT */
	struct rules v6only;	 /* BINDRIGHT_V6ONLY: of enum v6only_policy */
	struct rules reply;	 /* BINDRIGHT_REPLY: of enum reply_policy */
	bool follow;		 /* BINDRIGHT_FOLLOW */
	struct names only;	 /* BINDRIGHT_ONLY: empty for all programs */
	struct names skip;	 /* BINDRIGHT_SKIP */
	bool children;		 /* BINDRIGHT_CHILDREN */
	uint32_t peers;		 /* BINDRIGHT_PEERS: entries, a power of two */
	uint32_t expiry_s;	 /* BINDRIGHT_EXPIRY: seconds */
	struct log_settings log; /* BINDRIGHT_LOG */
};

/* What is wrong with a setting: one line without a newline. */
struct settings_error {
	char text[512];
};

/* Writes len bytes of text to ret for a message: cut to length, with '?' for everything but
 * printable ASCII, which makes a no-break space visible. Returns ret. */
enum { SETTINGS_QUOTE = 64 };
const char *settings_quote(const char *text, size_t len, char ret[SETTINGS_QUOTE]);

void settings_init(struct settings *settings);

/* Sets the variable name to value. False if the variable is unknown or the value is not allowed:
 * settings are then unchanged, and *ret says what is wrong and what is allowed. */
bool settings_set(
	struct settings *settings, const char *name, const char *value, struct settings_error *ret);

/* Whether the library acts in the program of this name. */
bool settings_act_in(const struct settings *settings, const char *program);
/* Whether the library handles the replies of any UDP socket. */
bool settings_want_replies(const struct settings *settings);

/* Whether a variable of this name exists. */
bool settings_knows(const char *name);

/* The name of the variable at this index, NULL after the last. BINDRIGHT_LOG comes first, because
 * it says where to log errors in the others. */
const char *settings_name(unsigned int index);

/* The value that this variable has if it is not set, as one would write it; NULL if it has none. */
const char *settings_default(unsigned int index);

#endif
