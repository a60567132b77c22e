/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "soon.h"

struct _SmithSoon
{
  GWeakRef object; /* its last reference may be dropped on any thread */
  guint signal_id;
  guint delay_ms;
  GMainContext *context;
  GMutex lock;
  GSource *pending; /* the emission that is asked for and has not run */
};

static void
soon_clear (gpointer data)
{
  SmithSoon *soon = data;

  g_weak_ref_clear (&soon->object);
  g_main_context_unref (soon->context);
  g_mutex_clear (&soon->lock);
}

/* For who asks on another thread or later than the object lives. Any thread. */
SmithSoon *
smith_soon_ref (SmithSoon *soon)
{
  return g_atomic_rc_box_acquire (soon);
}

void
smith_soon_unref (SmithSoon *soon)
{
  g_atomic_rc_box_release_full (soon, soon_clear);
}

static void
soon_unref (gpointer data)
{
  smith_soon_unref (data);
}

/**
 * smith_soon_new:
 * @object: (transfer none): whose signal it is
 * @delay_ms: how long to collect, in milliseconds; 0 for the next turn of the main loop
 */
SmithSoon *
smith_soon_new (gpointer object, guint signal_id, guint delay_ms)
{
  SmithSoon *soon = g_atomic_rc_box_new0 (SmithSoon);

  g_weak_ref_init (&soon->object, object);
  soon->signal_id = signal_id;
  soon->delay_ms = delay_ms;
  soon->context = g_main_context_ref_thread_default ();
  g_mutex_init (&soon->lock);
  return soon;
}

/* Nothing is emitted any more. Any thread. */
void
smith_soon_free (SmithSoon *soon)
{
  smith_soon_forget (soon);
  smith_soon_unref (soon);
}

static gboolean
emit (gpointer data)
{
  SmithSoon *soon = data;
  g_autoptr (GObject) object = g_weak_ref_get (&soon->object);

  g_mutex_lock (&soon->lock);
  g_clear_pointer (&soon->pending, g_source_unref);
  g_mutex_unlock (&soon->lock);
  if (object != NULL)
    g_signal_emit (object, soon->signal_id, 0);
  return G_SOURCE_REMOVE;
}

/**
 * smith_soon_request:
 *
 * Has the signal emitted, unless that is going to happen anyway. Any thread.
 */
void
smith_soon_request (SmithSoon *soon)
{
  g_mutex_lock (&soon->lock);
  if (soon->pending == NULL)
    {
      soon->pending
          = soon->delay_ms > 0 ? g_timeout_source_new (soon->delay_ms) : g_idle_source_new ();
      g_source_set_priority (soon->pending, G_PRIORITY_DEFAULT);
      g_source_set_callback (soon->pending, emit, g_atomic_rc_box_acquire (soon), soon_unref);
      g_source_attach (soon->pending, soon->context);
    }
  g_mutex_unlock (&soon->lock);
}

/* Takes back a request that has not been carried out. Any thread. */
void
smith_soon_forget (SmithSoon *soon)
{
  g_mutex_lock (&soon->lock);
  if (soon->pending != NULL)
    g_source_destroy (soon->pending);
  g_clear_pointer (&soon->pending, g_source_unref);
  g_mutex_unlock (&soon->lock);
}
