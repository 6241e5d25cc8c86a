/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Shared by the files of the generator. They fill one plan, step by step, and track what its slots
 * probably have; generate.c says what for.
 */
#ifndef TESTS_DIFFERENTIAL_GENERATE_H
#define TESTS_DIFFERENTIAL_GENERATE_H

#include "differential.h"

#include <stdbool.h>

enum content { FREE, UDP4, UDP6, TCP4, TCP6, UNIX_DGRAM, UNIX_STREAM, PAIR, EPOLL };

/* What the slots of a process probably have. */
struct guess {
	bool exists, has_thread;
	enum content contents[SLOTS_PER_PROCESS];
	bool is_bound[SLOTS_PER_PROCESS], listens[SLOTS_PER_PROCESS];
	int far_ends[SLOTS_PER_PROCESS]; /* of pairs */
	int options[SLOTS_PER_PROCESS];	 /* the last one that was set, plus 1 */
};

/* The plan that is being made, and its last step, which the make_ functions fill. */
extern struct plan *plan;
extern struct step *step;
/* Those of all processes, and the one of the step's process. */
extern struct guess guesses[PROCESSES];
extern struct guess *guess;

static inline bool is_udp(enum content kind)
{
	return kind == UDP4 || kind == UDP6;
}

static inline bool is_v6(enum content kind)
{
	return kind == UDP6 || kind == TCP6;
}

/* ---- generate.c ------------------------------------------------------------------------------ */

/* Sets the process of the next steps, mostly the one of those before, and guess. */
void choose_actor(void);
/* Adds a step of that process, of either thread, to the plan, which must have room for it. */
void next_step(void);

/* ---- generate_arguments.c -------------------------------------------------------------------- */

/* Any slot, whatever is in it. */
int any_slot(void);
/* A slot with something in it, if there is one soon. */
int used_slot(void);
/* A slot with nothing in it, if there is one soon. */
int slot_for_new(void);
/* The first slot with a content of this kind; -1 if there is none. */
int find_kind(enum content kind);
/* The number of a port to bind the slot to if is_own, else of one to reach. */
int port_for(enum content kind, int slot, bool is_own);
/* The number of an address that the plan allows for this kind. */
int some_address(enum content kind);
/* In *ret, which is zeros: a name to bind the slot to. */
void choose_local(enum content kind, int slot, struct name *ret);
/* In *ret, which is zeros: a name to connect the slot to, or to send to. */
void choose_remote(enum content kind, int slot, struct name *ret);
/* At times has an argument of the step point to a bad place. */
void go_bad_at_times(void);
/* Sets the step's option to one that a socket of this kind mostly has. */
void choose_option(enum content kind);
/* A value to set the option to. */
long choose_value(const struct option *option);
/* The length of the option's value. */
long usual_length(const struct option *option);

/* ---- generate_steps.c: these make the last step a call, with its arguments, and note its effect.
 */

/* Notes that a slot has this now, and does not listen. */
void note(int slot, enum content kind, bool is_bound);
/* Any call that probably makes sense. */
void make_any(void);
/* A socket of any kind, in a slot for new ones. */
void make_socket(void);
/* A pair of AF_UNIX, in step->slot and step->other. */
void make_pair(void);
/* A bind of the slot, mostly to a name of its family. */
void make_bind(int slot);
/* A listen of the slot. */
void make_listen(int slot);
/* An accept from the slot, into step->other. */
void make_accept(int slot);
/* A connect of the slot, or a disconnect. */
void make_connect(int slot);
/* A send from the slot, by any call. */
void make_send(int slot);
/* A receive at the slot, by any call. */
void make_receive(int slot);
/* Sets or gets an option of the slot. */
void make_option(int slot);
/* A duplicate of the slot, in step->other. */
void make_dup(int slot);
/* Sends a used slot's descriptor over this end of a pair. */
void make_give(int pair);
/* Receives a descriptor at this end of a pair, into step->other. */
void make_take(int pair);

/* ---- generate_scenes.c ----------------------------------------------------------------------- */

/* The plan must have room for so many steps. */
enum { LONGEST_SCENE = 12 };
/* Adds the steps of a scene, of a process that choose_actor chooses. */
void play_scene(void);

#endif
