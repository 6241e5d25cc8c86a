/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints a sequence as a program. */
#include "differential.h"

#include <stdlib.h>
#include <string.h>

/* How to run it: in such a namespace as space.c makes. */
static void print_head(FILE *file, const struct plan *plan)
{
	fprintf(file, "/*\n * Seed %llu, sequence %d, mode %s. With this in the file x.c:\n *\n",
		(unsigned long long)plan->seed, plan->number, mode_names[plan->mode]);
	fputs(" *\tcc -pthread x.c -o x\n"
	      " *\tin_namespace() { unshare -rn sh -c 'ip link set lo up; for address in \\\n",
		file);
	fputs(" *\t\t", file);
	for (int i = ADDR_FIRST; i < ADDRS; i++)
		fprintf(file, "%s%s ", i == ADDR_OTHER_LOOPBACK ? "" : name_address(NAME_V4, i),
			i == ADDR_OTHER_LOOPBACK ? "" : "/32");
	for (int i = ADDR_FIRST; i < ADDRS; i++)
		fprintf(file, "%s/128%s", name_address(NAME_V6, i),
			i + 1 < ADDRS ? " " : "; do \\\n");
	fputs(" *\t\tip addr add $address dev lo; done; sleep 1; \"$@\"' sh \"$@\"; }\n", file);
	fputs(" *\tin_namespace ./x >bare\n *\tin_namespace env LD_PRELOAD=$PWD/shim/.libs/libbindright.so",
		file);
	for (const char *const *setting = mode_settings(plan->mode); *setting != NULL; setting++)
		fprintf(file, " %s", *setting);
	fputs(" ./x >with\n *\tdiff bare with\n", file);
	if (plan->mode == MODE_FORCE || plan->mode == MODE_DEFAULT || plan->mode == MODE_DUAL)
		fputs(" *\n * The keyword's own change of IPV6_V6ONLY shows too; allowed.h says which.\n",
			file);
	fputs(" */\n", file);
}

static void print_actors(FILE *file, const struct plan *plan)
{
	fprintf(file,
		"static const struct actor {\n\tint process, thread, ends;\n} actors[STEPS] = {\n");
	for (int i = 0; i < plan->count; i++) {
		const struct step *step = &plan->steps[i];

		fprintf(file, "\t{%d, %d, %d},\n", step->process, step->thread,
			step->op == OP_END ? (int)step->value : 0);
	}
	fputs("};\n", file);
}

/* Its lines at the indent of a case. */
static void print_call(FILE *file, const struct step *step, int number)
{
	char *text = NULL;
	size_t size;
	FILE *lines = open_memstream(&text, &size);

	text_step(lines, step, number);
	fclose(lines);
	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
		fprintf(file, "\t\t%s%s\n", line, line[strlen(line) - 1] == ';' ? "" : ";");
	free(text);
}

static void print_case(FILE *file, const struct step *step, int number)
{
	fprintf(file, "\tcase %d:\n", number);
	if (!step->by_vfork) {
		print_call(file, step, number);
	} else {
		fputs("\t\tmemcpy(before, s, sizeof(before));\n\t\tif ((child = vfork()) == 0) {\n",
			file);
		print_call(file, step, number);
		fputs("\t\t_exit(0);\n\t\t}\n\t\twaitpid(child, NULL, 0);\n"
		      "\t\tmemcpy(s, before, sizeof(before));\n",
			file);
	}
	fputs("\t\tbreak;\n", file);
}

void text_calls(FILE *file, const struct plan *plan)
{
	shared->plan = *plan;
	for (int i = 0; i < plan->count; i++) {
		const struct step *step = &plan->steps[i];

		fprintf(file, "\t/* %d, process %d, thread %d%s */\n", i, step->process,
			step->thread, step->by_vfork ? ", by vfork" : "");
		print_call(file, step, i);
	}
}

/* The text of reproduce.h, so that the program needs nothing else; without the sources, its name.
 */
static void print_prologue(FILE *file)
{
	const char *top = getenv("abs_top_srcdir");
	char path[4096], line[512];
	FILE *header;

	snprintf(path, sizeof(path), "%s/tests/differential/reproduce.h", top != NULL ? top : ".");
	header = fopen(path, "r");
	if (header == NULL) {
		fputs("#include \"reproduce.h\"\n", file);
		return;
	}
	while (fgets(line, sizeof(line), header) != NULL)
		fputs(line, file);
	fclose(header);
}

void text_program(FILE *file, const struct plan *plan)
{
	bool uses_vfork = false;

	/* The ports are the sequence's. */
	shared->plan = *plan;
	print_head(file, plan);
	fprintf(file, "enum { STEPS = %d, CLOSED_PORT = %d };\n", plan->count,
		name_port(PORT_CLOSED));
	fprintf(file, "#define ADDRESS4 \"%s\"\n#define ADDRESS6 \"%s\"\n",
		name_address(NAME_V4, plan->address4), name_address(NAME_V6, plan->address6));
	print_actors(file, plan);
	print_prologue(file);
	fputs("\nstatic void step(int number)\n{\n", file);
	for (int i = 0; i < plan->count; i++)
		uses_vfork |= plan->steps[i].by_vfork;
	if (uses_vfork)
		fputs("\tpid_t child;\n\tint before[SLOTS];\n\n", file);
	fputs("\tswitch (number) {\n", file);
	for (int i = 0; i < plan->count; i++)
		print_case(file, &plan->steps[i], i);
	fputs("\t}\n}\n", file);
}
