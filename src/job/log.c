/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "log.h"

#include <string.h>

#include "format/mask.h"
#include "stick/soon.h"

/* Of a line, in bytes: well behind where it is cut, so that an identity across the
 * cut is seen whole. */
#define LOOK_AT_MAX (2 * SMITH_LOG_LINE_MAX)

typedef struct
{
  gint64 time;
  SmithLogLevel level;
  char *text;
} Line;

struct _SmithLog
{
  GObject parent_instance;

  GMutex lock;
  GQueue lines; /* Line */
  gint64 begun;
  SmithSoon *appended;
};

G_DEFINE_FINAL_TYPE (SmithLog, smith_log, G_TYPE_OBJECT)

enum
{
  APPENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
line_free (gpointer data)
{
  Line *line = data;

  g_free (line->text);
  g_free (line);
}

static void
smith_log_finalize (GObject *object)
{
  SmithLog *log = SMITH_LOG (object);

  g_queue_clear_full (&log->lines, line_free);
  smith_soon_free (log->appended);
  g_mutex_clear (&log->lock);
  G_OBJECT_CLASS (smith_log_parent_class)->finalize (object);
}

static void
smith_log_class_init (SmithLogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = smith_log_finalize;
  signals[APPENDED] = g_signal_new ("appended", SMITH_TYPE_LOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                    NULL, G_TYPE_NONE, 0);
}

static void
smith_log_init (SmithLog *log)
{
  g_mutex_init (&log->lock);
  g_queue_init (&log->lines);
  log->begun = g_get_monotonic_time ();
  log->appended = smith_soon_new (log, signals[APPENDED], 0);
}

SmithLog *
smith_log_new (void)
{
  return g_object_new (SMITH_TYPE_LOG, NULL);
}

/**
 * smith_log_level_name:
 *
 * Returns: a stable lower-case word
 */
const char *
smith_log_level_name (SmithLogLevel level)
{
  static const char *const names[] = { "detail", "step", "notice", "error" };

  return (guint) level < G_N_ELEMENTS (names) ? names[level] : names[SMITH_LOG_ERROR];
}

/**
 * smith_log_mask:
 *
 * See smith_mask(). Any thread.
 *
 * Returns: (transfer full)
 */
char *
smith_log_mask (const char *text)
{
  return smith_mask (text);
}

/* Details go first: they are many, and old ones tell least. */
static void
make_room (SmithLog *log)
{
  if (log->lines.length < SMITH_LOG_LINES_MAX)
    return;
  for (GList *l = log->lines.head; l != NULL; l = l->next)
    {
      Line *line = l->data;

      if (line->level == SMITH_LOG_DETAIL || l->next == NULL)
        {
          line_free (line);
          g_queue_delete_link (&log->lines, l);
          return;
        }
    }
}

static char *G_GNUC_PRINTF (1, 0) clean (const char *format, va_list args)
{
  g_autofree char *raw = g_strdup_vprintf (format, args);
  g_autofree char *valid = g_utf8_make_valid (raw, (gssize) strnlen (raw, LOOK_AT_MAX));
  char *masked;

  for (char *p = valid; *p != '\0'; p++)
    if (*p == '\n' || *p == '\r')
      *p = ' ';
  masked = smith_log_mask (valid);
  if (strlen (masked) > SMITH_LOG_LINE_MAX)
    *g_utf8_find_prev_char (masked, masked + SMITH_LOG_LINE_MAX) = '\0';
  return masked;
}

/**
 * smith_log_add:
 *
 * Adds a line; what it says of identities is masked first.
 */
void
smith_log_add (SmithLog *log, SmithLogLevel level, const char *format, ...)
{
  Line *line = g_new0 (Line, 1);
  va_list args;

  va_start (args, format);
  line->text = clean (format, args);
  va_end (args);
  line->level = level;

  g_mutex_lock (&log->lock);
  line->time = g_get_monotonic_time () - log->begun;
  make_room (log);
  g_queue_push_tail (&log->lines, line);
  g_mutex_unlock (&log->lock);
  smith_soon_request (log->appended);
}

/**
 * smith_log_foreach:
 * @least: lines below that level are passed over
 * @func: called with the log locked: it must not use the log
 */
void
smith_log_foreach (SmithLog *log, SmithLogLevel least, SmithLogFunc func, gpointer user_data)
{
  g_mutex_lock (&log->lock);
  for (GList *l = log->lines.head; l != NULL; l = l->next)
    {
      const Line *line = l->data;
      const SmithLogLine shown = { line->time, line->level, line->text };

      if (line->level >= least)
        func (&shown, user_data);
    }
  g_mutex_unlock (&log->lock);
}

static void
append_text (const SmithLogLine *line, gpointer user_data)
{
  g_string_append_printf (user_data, "%9.3f  %-6s  %s\n", (double) line->time / G_USEC_PER_SEC,
                          smith_log_level_name (line->level), line->text);
}

/**
 * smith_log_to_text:
 *
 * Returns: (transfer full): the lines from @least on, to copy or save
 */
char *
smith_log_to_text (SmithLog *log, SmithLogLevel least)
{
  GString *text = g_string_new (NULL);

  smith_log_foreach (log, least, append_text, text);
  return g_string_free (text, FALSE);
}

/**
 * smith_log_save:
 *
 * Saves the whole log; an older file of that name is replaced at once or not
 * at all.
 *
 * Returns: FALSE with a G_FILE_ERROR
 */
gboolean
smith_log_save (SmithLog *log, const char *path, GError **error)
{
  g_autofree char *text = smith_log_to_text (log, SMITH_LOG_DETAIL);

  return g_file_set_contents (path, text, -1, error);
}
