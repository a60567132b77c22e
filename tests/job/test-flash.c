/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/error.h"
#include "job/flash.h"
#include "link/deadline.h"
#include "rig.h"

#define VERSION "21.1.1.1.1"
#define SIGNATURE_SIZE 300

/* What the callbacks do and have seen. */
typedef struct
{
  gboolean refuse;
  GCancellable *cancel_at_progress;
  guint n_confirms;
  SmithVerdictKind verdict;
  guint n_partitions;
  guint64 done;
  guint64 total;
  /* Asked at every callback: what happens to the file meanwhile. */
  void (*meddle) (gpointer seen, const char *where);
  gpointer meddle_data;
} Seen;

static void
meddle (Seen *seen, const char *where)
{
  if (seen->meddle != NULL)
    seen->meddle (seen, where);
}

static gboolean
on_confirm (const SmithVerdict *verdict, gpointer user_data)
{
  Seen *seen = user_data;

  seen->n_confirms++;
  seen->verdict = verdict->kind;
  g_assert_cmpuint (verdict->reasons->len, >, 0);
  meddle (seen, "confirm");
  return !seen->refuse;
}

static gboolean
on_partition (const SmithItem *item,
              const SmithPartition *partition,
              gpointer user_data,
              GError **error)
{
  Seen *seen = user_data;

  g_assert_nonnull (item->firmware);
  seen->n_partitions++;
  meddle (seen, "partition");
  return TRUE;
}

static void
on_progress (guint64 done, guint64 total, gpointer user_data)
{
  Seen *seen = user_data;

  g_assert_cmpuint (done, >, seen->done);
  g_assert_cmpuint (done, <=, total);
  g_assert_true (seen->total == 0 || seen->total == total);
  seen->done = done;
  seen->total = total;
  if (seen->cancel_at_progress != NULL)
    g_cancellable_cancel (seen->cancel_at_progress);
  meddle (seen, "progress");
}

static const SmithFlashFuncs funcs = { on_confirm, on_partition, on_progress };

/* Flashes at the port that the stick has now. */
static SmithFlashReport *
flash (Rig *rig, GPtrArray *items, const SmithFlashOptions *options, Seen *seen, GError **error)
{
  g_autoptr (SmithPort) port = rig_open_port (rig);
  SmithFlashReport *report = smith_flash_report_new ();
  gboolean ok = smith_flash_run (port, items, options, &funcs, seen, report,
                                 seen->cancel_at_progress, error);

  g_assert_cmpint (ok, ==, *error == NULL);
  return report;
}

static const SmithFlashOptions restart = { .restart = TRUE };

static SmithItem *
make_tiny (Files *files, const char *name, guint signature_size)
{
  g_autofree char *description = tiny_description (VERSION, signature_size);
  g_autofree char *path = files_make (files, name, description);

  return item_open (path);
}

static void
test_flash (void)
{
  g_auto (Files) files = { 0 };
  g_auto (Rig) rig = { 0 };
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (SmithFlashReport) report = NULL;
  g_autoptr (GError) error = NULL;
  SmithFirmware *firmware;
  Seen seen = { 0 };

  files_start (&files);
  items = items_new (make_tiny (&files, "a.bin", 0), NULL);
  firmware = ((SmithItem *) g_ptr_array_index (items, 0))->firmware;
  rig_start_plain (&rig, SMITH_MODE_DOWNLOAD, NULL);
  report = flash (&rig, items, &restart, &seen, &error);
  g_assert_no_error (error);
  rig_wait_for (&rig, SMITH_MODE_STICK);
  rig_expect_written (&rig, items);

  g_assert_cmpuint (seen.n_confirms, ==, 1);
  g_assert_cmpint (seen.verdict, ==, SMITH_VERDICT_FITS);
  g_assert_cmpuint (seen.n_partitions, ==, firmware->partitions->len);
  g_assert_cmpuint (seen.done, ==, seen.total);
  g_assert_true (report->touched);
  g_assert_cmpuint (report->bytes, ==, seen.total);
  g_assert_cmpstr (report->product, ==, "BV7R11HS");
  g_assert_cmpint (report->duration, >, 0);
  g_assert_cmpuint (report->partitions->len, ==, firmware->partitions->len);
  for (guint i = 0; i < report->partitions->len; i++)
    {
      SmithFlashedPartition *done = &g_array_index (report->partitions, SmithFlashedPartition, i);
      SmithPartition *partition = g_ptr_array_index (firmware->partitions, i);

      g_assert_cmphex (done->id, ==, partition->id);
      g_assert_cmpstr (done->name, ==, partition->name);
      g_assert_cmpuint (done->bytes, ==, partition->expanded);
      g_assert_cmpuint (done->blocks, ==, 1);
    }
  g_assert_cmpuint (smith_virtual_stick_get_refusals (rig.stick), ==, 0);
}

