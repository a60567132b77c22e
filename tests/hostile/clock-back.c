/* SPDX-License-Identifier: GPL-3.0-or-later */
/* To be loaded before a program: the clock on the wall is set back by an hour
 * each time somebody looks at it; the one that only runs on is left alone. With
 * SMITH_CLOCK_SEEN, a file of that name is made as soon as it is looked at. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define HOUR 3600

static int looks;

static time_t
set_back (time_t now)
{
  const char *seen = getenv ("SMITH_CLOCK_SEEN");
  int n = __atomic_add_fetch (&looks, 1, __ATOMIC_RELAXED);
  int fd = n == 1 && seen != NULL ? open (seen, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;

  if (fd >= 0)
    close (fd);
  return now - (time_t) n * HOUR;
}

int
clock_gettime (clockid_t clock, struct timespec *when)
{
  int result = (int) syscall (SYS_clock_gettime, clock, when);

  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    when->tv_sec = set_back (when->tv_sec);
  return result;
}

int
gettimeofday (struct timeval *restrict when, void *restrict zone)
{
  struct timespec precise;
  int result = clock_gettime (CLOCK_REALTIME, &precise);

  (void) zone;
  when->tv_sec = precise.tv_sec;
  when->tv_usec = precise.tv_nsec / 1000;
  return result;
}

time_t
time (time_t *when)
{
  struct timespec precise;

  clock_gettime (CLOCK_REALTIME, &precise);
  if (when != NULL)
    *when = precise.tv_sec;
  return precise.tv_sec;
}
