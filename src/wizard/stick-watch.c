/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stick-watch.h"

#include "format/error.h"
#include "link/deadline.h"
#include "stick/verdict.h"

/* So long a HiLink stick may take from its network card to an answer. */
#define COMES_UP_MS 30000
#define AGAIN_MS 1000

/* The ports of a stick that has just come are root's until udev has run its
 * rules: what it refuses in that time means nothing. */
#define YOUNG_MS 2500

/* What is known of the place where a stick is, or was, plugged in. */
typedef struct
{
  guint64 seen;              /* the appearance that was asked about */
  guint64 met;               /* the last appearance that was seen at all */
  gint64 young_until;        /* deadline */
  SmithIdentity *identity;   /* as it is now, or NULL */
  SmithIdentity *working;    /* as it was when its own firmware last ran, or NULL */
  GError *error;             /* why it did not say, or NULL */
  GCancellable *cancellable; /* while it is being asked */
} Place;

struct _SmithStickWatch
{
  GObject parent_instance;

  SmithBus *bus;
  GHashTable *places; /* USB path → Place */
  gboolean paused;
  guint grown_up; /* source: some stick is no longer young */
};

G_DEFINE_FINAL_TYPE (SmithStickWatch, smith_stick_watch, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
stop_asking (Place *place)
{
  g_cancellable_cancel (place->cancellable);
  g_clear_object (&place->cancellable);
}

static void
place_free (gpointer data)
{
  Place *place = data;

  stop_asking (place);
  g_clear_pointer (&place->identity, smith_identity_unref);
  g_clear_pointer (&place->working, smith_identity_unref);
  g_clear_error (&place->error);
  g_free (place);
}

static void
smith_stick_watch_dispose (GObject *object)
{
  SmithStickWatch *watch = SMITH_STICK_WATCH (object);

  g_hash_table_remove_all (watch->places);
  g_clear_handle_id (&watch->grown_up, g_source_remove);
  G_OBJECT_CLASS (smith_stick_watch_parent_class)->dispose (object);
}

static void
smith_stick_watch_finalize (GObject *object)
{
  SmithStickWatch *watch = SMITH_STICK_WATCH (object);

  g_object_unref (watch->bus);
  g_hash_table_unref (watch->places);
  G_OBJECT_CLASS (smith_stick_watch_parent_class)->finalize (object);
}

static void
smith_stick_watch_class_init (SmithStickWatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = smith_stick_watch_dispose;
  object_class->finalize = smith_stick_watch_finalize;
  signals[CHANGED] = g_signal_new ("changed", SMITH_TYPE_STICK_WATCH, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
smith_stick_watch_init (SmithStickWatch *watch)
{
  watch->places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, place_free);
}

/* Whether it is a HiLink stick that has no address yet, or no server. */
static gboolean
may_come_up (SmithStick *stick, const GError *error)
{
  return stick->mode == SMITH_MODE_HILINK
         && (g_error_matches (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED)
             || g_error_matches (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT));
}

static void
ask_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  gint64 deadline = smith_deadline_in (COMES_UP_MS);
  GError *error = NULL;
  SmithBus *bus = SMITH_STICK_WATCH (source)->bus; /* never another one */
  SmithIdentity *identity = smith_identify (bus, data, NULL, cancellable, &error);

  while (identity == NULL && may_come_up (data, error) && !smith_deadline_passed (deadline))
    {
      smith_deadline_sleep (AGAIN_MS, cancellable);
      g_clear_error (&error);
      identity = smith_identify (bus, data, NULL, cancellable, &error);
    }
  if (identity != NULL)
    g_task_return_pointer (task, identity, (GDestroyNotify) smith_identity_unref);
  else
    g_task_return_error (task, error);
}

/* Files are judged by what the stick said while it worked, which must not be
 * what another one said that was at the same place before. */
static void
learn (Place *place, SmithStick *stick, SmithIdentity *identity, const GError *error)
{
  gboolean is_another = FALSE;

  if (smith_mode_is_working (stick->mode))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      g_clear_pointer (&place->working, smith_identity_unref);
      place->working = identity != NULL ? smith_identity_ref (identity) : NULL;
      return;
    }
  if (identity != NULL && place->working != NULL && place->working->model != NULL)
    {
      SmithChip now = smith_product_chip (identity->download_id);
      SmithChip then = place->working->model->chip;

      is_another = now != SMITH_CHIP_UNKNOWN && then != SMITH_CHIP_UNKNOWN && now != then;
    }
  if (is_another)
    g_clear_pointer (&place->working, smith_identity_unref);
}