/* Two signed files and one without a signature, in one session. */
static void
test_signatures (void)
{
  const SmithVirtualStickConfig config = {
    .start = SMITH_MODE_DOWNLOAD,
    .chip = SMITH_CHIP_V7R11,
    .product_id = "BV7R11HS",
    .demand_signature = TRUE,
  };
  g_auto (Files) files = { 0 };
  g_auto (Rig) rig = { 0 };
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (SmithFlashReport) report = NULL;
  g_autoptr (GError) error = NULL;
  Seen seen = { 0 };

  files_start (&files);
  items = items_new (make_tiny (&files, "a.bin", 300), make_tiny (&files, "b.bin", 400),
                     make_tiny (&files, "c.bin", 0), NULL);
  rig_start (&rig, &config, NULL);
  report = flash (&rig, items, &restart, &seen, &error);
  g_assert_no_error (error);
  rig_wait_for (&rig, SMITH_MODE_STICK);
  rig_expect_written (&rig, items);
  g_assert_cmpuint (seen.n_confirms, ==, 1);
  g_assert_cmpuint (rig_count_log (&rig, "AT^SIGNVER="), ==, 2);
  g_assert_cmpuint (rig_count_log (&rig, ",300\""), ==, 1);
  g_assert_cmpuint (rig_count_log (&rig, ",400\""), ==, 1);
  g_assert_cmpuint (rig_count_log (&rig, "AT^DATAMODE"), ==, 3);
  g_assert_cmpuint (smith_virtual_stick_get_refusals (rig.stick), ==, 0);
}

/* A stick that wants a signature, and a file that has none. */
static void
test_known_signature (void)
{
  const SmithVirtualStickConfig config = {
    .start = SMITH_MODE_DOWNLOAD,
    .chip = SMITH_CHIP_V7R11,
    .product_id = "BV7R11HS",
    .demand_signature = TRUE,
  };
  const SmithFlashOptions known = { .known_signature = TRUE };
  g_auto (Files) files = { 0 };
  g_auto (Rig) rig = { 0 };
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (SmithFlashReport) report = NULL;
  g_autoptr (GError) error = NULL;
  const SmithFirmware *firmware;
  Seen seen = { 0 };

  files_start (&files);
  items = items_new (make_tiny (&files, "a.bin", 0), NULL);
  firmware = ((SmithItem *) g_ptr_array_index (items, 0))->firmware;
  rig_start (&rig, &config, NULL);
  report = flash (&rig, items, &restart, &seen, &error);
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_REFUSED);
  g_assert_false (report->touched);
  rig_expect_nothing_written (&rig);
  if (smith_signature_known_for (firmware->content, firmware->chip) != NULL)
    {
      g_clear_error (&error);
      g_clear_pointer (&report, smith_flash_report_free);
      report = flash (&rig, items, &known, &seen, &error);
      g_assert_no_error (error);
      rig_expect_written (&rig, items);
    }
}

static void
test_wrong_chip (void)
{
  g_auto (Files) files = { 0 };
  g_auto (Rig) rig = { 0 };
  g_autofree char *path = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (SmithFlashReport) report = NULL;
  g_autoptr (GError) error = NULL;
  Seen seen = { 0 };

  files_start (&files);
  path = files_make (&files, "other.bin",
                     "[file]\nshape=bin\n[firmware]\ndownload-id=0x09\nproduct=BV7R2HS\n"
                     "version=:BV7R2HS:T:21.2\n[partition 0]\nid=0x00000000\n"
                     "content=random:500:1\n[partition 1]\nid=0x00020000\n"
                     "content=random:500:2\n[partition 2]\nid=0x00050000\ncontent=random:500:3\n");
  /* The second of two: none of them may be begun. */
  items = items_new (make_tiny (&files, "a.bin", 0), item_open (path), NULL);
  rig_start_plain (&rig, SMITH_MODE_DOWNLOAD, NULL);
  report = flash (&rig, items, &restart, &seen, &error);
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE);
  g_assert_cmpuint (seen.n_confirms, ==, 0);
  g_assert_cmpuint (seen.n_partitions, ==, 0);
  g_assert_false (report->touched);
  g_assert_cmpstr (report->product, ==, "BV7R11HS");
  rig_expect_nothing_written (&rig);

  /* Left as it was: the right file goes through at once. */
  g_clear_error (&error);
  g_clear_pointer (&report, smith_flash_report_free);
  g_ptr_array_remove_index (items, 1);
  report = flash (&rig, items, &restart, &seen, &error);
  g_assert_no_error (error);
  rig_expect_written (&rig, items);
}

