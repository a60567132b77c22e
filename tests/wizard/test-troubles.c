/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "steps.h"

#include <glib/gstdio.h>
#include <gtk/gtk.h>

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "link/deadline.h"
#include "wizard/log-drawer.h"
#include "wizard/outcome.h"
#include "wizard/save-report.h"
#include "wizard/stop-dialog.h"

/* What a person or the world does at every step, and what is to be seen then. */

#define PLACE "1-1"
#define SCALE 0.1
#define PATIENCE_US (90 * G_USEC_PER_SEC)

/* How far it is when it happens. */
typedef enum
{
  AT_DETECT,
  AT_FILES, /* which are chosen */
  AT_BOOT,  /* the stick is in boot mode */
  AT_LOADER,
  AT_QUESTION,
  AT_WRITING,
  AT_COMING_BACK,
  AT_END,
} At;

static const char *const at_names[]
    = { "detect", "files", "boot", "loader", "question", "writing", "coming-back", "end" };

typedef struct
{
  SmithWindow *window; /* NULL once it is closed */
  SmithSession *session;
  SmithVirtualBus *bus;
  SmithVirtualStick *stick;
  SmithFaultScript *faults;
  char *folder;
  SmithPracticeFiles files;
} Rig;

typedef void (*Trouble) (Rig *rig, At at);

/**
 * Case:
 * @expected: by step: "closed", the id of an ending, or "page NAME" for one that
 *   stays; with "asks " before it where a question comes first; NULL: does not
 *   happen there
 */
typedef struct
{
  const char *name;
  Trouble trouble;
  const char *expected[G_N_ELEMENTS (at_names)];
} Case;

static SmithPracticeFiles made; /* which takes a while, and is done once */

/* Slow where something is to happen in between, quick elsewhere. A stick that
 * is waited for does not come, so that there is the time. */
static const char *
find_faults (At at)
{
  switch (at)
    {
    case AT_LOADER:
      return "boot 1 delay 10 always\n";
    case AT_WRITING:
      return "binary 1 delay 5 always\n";
    case AT_COMING_BACK:
      return "after flash never\n";
    default:
      return "";
    }
}

/* Returns: the path of a copy that may be spoiled */
static char *
copy_file (const char *path, const char *folder)
{
  g_autofree char *name = g_path_get_basename (path);
  char *copy = g_build_filename (folder, name, NULL);
  g_autofree char *content = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  g_assert_true (g_file_set_contents (copy, content, (gssize) size, NULL));
  return copy;
}

static Rig *
rig_new (At at)
{
  Rig *rig = g_new0 (Rig, 1);
  g_autofree char *state = NULL;
  g_autoptr (GError) error = NULL;
  SmithVirtualStickConfig config = {
    .usb_path = PLACE,
    .start = SMITH_MODE_BOOT_ROM,
    .chip = SMITH_CHIP_V7R11,
    .product_id = "BV7R11HS",
    .hardware = "CL2E3372HM",
    .version = SMITH_PRACTICE_OLD_VERSION,
    .restart_ms = 50,
  };

  rig->folder = g_dir_make_tmp ("sticksmith-XXXXXX", &error);
  g_assert_no_error (error);
  rig->files.stick = copy_file (made.stick, rig->folder);
  rig->files.loader = copy_file (made.loader, rig->folder);
  rig->faults = smith_fault_script_parse (find_faults (at), &error);
  g_assert_no_error (error);
  rig->bus = smith_virtual_bus_new ();
  config.faults = rig->faults;
  rig->stick = smith_virtual_stick_new (rig->bus, &config, NULL, NULL, &error);
  g_assert_no_error (error);
  rig->window = harness_practise (NULL, 0);
  state = g_build_filename (rig->folder, "job.ini", NULL);
  rig->session = smith_session_new (SMITH_BUS (rig->bus), NULL, state);
  smith_window_set_session (rig->window, rig->session);
  harness_settle ();
  return rig;
}

static void
rig_free (Rig *rig)
{
  const char *const names[] = { rig->files.loader, rig->files.stick };
  g_autofree char *state = g_build_filename (rig->folder, "job-" PLACE ".ini", NULL);

  if (rig->window != NULL)
    harness_close (rig->window);
  smith_virtual_stick_free (rig->stick);
  smith_fault_script_free (rig->faults);
  g_object_unref (rig->session);
  g_object_unref (rig->bus);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_unlink (names[i]);
  g_unlink (state);
  g_rmdir (rig->folder);
  smith_practice_files_clear (&rig->files);
  g_free (rig->folder);
  g_free (rig);
}

