/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "format/error.h"
#include "job/flash.h"
#include "link/at-channel.h"
#include "link/deadline.h"
#include "link/peer.h"
#include "older.h"

#define SUCCESS (-1)

#define SCALE 0.25

#define BALONG_FILE                                                                                \
  "[file]\nshape=bin\n[firmware]\ndownload-id=0x01\nproduct=BV7R11HS\n"                            \
  "version=:BV7R11HS:T:21.2\n[partition 0]\nid=0x00090000\ncontent=random:500:1\n"

/* The frames of a run are, by their numbers: the version twice, the product, and
 * then begin, blocks and end of each part. */
enum
{
  FRAME_VERSION = 1,
  FRAME_PRODUCT = 3,
  FRAME_BEGIN_1 = 4,
  FRAME_BLOCK_1 = 5,
  FRAME_END_1 = 6,
  FRAME_BEGIN_2 = 7,
  FRAME_BLOCK_2_2 = 9,
  FRAME_END_2 = 11,
};

static gboolean
say_yes (const SmithVerdict *verdict, gpointer user_data)
{
  guint *n = user_data;

  g_assert_cmpint (verdict->kind, !=, SMITH_VERDICT_DOES_NOT_FIT);
  (*n)++;
  return TRUE;
}

static const SmithFlashFuncs funcs = { .confirm = say_yes };
static const SmithFlashOptions frames_only = { .restart = TRUE, .frames_only = TRUE };

static SmithFlashReport *
run (SmithPort *port, GPtrArray *items, int code, GError **error)
{
  SmithFlashReport *report = smith_flash_report_new ();
  guint n_confirms = 0;
  gboolean ok
      = smith_flash_run (port, items, &frames_only, &funcs, &n_confirms, report, NULL, error);

  g_assert_cmpint (ok, ==, *error == NULL);
  if (code == SUCCESS)
    g_assert_no_error (*error);
  else
    g_assert_error (*error, SMITH_ERROR, code);
  g_assert_cmpuint (n_confirms, <=, 1);
  return report;
}

/* Whatever happened, the stick was not told to start what it has. */
static void
expect_stays (Rig *rig, guint n_frames)
{
  g_assert_cmpuint (rig_count_log (rig, "\"left\""), ==, 0);
  g_assert_cmpuint (smith_virtual_stick_get_count (rig->stick, SMITH_STAGE_BINARY), ==, n_frames);
  g_assert_cmpuint (smith_virtual_stick_get_count (rig->stick, SMITH_STAGE_TEXT), ==, 0);
}

