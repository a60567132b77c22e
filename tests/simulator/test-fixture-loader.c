/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/error.h"
#include "helper.h"
#include "reread.h"
#include "simulator/fixture.h"

#include <string.h>

#define LOADER "[file]\nshape=loader\n[loader]\n"
#define TABLE "[table]\nproduct=P\nversion=V\nentry 0=a,0,1,2,3,4,5,6,7\n"

typedef struct
{
  const char *name;
  const char *signature;
  int displacement;
  guint instruction; /* bytes that differ between safe and unsafe */
} Routine;

static const Routine routines[] = {
  { "v7r1", "\x3D\xE2\xE0\xE3 \x00\xE0\x9E\xE5 \x5C\xC3\x9F\xE5 \x0C\x00\x5E\xE1 \x00\x00\x00\x0A",
    0, 4 },
  { "v7r2",
    "\x00\x30\xA0\xE3 \x9A\x3F\x07\xEE \xFF\x2F\x0F\xE3 \xE1\x2F\x44\xE3 \x07\x30\x02\xE5 "
    "\x9A\x3F\x07\xEE \x00\x40\xA0\xE3 \xE0\x4F\x44\xE3 \x4E\x36\x04\xE3 \x4C\x34\x44\xE3 "
    "\x30\x33\x84\xE5",
    16, 4 },
  { "v7r11",
    "\x00\x00\x50\xE3 \x70\x80\xBD\x08 \x00\x30\xA0\xE3 \x4E\x26\x04\xE3 \xE0\x3F\x44\xE3 "
    "\x55\x22\x44\xE3 \x4C\x01\x9F\xE5 \x4E\xC6\x04\xE3 \x48\x41\x9F\xE5 \x02\x10\xA0\xE1 "
    "\x4C\xC4\x44\xE3 \x5C\x23\x83\xE5 \x00\x00\x8F\xE0 \x40\xC3\x83\xE5",
    4, 4 },
  { "v7r22",
    "\x12\x3B\xA0\xE3 \x4A\x35\x4A\xE3 \x00\x20\xA0\xE3 \x78\x20\xC3\xE5 \x79\x20\xC3\xE5 "
    "\x7A\x20\xC3\xE5 \x7B\x20\xC3\xE5 \x00\x00\xA0\xE3",
    -37, 1 },
  { "v7r22_2",
    "\x18\x30\x94\xE5 \x10\x20\x94\xE5 \x0D\x00\xA0\xE1 \x30\x40\x84\xE2 \x14\x30\x8D\xE5 "
    "\x10\x20\x8D\xE5",
    0, 4 },
  { "v7r22_3",
    "\x10\x30\x94\xE5 \x0D\x00\xA0\xE1 \x10\x30\x8D\xE5 \x18\x30\x94\xE5 \x14\x30\x8D\xE5", 0, 4 },
};

/* Four bytes and a blank, again and again; returns the signature's length. */
static gsize
get_signature (guint index, guint8 out[64])
{
  static const guint words[] = { 5, 11, 14, 8, 6, 5 };

  for (guint i = 0; i < words[index]; i++)
    memcpy (out + 4 * i, routines[index].signature + 5 * i, 4);
  return 4 * words[index];
}

/* The flasher's bytes, after the descriptors were looked at. */
static const guint8 *
get_flasher (GBytes *file, guint n_components, gsize *flasher_size)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);
  const guint8 *flasher = NULL;
  gsize end = 36 + 16 * (n_components + 1);

  g_assert_cmpuint (reread_u32 (data), ==, 0x00020000);
  for (guint i = 0; i < n_components; i++)
    {
      const guint8 *p = data + 36 + 16 * i;
      guint32 offset = reread_u32 (p + 12);

      g_assert_cmpuint (reread_u32 (p), ==, i == 0 ? 1 : 2);
      if (n_components < 5)
        g_assert_cmpuint (offset, >=, end);
      end = offset + reread_u32 (p + 4);
      g_assert_cmpuint (end, <=, size);
      if (i == 1)
        {
          flasher = data + offset;
          *flasher_size = reread_u32 (p + 4);
        }
    }
  g_assert_cmpuint (end, ==, size);
  if (n_components < 5)
    g_assert_cmpuint (reread_u32 (data + 36 + 16 * n_components), ==, 0);
  return flasher;
}

/* Every routine's signature, counted in all of the file. */
static void
assert_signatures (GBytes *file, int expected, guint times)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);
  guint8 signature[64];
  gsize at;

  for (guint i = 0; i < G_N_ELEMENTS (routines); i++)
    {
      gsize length = get_signature (i, signature);

      g_assert_cmpuint (reread_count (data, size, signature, length, &at), ==,
                        (int) i == expected ? times : 0);
    }
}

