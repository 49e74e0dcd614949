/*
 * Classic BPF, as far as filters of system calls use it. See bpf_sim.h.
 */
#include "tests/unit/common/bpf_sim.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static bool
load(uint32_t offset, const struct seccomp_data *call, uint32_t *word)
{
	if (offset % sizeof(*word) != 0 ||
	    offset > sizeof(*call) - sizeof(*word))
		return false;
	memcpy(word, (const uint8_t *)call + offset, sizeof(*word));
	return true;
}

/* Returns how many instructions a jump passes over, or -1 for an unknown
 * jump. */
static int
jump(const struct sock_filter *i, uint32_t a)
{
	bool yes;

	switch (i->code) {
	case BPF_JMP | BPF_JA:
		return i->k <= BPF_MAXINSNS ? (int)i->k : -1;
	case BPF_JMP | BPF_JEQ | BPF_K:
		yes = a == i->k;
		break;
	case BPF_JMP | BPF_JGT | BPF_K:
		yes = a > i->k;
		break;
	case BPF_JMP | BPF_JGE | BPF_K:
		yes = a >= i->k;
		break;
	case BPF_JMP | BPF_JSET | BPF_K:
		yes = (a & i->k) != 0;
		break;
	default:
		return -1;
	}
	return yes ? i->jt : i->jf;
}

uint32_t
bpf_sim_run(const struct sock_fprog *program, const struct seccomp_data *call)
{
	uint32_t a = 0;
	int skip;

	for (size_t pc = 0; pc < program->len; pc++) {
		const struct sock_filter *i = &program->filter[pc];

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (!load(i->k, call, &a))
				return BPF_SIM_INVALID;
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			break;
		case BPF_RET | BPF_K:
			return i->k;
		default:
			skip = jump(i, a);
			if (skip == -1)
				return BPF_SIM_INVALID;
			pc += (size_t)skip;
		}
	}
	return BPF_SIM_INVALID;
}
