/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice-world.h"

#include <glib/gi18n.h>

#define N_STICKS_MAX 2
#define RESTART_MS 800     /* off the bus at each change of mode, at an ordinary pace */
#define LOADER_DELAY_MS 5  /* per packet */
#define WRITING_DELAY_MS 7 /* per block */

struct _SmithPracticeWorld
{
  GObject parent_instance;

  const SmithScenario *scenario;
  double pace;
  SmithVirtualBus *bus;
  SmithFaultScript *faults;
  SmithVirtualStick *sticks[N_STICKS_MAX];
  GMutex plugging; /* one at a time */
  gboolean wrong_file_offered;
};

G_DEFINE_FINAL_TYPE (SmithPracticeWorld, smith_practice_world, G_TYPE_OBJECT)

static const char *const ports[N_STICKS_MAX] = { SMITH_PRACTICE_PORT, SMITH_PRACTICE_SECOND_PORT };

static void
smith_practice_world_finalize (GObject *object)
{
  SmithPracticeWorld *world = SMITH_PRACTICE_WORLD (object);

  for (guint i = 0; i < N_STICKS_MAX; i++)
    smith_virtual_stick_free (world->sticks[i]);
  g_clear_pointer (&world->faults, smith_fault_script_free);
  g_object_unref (world->bus);
  g_mutex_clear (&world->plugging);
  G_OBJECT_CLASS (smith_practice_world_parent_class)->finalize (object);
}

static void
smith_practice_world_class_init (SmithPracticeWorldClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = smith_practice_world_finalize;
}

static void
smith_practice_world_init (SmithPracticeWorld *world)
{
  world->bus = smith_virtual_bus_new ();
  g_mutex_init (&world->plugging);
}

static guint
paced (SmithPracticeWorld *world, guint ms)
{
  return (guint) (ms * world->pace);
}

/* The scenario's faults, and behind them the slowness of a real stick: a
 * practice run that is over in a second would teach nobody what to expect. */
static SmithFaultScript *
make_faults (SmithPracticeWorld *world, GError **error)
{
  g_autoptr (GString) script = g_string_new (world->scenario->faults);

  if (paced (world, LOADER_DELAY_MS) > 0)
    g_string_append_printf (script, "boot 1 delay %u always\n", paced (world, LOADER_DELAY_MS));
  if (paced (world, WRITING_DELAY_MS) > 0)
    g_string_append_printf (script, "binary 1 delay %u always\n", paced (world, WRITING_DELAY_MS));
  return smith_fault_script_parse (script->str, error);
}

static gboolean
make_stick (SmithPracticeWorld *world, guint index, GError **error)
{
  SmithVirtualStickConfig config = { .usb_path = ports[index],
                                     .restart_ms = paced (world, RESTART_MS),
                                     .faults = world->faults };

  smith_scenario_fill_config (world->scenario, &config);
  world->sticks[index] = smith_virtual_stick_new (world->bus, &config, NULL, NULL, error);
  return world->sticks[index] != NULL;
}

/**
 * smith_practice_world_new:
 * @pace: 1 for a pace at which a person can follow, 0 for as fast as it goes
 *
 * Returns: (transfer full): a world with the sticks of @scenario plugged in, or
 *   NULL with the reason why the machine does not give what they need
 */
SmithPracticeWorld *
smith_practice_world_new (const SmithScenario *scenario, double pace, GError **error)
{
  g_autoptr (SmithPracticeWorld) world = g_object_new (SMITH_TYPE_PRACTICE_WORLD, NULL);

  world->scenario = scenario;
  world->pace = pace;
  world->faults = make_faults (world, error);
  if (world->faults == NULL)
    return NULL;
  for (guint i = 0; i < (scenario->two_sticks ? 2 : 1); i++)
    if (!make_stick (world, i, error))
      return NULL;
  return g_steal_pointer (&world);
}

/* Returns: (transfer none) */
SmithBus *
smith_practice_world_get_bus (SmithPracticeWorld *world)
{
  return SMITH_BUS (world->bus);
}

const SmithScenario *
smith_practice_world_get_scenario (SmithPracticeWorld *world)
{
  return world->scenario;
}

static char *
make_folder_path (void)
{
  return g_build_filename (g_get_user_cache_dir (), "sticksmith", "practice", NULL);
}

