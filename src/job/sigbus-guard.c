/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sigbus-guard.h"

#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* A folder of 100 images and a few archives fit. */
#define REGIONS_MAX 512

/* The handler may run at any moment on any thread: it only reads, and a
 * region's size is set before its start makes it visible. */
typedef struct
{
  uintptr_t start;
  gsize size;
  gint *broken;
} Region;

static Region regions[REGIONS_MAX];
static GMutex lock;
static struct sigaction previous;
static gsize page_size;

static Region *
find_region (uintptr_t address)
{
  for (guint i = 0; i < REGIONS_MAX; i++)
    {
      uintptr_t start = __atomic_load_n (&regions[i].start, __ATOMIC_ACQUIRE);

      if (start != 0 && address >= start && address - start < regions[i].size)
        return &regions[i];
    }
  return NULL;
}

static void
on_sigbus (int number, siginfo_t *info, void *context)
{
  uintptr_t address = (uintptr_t) info->si_addr;
  Region *region = find_region (address);
  void *page = (void *) (address & ~(uintptr_t) (page_size - 1));

  if (region != NULL
      && mmap (page, page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)
             != MAP_FAILED)
    {
      __atomic_store_n (region->broken, TRUE, __ATOMIC_RELEASE);
      return;
    }
  /* Not ours: whoever was responsible before gets it when it strikes again. */
  sigaction (SIGBUS, &previous, NULL);
}

static void
ensure_handler (void)
{
  static gsize done = 0;

  if (g_once_init_enter (&done))
    {
      struct sigaction action = { 0 };

      page_size = (gsize) sysconf (_SC_PAGESIZE);
      action.sa_sigaction = on_sigbus;
      action.sa_flags = SA_SIGINFO | SA_RESTART;
      sigemptyset (&action.sa_mask);
      sigaction (SIGBUS, &action, &previous);
      g_once_init_leave (&done, 1);
    }
}

/**
 * smith_sigbus_guard_add:
 * @start: of a mapping of @size bytes
 * @broken: set to TRUE when bytes of it turn out to be missing; must live
 *   until smith_sigbus_guard_remove()
 *
 * Returns: FALSE if there are too many mappings
 */
gboolean
smith_sigbus_guard_add (gconstpointer start, gsize size, gint *broken)
{
  gboolean added = FALSE;

  ensure_handler ();
  g_mutex_lock (&lock);
  for (guint i = 0; i < REGIONS_MAX && !added; i++)
    {
      if (regions[i].start != 0)
        continue;
      regions[i].size = size;
      regions[i].broken = broken;
      __atomic_store_n (&regions[i].start, (uintptr_t) start, __ATOMIC_RELEASE);
      added = TRUE;
    }
  g_mutex_unlock (&lock);
  return added;
}

void
smith_sigbus_guard_remove (gconstpointer start)
{
  g_mutex_lock (&lock);
  for (guint i = 0; i < REGIONS_MAX; i++)
    if (regions[i].start == (uintptr_t) start)
      __atomic_store_n (&regions[i].start, 0, __ATOMIC_RELEASE);
  g_mutex_unlock (&lock);
}
