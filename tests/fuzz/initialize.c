/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <signal.h>
#include <stdlib.h>

static void
on_trap (int number)
{
  abort ();
}

/* A warning that is fatal ends in a trap, of which libFuzzer knows nothing: it
 * would not keep the input. */
int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  signal (SIGTRAP, on_trap);
  return 0;
}
