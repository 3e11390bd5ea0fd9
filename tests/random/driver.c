// SPDX-License-Identifier: ISC
// Runs inside user-mode Linux; tests/random/uml starts it:
//
//	driver [--all-kills] [--soak SECONDS --step STEP] BINARY INJECT SEED...
//
// A line of TAP for each seed, after comments on what fails. With --soak, STEP is added to the last seed until the time
// is over.
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "properties.h"

static struct scenario scenario;
static struct result result;

static int check_seed(const struct options *o, uint64_t seed)
{
	struct timespec begin, end;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	scenario_generate(seed, &scenario);
	check_scenario(o, &scenario, &result);
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%s%s - seed %" PRIu64 "%s%s # %d accepted, %d refused, %d broken, %ld runs, %.1f s\n", result.details,
		*result.failed ? "not ok" : "ok", seed, *result.failed ? ": " : "", result.failed, result.accepted,
		result.refused, result.broken, result.runs,
		(double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9);
	fflush(stdout);
	return *result.failed ? 1 : 0;
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t n = strtoull(text, &end, 10);

	if (*text && !*end)
		return n;
	fprintf(stderr, "driver: '%s' is no number\n", text);
	exit(2);
}

int main(int argc, char **argv)
{
	static const struct option long_options[] = {{"all-kills", no_argument, NULL, 'k'},
		{"soak", required_argument, NULL, 's'}, {"step", required_argument, NULL, 'n'}, {0}};
	struct options o = {0};
	uint64_t soak = 0, step = 1, seed = 0;
	time_t begin = time(NULL);
	int option, failed = 0;

	while ((option = getopt_long(argc, argv, "+", long_options, NULL)) >= 0) {
		switch (option) {
		case 'k':
			o.all_kills = true;
			break;
		case 's':
			soak = number(optarg);
			break;
		case 'n':
			step = number(optarg);
			break;
		default:
			return 2;
		}
	}
	if (argc - optind < 3)
		return 2;
	o.programs = (struct programs){.binary = argv[optind], .inject = argv[optind + 1]};
	for (int i = optind + 2; i < argc; i++) {
		seed = number(argv[i]);
		failed |= check_seed(&o, seed);
	}
	while (soak && (uint64_t)(time(NULL) - begin) < soak)
		failed |= check_seed(&o, seed += step);
	return failed;
}
