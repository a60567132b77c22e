/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "file-queue.h"

struct _SmithFileQueue
{
  GObject parent_instance;

  GPtrArray *checks; /* SmithFileCheck */
  gboolean by_hand;  /* the person put them in order */
};

G_DEFINE_FINAL_TYPE (SmithFileQueue, smith_file_queue, G_TYPE_OBJECT)

enum
{
  CHANGED,
  CHECKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
smith_file_queue_finalize (GObject *object)
{
  SmithFileQueue *queue = SMITH_FILE_QUEUE (object);

  smith_file_queue_clear (queue);
  g_ptr_array_unref (queue->checks);
  G_OBJECT_CLASS (smith_file_queue_parent_class)->finalize (object);
}

static void
smith_file_queue_class_init (SmithFileQueueClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = smith_file_queue_finalize;
  signals[CHANGED] = g_signal_new ("changed", SMITH_TYPE_FILE_QUEUE, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[CHECKED] = g_signal_new ("checked", SMITH_TYPE_FILE_QUEUE, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, SMITH_TYPE_FILE_CHECK);
}

static void
smith_file_queue_init (SmithFileQueue *queue)
{
  queue->checks = g_ptr_array_new ();
}

SmithFileQueue *
smith_file_queue_new (void)
{
  return g_object_new (SMITH_TYPE_FILE_QUEUE, NULL);
}

static void
changed (SmithFileQueue *queue)
{
  g_signal_emit (queue, signals[CHANGED], 0);
}

/* Without a word to anybody. */
static void
drop (SmithFileQueue *queue, guint index)
{
  g_autoptr (SmithFileCheck) check = g_ptr_array_steal_index (queue->checks, index);

  g_signal_handlers_disconnect_by_data (check, queue);
  smith_file_check_cancel (check);
  if (queue->checks->len < 2)
    queue->by_hand = FALSE;
}

/* Returns: whether the stick's own firmware is in it, and not just what goes with that */
gboolean
smith_file_queue_is_firmware (SmithFileCheck *check)
{
  SmithItem *item = smith_file_check_get_item (check);

  return item == NULL || item->firmware == NULL
         || (item->firmware->content & SMITH_CONTENT_WEBUI) == 0
         || (item->firmware->content & SMITH_CONTENT_FIRMWARE) != 0;
}

static gboolean
is_rival (SmithFileCheck *check, SmithFileCheck *other)
{
  if (check == other || smith_file_check_get_state (other) == SMITH_FILE_CHECKING)
    return FALSE;
  return smith_file_check_get_state (other) == SMITH_FILE_BAD
         || (smith_file_check_get_state (check) == SMITH_FILE_GOOD
             && smith_file_queue_is_firmware (check) == smith_file_queue_is_firmware (other));
}

static void
drop_rivals (SmithFileQueue *queue, SmithFileCheck *check)
{
  for (guint i = queue->checks->len; i > 0; i--)
    if (is_rival (check, g_ptr_array_index (queue->checks, i - 1)))
      drop (queue, i - 1);
}

static int
compare_kinds (gconstpointer a, gconstpointer b)
{
  return smith_file_queue_is_firmware (*(SmithFileCheck *const *) a)
         - smith_file_queue_is_firmware (*(SmithFileCheck *const *) b);
}

static void
settle (SmithFileQueue *queue, SmithFileCheck *check)
{
  drop_rivals (queue, check);
  if (!queue->by_hand)
    g_ptr_array_sort (queue->checks, compare_kinds);
}

static void
on_check_changed (SmithFileCheck *check, SmithFileQueue *queue)
{
  if (smith_file_check_get_state (check) != SMITH_FILE_CHECKING)
    {
      settle (queue, check);
      g_signal_emit (queue, signals[CHECKED], 0, check);
    }
  changed (queue);
}

/**
 * smith_file_queue_add:
 * @check: (transfer full): of a firmware file; over already, or still going on
 *
 * Takes a file in. What it takes the place of goes when its check is over.
 */
void
smith_file_queue_add (SmithFileQueue *queue, SmithFileCheck *check)
{
  g_ptr_array_add (queue->checks, check);
  g_signal_connect (check, "changed", G_CALLBACK (on_check_changed), queue);
  if (smith_file_check_get_state (check) != SMITH_FILE_CHECKING)
    settle (queue, check);
  changed (queue);
}

void
smith_file_queue_remove (SmithFileQueue *queue, SmithFileCheck *check)
{
  guint index;

  if (!smith_file_queue_find (queue, check, &index))
    return;
  drop (queue, index);
  changed (queue);
}

/* Forgets all files; tells nobody. */
void
smith_file_queue_clear (SmithFileQueue *queue)
{
  while (queue->checks->len > 0)
    drop (queue, queue->checks->len - 1);
}

/**
 * smith_file_queue_move:
 * @by: places, negative towards the beginning
 *
 * Puts a file elsewhere. From then on the order is the person's.
 *
 * Returns: FALSE where it cannot go
 */
gboolean
smith_file_queue_move (SmithFileQueue *queue, SmithFileCheck *check, int by)
{
  guint index;
  gint64 place;

  if (!smith_file_queue_find (queue, check, &index))
    return FALSE;
  place = (gint64) index + by;
  if (by == 0 || place < 0 || place >= queue->checks->len)
    return FALSE;
  g_ptr_array_steal_index (queue->checks, index);
  g_ptr_array_insert (queue->checks, (int) place, check);
  queue->by_hand = TRUE;
  changed (queue);
  return TRUE;
}

guint
smith_file_queue_get_n (SmithFileQueue *queue)
{
  return queue->checks->len;
}

/* Returns: (transfer none) (nullable): NULL behind the last */
SmithFileCheck *
smith_file_queue_get (SmithFileQueue *queue, guint index)
{
  return index < queue->checks->len ? g_ptr_array_index (queue->checks, index) : NULL;
}

gboolean
smith_file_queue_find (SmithFileQueue *queue, SmithFileCheck *check, guint *index)
{
  return g_ptr_array_find (queue->checks, check, index);
}

/* Returns: whether there is a file, and all of them can be used */
gboolean
smith_file_queue_is_good (SmithFileQueue *queue)
{
  for (guint i = 0; i < queue->checks->len; i++)
    if (smith_file_check_get_state (g_ptr_array_index (queue->checks, i)) != SMITH_FILE_GOOD)
      return FALSE;
  return queue->checks->len > 0;
}

/**
 * smith_file_queue_list_items:
 * @items: (element-type SmithItem): gets a reference to each, in their order
 */
void
smith_file_queue_list_items (SmithFileQueue *queue, GPtrArray *items)
{
  for (guint i = 0; i < queue->checks->len; i++)
    g_ptr_array_add (items, smith_item_ref (
                                smith_file_check_get_item (g_ptr_array_index (queue->checks, i))));
}
