/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/mapped-file.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "format/error.h"

#define SIZE (64 * 4096 + 100)

typedef struct
{
  char *folder;
  char *path;  /* a file of SIZE bytes 'x' */
  char *other; /* nothing there yet */
} Fixture;

static void
write_file (const char *path, gsize size, char fill)
{
  g_autofree char *content = g_strnfill (size, fill);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, content, (gssize) size, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *f, gconstpointer user_data)
{
  f->folder = g_dir_make_tmp ("sticksmith-XXXXXX", NULL);
  g_assert_nonnull (f->folder);
  f->path = g_build_filename (f->folder, "file.bin", NULL);
  f->other = g_build_filename (f->folder, "other", NULL);
  write_file (f->path, SIZE, 'x');
}

static void
tear_down (Fixture *f, gconstpointer user_data)
{
  g_unlink (f->path);
  g_unlink (f->other);
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->folder);
  g_free (f->path);
  g_free (f->other);
}

static SmithMappedFile *
open_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  SmithMappedFile *file = smith_mapped_file_open (path, &error);

  g_assert_no_error (error);
  g_assert_nonnull (file);
  return file;
}

static void
assert_refused (const char *path, SmithErrorCode code, const char *why)
{
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  g_assert_null (smith_mapped_file_open (path, &error));
  g_assert_error (error, SMITH_ERROR, (gint) code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, why));
  /* A pipe must not be waited for. */
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
}

static void
test_content (Fixture *f, gconstpointer user_data)
{
  SmithMappedFile *file = open_file (f->path);
  g_autoptr (GBytes) bytes = smith_mapped_file_get_bytes (file);
  g_autoptr (GError) error = NULL;
  const guint8 *data;
  gsize size;

  g_assert_true (smith_mapped_file_check_unchanged (file, &error));
  g_assert_no_error (error);
  /* The bytes keep the file. */
  smith_mapped_file_unref (file);
  data = g_bytes_get_data (bytes, &size);
  g_assert_cmpuint (size, ==, SIZE);
  for (gsize i = 0; i < size; i++)
    g_assert_cmpuint (data[i], ==, 'x');
}

static void
test_kinds (Fixture *f, gconstpointer user_data)
{
  g_autofree char *loop = g_build_filename (f->folder, "loop", NULL);
  g_autofree char *socket_path = g_build_filename (f->folder, "socket", NULL);
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd;

  assert_refused (f->other, SMITH_ERROR_BAD_FILE, "cannot be opened");
  assert_refused (f->folder, SMITH_ERROR_BAD_FILE, "is a folder");
  assert_refused ("/dev/null", SMITH_ERROR_BAD_FILE, "is not a file");
  assert_refused ("/dev/zero", SMITH_ERROR_BAD_FILE, "is not a file");
  assert_refused ("", SMITH_ERROR_BAD_FILE, "cannot be opened");

  write_file (f->other, 0, ' ');
  assert_refused (f->other, SMITH_ERROR_BAD_FILE, "is empty");
  g_unlink (f->other);

  g_assert_cmpint (mkfifo (f->other, 0600), ==, 0);
  assert_refused (f->other, SMITH_ERROR_BAD_FILE, "is not a file");
  g_unlink (f->other);

  g_assert_cmpint (symlink ("loop", loop), ==, 0);
  assert_refused (loop, SMITH_ERROR_BAD_FILE, "cannot be opened");
  g_unlink (loop);

  g_strlcpy (address.sun_path, socket_path, sizeof address.sun_path);
  fd = socket (AF_UNIX, SOCK_STREAM, 0);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  assert_refused (socket_path, SMITH_ERROR_BAD_FILE, "cannot be opened");
  close (fd);
  g_unlink (socket_path);
}

static void
test_permission (Fixture *f, gconstpointer user_data)
{
  if (geteuid () == 0)
    {
      g_test_skip ("root may read everything");
      return;
    }
  g_assert_cmpint (g_chmod (f->path, 0), ==, 0);
  assert_refused (f->path, SMITH_ERROR_PERMISSION, "file.bin");
}

/* Sparse, so they cost nothing: one is as large as may be, one larger, one
 * much larger than 32 bits can say. */
static void
test_sizes (Fixture *f, gconstpointer user_data)
{
  g_autoptr (SmithMappedFile) file = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_assert_cmpint (truncate (f->path, (off_t) 5 << 30), ==, 0);
  assert_refused (f->path, SMITH_ERROR_BAD_FILE, "larger than any firmware");
  g_assert_cmpint (truncate (f->path, (off_t) SMITH_FILE_SIZE_MAX + 1), ==, 0);
  assert_refused (f->path, SMITH_ERROR_BAD_FILE, "larger than any firmware");
  g_assert_cmpint (truncate (f->path, (off_t) SMITH_FILE_SIZE_MAX), ==, 0);
  file = open_file (f->path);
  bytes = smith_mapped_file_get_bytes (file);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, SMITH_FILE_SIZE_MAX);
}