static gboolean
is_sending_loader (SmithWindow *window)
{
  SmithJobStatus status;

  smith_session_get_status (steps_session_of (window), &status);
  return status.step == SMITH_STEP_LOADER && status.fraction > 0;
}

static gboolean
is_coming_back (SmithWindow *window)
{
  SmithJobStatus status;

  smith_session_get_status (steps_session_of (window), &status);
  return status.step == SMITH_STEP_COME_BACK || steps_is_over (window);
}

static gboolean
has_files (SmithWindow *window)
{
  return smith_session_has_files (steps_session_of (window));
}

/* Each step goes on from the one before it. */
static void
go_to (Rig *rig, At at)
{
  SmithWindow *window = rig->window;

  harness_wait (window, steps_is_in_boot_mode, "the stick is in boot mode");
  if (at >= AT_FILES)
    {
      steps_next (window);
      harness_wait_page (window, SMITH_PAGE_FILES);
      smith_session_take_file (rig->session, rig->files.stick, SMITH_WANT_FIRMWARE);
      smith_session_take_file (rig->session, rig->files.loader, SMITH_WANT_LOADER);
      harness_wait (window, has_files, "the files are good");
    }
  if (at >= AT_BOOT)
    {
      steps_next (window);
      harness_wait_page (window, SMITH_PAGE_BOOT);
    }
  if (at >= AT_LOADER)
    {
      steps_next (window);
      harness_wait (window, is_sending_loader, "the loader is sent");
    }
  if (at >= AT_QUESTION)
    harness_wait (window, steps_has_question_or_end, "the job asks");
  if (at >= AT_WRITING)
    {
      harness_settle ();
      steps_next (window);
      harness_wait (window, steps_is_writing, "it writes");
    }
  if (at >= AT_COMING_BACK)
    harness_wait (window, is_coming_back, "the stick comes back");
  if (at >= AT_END)
    harness_wait (window, steps_is_over, "the job is over");
  harness_settle ();
}

/* The troubles. */

static void
close_window (Rig *rig, At at)
{
  gtk_window_close (GTK_WINDOW (rig->window));
}

static void
cancel (Rig *rig, At at)
{
  gtk_widget_activate_action (GTK_WIDGET (rig->window), "win.cancel", NULL);
}

static void
log_out (Rig *rig, At at)
{
  SmithLog *log = smith_session_get_log (rig->session);
  g_autofree char *text = NULL;

  g_signal_emit_by_name (harness_start (), "query-end");
  text = smith_log_to_text (log, SMITH_LOG_NOTICE);
  g_assert_cmpint (strstr (text, "wants to end the session") != NULL, ==,
                   at >= AT_LOADER && at < AT_END);
}

/* As the key press would be handled: by the shortcuts of whatever has the focus
 * and of all that it stands in. Returns: whether anything was done */
static gboolean
press_escape (GtkWidget *widget)
{
  for (; widget != NULL; widget = gtk_widget_get_parent (widget))
    {
      g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

      for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
        {
          g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

          if (!GTK_IS_SHORTCUT_CONTROLLER (controller))
            continue;
          for (guint j = 0; j < g_list_model_get_n_items (G_LIST_MODEL (controller)); j++)
            {
              g_autoptr (GtkShortcut) shortcut
                  = g_list_model_get_item (G_LIST_MODEL (controller), j);
              g_autofree char *trigger
                  = gtk_shortcut_trigger_to_string (gtk_shortcut_get_trigger (shortcut));

              if (g_str_equal (trigger, "Escape")
                  && gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, widget,
                                                   NULL))
                return TRUE;
            }
        }
    }
  return FALSE;
}

static void
escape (Rig *rig, At at)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (rig->window));

  g_assert_false (press_escape (focus != NULL ? focus : GTK_WIDGET (rig->window)));
}

static void
unplug (Rig *rig, At at)
{
  smith_virtual_stick_unplug (rig->stick);
  if (at == AT_QUESTION)
    steps_next (rig->window);
}

static gboolean
tells_of_full_disk (SmithWindow *window)
{
  g_autofree char *text
      = smith_log_to_text (smith_session_get_log (steps_session_of (window)), SMITH_LOG_ERROR);

  return strstr (text, "The log could not be saved") != NULL
         && strstr (text, "The report could not be saved") != NULL;
}