/**
 * smith_practice_world_make_state_path:
 *
 * Returns: (transfer full): where the state of a practice job is kept, apart
 *   from that of real ones
 */
char *
smith_practice_world_make_state_path (void)
{
  g_autofree char *folder = make_folder_path ();

  return g_build_filename (folder, "job.ini", NULL);
}

typedef struct
{
  char *usb_path;
  SmithMode mode;
} Plug;

static void
plug_free (gpointer data)
{
  Plug *plug = data;

  g_free (plug->usb_path);
  g_free (plug);
}

static SmithVirtualStick *
find_stick (SmithPracticeWorld *world, const char *usb_path)
{
  for (guint i = 0; i < N_STICKS_MAX; i++)
    if (world->sticks[i] != NULL && g_strcmp0 (usb_path, ports[i]) == 0)
      return world->sticks[i];
  return world->sticks[0];
}

/* On a worker: pulls the stick out, waits a little, plugs it in. */
static void
plug_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  SmithPracticeWorld *world = source;
  Plug *plug = data;
  SmithVirtualStick *stick = find_stick (world, plug->usb_path);
  GError *error = NULL;
  gboolean ok;

  g_mutex_lock (&world->plugging);
  smith_virtual_stick_unplug (stick);
  g_usleep (paced (world, RESTART_MS) * 1000ul);
  ok = smith_virtual_stick_replug (stick, plug->mode, &error);
  g_mutex_unlock (&world->plugging);
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * smith_practice_world_plug_in:
 * @usb_path: (nullable): which stick; NULL for the first
 * @mode: %SMITH_MODE_BOOT_ROM: with the needle
 *
 * Pulls a stick out and plugs it in again. Returns at once; the bus tells.
 */
void
smith_practice_world_plug_in (SmithPracticeWorld *world, const char *usb_path, SmithMode mode)
{
  g_autoptr (GTask) task = g_task_new (world, NULL, NULL, NULL);
  Plug *plug = g_new0 (Plug, 1);

  plug->usb_path = g_strdup (usb_path);
  plug->mode = mode;
  g_task_set_task_data (task, plug, plug_free);
  g_task_run_in_thread (task, plug_work);
}

typedef struct
{
  SmithPracticeFiles files;
  char *wrong;
} Made;

static void
made_free (gpointer data)
{
  Made *made = data;

  smith_practice_files_clear (&made->files);
  g_free (made->wrong);
  g_free (made);
}

static void
make_files_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autofree char *folder = make_folder_path ();
  Made *made = g_new0 (Made, 1);
  GError *error = NULL;

  if (smith_practice_write_files (folder, &made->files, &error))
    made->wrong = smith_practice_write_wrong_file (folder, &error);
  if (error == NULL)
    {
      g_task_return_pointer (task, made, made_free);
      return;
    }
  made_free (made);
  g_task_return_error (task, error);
}

/**
 * smith_practice_world_make_files_async:
 *
 * Makes the practice files, where they are not there yet.
 */
void
smith_practice_world_make_files_async (SmithPracticeWorld *world,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (world, cancellable, callback, user_data);

  g_task_run_in_thread (task, make_files_work);
}

/**
 * smith_practice_world_make_files_finish:
 * @firmware: (out) (transfer full): path of the firmware to offer; where the
 *   scenario is about a wrong file, that one the first time
 * @loader: (out) (transfer full) (nullable): path of the loader, if it takes one
 *
 * Returns: FALSE with the errors of smith_practice_write_files()
 */
gboolean
smith_practice_world_make_files_finish (SmithPracticeWorld *world,
                                        GAsyncResult *result,
                                        char **firmware,
                                        char **loader,
                                        GError **error)
{
  Made *made = g_task_propagate_pointer (G_TASK (result), error);
  gboolean wrong = world->scenario->wrong_file && !world->wrong_file_offered;

  if (made == NULL)
    return FALSE;
  world->wrong_file_offered = TRUE;
  *firmware = g_strdup (
      wrong ? made->wrong
            : smith_practice_files_get_firmware (&made->files, world->scenario->firmware));
  *loader = world->scenario->family != SMITH_FAMILY_QUALCOMM ? g_strdup (made->files.loader) : NULL;
  made_free (made);
  return TRUE;
}