/* A stick that does not tell what it is: asked with that verdict. */
static void
test_no_product (void)
{
  const SmithVirtualStickConfig config
      = { .start = SMITH_MODE_DOWNLOAD, .chip = SMITH_CHIP_V7R11 };
  g_auto (Files) files = { 0 };
  g_auto (Rig) rig = { 0 };
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) error = NULL;

  files_start (&files);
  items = items_new (make_tiny (&files, "a.bin", 0), NULL);
  rig_start (&rig, &config, NULL);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (SmithFlashReport) report = NULL;
      Seen seen = { .refuse = i == 0 };

      report = flash (&rig, items, &restart, &seen, &error);
      g_assert_cmpuint (seen.n_confirms, ==, 1);
      g_assert_cmpint (seen.verdict, ==, SMITH_VERDICT_UNSURE);
      g_assert_null (report->product);
      if (i == 1)
        break;
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);
      g_assert_false (report->touched);
      g_assert_cmpuint (seen.n_partitions, ==, 0);
      rig_expect_nothing_written (&rig);
    }
  g_assert_no_error (error);
  rig_expect_written (&rig, items);
}

/* What it said before counts, too, and what is wanted: also where it says nothing now. */
static void
test_before (void)
{
  static const struct
  {
    const char *hardware;
    SmithAim aim;
    const char *override;
    gboolean is_written;
  } cases[] = {
    { NULL, SMITH_AIM_ANY, NULL, TRUE },
    { "CL2E3372HM", SMITH_AIM_STICK, NULL, TRUE },
    { "CL1E3372SM", SMITH_AIM_ANY, NULL, FALSE },
    { "CL1E3372SM", SMITH_AIM_ANY, "direction", FALSE },
    { "CL2E3372HM", SMITH_AIM_HILINK, NULL, FALSE },
    { "CL2E3372HM", SMITH_AIM_HILINK, "content", FALSE },
    { "CL2E3372HM", SMITH_AIM_HILINK, "direction", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const SmithVirtualStickConfig config
          = { .start = SMITH_MODE_DOWNLOAD, .chip = SMITH_CHIP_V7R11, .restart_ms = 5 };
      g_autoptr (SmithIdentity) before = smith_identity_new ();
      const SmithFlashOptions options
          = { .before = before, .aim = cases[i].aim, .override = cases[i].override };
      g_auto (Files) files = { 0 };
      g_auto (Rig) rig = { 0 };
      g_autoptr (GPtrArray) items = NULL;
      g_autoptr (SmithFlashReport) report = NULL;
      g_autoptr (GError) error = NULL;
      Seen seen = { 0 };

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      before->hardware = g_strdup (cases[i].hardware);
      before->model
          = smith_catalogue_find_model (smith_catalogue_get_default (), cases[i].hardware);
      files_start (&files);
      items = items_new (make_tiny (&files, "a.bin", 0), NULL);
      rig_start (&rig, &config, NULL);
      report = flash (&rig, items, &options, &seen, &error);
      g_assert_cmpuint (seen.n_confirms, ==, cases[i].is_written ? 1 : 0);
      g_assert_true (report->touched == cases[i].is_written);
      if (cases[i].is_written)
        g_assert_no_error (error);
      else
        {
          g_assert_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE);
          rig_expect_nothing_written (&rig);
        }
    }
}