/* No file may grow any more, as on a full disk. The person is told, in the log
 * that opens, and the stick is none the wiser. */
static void
fill_disk (Rig *rig, At at)
{
  GtkWidget *drawer = harness_find_type (GTK_WIDGET (rig->window), SMITH_TYPE_LOG_DRAWER);
  g_autofree char *log = g_build_filename (rig->folder, "log.txt", NULL);
  g_autofree char *report = g_build_filename (rig->folder, "report.txt", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (report);
  struct rlimit before;
  struct rlimit none;

  smith_log_add (smith_session_get_log (rig->session), SMITH_LOG_STEP, "something to save");
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  none = (struct rlimit){ 0, before.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &none), ==, 0);
  smith_log_drawer_save (SMITH_LOG_DRAWER (drawer), log);
  smith_save_report (rig->session, file, GTK_WINDOW (rig->window));
  harness_wait (rig->window, tells_of_full_disk, "the person is told");
  harness_settle ();
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  harness_find (GTK_WIDGET (rig->window), "drawer");
  g_assert_true (g_variant_get_boolean (
      g_action_group_get_action_state (G_ACTION_GROUP (rig->window), "show-log")));
  g_unlink (log);
  g_unlink (report);
}

/* On to where the files are needed again. */
static void
go_on (Rig *rig, At at)
{
  if (at == AT_FILES)
    {
      steps_next (rig->window);
      harness_wait_page (rig->window, SMITH_PAGE_BOOT);
      harness_settle ();
    }
  if (at <= AT_BOOT || at == AT_QUESTION)
    steps_next (rig->window);
  if (at == AT_LOADER)
    {
      harness_wait (rig->window, steps_has_question_or_end, "the job asks or ends");
      harness_settle ();
      if (steps_is_asking (rig->window))
        steps_next (rig->window);
    }
}

/* The same size, another content. */
static void
change_file (Rig *rig, At at)
{
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  FILE *file;
  gsize size;

  g_assert_true (g_file_get_contents (rig->files.stick, &content, &size, &error));
  file = g_fopen (rig->files.stick, "r+b");
  g_assert_nonnull (file);
  g_assert_cmpint (fseek (file, (long) size / 2, SEEK_SET), ==, 0);
  for (gsize i = size / 2; i < size; i++)
    fputc (~content[i], file);
  g_assert_cmpint (fclose (file), ==, 0);
  go_on (rig, at);
}

static void
remove_file (Rig *rig, At at)
{
  g_assert_cmpint (g_unlink (rig->files.stick), ==, 0);
  go_on (rig, at);
}

static const Case cases[] = {
  { "close",
    close_window,
    { "closed", "closed", "closed", "closed", "closed", "asks closed", "asks closed", "closed" } },
  { "cancel",
    cancel,
    { "closed", "closed", "closed", "cancelled-waiting", "cancelled-waiting",
      "asks cancelled-midway", "asks cancelled-late", NULL } },
  { "log-out",
    log_out,
    { "page detect", "page files", "page boot", "page loader", "page flash", "page flash",
      "page network", "page network" } },
  { "escape",
    escape,
    { "page detect", "page files", "page boot", "page loader", "page flash", "page flash",
      "page network", "page network" } },
  { "unplug",
    unplug,
    { "page detect", "page files", "page boot", "gone-at-loader", "unplugged", "unplugged",
      "not-back", "page network" } },
  { "full-disk",
    fill_disk,
    { "page detect", "page files", "page boot", "page loader", "page flash", "page flash",
      "page network", "page network" } },
  { "file-changes",
    change_file,
    { NULL, "bad-file", "bad-file", "bad-file", "bad-file", "file-changed", NULL, NULL } },
  { "file-vanishes",
    remove_file,
    { NULL, "bad-file", "bad-file", "bad-file", "bad-file", "file-changed", NULL, NULL } },
};

static GtkWidget *
find_stop_dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) other = g_list_model_get_item (windows, i);

      if (SMITH_IS_STOP_DIALOG (other))
        return other;
    }
  return NULL;
}

/* Escape in the question means no; then it is asked again, and a yes counts. */
static void
answer (Rig *rig, const Case *one, At at)
{
  GtkWidget *dialog = find_stop_dialog ();

  g_assert_nonnull (dialog);
  g_assert_true (press_escape (gtk_window_get_focus (GTK_WINDOW (dialog))));
  harness_settle ();
  g_assert_null (find_stop_dialog ());
  g_assert_cmpint (smith_session_get_phase (rig->session), ==, SMITH_PHASE_RUNNING);
  one->trouble (rig, at);
  harness_settle ();
  g_assert_nonnull (find_stop_dialog ());
  harness_press (find_stop_dialog (), "stop");
}