/* Each gate alone missing: nothing is written, and it is said why. */
static void
test_gates (void)
{
  static const struct
  {
    const char *stick; /* what it calls itself */
    const char *file;  /* whom the file is for; NULL: for another family */
    gboolean generic_loader;
    const char *faults;
    int code;
    const char *word;
    guint n_frames;
  } cases[] = {
    { E1550_PRODUCT, E1550_PRODUCT, FALSE, "", SUCCESS, NULL, 0 },
    /* 0C is not answered by 0D. */
    { E1550_PRODUCT, E1550_PRODUCT, FALSE, "binary 1 lost times 3", SMITH_ERROR_WRONG_DEVICE,
      "not in download mode", 3 },
    { E1550_PRODUCT, E1550_PRODUCT, FALSE, "binary 1 bad-checksum times 3",
      SMITH_ERROR_WRONG_DEVICE, "not in download mode", 3 },
    { E1550_PRODUCT, E1550_PRODUCT, FALSE, "binary 1 refuse times 3", SMITH_ERROR_WRONG_DEVICE,
      "not in download mode", 3 },
    { E1550_PRODUCT, E1550_PRODUCT, FALSE, "binary 2 lost times 3", SMITH_ERROR_TIMEOUT, NULL, 4 },
    /* 45 is not answered by 45 with a name. */
    { NULL, E1550_PRODUCT, FALSE, "", SMITH_ERROR_WRONG_FILE, "does not say what it is", 4 },
    { E1550_PRODUCT, E1550_PRODUCT, FALSE, "binary 3 refuse 6", SMITH_ERROR_WRONG_FILE,
      "does not say what it is", 3 },
    { E1550_PRODUCT, E1550_PRODUCT, FALSE, "binary 3 half times 2", SMITH_ERROR_WRONG_FILE,
      "does not say what it is", 4 },
    { "HUAWEI ", "HUAWEI ", FALSE, "", SMITH_ERROR_WRONG_FILE, "“HUAWEI”", 3 },
    /* The name is not that in the file. */
    { "HUAWEI E156", E1550_PRODUCT, FALSE, "", SMITH_ERROR_WRONG_FILE, "HUAWEI E156", 3 },
    { "HUAWEI E1550", E1550_PRODUCT, FALSE, "", SMITH_ERROR_WRONG_FILE, "HUAWEI E1550", 3 },
    { "HUAWEI E15", E1550_PRODUCT, FALSE, "", SMITH_ERROR_WRONG_FILE, "HUAWEI E15", 3 },
    { E1550_PRODUCT, "E155", FALSE, "", SMITH_ERROR_WRONG_FILE, "made for E155", 3 },
    { E1550_PRODUCT, "huawei e155", FALSE, "", SMITH_ERROR_WRONG_FILE, NULL, 3 },
    { E1550_PRODUCT, NULL, FALSE, "", SMITH_ERROR_WRONG_FILE, E1550_PRODUCT, 3 },
    /* The first begin is not taken. */
    { E1550_PRODUCT, E1550_PRODUCT, TRUE, "", SMITH_ERROR_REFUSED, "plain one", FRAME_BEGIN_1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SmithVirtualStickConfig config = older_e1550;
      g_auto (Files) files = { 0 };
      g_auto (Rig) rig = { 0 };
      g_autofree char *path = NULL;
      g_autoptr (GPtrArray) items = NULL;
      g_autoptr (SmithPort) port = NULL;
      g_autoptr (SmithFlashReport) report = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      files_start (&files);
      path = cases[i].file != NULL ? older_make_file (&files, cases[i].file, "")
                                   : files_make (&files, "balong.bin", BALONG_FILE);
      items = items_new (item_open (path), NULL);
      config.product_id = cases[i].stick;
      config.generic_loader = cases[i].generic_loader;
      rig_start (&rig, &config, cases[i].faults);
      port = older_open_port (&rig, SMITH_PORT_DOWNLOAD);
      report = run (port, items, cases[i].code, &error);
      if (cases[i].code == SUCCESS)
        {
          rig_expect_written (&rig, items);
          continue;
        }
      g_assert_false (report->touched);
      rig_expect_nothing_written (&rig);
      expect_stays (&rig, cases[i].n_frames);
      if (cases[i].word != NULL)
        older_expect_word (error, cases[i].word);
    }
}

/* A stick that was a Balong one before shows a loader of the other family now, and no
 * name: not even what is made for a Balong stick is written. */
static void
test_other_before (void)
{
  SmithVirtualStickConfig config = older_e1550;
  SmithFlashOptions options = frames_only;
  g_autoptr (SmithIdentity) before = smith_identity_new ();
  g_auto (Files) files = { 0 };
  g_auto (Rig) rig = { 0 };
  g_autofree char *path = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (SmithPort) port = NULL;
  g_autoptr (SmithFlashReport) report = smith_flash_report_new ();
  g_autoptr (GError) error = NULL;
  guint n_confirms = 0;

  before->hardware = g_strdup ("CL2E3372HM");
  before->model = smith_catalogue_find_model (smith_catalogue_get_default (), before->hardware);
  options.before = before;
  files_start (&files);
  path = files_make (&files, "balong.bin", BALONG_FILE);
  items = items_new (item_open (path), NULL);
  config.product_id = NULL;
  rig_start (&rig, &config, "");
  port = older_open_port (&rig, SMITH_PORT_DOWNLOAD);
  g_assert_false (
      smith_flash_run (port, items, &options, &funcs, &n_confirms, report, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE);
  g_assert_nonnull (strstr (error->message, "does not say what it is"));
  g_assert_cmpuint (n_confirms, ==, 0);
  g_assert_false (report->touched);
  rig_expect_nothing_written (&rig);
}

/* The file as a gate: nothing is even asked. */
static void
test_files (void)
{
  static const char *const broken[]
      = { "break-header-crc=true\n", "break-block=0\n",      "break-block=2\n",
          "declared-size=0\n",       "declared-size=9001\n", "declared-header-size=98\n",
          "declared-block-size=0\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_auto (Files) files = { 0 };
      g_auto (Rig) rig = { 0 };
      g_autofree char *path = NULL;
      g_autoptr (SmithPackage) package = NULL;
      g_autoptr (GPtrArray) items = NULL;
      g_autoptr (SmithPort) port = NULL;
      g_autoptr (SmithFlashReport) report = NULL;
      g_autoptr (GError) error = NULL;
      SmithItem *item;

      g_test_message ("%s", broken[i]);
      files_start (&files);
      path = older_make_file (&files, E1550_PRODUCT, broken[i]);
      package = smith_package_open (path, NULL, &error);
      g_assert_no_error (error);
      item = smith_package_pick (package, SMITH_WANT_FIRMWARE, NULL, &error);
      g_assert_no_error (error);
      smith_item_verify (item, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      items = items_new (smith_item_ref (item), NULL);
      rig_start (&rig, &older_e1550, NULL);
      port = older_open_port (&rig, SMITH_PORT_DOWNLOAD);
      report = run (port, items, SMITH_ERROR_BAD_FILE, &error);
      g_assert_false (report->touched);
      expect_stays (&rig, 0);
    }
}

/* The port of firmware at work that answers as frames: 0C is refused there. */
static void
test_at_work (void)
{
  SmithVirtualStickConfig config = older_e1550;
  g_auto (Files) files = { 0 };
  g_auto (Rig) rig = { 0 };
  g_autofree char *path = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (SmithPort) port = NULL;
  g_autoptr (SmithAtAnswer) answer = NULL;
  g_autoptr (SmithFlashReport) report = NULL;
  g_autoptr (GError) error = NULL;

  files_start (&files);
  path = older_make_file (&files, E1550_PRODUCT, "");
  items = items_new (item_open (path), NULL);
  config.start = SMITH_MODE_STICK;
  rig_start (&rig, &config, NULL);
  port = older_open_port (&rig, SMITH_PORT_AT);
  answer = smith_at_exchange (port, "AT$QCDMG", SMITH_AT_TIMEOUT_MS, NULL, &error);
  g_assert_no_error (error);
  report = run (port, items, SMITH_ERROR_WRONG_DEVICE, &error);
  g_assert_false (report->touched);
  g_assert_cmpuint (rig_count_log (&rig, "frame 0C"), ==, 3);
  g_assert_cmpuint (rig_count_log (&rig, "\"frame "), ==, 3);
}

/* What it says no to stops the run then and there, with words for it. */
static void
test_refusals (void)
{
  static const struct
  {
    guint frame;
    gboolean touched;
    guint n_done;
  } stages[] = {
    { FRAME_BEGIN_1, FALSE, 0 }, { FRAME_BLOCK_1, TRUE, 0 },   { FRAME_END_1, TRUE, 0 },
    { FRAME_BEGIN_2, TRUE, 1 },  { FRAME_BLOCK_2_2, TRUE, 1 }, { FRAME_END_2, TRUE, 1 },
  };
  g_auto (Files) files = { 0 };
  g_autofree char *path = NULL;
  g_autoptr (GPtrArray) items = NULL;

  files_start (&files);
  path = older_make_file (&files, E1550_PRODUCT, "");
  items = items_new (item_open (path), NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (stages); i++)
    for (int code = 1; code <= 0xF; code++)
      {
        g_autofree char *faults = g_strdup_printf ("binary %u refuse %d", stages[i].frame, code);
        g_autofree char *named = g_strdup_printf ("(code %X)", (guint) code);
        g_auto (Rig) rig = { 0 };
        g_autoptr (SmithPort) port = NULL;
        g_autoptr (SmithFlashReport) report = NULL;
        g_autoptr (GError) error = NULL;

        rig_start (&rig, &older_e1550, faults);
        port = older_open_port (&rig, SMITH_PORT_DOWNLOAD);
        report = run (port, items, SMITH_ERROR_REFUSED, &error);
        g_assert_cmpint (smith_error_get_refusal (error), ==, code);
        older_expect_word (error, named);
        g_assert_cmpint (strstr (error->message, "Nothing was written") != NULL, ==,
                         !stages[i].touched);
        g_assert_cmpint (report->touched, ==, stages[i].touched);
        g_assert_cmpuint (report->partitions->len, ==, stages[i].n_done);
        expect_stays (&rig, stages[i].frame);
      }
}

/* Begin and end go out once, a block twice at the most; no restart behind a part
 * that was not completed. */
static void
test_silence (void)
{
  static const struct
  {
    const char *faults;
    int code;
    guint n_frames;
  } cases[] = {
    { "binary 4 lost", SMITH_ERROR_TIMEOUT, 4 },
    { "binary 5 lost", SUCCESS, 0 },
    { "binary 5 bad-checksum", SUCCESS, 0 },
    { "binary 5 lost times 2", SMITH_ERROR_TIMEOUT, 6 },
    { "binary 5 bad-checksum times 2", SMITH_ERROR_TIMEOUT, 6 },
    { "binary 6 lost", SMITH_ERROR_TIMEOUT, 6 },
    { "binary 9 lost times 2", SMITH_ERROR_TIMEOUT, 10 },
  };
  g_auto (Files) files = { 0 };
  g_autofree char *path = NULL;
  g_autoptr (GPtrArray) items = NULL;

  files_start (&files);
  path = older_make_file (&files, E1550_PRODUCT, "");
  items = items_new (item_open (path), NULL);
  smith_deadline_set_scale (0.03);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Rig) rig = { 0 };
      g_autoptr (SmithPort) port = NULL;
      g_autoptr (SmithFlashReport) report = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].faults);
      rig_start (&rig, &older_e1550, cases[i].faults);
      port = older_open_port (&rig, SMITH_PORT_DOWNLOAD);
      report = run (port, items, cases[i].code, &error);
      if (cases[i].code == SUCCESS)
        rig_expect_written (&rig, items);
      else
        expect_stays (&rig, cases[i].n_frames);
      g_assert_true (report->touched);
    }
  smith_deadline_set_scale (SCALE);
}