static void
overwrite (Fixture *f)
{
  int fd = open (f->path, O_WRONLY);

  g_assert_cmpint (pwrite (fd, "y", 1, SIZE / 2), ==, 1);
  close (fd);
}

static void
append (Fixture *f)
{
  g_assert_cmpint (truncate (f->path, SIZE + 1), ==, 0);
}

static void
cut (Fixture *f)
{
  g_assert_cmpint (truncate (f->path, SIZE - 1), ==, 0);
}

static void
replace (Fixture *f)
{
  write_file (f->other, SIZE, 'x');
  g_assert_cmpint (g_rename (f->other, f->path), ==, 0);
}

static void
replace_by_link (Fixture *f)
{
  g_assert_cmpint (g_rename (f->path, f->other), ==, 0);
  g_assert_cmpint (symlink ("/etc/passwd", f->path), ==, 0);
}

static void
remove_file (Fixture *f)
{
  g_unlink (f->path);
}

static void
touch (Fixture *f)
{
  g_assert_cmpint (utimensat (AT_FDCWD, f->path, NULL, 0), ==, 0);
}

/* Written over, and then its time put back. */
static void
backdate (Fixture *f)
{
  struct stat before;
  struct timespec times[2];

  g_assert_cmpint (stat (f->path, &before), ==, 0);
  overwrite (f);
  times[0] = before.st_atim;
  times[1] = before.st_mtim;
  g_assert_cmpint (utimensat (AT_FDCWD, f->path, times, 0), ==, 0);
}

static void
test_changed (Fixture *f, gconstpointer user_data)
{
  static void (*const changes[]) (Fixture * f)
      = { overwrite, append, cut, replace, replace_by_link, remove_file, touch, backdate };

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (SmithMappedFile) file = NULL;
      g_autoptr (GError) error = NULL;

      g_unlink (f->path);
      g_unlink (f->other);
      write_file (f->path, SIZE, 'x');
      file = open_file (f->path);
      /* The clock of files ticks only so often. */
      g_usleep (20000);
      g_assert_true (smith_mapped_file_check_unchanged (file, NULL));
      changes[i](f);
      g_assert_false (smith_mapped_file_check_unchanged (file, &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
      g_assert_nonnull (strstr (error->message, "file.bin"));
      g_assert_nonnull (strstr (error->message, "changed"));
    }
}

/* The file itself is not touched, but another one is where it was: behind a link. */
static void
test_place (Fixture *f, gconstpointer user_data)
{
  g_autofree char *path = g_build_filename (f->folder, "link", NULL);
  g_autoptr (SmithMappedFile) file = NULL;
  g_autoptr (GError) error = NULL;

  write_file (f->other, SIZE, 'x');
  g_assert_cmpint (symlink ("file.bin", path), ==, 0);
  file = open_file (path);
  g_assert_true (smith_mapped_file_check_unchanged (file, NULL));
  g_unlink (path);
  g_assert_false (smith_mapped_file_check_unchanged (file, NULL));
  g_assert_cmpint (symlink ("other", path), ==, 0);
  g_assert_false (smith_mapped_file_check_unchanged (file, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
  g_unlink (path);
  g_assert_cmpint (symlink ("file.bin", path), ==, 0);
  g_assert_true (smith_mapped_file_check_unchanged (file, NULL));
  g_unlink (path);
}

/* Cut to any length while it is mapped: what is missing reads as zero, and the
 * program lives. */
static void
test_cut_short (Fixture *f, gconstpointer user_data)
{
  static const gsize lengths[] = { 0, 1, 4095, 4096, 4097, 10 * 4096 + 7, SIZE - 4096, SIZE - 1 };

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (SmithMappedFile) file = NULL;
      g_autoptr (GBytes) bytes = NULL;
      const guint8 *data;

      write_file (f->path, SIZE, 'x');
      file = open_file (f->path);
      bytes = smith_mapped_file_get_bytes (file);
      data = g_bytes_get_data (bytes, NULL);
      g_assert_cmpint (truncate (f->path, (off_t) lengths[i]), ==, 0);
      for (gsize pos = SIZE; pos-- > 0;)
        g_assert_cmpuint (data[pos], ==, pos < lengths[i] ? 'x' : 0);
      g_assert_false (smith_mapped_file_check_unchanged (file, NULL));
      /* Grown again it is still not what it was. */
      g_assert_cmpint (truncate (f->path, SIZE), ==, 0);
      g_assert_false (smith_mapped_file_check_unchanged (file, NULL));
    }
}

typedef struct
{
  const guint8 *data;
  gint stop;
} Reading;

static gpointer
read_on (gpointer user_data)
{
  Reading *reading = user_data;
  guint strange = 0;

  while (!g_atomic_int_get (&reading->stop))
    for (gsize pos = 0; pos < SIZE; pos += 512)
      {
        guint8 byte = *(volatile const guint8 *) (reading->data + pos);

        strange += byte != 'x' && byte != 0;
      }
  return GUINT_TO_POINTER (strange);
}

/* Several threads strike the same missing pages at once. */
static void
test_threads (Fixture *f, gconstpointer user_data)
{
  for (guint run = 0; run < 50; run++)
    {
      g_autoptr (SmithMappedFile) file = NULL;
      g_autoptr (GBytes) bytes = NULL;
      GThread *threads[6];
      Reading reading = { 0 };

      write_file (f->path, SIZE, 'x');
      file = open_file (f->path);
      bytes = smith_mapped_file_get_bytes (file);
      reading.data = g_bytes_get_data (bytes, NULL);
      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        threads[i] = g_thread_new ("reader", read_on, &reading);
      g_usleep (1000);
      g_assert_cmpint (truncate (f->path, (off_t) (run * 4096)), ==, 0);
      g_usleep (2000);
      g_atomic_int_set (&reading.stop, TRUE);
      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (threads[i])), ==, 0);
      g_assert_cmpuint (reading.data[SIZE - 1], ==, 0);
      g_assert_false (smith_mapped_file_check_unchanged (file, NULL));
    }
}

