// SPDX-License-Identifier: ISC
// Numbers that a seed decides (SplitMix64), so that a scenario is the same on every machine.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct random {
	uint64_t state;
};

static inline uint64_t random_next(struct random *r)
{
	uint64_t z = (r->state += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

// 0 to count - 1.
static inline int random_below(struct random *r, int count)
{
	return count > 0 ? (int)(random_next(r) % (uint64_t)count) : 0;
}

static inline bool random_chance(struct random *r, int percent)
{
	return random_below(r, 100) < percent;
}