static void
on_asked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  SmithStickWatch *watch = SMITH_STICK_WATCH (object);
  SmithStick *stick = g_task_get_task_data (G_TASK (result));
  GCancellable *cancellable = g_task_get_cancellable (G_TASK (result));
  Place *place = g_hash_table_lookup (watch->places, stick->usb_path);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithIdentity) identity = g_task_propagate_pointer (G_TASK (result), &error);

  if (place == NULL || place->cancellable != cancellable)
    return;
  g_clear_object (&place->cancellable);
  learn (place, stick, identity, error);
  place->identity = g_steal_pointer (&identity);
  place->error = g_steal_pointer (&error);
  g_signal_emit (watch, signals[CHANGED], 0);
}

/* Those that can say something without being disturbed: the boot ROM takes
 * every byte for part of a loader, and the others answer nothing. */
static gboolean
is_worth_asking (SmithStick *stick)
{
  if (stick->mode == SMITH_MODE_HILINK)
    return stick->network != NULL || stick->web_address != NULL;
  /* Its ports come one by one: it is asked when the one for that is there. */
  if (stick->mode == SMITH_MODE_DOWNLOAD)
    return smith_stick_find_port (stick, SMITH_PORT_DOWNLOAD) != NULL;
  return smith_mode_is_working (stick->mode)
         && smith_stick_find_port (stick, SMITH_PORT_AT) != NULL;
}

static void
ask (SmithStickWatch *watch, Place *place, SmithStick *stick)
{
  g_autoptr (GTask) task = NULL;

  stop_asking (place);
  g_clear_error (&place->error);
  place->cancellable = g_cancellable_new ();
  place->seen = stick->seen;
  task = g_task_new (watch, place->cancellable, on_asked, NULL);
  g_task_set_task_data (task, smith_stick_ref (stick), (GDestroyNotify) smith_stick_unref);
  g_task_run_in_thread (task, ask_work);
}

static gboolean await_growing_up (SmithStickWatch *watch);

static gboolean
on_grown_up (gpointer data)
{
  SmithStickWatch *watch = data;

  watch->grown_up = 0;
  if (!await_growing_up (watch))
    g_signal_emit (watch, signals[CHANGED], 0);
  return G_SOURCE_REMOVE;
}

/* Returns: FALSE if there is nothing to wait for */
static gboolean
await_growing_up (SmithStickWatch *watch)
{
  GHashTableIter iter;
  gpointer place;
  guint left = 0;

  g_hash_table_iter_init (&iter, watch->places);
  while (g_hash_table_iter_next (&iter, NULL, &place))
    left = MAX (left, smith_deadline_left (((Place *) place)->young_until));
  g_clear_handle_id (&watch->grown_up, g_source_remove);
  if (left > 0)
    watch->grown_up = g_timeout_add (left, on_grown_up, watch);
  return left > 0;
}

static void
meet (SmithStickWatch *watch, Place *place, SmithStick *stick)
{
  if (place->met == stick->seen)
    return;
  place->met = stick->seen;
  place->young_until = smith_deadline_in (YOUNG_MS);
  await_growing_up (watch);
}

/* Whether a port that could not be opened can be now. */
static gboolean
is_allowed_now (Place *place, SmithStick *stick)
{
  if (!g_error_matches (place->error, SMITH_ERROR, SMITH_ERROR_PERMISSION))
    return FALSE;
  for (guint i = 0; i < stick->ports->len; i++)
    if (((SmithStickPort *) g_ptr_array_index (stick->ports, i))->denied)
      return FALSE;
  return TRUE;
}

