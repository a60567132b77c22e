/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "simulator/fault-script.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithFaultScript) script = smith_fault_script_parse (text, &error);

  g_assert_true ((script == NULL) == (error != NULL));
  if (script == NULL)
    {
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  for (guint stage = 0; stage < SMITH_N_STAGES; stage++)
    for (guint number = 1; number < 20; number++)
      {
        guint argument;
        SmithFault fault = smith_fault_script_look_up (script, stage, number, &argument);

        g_assert_cmpint (fault, <=, SMITH_FAULT_REPLUG);
        g_assert_true (fault != SMITH_FAULT_NONE || argument == 0);
      }
  g_assert_cmpint (smith_fault_script_after_load (script), <, SMITH_N_RETURNS);
  g_assert_cmpint (smith_fault_script_after_flash (script), <, SMITH_N_RETURNS);
  return 0;
}
