/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report.h"

#include "config.h"

/* The names of files can hold whatever their owner, or a terminal, can be
 * annoyed with. Returns: (transfer full) */
static char *
clean (const char *value)
{
  char *text = g_utf8_make_valid (value, -1);

  for (char *p = text; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = ' ';
  return text;
}

static void
add_line (GString *text, const char *what, const char *value)
{
  g_autofree char *line = NULL;

  if (value == NULL)
    return;
  line = clean (value);
  g_string_append_printf (text, "%-16s%s\n", what, line);
}

/**
 * smith_report_to_text:
 *
 * Not translated: it is read by others than by whom it is saved. Numbers that
 * tell a stick or a person apart are masked. Any thread.
 *
 * Returns: (transfer full)
 */
char *
smith_report_to_text (const SmithReport *report)
{
  g_autoptr (GString) text = g_string_new ("Sticksmith report\n\n");
  g_autofree char *os = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  g_autofree char *log = smith_log_to_text (report->log, SMITH_LOG_DETAIL);

  add_line (text, "Sticksmith", SMITH_VERSION);
  add_line (text, "Program", report->program);
  add_line (text, "GTK", report->gtk);
  add_line (text, "System", os);
  add_line (text, "Practice", report->practice ? "yes" : "no");
  add_line (text, "Result", report->result);
  add_line (text, "Last step", smith_step_name (report->last_step));
  add_line (text, "Stick written", report->touched ? "yes" : "no");
  add_line (text, "File", report->files);
  add_line (text, "Old version", report->old_version);
  add_line (text, "Wanted version", report->wanted_version);
  add_line (text, "New version", report->new_version);
  add_line (text, "Error", report->error != NULL ? report->error->message : NULL);
  g_string_append_printf (text, "\nLog\n%s", log);
  return smith_log_mask (text->str);
}
