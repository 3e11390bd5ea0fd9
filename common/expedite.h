/* SPDX-License-Identifier: ISC */
/* Short grace periods of the kernel's RCU (/sys/kernel/rcu_expedited), for a while: a port that leaves a bridge waits
 * for two of them, about 12 ms each on Linux 6.1, and for less than one expedited. They cost other processors an
 * interrupt. */
#ifndef COMMON_EXPEDITE_H
#define COMMON_EXPEDITE_H

/* Begins it. Returns what expedite_end takes; -1 where it can't be had or was set already, which is fine. A child
 * process sets it back even if this one is killed. */
int expedite_begin(void);
void expedite_end(int guard);

#endif