/* Without anybody to ask, nothing is written. */
static void
test_nobody_asked (void)
{
  static const SmithFlashFuncs none = { NULL, NULL, NULL };
  g_auto (Files) files = { 0 };
  g_auto (Rig) rig = { 0 };
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) empty = g_ptr_array_new ();
  g_autoptr (SmithFlashReport) report = smith_flash_report_new ();
  g_autoptr (SmithPort) port = NULL;
  g_autoptr (GError) error = NULL;

  files_start (&files);
  items = items_new (make_tiny (&files, "a.bin", 0), NULL);
  rig_start_plain (&rig, SMITH_MODE_DOWNLOAD, NULL);
  port = rig_open_port (&rig);
  g_assert_false (smith_flash_run (port, items, &restart, &none, NULL, report, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (report->touched);
  rig_expect_nothing_written (&rig);

  g_assert_false (smith_flash_run (port, empty, &restart, &funcs, NULL, report, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE);
  rig_expect_nothing_written (&rig);
}

/* The stick stays where it is, and the next run finds it in the binary stage. */
static void
test_no_restart (void)
{
  const SmithFlashOptions stay = { 0 };
  g_auto (Files) files = { 0 };
  g_auto (Rig) rig = { 0 };
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) twice = NULL;

  files_start (&files);
  items = items_new (make_tiny (&files, "a.bin", 300), NULL);
  twice = items_new (smith_item_ref (g_ptr_array_index (items, 0)),
                     smith_item_ref (g_ptr_array_index (items, 0)), NULL);
  rig_start_plain (&rig, SMITH_MODE_DOWNLOAD, NULL);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (SmithFlashReport) report = NULL;
      g_autoptr (GError) error = NULL;
      Seen seen = { 0 };

      report = flash (&rig, items, &stay, &seen, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (rig_count_log (&rig, "\"left\""), ==, 0);
    }
  rig_expect_written (&rig, twice);
  g_assert_cmpuint (rig_count_log (&rig, "AT^SIGNVER="), ==, 2);
}

static void
test_cancel (void)
{
  g_auto (Files) files = { 0 };
  g_auto (Rig) rig = { 0 };
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SmithFlashReport) report = NULL;
  g_autoptr (GError) error = NULL;
  Seen seen = { .cancel_at_progress = cancellable };

  files_start (&files);
  items = items_new (make_tiny (&files, "a.bin", 0), NULL);
  rig_start_plain (&rig, SMITH_MODE_DOWNLOAD, NULL);
  report = flash (&rig, items, &restart, &seen, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (report->touched);
  g_assert_cmpuint (seen.n_partitions, ==, 1);
  g_assert_cmpuint (report->partitions->len, ==, 0);
  g_assert_cmpuint (rig_count_log (&rig, "\"partition-done\""), ==, 0);
}

/*
 * The file does not stay what it was.
 */

#define CHANGING "[file]\nshape=bin\n[firmware]\ndownload-id=0x09\nproduct=BV7R11HS\n" \
                 "version=:BV7R11HS:T:" VERSION "\n" \
                 "[partition 0]\nid=0x00010000\ncontent=random:9000:1\n" \
                 "[partition 1]\nid=0x00090000\ncontent=random:20000:2\ncompression=%s\n" \
                 "[partition 2]\nid=0x00220000\ncontent=random:9000:3\n"

static void
flip_at (const char *path, gint64 offset)
{
  int fd = open (path, O_RDWR | O_CLOEXEC);
  guint8 byte;

  g_assert_cmpint (pread (fd, &byte, 1, offset), ==, 1);
  byte ^= 0x10;
  g_assert_cmpint (pwrite (fd, &byte, 1, offset), ==, 1);
  close (fd);
}

/* The middle of the file is in the middle of its second partition. */
static gint64
middle_of (const char *path)
{
  struct stat info;

  g_assert_cmpint (stat (path, &info), ==, 0);
  return info.st_size / 2;
}

static void
change_byte (const char *path)
{
  flip_at (path, middle_of (path));
}

/* As somebody would who wants it not to be noticed. */
static void
change_byte_quietly (const char *path)
{
  struct stat info;

  g_assert_cmpint (stat (path, &info), ==, 0);
  flip_at (path, info.st_size / 2);
  g_assert_cmpint (
      utimensat (AT_FDCWD, path, (struct timespec[2]){ info.st_atim, info.st_mtim }, 0), ==, 0);
}

static void
change_byte_mapped (const char *path)
{
  int fd = open (path, O_RDWR | O_CLOEXEC);
  gint64 middle = middle_of (path);
  guint8 *data = mmap (NULL, (gsize) middle + 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

  g_assert_true (data != MAP_FAILED);
  data[middle] ^= 0x10;
  munmap (data, (gsize) middle + 1);
  close (fd);
}

static void
cut (const char *path)
{
  g_assert_cmpint (truncate (path, 4096), ==, 0);
}

static void
cut_to_nothing (const char *path)
{
  g_assert_cmpint (truncate (path, 0), ==, 0);
}

static void
append (const char *path)
{
  int fd = open (path, O_WRONLY | O_APPEND | O_CLOEXEC);

  g_assert_cmpint (write (fd, "x", 1), ==, 1);
  close (fd);
}

/* The same content, but another file. */
static void
replace (const char *path)
{
  g_autofree char *content = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  g_assert_true (g_file_set_contents (path, content, (gssize) size, NULL));
}

static void
delete (const char *path)
{
  g_assert_cmpint (unlink (path), ==, 0);
}

typedef struct
{
  const char *path;
  const char *where;
  guint partition; /* from 1 */
  void (*change) (const char *path);
} Change;

static void
meddle_once (gpointer data, const char *where)
{
  Seen *seen = data;
  Change *change = seen->meddle_data;

  if (change->change == NULL || !g_str_equal (where, change->where)
      || seen->n_partitions != change->partition)
    return;
  change->change (change->path);
  change->change = NULL;
}

/* @n_done partitions were through when it happened; the next must not be ended. */
static void
check_change (void (*func) (const char *path), const char *where, guint partition, guint n_done,
              const char *compression)
{
  g_auto (Files) files = { 0 };
  g_auto (Rig) rig = { 0 };
  g_autofree char *description = g_strdup_printf (CHANGING, compression);
  g_autofree char *path = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) written = NULL;
  g_autoptr (SmithFlashReport) report = NULL;
  g_autoptr (GError) error = NULL;
  Change change = { .where = where, .partition = partition, .change = func };
  Seen seen = { .meddle = meddle_once, .meddle_data = &change };

  files_start (&files);
  path = files_make (&files, "a.bin", description);
  change.path = path;
  items = items_new (item_open (path), NULL);
  rig_start_plain (&rig, SMITH_MODE_DOWNLOAD, NULL);
  report = flash (&rig, items, &restart, &seen, &error);
  g_assert_null (change.change);
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
  written = smith_virtual_stick_get_written (rig.stick);
  g_assert_cmpuint (written->len, ==, n_done);
  g_assert_cmpuint (report->partitions->len, ==, n_done);
  g_assert_cmpint (report->touched, ==, partition > 0);
  g_assert_cmpuint (rig_count_log (&rig, "\"partition-done\""), ==, n_done);
  /* Neither told to restart nor to leave a partition that is open. */
  g_assert_cmpuint (rig_count_log (&rig, "\"left\""), ==, 0);
  g_assert_cmpuint (rig_count_log (&rig, "\"partition-failed\""), ==, 0);
  g_assert_cmpuint (smith_virtual_stick_get_refusals (rig.stick), ==, 0);
}

static void
test_changed (void)
{
  static void (*const changes[]) (const char *path)
      = { change_byte, change_byte_quietly, change_byte_mapped, cut,   cut_to_nothing,
          append,      replace,             delete };

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    for (guint k = 0; k < 2; k++)
      {
        const char *compression = k == 0 ? "none" : "zlib";

        g_test_message ("change %" G_GSIZE_FORMAT ", %s", i, compression);
        /* Before the first, after one is begun, within one, and within the last. */
        check_change (changes[i], "confirm", 0, 0, compression);
        check_change (changes[i], "partition", 2, 1, compression);
        check_change (changes[i], "progress", 2, 1, compression);
        check_change (changes[i], "progress", 3, 2, compression);
      }
}

/* Changed before the run: not even opened a conversation. */
static void
test_changed_before (void)
{
  g_auto (Files) files = { 0 };
  g_auto (Rig) rig = { 0 };
  g_autofree char *description = g_strdup_printf (CHANGING, "none");
  g_autofree char *path = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (SmithFlashReport) report = NULL;
  g_autoptr (GError) error = NULL;
  Seen seen = { 0 };

  files_start (&files);
  path = files_make (&files, "a.bin", description);
  items = items_new (item_open (path), NULL);
  change_byte_quietly (path);
  rig_start_plain (&rig, SMITH_MODE_DOWNLOAD, NULL);
  report = flash (&rig, items, &restart, &seen, &error);
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
  g_assert_false (report->touched);
  g_assert_cmpuint (smith_virtual_stick_get_count (rig.stick, SMITH_STAGE_TEXT), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  smith_deadline_set_scale (0.2);
  g_test_add_func ("/job/flash/flash", test_flash);
  g_test_add_func ("/job/flash/signatures", test_signatures);
  g_test_add_func ("/job/flash/known-signature", test_known_signature);
  g_test_add_func ("/job/flash/wrong-chip", test_wrong_chip);
  g_test_add_func ("/job/flash/no-product", test_no_product);
  g_test_add_func ("/job/flash/before", test_before);
  g_test_add_func ("/job/flash/nobody-asked", test_nobody_asked);
  g_test_add_func ("/job/flash/no-restart", test_no_restart);
  g_test_add_func ("/job/flash/cancel", test_cancel);
  g_test_add_func ("/job/flash/changed", test_changed);
  g_test_add_func ("/job/flash/changed-before", test_changed_before);
  return g_test_run ();
}
