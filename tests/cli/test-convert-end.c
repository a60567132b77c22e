/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "../../src/cli/convert-end.h"

#include <glib/gstdio.h>

#include "../../src/cli/cli.h"
#include "job/saved-states.h"
#include "simulator/virtual-stick.h"

#define PLACE "1-1"
#define GO_ON "sticksmith-cli convert --go-on"

typedef struct
{
  const char *name;
  SmithMode before;
  SmithMode now; /* UNKNOWN: there is no stick */
  SmithStep step;
  gboolean touched;
  gboolean works;
  gboolean kept;
  const char *word; /* NULL: of the stick nothing is said */
} Case;

static const Case cases[] = {
  { "not confirmed", SMITH_MODE_HILINK, SMITH_MODE_DOWNLOAD, SMITH_STEP_FLASH, .word = "unplug" },
  { "came in download mode", SMITH_MODE_DOWNLOAD, SMITH_MODE_DOWNLOAD, SMITH_STEP_FLASH },
  { "nothing begun", SMITH_MODE_HILINK, SMITH_MODE_HILINK, SMITH_STEP_PREPARE },
  { "went on, nothing written", SMITH_MODE_DOWNLOAD, SMITH_MODE_DOWNLOAD, SMITH_STEP_FLASH,
    .kept = TRUE },
  { "unplugged, kept", SMITH_MODE_HILINK, SMITH_MODE_UNKNOWN, SMITH_STEP_FLASH, TRUE, FALSE, TRUE,
    "waits for the rest" },
  { "unplugged, not kept", SMITH_MODE_HILINK, SMITH_MODE_UNKNOWN, SMITH_STEP_FLASH, TRUE,
    .word = "waits for the rest" },
  { "works by now", SMITH_MODE_HILINK, SMITH_MODE_HILINK, SMITH_STEP_BOOT_MODE, TRUE, FALSE, TRUE },
  { "did not come back", SMITH_MODE_HILINK, SMITH_MODE_UNKNOWN, SMITH_STEP_COME_BACK, TRUE, FALSE,
    TRUE, "All firmware is written" },
  { "another version", SMITH_MODE_HILINK, SMITH_MODE_STICK, SMITH_STEP_COME_BACK, TRUE, TRUE },
};

static SmithVirtualStick *
plug_in (SmithVirtualBus *bus, SmithMode mode)
{
  const SmithVirtualStickConfig config
      = { .usb_path = PLACE, .start = mode, .chip = SMITH_CHIP_V7R11 };
  g_autoptr (GError) error = NULL;
  SmithVirtualStick *stick = smith_virtual_stick_new (bus, &config, NULL, NULL, &error);

  g_assert_no_error (error);
  return stick;
}

static void
keep_state (const char *path)
{
  g_autoptr (SmithSavedState) state = smith_saved_state_new ();
  g_autoptr (GError) error = NULL;

  state->usb_path = g_strdup (PLACE);
  state->n_files = 1;
  state->paths = g_new0 (char *, 2);
  state->entries = g_new0 (char *, 2);
  state->sha256 = g_new0 (char *, 2);
  state->paths[0] = g_strdup ("/firmware.bin");
  state->entries[0] = g_strdup ("firmware.bin");
  state->sha256[0] = g_strnfill (64, 'a');
  state->step = SMITH_STEP_FLASH;
  state->touched = TRUE;
  g_assert_true (smith_saved_state_save (state, path, &error));
  g_assert_no_error (error);
}

static void
check_members (const CliEnd *end, const Case *c)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  JsonObject *object;

  json_builder_begin_object (builder);
  cli_end_add (builder, end);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  object = json_node_get_object (root);
  if (c->now == SMITH_MODE_UNKNOWN)
    g_assert_true (json_object_get_null_member (object, "mode"));
  else
    g_assert_cmpstr (json_object_get_string_member (object, "mode"), ==, smith_mode_name (c->now));
  g_assert_cmpint (json_object_get_boolean_member (object, "touched"), ==, c->touched);
  g_assert_cmpint (json_object_get_boolean_member (object, "go_on"), ==, c->kept);
}

static void
test_end (gconstpointer data)
{
  const Case *c = data;
  g_autofree char *folder = g_dir_make_tmp ("sticksmith-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "job.ini", NULL);
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  g_autoptr (SmithVirtualStick) stick = c->now != SMITH_MODE_UNKNOWN ? plug_in (bus, c->now) : NULL;
  g_autoptr (SmithConversionReport) report = smith_conversion_report_new ();
  const CliEnd end = { SMITH_BUS (bus), PLACE, path, c->before, report };
  g_autofree char *said = NULL;

  report->step = c->step;
  report->touched = c->touched;
  report->works = c->works;
  if (c->kept)
    keep_state (path);
  said = cli_end_describe (&end);
  g_assert_cmpint (said != NULL, ==, c->word != NULL || c->kept);
  if (c->word != NULL)
    g_assert_nonnull (strstr (said, c->word));
  if (said != NULL)
    {
      g_assert_cmpint (strstr (said, GO_ON) != NULL, ==, c->kept);
      g_assert_null (strchr (said, '\n'));
    }
  check_members (&end, c);
  g_remove (path);
  g_rmdir (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name
          = g_strdelimit (g_strconcat ("/cli/convert-end/", cases[i].name, NULL), " ,", '-');

      g_test_add_data_func (name, &cases[i], test_end);
    }
  return g_test_run ();
}
