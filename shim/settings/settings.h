/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The settings: which variables there are, which words they take, what they are by default. The
 * one grammar for the library, for the wrapper and for whoever else checks a setting.
 */
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

/* The longest path of a log file, its NUL included. */
enum { LOG_PATH = 1024 };

struct log_settings {
	enum log_level level;
	enum log_sink sink;
	char path[LOG_PATH]; /* LOG_SINK_FILE only, absolute */
};

/* The words of BINDRIGHT_V6ONLY. */
enum v6only_policy {
	V6ONLY_FORCE,	/* set it, whatever the program asked */
	V6ONLY_DEFAULT, /* set it unless the program itself has set it, either way */
	V6ONLY_AUTO,	/* set it where another socket has IPv4's side of the port */
	V6ONLY_DUAL,	/* clear it, whatever the program asked */
	V6ONLY_OFF,	/* leave all listeners alone */
};
/* As they are written, NULL after the last. */
extern const char *const settings_v6only_keywords[];

/* The words of BINDRIGHT_REPLY. */
enum reply_policy {
	REPLY_ON,
	REPLY_INTERFACE, /* also by the interface that the request came in by */
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

/* What is wrong with a setting, as one line without its end. */
struct settings_error {
	char text[512];
};

/* Puts into ret what is to be shown of len bytes of text: cut to length, and '?' for what is not
 * printable ASCII, so that a blank that is none is seen. Returns ret. */
enum { SETTINGS_QUOTE = 64 };
const char *settings_quote(const char *text, size_t len, char ret[SETTINGS_QUOTE]);

void settings_init(struct settings *settings);

/*
 * Takes name's value into settings. False if there is no such variable or the value is none of its
 * words: settings are then as before, and *ret says what is wrong and what is allowed.
 */
bool settings_set(
	struct settings *settings, const char *name, const char *value, struct settings_error *ret);

/* Whether the library is to act in the program of this name. */
bool settings_act_in(const struct settings *settings, const char *program);
/* Whether replies of any UDP socket are to be looked after. */
bool settings_want_replies(const struct settings *settings);

/* Whether there is a variable of this name. */
bool settings_knows(const char *name);

/* The name of the variable at this index, BINDRIGHT_LOG first (it says where to complain of the
 * others), NULL behind the last. */
const char *settings_name(unsigned int index);

#endif