/* One that is cut does not make the others count as changed. */
static void
test_two (Fixture *f, gconstpointer user_data)
{
  g_autoptr (SmithMappedFile) first = NULL;
  g_autoptr (SmithMappedFile) second = NULL;
  g_autoptr (GBytes) bytes = NULL;

  write_file (f->other, SIZE, 'o');
  first = open_file (f->path);
  second = open_file (f->other);
  bytes = smith_mapped_file_get_bytes (first);
  g_assert_cmpint (truncate (f->path, 0), ==, 0);
  g_assert_cmpuint (((const guint8 *) g_bytes_get_data (bytes, NULL))[SIZE - 1], ==, 0);
  g_assert_false (smith_mapped_file_check_unchanged (first, NULL));
  g_assert_true (smith_mapped_file_check_unchanged (second, NULL));
}

/* A file without a name, as archives are unpacked to. */
static void
test_nameless (Fixture *f, gconstpointer user_data)
{
  g_autoptr (SmithMappedFile) file = NULL;
  g_autoptr (GError) error = NULL;
  int fd = open (f->path, O_RDWR | O_CLOEXEC);

  g_unlink (f->path);
  file = smith_mapped_file_adopt (fd, "inside.bin", &error);
  g_assert_no_error (error);
  g_usleep (20000);
  g_assert_true (smith_mapped_file_check_unchanged (file, &error));
  g_assert_cmpint (pwrite (fd, "y", 1, 0), ==, 1);
  g_assert_false (smith_mapped_file_check_unchanged (file, &error));
  g_assert_nonnull (strstr (error->message, "inside.bin"));
}

/* There is room for so many mappings; one that is given back can be had again. */
static void
test_many (Fixture *f, gconstpointer user_data)
{
  g_autoptr (GPtrArray) files
      = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_mapped_file_unref);
  g_autoptr (GError) error = NULL;
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  while (files->len < 2000)
    {
      SmithMappedFile *file = smith_mapped_file_open (f->path, &error);

      if (file == NULL)
        break;
      g_ptr_array_add (files, file);
    }
  g_assert_cmpuint (files->len, >=, 200);
  g_assert_cmpuint (files->len, <, 2000);
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
  g_ptr_array_remove_index (files, 5);
  g_ptr_array_add (files, open_file (f->path));
}

/* A SIGBUS that is none of ours still ends the program. */
static void
test_not_ours (Fixture *f, gconstpointer user_data)
{
  g_autoptr (SmithMappedFile) file = open_file (f->path);
  pid_t child = fork ();
  int status;

  g_assert_nonnull (file);
  if (child == 0)
    {
      int fd = open (f->path, O_RDONLY);
      const volatile char *data = mmap (NULL, SIZE, PROT_READ, MAP_PRIVATE, fd, 0);
      int null = open ("/dev/null", O_WRONLY);

      dup2 (null, STDERR_FILENO);
      if (truncate (f->path, 0) != 0)
        _exit (0);
      _exit (data[SIZE - 1] == 0 ? 0 : 0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_false (WIFEXITED (status) && WEXITSTATUS (status) == 0);
}

int
main (int argc, char *argv[])
{
#define ADD(name, func) g_test_add ("/mapped-file/" name, Fixture, NULL, set_up, func, tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("content", test_content);
  ADD ("kinds", test_kinds);
  ADD ("permission", test_permission);
  ADD ("sizes", test_sizes);
  ADD ("changed", test_changed);
  ADD ("place", test_place);
  ADD ("cut-short", test_cut_short);
  ADD ("threads", test_threads);
  ADD ("two", test_two);
  ADD ("nameless", test_nameless);
  ADD ("many", test_many);
  ADD ("not-ours", test_not_ours);
  return g_test_run ();
}
