/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-simulator"

#include "stick-log.h"

struct _SmithStickLog
{
  SmithVirtualStickEvent func;
  gpointer user_data;

  GMutex lock;
  GQueue lines; /* char * */
};

/**
 * smith_stick_log_new:
 * @func: (nullable): is called for every event, on the thread that adds it
 */
SmithStickLog *
smith_stick_log_new (SmithVirtualStickEvent func, gpointer user_data)
{
  SmithStickLog *log = g_new0 (SmithStickLog, 1);

  log->func = func;
  log->user_data = user_data;
  g_mutex_init (&log->lock);
  g_queue_init (&log->lines);
  return log;
}

void
smith_stick_log_free (SmithStickLog *log)
{
  g_queue_clear_full (&log->lines, g_free);
  g_mutex_clear (&log->lock);
  g_free (log);
}

static char *
to_line (JsonBuilder *event)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_end_object (event);
  root = json_builder_get_root (event);
  json_generator_set_root (generator, root);
  return json_generator_to_data (generator, NULL);
}

/**
 * smith_stick_log_add:
 * @event: (transfer full): from smith_stick_event()
 *
 * The function for events is called without any lock held.
 */
void
smith_stick_log_add (SmithStickLog *log, JsonBuilder *event)
{
  g_autoptr (JsonBuilder) owned = event;
  g_autofree char *line = to_line (owned);

  g_debug ("%s", line);
  g_mutex_lock (&log->lock);
  g_queue_push_tail (&log->lines, g_strdup (line));
  if (log->lines.length > SMITH_STICK_LOG_MAX)
    g_free (g_queue_pop_head (&log->lines));
  g_mutex_unlock (&log->lock);
  if (log->func != NULL)
    log->func (line, log->user_data);
}

/**
 * smith_stick_log_get_text:
 *
 * Returns: (transfer full): the lines that are kept, each with its newline
 */
char *
smith_stick_log_get_text (SmithStickLog *log)
{
  GString *text = g_string_new (NULL);

  g_mutex_lock (&log->lock);
  for (GList *l = log->lines.head; l != NULL; l = l->next)
    {
      g_string_append (text, l->data);
      g_string_append_c (text, '\n');
    }
  g_mutex_unlock (&log->lock);
  return g_string_free (text, FALSE);
}

/**
 * smith_stick_event:
 *
 * Returns: (transfer full): an event, to be handed to smith_stick_log_add()
 */
JsonBuilder *
smith_stick_event (const char *name)
{
  JsonBuilder *event = json_builder_new ();

  json_builder_begin_object (event);
  smith_stick_event_add_text (event, "event", name);
  return event;
}

/* @text may be anything: it may have come over the wire. */
void
smith_stick_event_add_text (JsonBuilder *event, const char *key, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  json_builder_set_member_name (event, key);
  json_builder_add_string_value (event, valid);
}

void
smith_stick_event_add_number (JsonBuilder *event, const char *key, gint64 number)
{
  json_builder_set_member_name (event, key);
  json_builder_add_int_value (event, number);
}

/* A partition's id or an address, the way people write them. */
void
smith_stick_event_add_hex (JsonBuilder *event, const char *key, guint32 value)
{
  char text[11];

  g_snprintf (text, sizeof text, "0x%08X", value);
  smith_stick_event_add_text (event, key, text);
}
