/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/report.h"

#include <string.h>

#include "format/error.h"

static void
test_whole (void)
{
  g_autoptr (SmithLog) log = smith_log_new ();
  g_autoptr (GError) error = g_error_new_literal (SMITH_ERROR, SMITH_ERROR_PROTOCOL,
                                                  "IMEI 860123456789012 answered\n\x1b[31mred");
  const SmithReport report = {
    .program = "sticksmith-cli",
    .practice = TRUE,
    .result = "failed",
    .last_step = SMITH_STEP_FLASH,
    .touched = TRUE,
    .files = "a\nb\xff.bin",
    .old_version = "22.180.05.00.00",
    .wanted_version = "21.299.01.00.77",
    .error = error,
    .log = log,
  };
  g_autofree char *text = NULL;

  smith_log_add (log, SMITH_LOG_DETAIL, "860123456789012");
  smith_log_add (log, SMITH_LOG_DETAIL, "< +CREG: 2,1, 7C8, C5A2 | OK");
  smith_log_add (log, SMITH_LOG_STEP, "writing");
  text = smith_report_to_text (&report);
  g_assert_true (g_str_has_prefix (text, "Sticksmith report\n\nSticksmith      "));
  g_assert_nonnull (strstr (text, "\nProgram         sticksmith-cli\n"));
  g_assert_nonnull (strstr (text, "\nPractice        yes\nResult          failed\n"
                                  "Last step       flash\nStick written   yes\n"));
  g_assert_nonnull (strstr (text, "\nFile            a b\xef\xbf\xbd.bin\n"
                                  "Old version     22.180.05.00.00\n"
                                  "Wanted version  21.299.01.00.77\n"));
  g_assert_nonnull (strstr (text, "\nError           IMEI 860**********12 answered  [31mred\n"));
  g_assert_nonnull (strstr (text, "\n\nLog\n"));
  g_assert_nonnull (strstr (text, "step    writing\n"));
  /* Neither what is not known, nor what tells a stick apart. */
  g_assert_null (strstr (text, "GTK"));
  g_assert_null (strstr (text, "New version"));
  g_assert_null (strstr (text, "860123456789012"));
  /* It is masked line by line, and as a whole: the second leaves what the first left. */
  g_assert_nonnull (strstr (text, "  < +CREG: 2,1, **** | OK\n"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/whole", test_whole);
  return g_test_run ();
}
