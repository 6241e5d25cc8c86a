/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How the daemons are configured: one process or thread that answers, no control channel, nothing
 * outside a directory of its own below $TMPDIR.
 */
#include "bench.h"

#include "servers/common.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where the resolvers find an authoritative server. */
#define UPSTREAM "5020"

/* The directory of all of them, once there is one. */
static char top[PATH_MAX / 2];
static struct server upstream;

static const char *const programs[DAEMONS] = {"nsd", "unbound", "unbound", "unbound", "memcached"};

const char *daemon_name(enum daemon daemon)
{
	static const char *const names[DAEMONS] = {"nsd", "unbound, local data",
		"unbound, recursing", "unbound, udp-connect: no", "memcached"};

	return names[daemon];
}

static bool is_resolver(enum daemon daemon)
{
	return daemon == DAEMON_RESOLVER || daemon == DAEMON_RESOLVER_UNCONNECTED;
}

const char *daemon_missing(enum daemon daemon)
{
	if (server_find(programs[daemon]) == NULL)
		return programs[daemon];
	return is_resolver(daemon) && server_find("nsd") == NULL ? "nsd" : NULL;
}

bool daemon_has_option(enum daemon daemon)
{
	return daemon != DAEMON_MEMCACHED;
}

void daemon_remove_all(void)
{
	char command[PATH_MAX];

	snprintf(command, sizeof(command), "rm -rf '%s'", top);
	if (top[0] != '\0' && system(command) != 0)
		fprintf(stderr, "%s is left\n", top);
}

const char *daemon_directory(void)
{
	const char *parent = getenv("TMPDIR");

	if (top[0] != '\0')
		return top;
	snprintf(top, sizeof(top), "%s/bindright-bench-XXXXXX", parent == NULL ? "/tmp" : parent);
	if (mkdtemp(top) == NULL)
		die("%s", top);
	return top;
}

/* Makes the directory for the daemon on that port. */
static void make_directory(const char *port, char ret[PATH_MAX])
{
	snprintf(ret, PATH_MAX, "%s/%s", daemon_directory(), port);
	if (mkdir(ret, 0700) != 0 && access(ret, W_OK) != 0)
		die("%s", ret);
}

static FILE *create(const char *directory, const char *name)
{
	char path[PATH_MAX + 16];
	FILE *ret;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	ret = fopen(path, "we");
	if (ret == NULL)
		die("%s", path);
	return ret;
}

static void configure_nsd(const char *directory, const char *port, const char *address)
{
	FILE *zone = create(directory, "zone"), *file = create(directory, "conf");

	fputs("$ORIGIN example.\n$TTL 0\n@ SOA ns a 1 2 3 4 0\n@ NS ns\nns A 127.0.0.1\n"
	      "* A 192.0.2.9\n",
		zone);
	fclose(zone);
	fprintf(file,
		"server:\n ip-address: %s@%s\n server-count: 1\n username: \"\"\n"
		" zonesdir: \"%s\"\n database: \"\"\n pidfile: \"\"\n xfrdfile: \"%s/x\"\n"
		" xfrdir: \"%s\"\n zonelistfile: \"%s/z\"\n rrl-ratelimit: 0\n"
		"remote-control:\n control-enable: no\nzone:\n name: example\n zonefile: zone\n",
		address, port, directory, directory, directory, directory);
	fclose(file);
}

static void configure_unbound(
	const char *directory, const char *port, enum daemon daemon, bool by_hand)
{
	FILE *file = create(directory, "conf");

	fprintf(file,
		"server:\n interface: 0.0.0.0\n port: %s\n interface-automatic: %s\n do-ip6: no\n"
		" num-threads: 1\n username: \"\"\n chroot: \"\"\n directory: \"%s\"\n"
		" pidfile: \"\"\n use-syslog: no\n do-not-query-localhost: no\n"
		" access-control: 127.0.0.0/8 allow\n module-config: \"iterator\"\n"
		" udp-connect: %s\n target-fetch-policy: \"0 0 0 0 0\"\n",
		port, by_hand ? "yes" : "no", directory,
		daemon == DAEMON_RESOLVER_UNCONNECTED ? "no" : "yes");
	if (daemon == DAEMON_UNBOUND)
		fputs(" local-data: \"here.example A 192.0.2.9\"\n", file);
	fputs("remote-control:\n control-enable: no\n", file);
	if (is_resolver(daemon))
		fputs("stub-zone:\n name: example\n stub-addr: 127.0.0.1@" UPSTREAM "\n", file);
	fclose(file);
}