static void
look_at (SmithStickWatch *watch, SmithStick *stick)
{
  Place *place = g_hash_table_lookup (watch->places, stick->usb_path);

  if (place == NULL)
    {
      place = g_new0 (Place, 1);
      g_hash_table_insert (watch->places, g_strdup (stick->usb_path), place);
    }
  meet (watch, place, stick);
  if (place->seen == stick->seen && !is_allowed_now (place, stick))
    return;
  g_clear_pointer (&place->identity, smith_identity_unref);
  if (place->seen != stick->seen)
    g_clear_error (&place->error);
  if (!is_worth_asking (stick))
    stop_asking (place);
  else if (!watch->paused)
    ask (watch, place, stick);
}

/* A place is never forgotten: a stick in boot mode is judged by what it said
 * before. Another one at the same place says so itself as soon as it works. */
static void
look (SmithStickWatch *watch)
{
  g_autoptr (GPtrArray) sticks = smith_bus_list (watch->bus);

  for (guint i = 0; i < sticks->len; i++)
    look_at (watch, g_ptr_array_index (sticks, i));
}

/* Returns: (transfer full): a watch that begins to ask at once */
SmithStickWatch *
smith_stick_watch_new (SmithBus *bus)
{
  SmithStickWatch *watch = g_object_new (SMITH_TYPE_STICK_WATCH, NULL);

  watch->bus = g_object_ref (bus);
  g_signal_connect_object (bus, "changed", G_CALLBACK (look), watch, G_CONNECT_SWAPPED);
  look (watch);
  return watch;
}

/**
 * smith_stick_watch_set_paused:
 *
 * Stops asking, and what is being asked, while a job has the ports for itself.
 */
void
smith_stick_watch_set_paused (SmithStickWatch *watch, gboolean paused)
{
  GHashTableIter iter;
  gpointer place;

  if (watch->paused == paused)
    return;
  watch->paused = paused;
  g_hash_table_iter_init (&iter, watch->places);
  while (g_hash_table_iter_next (&iter, NULL, &place))
    {
      if (paused && ((Place *) place)->cancellable != NULL)
        {
          stop_asking (place);
          ((Place *) place)->seen = 0;
        }
    }
  if (!paused)
    look (watch);
}

/* Asks once more, after something was mended: a permission, a busy port. */
void
smith_stick_watch_ask_again (SmithStickWatch *watch, const char *usb_path)
{
  Place *place = g_hash_table_lookup (watch->places, usb_path);

  if (place == NULL || place->cancellable != NULL)
    return;
  place->seen = 0;
  look (watch);
}

static Place *
find (SmithStickWatch *watch, const char *usb_path)
{
  return usb_path != NULL ? g_hash_table_lookup (watch->places, usb_path) : NULL;
}

/* Returns: (transfer none) (nullable): what the stick says now */
SmithIdentity *
smith_stick_watch_get_identity (SmithStickWatch *watch, const char *usb_path)
{
  Place *place = find (watch, usb_path);

  return place != NULL ? place->identity : NULL;
}

/* Returns: (transfer none) (nullable): what it said when its firmware last worked */
SmithIdentity *
smith_stick_watch_get_working (SmithStickWatch *watch, const char *usb_path)
{
  Place *place = find (watch, usb_path);

  return place != NULL ? place->working : NULL;
}

/* Returns: (transfer none) (nullable): why it does not say anything */
const GError *
smith_stick_watch_get_error (SmithStickWatch *watch, const char *usb_path)
{
  Place *place = find (watch, usb_path);

  return place != NULL ? place->error : NULL;
}

/* Returns: whether it is being asked at the moment */
gboolean
smith_stick_watch_is_asking (SmithStickWatch *watch, const char *usb_path)
{
  Place *place = find (watch, usb_path);

  return place != NULL && place->cancellable != NULL;
}

/* Returns: whether it came so short a time ago that its ports may not be settled yet */
gboolean
smith_stick_watch_is_young (SmithStickWatch *watch, const char *usb_path)
{
  Place *place = find (watch, usb_path);

  return place != NULL && !smith_deadline_passed (place->young_until);
}
