/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "format/firmware.h"
#include "simulator/scenario.h"
#include "stick-host.h"
#include "stick/verdict.h"

static char *folder;
static SmithPracticeFiles files;

static SmithFirmware *
read_firmware (SmithPracticeKind kind)
{
  const char *path = smith_practice_files_get_firmware (&files, kind);
  g_autoptr (GError) error = NULL;
  g_autoptr (GMappedFile) mapped = g_mapped_file_new (path, FALSE, &error);
  g_autoptr (GBytes) bytes = NULL;
  SmithFirmware *firmware;

  g_assert_no_error (error);
  bytes = g_mapped_file_get_bytes (mapped);
  firmware = smith_firmware_parse (bytes, &error);
  g_assert_no_error (error);
  g_assert_true (smith_firmware_verify (firmware, NULL, NULL));
  g_assert_true (smith_firmware_is_good (firmware));
  return firmware;
}

static void
test_files (void)
{
  static const SmithFirmwareKind kinds[] = {
    [SMITH_PRACTICE_STICK] = SMITH_FIRMWARE_PLAIN,
    [SMITH_PRACTICE_HILINK] = SMITH_FIRMWARE_PLAIN,
    [SMITH_PRACTICE_E1550] = SMITH_FIRMWARE_UPDATER,
    [SMITH_PRACTICE_E392] = SMITH_FIRMWARE_PLAIN,
  };

  for (SmithPracticeKind kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
    {
      g_autoptr (SmithFirmware) firmware = read_firmware (kind);

      g_assert_cmpint (firmware->kind, ==, kinds[kind]);
      g_assert_cmpstr (firmware->version, ==, smith_practice_files_get_version (&files, kind));
    }
}

static void
test_names (void)
{
  static const char *const needed[] = {
    "all-well",
    "needle",
    "wrong-file",
    "bad-line",
    "signature",
    "part-refused",
    "unplugged",
    "stuck-in-download",
    "old-version",
    "two-sticks",
    "network",
    "stick-to-hilink",
    "e1550",
    "e392",
    "no-sim",
    "returns-to-download",
    "loader-does-not-start",
  };
  guint n;
  const SmithScenario *scenarios = smith_scenario_list (&n);

  g_assert_cmpuint (n, ==, G_N_ELEMENTS (needed));
  g_assert_cmpstr (scenarios[0].name, ==, "all-well");
  for (gsize i = 0; i < G_N_ELEMENTS (needed); i++)
    g_assert_nonnull (smith_scenario_find (needed[i]));
  g_assert_null (smith_scenario_find ("nonsense"));
  for (guint i = 0; i < n; i++)
    for (guint k = i + 1; k < n; k++)
      {
        g_assert_cmpstr (scenarios[i].name, !=, scenarios[k].name);
        g_assert_cmpstr (scenarios[i].summary, !=, scenarios[k].summary);
      }
}

static void
check_fits (const SmithScenario *scenario)
{
  g_autoptr (SmithFirmware) firmware = read_firmware (scenario->firmware);
  g_autoptr (SmithVerdict) verdict = smith_verdict_for_product (firmware, scenario->product_id);

  if (verdict->kind != SMITH_VERDICT_FITS)
    g_error ("%s: %s", scenario->name, (char *) verdict->reasons->pdata[0]);
}

/* Every stick comes up as it says, can be brought to where a job begins, and is
 * one that its file fits. */
static void
test_sticks (void)
{
  guint n;
  const SmithScenario *scenarios = smith_scenario_list (&n);

  for (guint i = 0; i < n; i++)
    {
      SmithVirtualStickConfig config = { .restart_ms = 5 };
      g_autoptr (GError) error = NULL;
      g_autoptr (SmithStick) plugged = NULL;
      g_autoptr (SmithStick) started = NULL;
      Host host;

      smith_scenario_fill_config (&scenarios[i], &config);
      host_start (&host, &config, scenarios[i].faults);
      plugged = host_find (&host);
      g_assert_cmpint (plugged->mode, ==, scenarios[i].plugged);
      g_assert_true (smith_virtual_stick_replug (host.stick, scenarios[i].start, &error));
      g_assert_no_error (error);
      started = host_find (&host);
      g_assert_cmpint (started->mode, ==, scenarios[i].start);
      check_fits (&scenarios[i]);
      host_clear (&host);
    }
}

static void
write_partition (Host *host, const SmithPartition *partition)
{
  gsize stored;
  const guint8 *data = g_bytes_get_data (partition->data, &stored);
  g_autoptr (SmithExpander) expander = smith_expander_new (partition->compression, data, stored);
  g_autofree guint8 *expanded = g_malloc (partition->expanded);
  gsize done = 0;
  gssize n;

  while (done < partition->expanded
         && (n = smith_expander_read (expander, expanded + done, partition->expanded - done, NULL))
                > 0)
    done += (gsize) n;
  g_assert_cmpuint (done, ==, partition->expanded);
  host_write_partition (host, partition->id, expanded, done);
}

/* The file of a scenario makes of its stick what it should; @model is asked for
 * where it has an AT port. */
static void
check_writing (const char *name, SmithMode mode, const char *model)
{
  const SmithScenario *scenario = smith_scenario_find (name);
  g_autoptr (SmithFirmware) firmware = read_firmware (scenario->firmware);
  SmithVirtualStickConfig config = { .restart_ms = 5, .forget_content = TRUE };
  Host host;

  smith_scenario_fill_config (scenario, &config);
  config.start = SMITH_MODE_DOWNLOAD;
  host_start (&host, &config, scenario->faults);
  if (scenario->family == SMITH_FAMILY_BALONG)
    host_enter_binary (&host);
  else
    {
      guint8 body[64];

      host_send_frame (&host, (const guint8 *) "\x0C", 1);
      host_receive_frame (&host, body, sizeof body);
      g_assert_cmphex (body[0], ==, 0x0D);
    }
  for (guint i = 0; i < firmware->partitions->len; i++)
    write_partition (&host, firmware->partitions->pdata[i]);
  g_assert_cmpuint (host_frame (&host, (const guint8 *) "\x0A", 1), ==, 0);
  host_expect_return (&host, mode);
  g_assert_cmpuint (smith_virtual_stick_get_refusals (host.stick), ==, 0);
  g_assert_cmpuint (smith_virtual_stick_get_offences (host.stick), ==, 0);
  if (model != NULL)
    {
      g_autofree char *answer
          = g_strdup_printf ("\r\nManufacturer: huawei\r\nModel: %s\r\nRevision: %s\r\n", model,
                             firmware->version);

      host_ask (&host, "ATI", answer);
    }
  host_clear (&host);
}

static void
test_writing (void)
{
  check_writing ("all-well", SMITH_MODE_STICK, "E3372");
  check_writing ("stick-to-hilink", SMITH_MODE_HILINK, NULL);
  check_writing ("e1550", SMITH_MODE_STICK, "E1550");
  check_writing ("e392", SMITH_MODE_STICK, "E392");
  check_writing ("returns-to-download", SMITH_MODE_DOWNLOAD, NULL);
}

static void
remove_folder (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("sticksmith-scenario-XXXXXX", &error);
  g_assert_no_error (error);
  smith_practice_write_files (folder, &files, &error);
  g_assert_no_error (error);
  g_test_add_func ("/simulator/scenario/files", test_files);
  g_test_add_func ("/simulator/scenario/names", test_names);
  g_test_add_func ("/simulator/scenario/sticks", test_sticks);
  g_test_add_func ("/simulator/scenario/writing", test_writing);
  result = g_test_run ();
  remove_folder ();
  smith_practice_files_clear (&files);
  g_free (folder);
  return result;
}