static size_t write_question(uint32_t number, const char *name, unsigned char *text)
{
	const uint16_t words[] = {htons((uint16_t)number), htons(0x100), htons(1), 0, 0, 0};
	const unsigned char end[] = {7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0, 0, 1, 0, 1};
	const size_t len = strlen(name);

	memcpy(text, words, sizeof(words));
	text += sizeof(words);
	*text++ = (unsigned char)len;
	memcpy(text, name, len);
	memcpy(text + len, end, sizeof(end));
	return sizeof(words) + 1 + len + sizeof(end);
}

/* Another name each time, so that no resolver has the answer. */
static size_t write_new_name(uint32_t number, unsigned char *text)
{
	char name[16];

	snprintf(name, sizeof(name), "n%08u", number);
	return write_question(number, name, text);
}

static size_t write_local_name(uint32_t number, unsigned char *text)
{
	return write_question(number, "here", text);
}

/* After the header of a datagram, a key that is not there. */
static size_t write_get(uint32_t number, unsigned char *text)
{
	const uint16_t header[] = {htons((uint16_t)number), 0, htons(1), 0};
	static const char get[] = "get key\r\n";

	memcpy(text, header, sizeof(header));
	memcpy(text + sizeof(header), get, sizeof(get) - 1);
	return sizeof(header) + sizeof(get) - 1;
}

daemon_writer *daemon_request(enum daemon daemon)
{
	if (daemon == DAEMON_MEMCACHED)
		return write_get;
	return daemon == DAEMON_UNBOUND ? write_local_name : write_new_name;
}

static void launch(enum daemon daemon, const char *port, const char *group, const char *preload,
	const char *directory, struct server *ret)
{
	char conf[PATH_MAX + 16], log[PATH_MAX + 16];
	const char *path = server_find(programs[daemon]);
	const char *const memcached[] = {
		path, "-u", "root", "-l", "0.0.0.0", "-U", port, "-p", port, "-t", "1", NULL};
	const char *const others[] = {path, "-d", "-c", conf, NULL};

	snprintf(conf, sizeof(conf), "%s/conf", directory);
	snprintf(log, sizeof(log), "%s/log", directory);
	ret->port = port;
	server_launch(daemon == DAEMON_MEMCACHED ? memcached : others, group, preload, log, ret);
}

static bool await(enum daemon daemon, struct server *server)
{
	struct client client;
	bool ret;

	client_open(FAMILY_V4, 1, &client);
	client.write = daemon_request(daemon);
	/* Elsewhere than what is measured. */
	client.number = 90000000;
	ret = client_await(&client, server);
	client_close(&client);
	server_add_children(server);
	return ret;
}

/* The last line of its log. */
static const char *last_line(const char *directory)
{
	static char line[256];
	char path[PATH_MAX + 16];
	FILE *log;

	strcpy(line, "it says nothing\n");
	snprintf(path, sizeof(path), "%s/log", directory);
	log = fopen(path, "re");
	while (log != NULL && fgets(line, sizeof(line), log) != NULL)
		;
	if (log != NULL)
		fclose(log);
	return line;
}

const char *daemon_start(enum daemon daemon, const char *port, bool by_hand, const char *group,
	const char *preload, struct server *ret)
{
	char directory[PATH_MAX];

	if (is_resolver(daemon) && upstream.processes == 0) {
		make_directory(UPSTREAM, directory);
		configure_nsd(directory, UPSTREAM, "127.0.0.1");
		launch(DAEMON_NSD, UPSTREAM, NULL, NULL, directory, &upstream);
	}
	make_directory(port, directory);
	if (daemon == DAEMON_NSD)
		configure_nsd(directory, port, by_hand ? "127.0.0.2" : "0.0.0.0");
	else if (daemon != DAEMON_MEMCACHED)
		configure_unbound(directory, port, daemon, by_hand);
	launch(daemon, port, group, preload, directory, ret);
	return await(daemon, ret) ? NULL : last_line(directory);
}