static gboolean
is_open (Rig *rig)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (harness_start ())); l != NULL;
       l = l->next)
    if (l->data == rig->window)
      return TRUE;
  return FALSE;
}

static void
assert_closed (Rig *rig)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  while (is_open (rig) && g_get_monotonic_time () < end)
    harness_settle ();
  g_assert_false (is_open (rig));
  rig->window = NULL;
}

static void
assert_ending (Rig *rig, const char *wanted)
{
  g_autoptr (SmithStick) stick = NULL;
  SmithJobStatus status;
  SmithOutcome outcome;

  harness_wait (rig->window, steps_is_over, "the job is over");
  harness_settle ();
  stick = smith_session_get_stick (rig->session);
  smith_session_get_status (rig->session, &status);
  g_assert_cmpint (smith_session_get_page (rig->session), ==, SMITH_PAGE_OUTCOME);
  smith_outcome_for (smith_session_get_error (rig->session), status.step, status.touched,
                     smith_session_waited_before (rig->session), stick, &outcome);
  if (!g_str_equal (outcome.id, wanted))
    g_error ("The ending is “%s” and not “%s”: %s", outcome.id, wanted,
             smith_session_get_error (rig->session) != NULL
                 ? smith_session_get_error (rig->session)->message
                 : "no error");
  steps_assert_heading_has_focus (rig->window);
}

static void
assert_expected (Rig *rig, const char *expected)
{
  if (g_str_equal (expected, "closed"))
    assert_closed (rig);
  else if (g_str_has_prefix (expected, "page "))
    {
      SmithPageId page = smith_session_get_page (rig->session);

      /* A job may have gone on meanwhile, but never back, and not to a bad end. */
      g_assert_null (find_stop_dialog ());
      g_assert_cmpint (page, !=, SMITH_PAGE_OUTCOME);
      if (smith_session_get_phase (rig->session) != SMITH_PHASE_CHOOSING)
        while (page > 0 && !g_str_equal (smith_flow_page_name (page), expected + strlen ("page ")))
          page--;
      g_assert_cmpstr (smith_flow_page_name (page), ==, expected + strlen ("page "));
    }
  else
    assert_ending (rig, expected);
}

static void
test_trouble (gconstpointer data)
{
  const Case *one = &cases[GPOINTER_TO_UINT (data) / G_N_ELEMENTS (at_names)];
  At at = GPOINTER_TO_UINT (data) % G_N_ELEMENTS (at_names);
  const char *expected = one->expected[at];
  Rig *rig = rig_new (at);

  go_to (rig, at);
  one->trouble (rig, at);
  harness_settle ();
  if (g_str_has_prefix (expected, "asks "))
    {
      answer (rig, one, at);
      expected += strlen ("asks ");
    }
  assert_expected (rig, expected);
  /* Without a stick nothing can be begun. */
  if (one->trouble == unplug && (at == AT_DETECT || at == AT_BOOT))
    g_assert_false (gtk_widget_is_sensitive (harness_find (GTK_WIDGET (rig->window), "primary")));
  if (rig->window != NULL && smith_session_get_phase (rig->session) == SMITH_PHASE_RUNNING)
    {
      smith_session_cancel (rig->session);
      harness_wait (rig->window, steps_is_over, "the job is over");
    }
  rig_free (rig);
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = NULL;
  int status;

  harness_init (&argc, &argv);
  smith_deadline_set_scale (SCALE);
  signal (SIGXFSZ, SIG_IGN);
  folder = g_build_filename (g_get_user_cache_dir (), "troubles", NULL);
  g_assert_true (smith_practice_write_files (folder, &made, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint at = 0; at < G_N_ELEMENTS (at_names); at++)
      {
        g_autofree char *path = g_strdup_printf ("/troubles/%s/%s", cases[i].name, at_names[at]);

        if (cases[i].expected[at] != NULL)
          g_test_add_data_func (path, GUINT_TO_POINTER (i * G_N_ELEMENTS (at_names) + at),
                                test_trouble);
      }
  status = g_test_run ();
  smith_practice_files_clear (&made);
  return status;
}
