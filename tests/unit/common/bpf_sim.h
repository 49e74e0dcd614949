/*
 * A filter of system calls, run without a kernel, so that a test can ask what
 * it does on another architecture.
 */
#ifndef TESTS_UNIT_COMMON_BPF_SIM_H
#define TESTS_UNIT_COMMON_BPF_SIM_H

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <stdint.h>

/* The result for a program that the kernel would refuse. */
#define BPF_SIM_INVALID 0x12345678

/*
 * Runs a program of classic BPF over a call, by the rules of the kernel's
 * seccomp(2): loads of aligned words of struct seccomp_data, forward jumps,
 * and a constant to return. Returns that constant, a SECCOMP_RET_ value, or
 * BPF_SIM_INVALID.
 */
uint32_t bpf_sim_run(const struct sock_fprog *, const struct seccomp_data *);

#endif
