/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "file-check.h"

#define TICK_MS 80
#define PER_MILLE 1000

struct _SmithFileCheck
{
  GObject parent_instance;

  char *path;
  char *name;
  SmithWant want;
  GCancellable *cancellable;
  SmithFileState state;
  SmithItem *item; /* once it is opened; with problems, if it is bad */
  char *problem;
  int per_mille; /* atomic: set by the workers */
  guint tick;
};

G_DEFINE_FINAL_TYPE (SmithFileCheck, smith_file_check, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
smith_file_check_finalize (GObject *object)
{
  SmithFileCheck *check = SMITH_FILE_CHECK (object);

  g_clear_handle_id (&check->tick, g_source_remove);
  g_clear_pointer (&check->item, smith_item_unref);
  g_object_unref (check->cancellable);
  g_free (check->path);
  g_free (check->name);
  g_free (check->problem);
  G_OBJECT_CLASS (smith_file_check_parent_class)->finalize (object);
}

static void
smith_file_check_class_init (SmithFileCheckClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = smith_file_check_finalize;
  signals[CHANGED] = g_signal_new ("changed", SMITH_TYPE_FILE_CHECK, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
smith_file_check_init (SmithFileCheck *check)
{
  check->cancellable = g_cancellable_new ();
}

/* Several workers at once. */
static gboolean
on_verify (guint64 done, guint64 total, gpointer user_data)
{
  SmithFileCheck *check = user_data;

  g_atomic_int_set (&check->per_mille, (int) (done * PER_MILLE / MAX (total, 1)));
  return TRUE;
}

/* On a worker. The item is handed over as the result, bad or good: what is
 * wrong with a file that could be opened is told by the file itself. */
static void
work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  SmithFileCheck *check = source;
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithPackage) package = smith_package_open (check->path, cancellable, &error);
  SmithItem *item = NULL;

  if (package != NULL)
    item = smith_package_pick (package, check->want, NULL, &error);
  if (item != NULL && !smith_item_verify (item, on_verify, check, cancellable, &error))
    item = NULL;
  if (item != NULL)
    g_task_return_pointer (task, smith_item_ref (item), (GDestroyNotify) smith_item_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Returns: (transfer full) (nullable): why the item must not be used */
static char *
find_problem (SmithItem *item)
{
  g_autoptr (GError) error = NULL;

  if (item->loader != NULL)
    smith_loader_may_send (item->loader, &error);
  else if (item->firmware->problems->len > 0)
    return g_strdup (g_ptr_array_index (item->firmware->problems, 0));
  else if (!smith_firmware_is_good (item->firmware))
    return g_strdup ("");
  return error != NULL ? g_strdup (error->message) : NULL;
}

static void
on_done (GObject *object, GAsyncResult *result, gpointer user_data)
{
  SmithFileCheck *check = SMITH_FILE_CHECK (object);
  g_autoptr (GError) error = NULL;

  g_clear_handle_id (&check->tick, g_source_remove);
  check->item = g_task_propagate_pointer (G_TASK (result), &error);
  check->problem = error != NULL ? g_strdup (error->message) : find_problem (check->item);
  check->state = check->problem == NULL ? SMITH_FILE_GOOD : SMITH_FILE_BAD;
  g_signal_emit (check, signals[CHANGED], 0);
}

static gboolean
on_tick (gpointer data)
{
  g_signal_emit (data, signals[CHANGED], 0);
  return G_SOURCE_CONTINUE;
}

/**
 * smith_file_check_new:
 *
 * Begins at once to open and check what is at @path.
 */
SmithFileCheck *
smith_file_check_new (const char *path, SmithWant want)
{
  SmithFileCheck *check = g_object_new (SMITH_TYPE_FILE_CHECK, NULL);
  g_autoptr (GTask) task = g_task_new (check, check->cancellable, on_done, NULL);

  check->path = g_strdup (path);
  check->name = g_filename_display_basename (path);
  check->want = want;
  check->tick = g_timeout_add (TICK_MS, on_tick, check);
  g_task_run_in_thread (task, work);
  return check;
}

/* Stops it soon; there is a last "changed". */
void
smith_file_check_cancel (SmithFileCheck *check)
{
  g_cancellable_cancel (check->cancellable);
}

const char *
smith_file_check_get_name (SmithFileCheck *check)
{
  return check->name;
}

SmithFileState
smith_file_check_get_state (SmithFileCheck *check)
{
  return check->state;
}

/* Returns: how far it is, from 0 to 1 */
double
smith_file_check_get_fraction (SmithFileCheck *check)
{
  return (double) g_atomic_int_get (&check->per_mille) / PER_MILLE;
}

/* Returns: (transfer none) (nullable): what it is; also of a bad file, if it could be opened */
SmithItem *
smith_file_check_get_item (SmithFileCheck *check)
{
  return check->item;
}

/* Returns: (transfer none) (nullable): why a bad file is bad; may be empty */
const char *
smith_file_check_get_problem (SmithFileCheck *check)
{
  return check->problem;
}