static void
check_routine (guint index, gboolean safe)
{
  const Routine *routine = &routines[index];
  g_autofree char *text
      = g_strdup_printf (LOADER "routine=%s\nsafe=%s\nroutine-offset=0x1230\n" TABLE, routine->name,
                         safe ? "true" : "false");
  g_autoptr (GBytes) file = helper_build (text);
  gsize size;
  const guint8 *flasher = get_flasher (file, 2, &size);
  guint8 signature[64];
  gsize length = get_signature (index, signature);
  const guint8 *call = flasher + 0x1230 + length + routine->displacement;

  assert_signatures (file, index, 1);
  g_assert_cmpmem (flasher + 0x1230, length, signature, length);
  if (routine->instruction == 1)
    g_assert_cmpuint (*call, ==, safe ? 0xea : 0x0a);
  else if (safe)
    g_assert_cmpmem (call, 4, "\x00\x00\xa0\xe3", 4);
  else
    g_assert_cmpuint (call[3], ==, 0xeb);
}

static void
test_routines (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (routines); i++)
    {
      check_routine (i, FALSE);
      check_routine (i, TRUE);
    }
}

static void
test_several (void)
{
  g_autoptr (GBytes) file
      = helper_build (LOADER "routine=v7r22_2\nroutine-offset=0x100, 4K,0x2000\ncomponents=5\n");
  gsize size;

  get_flasher (file, 5, &size);
  assert_signatures (file, 4, 3);
}

static void
test_none (void)
{
  g_autoptr (GBytes) file
      = helper_build (LOADER "routine=none\nraminit=1001\nflasher=70000\n"
                             "raminit-address=0x12340000\nflasher-address=0x567\n");
  const guint8 *data = g_bytes_get_data (file, NULL);
  gsize size;
  gsize at;

  get_flasher (file, 2, &size);
  assert_signatures (file, -1, 0);
  g_assert_cmpuint (size, ==, 70000);
  g_assert_cmpuint (reread_u32 (data + 40), ==, 1001);
  g_assert_cmpuint (reread_u32 (data + 44), ==, 0x12340000);
  g_assert_cmpuint (reread_u32 (data + 60), ==, 0x567);
  size = g_bytes_get_size (file);
  g_assert_cmpuint (reread_count (data, size, "pTableHead", 10, &at), ==, 0);
  g_assert_cmpuint (reread_count (data, size, "ANDROID!", 8, &at), ==, 0);
  g_assert_cmpuint (reread_count (data, size, "\x04\x10\x8d\xe2\x04", 5, &at), ==, 0);
}

static void
test_marks (void)
{
  g_autoptr (GBytes) file
      = helper_build (LOADER "routine=none\nbad-blocks=true\nbad-blocks-offset=0x500\n"
                             "android-offset=0x5000\n");
  gsize size;
  const guint8 *flasher = get_flasher (file, 2, &size);
  gsize at = 0;

  g_assert_cmpmem (flasher + 0x500, 8, "\x04\x10\x8d\xe2\x04\x00\xa0\xe1", 8);
  g_assert_cmpuint (flasher[0x500 + 11], ==, 0xeb);
  g_assert_cmpuint (reread_count (flasher, size, "ANDROID!", 8, &at), ==, 1);
  g_assert_cmpuint (at, ==, 0x5000);
}

