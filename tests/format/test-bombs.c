/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/firmware.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "format/bytes.h"
#include "helper.h"

/* Files that are small and want to be large: what checking them takes in
 * memory must stay small, too. */

#define BIN "[file]\nshape=bin\n[firmware]\nproduct=P\nversion=V\nblock-size=4096\ndownload-id="
#define PART(n, id, content) "[partition " #n "]\nid=" #id "\ncontent=" content "\n"

/* One part of @description, @n times in a row with ids of their own. */
static GByteArray *
repeat_part (const char *description, guint n)
{
  g_autoptr (GBytes) bytes = helper_build (description);
  g_autoptr (GByteArray) one = helper_copy (bytes);
  GByteArray *file = g_byte_array_new ();
  gsize header = helper_nth_header (one, 0);

  g_byte_array_append (file, one->data, (guint) header);
  for (guint i = 0; i < n; i++)
    {
      g_byte_array_append (file, (const guint8 *) "\0\0\0", (4 - file->len % 4) % 4);
      smith_put_u32_le (one->data + header + 20, 0x90000 + i * 0x1000000);
      helper_fix_header (one->data + header);
      g_byte_array_append (file, one->data + header, (guint) (one->len - header));
    }
  return file;
}

/* The most memory that the process ever had, in KiB. */
static guint64
get_peak (void)
{
  g_autofree char *status = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;
  line = strstr (status, "VmHWM:");
  return line != NULL ? g_ascii_strtoull (line + 6, NULL, 10) : 0;
}

#if defined(__SANITIZE_ADDRESS__)
#define MEASURES_MEMORY FALSE
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MEASURES_MEMORY FALSE
#endif
#endif
#ifndef MEASURES_MEMORY
#define MEASURES_MEMORY TRUE
#endif

/* In a child, so that what the test itself needed does not count. */
static void
assert_bad_and_small (const GByteArray *file, const char *problem)
{
  guint64 before;
  pid_t child;
  int status;

  fflush (NULL);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child > 0)
    {
      g_assert_cmpint (waitpid (child, &status, 0), ==, child);
      g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
      return;
    }
  before = get_peak ();
  if (problem != NULL)
    helper_assert_bad (file, problem);
  else if (!helper_is_good (file->data, file->len))
    _exit (2);
  if (MEASURES_MEMORY && get_peak () - before > 40 * 1024)
    {
      fprintf (stderr, "%u KiB\n", (guint) (get_peak () - before));
      _exit (1);
    }
  _exit (0);
}

static void
test_endless (void)
{
  g_autoptr (GByteArray) one
      = repeat_part (BIN "1\n" PART (0, 90000, "zeros:257M") "compression=zlib-1\n", 1);
  g_autoptr (GByteArray) fits
      = repeat_part (BIN "1\n" PART (0, 90000, "zeros:256M") "compression=zlib-1\n", 4);

  assert_bad_and_small (one, "more than 256 MiB");
  /* Four of them are just what a whole file may have. */
  assert_bad_and_small (fits, NULL);
}

static void
test_endless_together (void)
{
  g_autoptr (GByteArray) file
      = repeat_part (BIN "1\n" PART (0, 90000, "zeros:215M") "compression=zlib-1\n", 5);

  /* Said of the part with which it was too much: those behind it are not looked into. */
  assert_bad_and_small (file, "cannot be unpacked: the parts are larger than any stick can hold");
}

/* As large a dictionary as is allowed, filled, in more parts than processors. */
static void
test_dictionaries_together (void)
{
  g_autoptr (GByteArray) file
      = repeat_part (BIN
                     "1\n" PART (0, 90000, "zeros:26M") "compression=lzma\nlzma-dictionary=24M\n",
                     4);

  assert_bad_and_small (file, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bombs/endless", test_endless);
  g_test_add_func ("/bombs/endless-together", test_endless_together);
  g_test_add_func ("/bombs/dictionaries-together", test_dictionaries_together);
  return g_test_run ();
}
