// SPDX-License-Identifier: ISC
// Times commands, whole processes: measure ROUNDS, or measure -p JOBS, with lines "LABEL|[VAR=VALUE
// ...] PROGRAM [ARG ...]" on stdin.
//
// With ROUNDS every round runs all lines in their order; each label's times are printed as "LABEL
// MEDIAN MIN MAX", in ms. With -p all lines run once, JOBS of them at a time, and "WALL FAILED
// WORST" is printed. Lines without a label run, but aren't timed.
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORDS 16
#define LINES 1024
#define ROUNDS 200

static struct line {
	char *label, *words[WORDS + 1];
	double ms[ROUNDS];
	pid_t pid;
	double start;
} lines[LINES];

extern char **environ;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int read_lines(void)
{
	char *text = NULL;
	size_t size = 0;
	int n = 0;

	while (n < LINES && getline(&text, &size, stdin) > 0) {
		char *rest = strdup(text), *word;
		int words = 0;

		rest[strcspn(rest, "\n")] = '\0';
		lines[n].label = strsep(&rest, "|");
		while (rest && (word = strsep(&rest, " ")) && words < WORDS)
			if (*word)
				lines[n].words[words++] = word;
		n += words > 0;
	}
	free(text);
	return n;
}

// posix_spawn doesn't copy this process, so it isn't what is measured.
static void start(struct line *l)
{
	char **words = l->words, *env[64];
	int n = 0;

	while (n < 40 && environ[n]) {
		env[n] = environ[n];
		n++;
	}
	for (; strchr(*words, '=') && words[1]; words++)
		env[n++] = *words;
	env[n] = NULL;
	l->start = now();
	if (posix_spawn(&l->pid, *words, NULL, NULL, words, env)) {
		fprintf(stderr, "can't run %s\n", *words);
		exit(1);
	}
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int in_rounds(int n, int rounds)
{
	int status, failed = 0;

	for (int round = 0; round < rounds; round++)
		for (int i = 0; i < n; i++) {
			start(&lines[i]);
			waitpid(lines[i].pid, &status, 0);
			lines[i].ms[round] = now() - lines[i].start;
			if (status && !failed++)
				fprintf(stderr, "%s %s: status %x\n", lines[i].label, lines[i].words[0],
					(unsigned)status);
		}
	for (int i = 0; i < n; i++) {
		qsort(lines[i].ms, (size_t)rounds, sizeof(double), compare);
		if (*lines[i].label)
			printf("%s %.2f %.2f %.2f\n", lines[i].label, lines[i].ms[rounds / 2], lines[i].ms[0],
				lines[i].ms[rounds - 1]);
	}
	return failed;
}

static int in_parallel(int n, int jobs)
{
	double begin = now(), worst = 0;
	int next = 0, running = 0, failed = 0, status;

	while (next < n || running) {
		pid_t pid;

		while (running < jobs && next < n) {
			start(&lines[next++]);
			running++;
		}
		pid = waitpid(-1, &status, 0);
		running--;
		failed += status != 0;
		for (int i = 0; i < next; i++)
			if (lines[i].pid == pid && now() - lines[i].start > worst)
				worst = now() - lines[i].start;
	}
	printf("%.0f %d %.1f\n", now() - begin, failed, worst);
	return 0;
}

int main(int argc, char **argv)
{
	bool parallel = argc == 3 && !strcmp(argv[1], "-p");
	int count = argc > 1 ? atoi(argv[argc - 1]) : 0, n = read_lines();

	if (count < 1 || (!parallel && (argc != 2 || count > ROUNDS)))
		return fprintf(stderr, "usage: measure ROUNDS | -p JOBS\n"), 2;
	return parallel ? in_parallel(n, count) : in_rounds(n, count) != 0;
}