static void
test_table (void)
{
  static const guint8 magic[16] = "pTableHead\0\0\0\0\0\x80";
  g_autoptr (GBytes) file = helper_build (LOADER "routine=v7r1\ntable-offset=0x4000\n"
                                                 "[table]\nproduct=H6920CS_STICK\nversion=1.0\n"
                                                 "entry 1=second, 8,7,6,5,4,3,2,0xFFFFFFFF\n"
                                                 "entry 0=sixteen-letters.,0x20000,1,2M,3,4,5,6,7\n"
                                                 "end-name=T\n");
  gsize size;
  const guint8 *flasher = get_flasher (file, 2, &size);
  const guint8 *table = flasher + 0x4000;
  gsize at = 0;

  g_assert_cmpuint (reread_count (flasher, size, magic, sizeof magic, &at), ==, 1);
  g_assert_cmpuint (at, ==, 0x4000);
  g_assert_cmpuint (reread_count (flasher, size, "pTableHead", 10, &at), ==, 2);
  g_assert_cmpuint (reread_find (flasher, size, 0, "pTableHead", 10), <, 0x4000);
  g_assert_cmpstr ((const char *) table + 16, ==, "1.0");
  g_assert_cmpstr ((const char *) table + 32, ==, "H6920CS_STICK");
  g_assert_cmpmem (table + 48, 16, "sixteen-letters.", 16);
  g_assert_cmpuint (reread_u32 (table + 64), ==, 0x20000);
  g_assert_cmpuint (reread_u32 (table + 72), ==, 2 << 20);
  g_assert_cmpuint (reread_u32 (table + 92), ==, 7);
  g_assert_cmpstr ((const char *) table + 96, ==, "second");
  g_assert_cmpuint (reread_u32 (table + 112), ==, 8);
  g_assert_cmpuint (reread_u32 (table + 140), ==, 0xffffffff);
  g_assert_cmpstr ((const char *) table + 144, ==, "T");
  for (guint i = 145; i < 2048; i++)
    g_assert_cmpuint (table[i], ==, 0);
}

static void
test_errors (void)
{
  static const struct
  {
    const char *description;
    const char *expected;
  } cases[] = {
    { "[file]\nshape=loader\n", "[loader]" },
    { LOADER, "[loader] routine" },
    { LOADER "routine=v7r3\n", "[loader] routine" },
    { LOADER "routine=none\n[firmware]\n", "[firmware]" },
    { LOADER "routine=none\nspeed=1\n", "[loader] speed" },
    { LOADER "routine=none\ncomponents=1\n", "[loader] components" },
    { LOADER "routine=none\ncomponents=6\n", "[loader] components" },
    { LOADER "routine=none\nflasher=65M\n", "[loader] flasher" },
    { LOADER "routine=v7r1\nsafe=maybe\n", "[loader] safe" },
    { LOADER "routine=v7r1\nroutine-offset=here\n", "[loader] routine-offset" },
    { LOADER "routine=v7r1\nroutine-offset=65530\n", "[loader] routine-offset" },
    { LOADER "routine=v7r1\nroutine-offset=0xFFFFFFFFFFF\n", "[loader] routine-offset" },
    { LOADER "routine=v7r1\nroutine-offset=65516\n", "[loader] routine-offset" },
    { LOADER "routine=v7r1\nroutine-offset=16,20\n", "[loader] routine-offset" },
    { LOADER "routine=v7r22\nroutine-offset=4\n", "[loader] routine-offset" },
    { LOADER "routine=none\nandroid-offset=65529\n", "[loader] android-offset" },
    { LOADER "routine=none\nbad-blocks=true\nbad-blocks-offset=70000\n", "[loader] bad-blocks" },
    { LOADER "routine=none\ntable-offset=63489\n" TABLE, "[loader] table-offset" },
    { LOADER "routine=none\ntable-offset=16\n" TABLE, "[loader] table-offset" },
    { LOADER "routine=none\nandroid-offset=0x3010\n" TABLE, "[loader] table-offset" },
    { LOADER "routine=none\n[table]\nproduct=P\nversion=V\n", "[table] entry 0" },
    { LOADER "routine=none\n" TABLE "entry 2=b,0,1,2,3,4,5,6,7\n", "[table] entry 1" },
    { LOADER "routine=none\n" TABLE "entry 1=b,0,1,2,3,4,5,6\n", "[table] entry 1" },
    { LOADER "routine=none\n" TABLE "entry 1=b,0,1,2,3,4,5,6,x\n", "[table] entry 1" },
    { LOADER "routine=none\n" TABLE "entry 1=b,0,1,2,3,4,5,6,4096M\n", "[table] entry 1" },
    { LOADER "routine=none\n" TABLE "entry 1=seventeen-letters,0,1,2,3,4,5,6,7\n",
      "[table] entry 1" },
    { LOADER "routine=none\n" TABLE "product=seventeen-letters\n", "[table] product" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) file = smith_fixture_build (cases[i].description, &error);

      g_test_message ("%s", error != NULL ? error->message : "no error");
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
      g_assert_null (file);
      g_assert_nonnull (strstr (error->message, cases[i].expected));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fixture-loader/routines", test_routines);
  g_test_add_func ("/fixture-loader/several", test_several);
  g_test_add_func ("/fixture-loader/none", test_none);
  g_test_add_func ("/fixture-loader/marks", test_marks);
  g_test_add_func ("/fixture-loader/table", test_table);
  g_test_add_func ("/fixture-loader/errors", test_errors);
  return g_test_run ();
}
