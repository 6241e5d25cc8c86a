/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keeps copies of filters in a list that only grows. A filter is added before the kernel gets it,
 * so no thread makes a call that it forbids. If the kernel refuses the filter, its copy stays in
 * the list but no longer counts. Memory for the copies is mapped before the first filter, which may
 * forbid mapping.
 */
#include "runtime/sandbox.h"

#include "libc/platform.h"
#include "runtime/impl.h"
#include "runtime/readable.h"

#include <string.h>

struct sandbox_filter {
	struct sandbox_filter *next;
	atomic_bool counts;
	struct bpf_program program;
	struct bpf_insn insns[];
};

atomic_bool sandbox_has_filters;
/* Twice the longest filter; most take one or two kilobytes. It is no larger because all of it is
 * resident in a program that locks its memory (mlockall(2)). */
enum { STORE = 64 * 1024 };
/* Set once, by the first filter; and how much of it is in use. */
static unsigned char *_Atomic store;
static _Atomic size_t taken;
/* The newest filter. Any thread that adds one writes it. */
static struct sandbox_filter *_Atomic newest;
/* Stands for every filter that allows nothing (its program is empty); and how many of those
 * count. */
static struct sandbox_filter closed;
static _Atomic int closed_count;

bool sandbox_filter_allows(
	const struct sandbox_filter *filter, long number, const long args[SANDBOX_ARGS])
{
	struct bpf_data data = {.nr = (int32_t)number, .arch = SYSCALL_ARCH};
	uint32_t action;

	for (int i = 0; i < SANDBOX_ARGS; i++)
		data.args[i] = (unsigned long)args[i];
	action = bpf_run(&filter->program, &data) >> BPF_ACTION_SHIFT;
	return action == BPF_ALLOW || action == BPF_LOG;
}

bool sandbox_check(long number, const long args[SANDBOX_ARGS])
{
	if (atomic_load(&closed_count) > 0)
		return false;
	for (const struct sandbox_filter *at = atomic_load(&newest); at != NULL; at = at->next)
		if (atomic_load_explicit(&at->counts, memory_order_acquire) &&
			!sandbox_filter_allows(at, number, args))
			return false;
	return true;
}

/* Takes memory for a copy; NULL if there is none. */
static void *take(size_t size)
{
	unsigned char *memory = atomic_load(&store), *none = NULL;
	size_t at;

	if (memory == NULL) {
		memory = impl_map(STORE);
		if (memory == NULL)
			return NULL;
		if (!atomic_compare_exchange_strong(&store, &none, memory)) {
			impl_unmap(memory, STORE);
			memory = none;
		}
	}
	size = (size + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
	at = atomic_fetch_add(&taken, size);
	return at <= STORE - size ? memory + at : impl_map(size);
}

struct sandbox_filter *sandbox_copy(const struct bpf_program *program)
{
	struct sandbox_filter *filter;
	struct bpf_program app_program;
	size_t size;

	if (program == NULL || !readable(program, sizeof(*program)))
		return &closed;
	memcpy(&app_program, program, sizeof(app_program));
	size = app_program.len * sizeof(*app_program.insns);
	if (app_program.len > BPF_INSNS_MAX || readable_count(app_program.insns, size) < size)
		return &closed;
	filter = take(sizeof(*filter) + size);
	if (filter == NULL)
		return &closed;
	memcpy(filter->insns, app_program.insns, size);
	filter->program = (struct bpf_program){app_program.len, filter->insns};
	/* Another thread can write to the program before the kernel reads it. */
	return bpf_is_accepted(&filter->program) ? filter : &closed;
}

void sandbox_add(struct sandbox_filter *filter)
{
	if (filter == &closed) {
		atomic_fetch_add(&closed_count, 1);
	} else {
		atomic_store(&filter->counts, true);
		filter->next = atomic_load(&newest);
		while (!atomic_compare_exchange_weak(&newest, &filter->next, filter))
			;
	}
	impl_check_filters();
	atomic_store(&sandbox_has_filters, true);
}

void sandbox_drop(struct sandbox_filter *filter)
{
	if (filter == &closed)
		atomic_fetch_sub(&closed_count, 1);
	else
		atomic_store_explicit(&filter->counts, false, memory_order_release);
}
