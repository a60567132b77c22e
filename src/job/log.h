/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  SMITH_LOG_DETAIL, /* every frame and command */
  SMITH_LOG_STEP,   /* what is being done */
  SMITH_LOG_NOTICE, /* what a person should see */
  SMITH_LOG_ERROR,
} SmithLogLevel;

/* One line; @text has its identities masked already. */
typedef struct
{
  gint64 time; /* µs since the log began */
  SmithLogLevel level;
  const char *text;
} SmithLogLine;

typedef void (*SmithLogFunc) (const SmithLogLine *line, gpointer user_data);

/**
 * SmithLog:
 *
 * What happened, line by line, for the log drawer and for reports. Bounded:
 * the oldest details go first. Numbers that tell a stick, a SIM card or a
 * person apart are masked before they are kept. Any thread; "appended" (no
 * arguments) is emitted, coalesced, in the main context that was the thread
 * default when the log was made.
 */
#define SMITH_TYPE_LOG (smith_log_get_type ())
G_DECLARE_FINAL_TYPE (SmithLog, smith_log, SMITH, LOG, GObject)

#define SMITH_LOG_LINES_MAX 20000
#define SMITH_LOG_LINE_MAX 2000

SmithLog *smith_log_new (void);
void smith_log_add (SmithLog *log, SmithLogLevel level, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void smith_log_foreach (SmithLog *log, SmithLogLevel least, SmithLogFunc func, gpointer user_data);
char *smith_log_to_text (SmithLog *log, SmithLogLevel least);
gboolean smith_log_save (SmithLog *log, const char *path, GError **error);
char *smith_log_mask (const char *text);
const char *smith_log_level_name (SmithLogLevel level);

G_END_DECLS
