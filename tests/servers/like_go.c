/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A program that does nothing, with the build ID note that Go's linker writes. */
#include <elf.h>

struct go_note {
	Elf32_Nhdr header; /* the same in 64-bit files */
	char name[4];
	char id[4];
};

extern const struct go_note build_id;
const struct go_note build_id __attribute__((section(".note.go.buildid"), used, aligned(4))) = {
	.header = {.n_namesz = 4, .n_descsz = 4, .n_type = 4}, .name = "Go", .id = "id"};

int main(void)
{
	return 0;
}