#define LOADER "0D 0C 4D 36 32 78 78 2D 4F 45 4D 53 42 4C"
#define BALONG_LOADER "0D 0F 37 32 30 30 42 2D 2D 53 4B 43 42 41 44 5A 4D"
#define ASK_VERSION "7E 0C 14 3A 7E"
#define ASK_PRODUCT "7E 45 D1 E5 7E"

/* How a name may come, with how much behind it. */
static void
test_names (void)
{
  static const struct
  {
    const char *loader;
    const char *answer; /* to 45 */
    gboolean passes;
  } cases[] = {
    /* 20 and 21 bytes, and none at all behind it. */
    { LOADER, "45 48 55 41 57 45 49 20 45 31 35 35 00 00 00 00 00 00 00 00 00", TRUE },
    { LOADER, "45 48 55 41 57 45 49 20 45 31 35 35 00 00 00 00 00 00 00 00 00 00", TRUE },
    { LOADER, "45 48 55 41 57 45 49 20 45 31 35 35", TRUE },
    /* Without the maker's name; empty; the other family's; one letter off. */
    { LOADER, "45 45 31 35 35 00 00 00 00", FALSE },
    { LOADER, "45", FALSE },
    { LOADER, "45 00 00 00 00 00 00 00 00", FALSE },
    { LOADER, "45 42 56 37 52 31 31 48 53 00 00 00 00", FALSE },
    { LOADER, "45 48 55 41 57 45 49 20 45 31 35 36 00 00", FALSE },
    { LOADER, "03 00 06", FALSE },
    /* One of the other family that was left in frames: it is not asked for less. */
    { BALONG_LOADER, "45 42 56 37 52 31 31 48 53 00 00 00 00", FALSE },
    { BALONG_LOADER, "45 00 00", FALSE },
  };
  g_auto (Files) files = { 0 };
  g_autofree char *path = NULL;
  g_autoptr (GPtrArray) items = NULL;

  files_start (&files);
  path = older_make_file (&files, E1550_PRODUCT, "");
  items = items_new (item_open (path), NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Peer *peer = peer_new ();
      gboolean is_balong = g_str_equal (cases[i].loader, BALONG_LOADER);
      g_autoptr (SmithPort) port = NULL;
      g_autoptr (SmithFlashReport) report = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      for (guint k = 0; k < 2; k++)
        {
          peer_expect_hex (peer, ASK_VERSION);
          peer_send_frame (peer, cases[i].loader);
        }
      peer_expect_hex (peer, ASK_PRODUCT);
      peer_send_frame (peer, cases[i].answer);
      if (cases[i].passes)
        peer_answer_frame (peer, "41 00 01 00 00 00 00 01 D0 00 00 00", "03 00 06");
      /* Only that family knows how to leave the binary stage. */
      if (is_balong)
        peer_answer_frame (peer, "01", "02");
      peer_expect_silence (peer, 200);
      peer_start (peer);
      port = smith_port_open (peer_get_device (peer), 0, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      report = run (port, items,
                    cases[i].passes ? (int) SMITH_ERROR_REFUSED : (int) SMITH_ERROR_WRONG_FILE,
                    &error);
      g_assert_false (report->touched);
      peer_finish (peer);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  smith_deadline_set_scale (SCALE);
  g_test_add_func ("/older/gates/gates", test_gates);
  g_test_add_func ("/older/gates/other-before", test_other_before);
  g_test_add_func ("/older/gates/files", test_files);
  g_test_add_func ("/older/gates/at-work", test_at_work);
  g_test_add_func ("/older/gates/refusals", test_refusals);
  g_test_add_func ("/older/gates/silence", test_silence);
  g_test_add_func ("/older/gates/names", test_names);
  return g_test_run ();
}
