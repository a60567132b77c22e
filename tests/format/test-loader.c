/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/loader.h"

#include "format/bytes.h"
#include "format/error.h"
#include "helper.h"

#define LOADER "[file]\nshape=loader\n[loader]\n"
#define TABLE "[table]\nproduct=P\nversion=V\nentry 0=boot,0,1,2,3,4,5,6,7\nend-name=T\n"
#define DESCRIPTORS 36

/* Bytes that the guard may change, and what it puts there. */
typedef struct
{
  const char *routine;
  gsize signature_size;
  int displacement;
  gsize changed; /* bytes: an instruction, or one byte of a branch */
} Routine;

static const Routine routines[] = {
  { "v7r1", 20, 0, 4 },    { "v7r2", 44, 16, 4 },   { "v7r11", 56, 4, 4 },
  { "v7r22", 32, -37, 1 }, { "v7r22_2", 24, 0, 4 }, { "v7r22_3", 20, 0, 4 },
};

static SmithLoader *
parse (GBytes *file)
{
  g_autoptr (GError) error = NULL;
  SmithLoader *loader = smith_loader_parse (file, &error);

  g_assert_no_error (error);
  g_assert_nonnull (loader);
  return loader;
}

static void
assert_refused (const guint8 *data, gsize size, const char *why)
{
  g_autofree guint8 *exact = g_memdup2 (data, MAX (size, 1));
  g_autoptr (GBytes) file = g_bytes_new_static (exact, size);
  g_autoptr (GError) error = NULL;

  g_assert_null (smith_loader_parse (file, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
  g_assert_nonnull (strstr (error->message, why));
}

/* What the file has for component @n. */
static const guint8 *
in_file (GBytes *file, const SmithLoader *loader, guint n)
{
  return (const guint8 *) g_bytes_get_data (file, NULL) + loader->components[n].offset;
}

/* The image is the file's bytes but for @changed bytes at @place; 0: not at all. */
static void
assert_image (GBytes *file, const SmithLoader *loader, guint n, gsize place, gsize changed)
{
  const guint8 *before = in_file (file, loader, n);
  gsize size;
  const guint8 *after = g_bytes_get_data (loader->components[n].image, &size);

  g_assert_cmpuint (size, ==, loader->components[n].size);
  for (gsize i = 0; i < size; i++)
    if (i < place || i >= place + changed)
      g_assert_cmphex (after[i], ==, before[i]);
  if (changed == 4)
    g_assert_cmpmem (after + place, 4, "\x00\x00\xA0\xE3", 4);
  if (changed == 1)
    g_assert_cmphex (after[place], ==, (before[place] & 0x0F) | 0xE0);
}

static void
check_fixture (const Routine *routine, gboolean safe)
{
  g_autofree char *name
      = g_strdup_printf ("loader-%s-%s", routine->routine, safe ? "safe" : "unsafe");
  g_autoptr (GBytes) file = helper_load_made (name);
  g_autoptr (SmithLoader) loader = parse (file);
  gsize place = (gsize) (0x61C4 + (int) routine->signature_size + routine->displacement);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (loader->size, ==, g_bytes_get_size (file));
  g_assert_cmpuint (loader->n_components, ==, 2);
  g_assert_cmpstr (loader->erase_routine, ==, routine->routine);
  g_assert_cmpint (loader->guard_state, ==, safe ? SMITH_GUARD_SAFE : SMITH_GUARD_MADE_SAFE);
  g_assert_null (loader->known_file);
  g_assert_cmpuint (loader->components[0].mode, ==, 1);
  g_assert_cmpuint (loader->components[0].size, ==, 9000);
  g_assert_cmphex (loader->components[0].address, ==, 0);
  g_assert_cmpuint (loader->components[1].mode, ==, 2);
  g_assert_cmpuint (loader->components[1].size, ==, 300 * 1024);
  g_assert_cmphex (loader->components[1].address, ==, 0x57700000);
  g_assert_cmpuint (smith_loader_get_total (loader), ==, 9000 + 300 * 1024);
  assert_image (file, loader, 0, 0, 0);
  assert_image (file, loader, 1, place, safe ? 0 : routine->changed);
  g_assert_true (smith_loader_may_send (loader, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (loader->table_component, ==, 1);
  g_assert_cmpuint (loader->table->offset, ==, 0x18000);
  g_assert_cmpuint (loader->table->n_entries, ==, 8);
  g_assert_cmpstr (loader->table->version, ==, "PRACTICE 1.0");
  g_assert_cmpstr (loader->product, ==, loader->table->product);
  g_assert_cmpstr (loader->table->entries[5].name, ==, "vxworks");
  g_assert_cmphex (loader->table->entries[5].start, ==, 0x1620000);
  g_assert_cmphex (loader->table->entries[5].load_size, ==, 0);
  g_assert_cmphex (loader->table->entries[5].length, ==, 0x2000000);
  g_assert_cmphex (loader->table->entries[5].load_address, ==, 0x50D10000);
  g_assert_cmphex (loader->table->entries[5].entry, ==, 0x50D10000);
  g_assert_cmphex (loader->table->entries[5].type, ==, 0x110000);
}

static void
test_routines (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (routines); i++)
    {
      check_fixture (&routines[i], FALSE);
      check_fixture (&routines[i], TRUE);
    }
}

static void
test_none (void)
{
  g_autoptr (GBytes) file = helper_load_made ("loader-none");
  g_autoptr (SmithLoader) loader = parse (file);
  g_autoptr (GError) error = NULL;

  g_assert_null (loader->erase_routine);
  g_assert_cmpint (loader->guard_state, ==, SMITH_GUARD_UNSAFE);
  g_assert_cmpstr (loader->product, ==, "H6921CS_STICK");
  assert_image (file, loader, 0, 0, 0);
  assert_image (file, loader, 1, 0, 0);
  g_assert_false (smith_loader_may_send (loader, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_UNSAFE_LOADER);
}

/* All of the places, not just the first. */
static void
test_several (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (routines); i++)
    {
      g_autofree char *text
          = g_strdup_printf (LOADER "routine=%s\nroutine-offset=0x100,0x400,0x2000,0xE000\n",
                             routines[i].routine);
      g_autoptr (GBytes) file = helper_build (text);
      g_autoptr (GByteArray) copy = helper_copy (file);
      guint8 *flasher = copy->data + smith_get_u32_le (copy->data + DESCRIPTORS + 16 + 12);
      gsize size = smith_get_u32_le (copy->data + DESCRIPTORS + 16 + 4);
      SmithGuardResult result;
      g_autofree guint8 *once = NULL;
      gboolean found = FALSE;

      g_assert_false (smith_erase_guard_is_harmless (flasher, size, &found));
      g_assert_true (found);
      result = smith_erase_guard_apply (flasher, size);
      g_assert_cmpstr (result.routine, ==, routines[i].routine);
      g_assert_cmpuint (result.found, ==, 4);
      g_assert_cmpuint (result.changed, ==, 4);
      g_assert_true (smith_erase_guard_is_harmless (flasher, size, &found));
      g_assert_true (found);
      once = g_memdup2 (flasher, size);
      result = smith_erase_guard_apply (flasher, size);
      g_assert_cmpuint (result.found, ==, 4);
      g_assert_cmpuint (result.changed, ==, 0);
      g_assert_cmpmem (once, size, flasher, size);
    }
}

/* A loader with @routine in the flasher (or "none"), and v7r1 with its call, safe
 * or not, written into component @n. */
static SmithLoader *
make_with (const char *routine, guint components, guint n, gboolean safe, GBytes **file)
{
  static const guint8 v7r1[] = { 0x3D, 0xE2, 0xE0, 0xE3, 0x00, 0xE0, 0x9E, 0xE5, 0x5C, 0xC3,
                                 0x9F, 0xE5, 0x0C, 0x00, 0x5E, 0xE1, 0x00, 0x00, 0x00, 0x0A };
  static const guint8 call[] = { 0x5A, 0x12, 0x00, 0xEB };
  static const guint8 no_call[] = { 0x00, 0x00, 0xA0, 0xE3 };
  g_autofree char *text
      = g_strdup_printf (LOADER "components=%u\nroutine=%s\n", components, routine);
  g_autoptr (GBytes) made = helper_build (text);
  g_autoptr (GByteArray) copy = helper_copy (made);
  guint8 *component = copy->data + smith_get_u32_le (copy->data + DESCRIPTORS + 16 * n + 12);

  memcpy (component + 0x400, v7r1, sizeof v7r1);
  memcpy (component + 0x400 + sizeof v7r1, safe ? no_call : call, 4);
  *file = g_bytes_new (copy->data, copy->len);
  return parse (*file);
}

static void
assert_unsafe (const SmithLoader *loader, const char *why)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (loader->guard_state, ==, SMITH_GUARD_UNSAFE);
  g_assert_false (smith_loader_may_send (loader, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_UNSAFE_LOADER);
  g_assert_nonnull (strstr (error->message, why));
}

/* What stands in the RAM initialiser proves nothing about the flasher, and is
 * left as it is. */
static void
test_not_in_the_flasher (void)
{
  for (guint safe = 0; safe < 2; safe++)
    {
      g_autoptr (GBytes) file = NULL;
      g_autoptr (SmithLoader) loader = make_with ("none", 2, 0, safe, &file);

      assert_unsafe (loader, safe ? "cannot be told" : "would erase");
      g_assert_cmpint (smith_loader_check_calls (loader, NULL), ==, safe);
      g_assert_null (loader->erase_routine);
      assert_image (file, loader, 0, 0, 0);
      assert_image (file, loader, 1, 0, 0);
    }
}

/* A live call that cannot be replaced is never sent, however safe the flasher;
 * one that was replaced by others hurts nobody. */
static void
test_also_in_the_initialiser (void)
{
  g_autoptr (GBytes) live = NULL;
  g_autoptr (SmithLoader) loader = make_with ("v7r11", 2, 0, FALSE, &live);
  g_autoptr (GBytes) harmless = NULL;

  assert_unsafe (loader, "would erase");
  g_assert_false (smith_loader_check_calls (loader, NULL));
  assert_image (live, loader, 0, 0, 0);
  g_clear_pointer (&loader, smith_loader_free);

  loader = make_with ("v7r11", 2, 0, TRUE, &harmless);
  g_assert_cmpint (loader->guard_state, ==, SMITH_GUARD_MADE_SAFE);
  g_assert_cmpstr (loader->erase_routine, ==, "v7r11");
  g_assert_true (smith_loader_may_send (loader, NULL));
}

/* Each flasher must be known as safe, not just one of them. */
static void
test_second_flasher (void)
{
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) both = NULL;
  g_autoptr (SmithLoader) loader = make_with ("none", 3, 2, FALSE, &first);

  assert_unsafe (loader, "cannot be told");
  g_clear_pointer (&loader, smith_loader_free);
  loader = make_with ("v7r11", 3, 2, FALSE, &both);
  g_assert_cmpint (loader->guard_state, ==, SMITH_GUARD_MADE_SAFE);
  g_assert_true (smith_loader_may_send (loader, NULL));
  assert_image (both, loader, 2, 0x414, 4);
}

/* One that ends before its flasher is none that could be judged. */
static void
test_no_flasher (void)
{
  g_autoptr (GBytes) file = helper_build (LOADER "routine=v7r1\n");
  g_autoptr (GByteArray) copy = helper_copy (file);
  g_autoptr (GBytes) cut = NULL;
  g_autoptr (SmithLoader) loader = NULL;

  smith_put_u32_le (copy->data + DESCRIPTORS + 16, 0);
  cut = g_bytes_new (copy->data, copy->len);
  loader = parse (cut);
  g_assert_cmpuint (loader->n_components, ==, 1);
  assert_unsafe (loader, "cannot be told");
}

/* One safe place and one that is not: the unsafe one must not be overlooked. */
static void
test_half_safe (void)
{
  g_autoptr (GBytes) file
      = helper_build (LOADER "routine=v7r1\nroutine-offset=0x100,0x400\nsafe=true\n");
  g_autoptr (GByteArray) copy = helper_copy (file);
  guint8 *flasher = copy->data + smith_get_u32_le (copy->data + DESCRIPTORS + 16 + 12);
  g_autoptr (GBytes) changed = NULL;
  g_autoptr (SmithLoader) loader = NULL;

  memcpy (flasher + 0x400 + 20, "\x5a\x12\x00\xeb", 4);
  changed = g_bytes_new (copy->data, copy->len);
  loader = parse (changed);
  g_assert_cmpint (loader->guard_state, ==, SMITH_GUARD_MADE_SAFE);
  g_assert_true (smith_loader_may_send (loader, NULL));
  assert_image (changed, loader, 1, 0x414, 4);
}

/* A branch around the call is taken always, or it is not harmless: under any other
 * condition the call would run at times, and with 0xF it is no branch. */
static void
test_conditions (void)
{
  g_autoptr (GBytes) file = helper_load_made ("loader-v7r22-unsafe");
  g_autoptr (GByteArray) copy = helper_copy (file);
  guint8 *flasher = copy->data + smith_get_u32_le (copy->data + DESCRIPTORS + 16 + 12);
  const gsize place = 0x61C4 + 32 - 37;

  for (guint condition = 0; condition <= 0xF; condition++)
    {
      g_autoptr (GBytes) changed = NULL;
      g_autoptr (SmithLoader) loader = NULL;

      flasher[place] = (guint8) (condition << 4 | 0x0A);
      changed = g_bytes_new (copy->data, copy->len);
      loader = parse (changed);
      g_assert_cmpint (loader->guard_state, ==,
                       condition == 0xE ? SMITH_GUARD_SAFE : SMITH_GUARD_MADE_SAFE);
      assert_image (changed, loader, 1, place, condition == 0xE ? 0 : 1);
    }
}

/* What disarms one routine may complete the signature of another, which then
 * must be disarmed as well. */
static void
test_cascade (void)
{
  static const guint8 code[] = {
    /* v7r1, but for one condition that is "equal" instead of "always" */
    0x3D,
    0xE2,
    0xE0,
    0xE3,
    0x00,
    0xE0,
    0x9E,
    0xE5,
    0x5C,
    0xC3,
    0x9F,
    0xE5,
    0x0C,
    0x00,
    0x5E,
    0x01,
    0x00,
    0x00,
    0x00,
    0x0A,
    /* v7r22, whose remedy is just that condition */
    0x12,
    0x3B,
    0xA0,
    0xE3,
    0x4A,
    0x35,
    0x4A,
    0xE3,
    0x00,
    0x20,
    0xA0,
    0xE3,
    0x78,
    0x20,
    0xC3,
    0xE5,
    0x79,
    0x20,
    0xC3,
    0xE5,
    0x7A,
    0x20,
    0xC3,
    0xE5,
    0x7B,
    0x20,
    0xC3,
    0xE5,
    0x00,
    0x00,
    0xA0,
    0xE3,
  };
  guint8 data[256] = { 0 };
  SmithGuardResult result;
  gboolean found = FALSE;

  memcpy (data + 0x40, code, sizeof code);
  result = smith_erase_guard_apply (data, sizeof data);
  g_assert_cmpstr (result.routine, ==, "v7r22");
  g_assert_cmpuint (result.found, ==, 2);
  g_assert_cmpuint (result.changed, ==, 2);
  g_assert_true (smith_erase_guard_is_harmless (data, sizeof data, &found));
  g_assert_true (found);
  g_assert_cmphex (data[0x40 + 15], ==, 0xE1);
  g_assert_cmpmem (data + 0x40 + 20, 4, "\x00\x00\xA0\xE3", 4);
}

/* Only where instructions stand, and only where the whole of it is there. */
static void
test_edges (void)
{
  static const guint8 v7r1[] = { 0x3D, 0xE2, 0xE0, 0xE3, 0x00, 0xE0, 0x9E, 0xE5, 0x5C, 0xC3,
                                 0x9F, 0xE5, 0x0C, 0x00, 0x5E, 0xE1, 0x00, 0x00, 0x00, 0x0A };
  static const struct
  {
    gsize at;
    gsize size;
    guint found;
  } cases[] = {
    { 8, 32, 1 },  { 4, 32, 0 },  { 0, 32, 0 },  { 9, 64, 0 },  { 10, 64, 0 },
    { 12, 36, 1 }, { 12, 35, 0 }, { 12, 32, 0 }, { 12, 31, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree guint8 *data = g_malloc0 (cases[i].size);
      g_autofree guint8 *before = NULL;
      SmithGuardResult result;

      memcpy (data + cases[i].at, v7r1, MIN (sizeof v7r1, cases[i].size - cases[i].at));
      before = g_memdup2 (data, cases[i].size);
      result = smith_erase_guard_apply (data, cases[i].size);
      g_assert_cmpuint (result.found, ==, cases[i].found);
      g_assert_cmpuint (result.changed, ==, cases[i].found);
      if (cases[i].found == 0)
        g_assert_cmpmem (data, cases[i].size, before, cases[i].size);
    }
  for (gsize size = 1; size < 64; size++)
    {
      g_autofree guint8 *data = g_malloc0 (size);

      g_assert_cmpuint (smith_erase_guard_apply (data, size).found, ==, 0);
      g_assert_false (smith_erase_guard_ignore_bad_blocks (data, size));
    }
}

static void
test_names (void)
{
  g_assert_cmpstr (smith_guard_state_name (SMITH_GUARD_SAFE), ==, "safe");
  g_assert_cmpstr (smith_guard_state_name (SMITH_GUARD_MADE_SAFE), ==, "made-safe");
  g_assert_cmpstr (smith_guard_state_name (SMITH_GUARD_KNOWN_SAFE), ==, "known-safe");
  g_assert_cmpstr (smith_guard_state_name (SMITH_GUARD_UNSAFE), ==, "unsafe");
  g_assert_null (smith_erase_guard_known_file (""));
  g_assert_cmpstr (smith_erase_guard_known_file (
                       "08e3ebda4c0b1061d010d377d993454eabe49e99bdaf888a21efbb0ade5fea50"),
                   ==, "usblsafe-8278.bin");
}

static void
test_components (void)
{
  for (guint n = 2; n <= SMITH_LOADER_COMPONENTS_MAX; n++)
    {
      g_autofree char *text = g_strdup_printf (LOADER "routine=v7r1\ncomponents=%u\n" TABLE, n);
      g_autoptr (GBytes) file = helper_build (text);
      g_autoptr (SmithLoader) loader = parse (file);

      g_assert_cmpuint (loader->n_components, ==, n);
      for (guint i = 0; i < n; i++)
        g_assert_cmpuint (g_bytes_get_size (loader->components[i].image), ==,
                          loader->components[i].size);
    }
}

/* Puts @value into a field of the first or second descriptor. */
static void
check_field (guint descriptor, guint field, guint32 value, const char *why)
{
  g_autoptr (GBytes) file = helper_build (LOADER "routine=v7r1\n");
  g_autoptr (GByteArray) copy = helper_copy (file);

  smith_put_u32_le (copy->data + DESCRIPTORS + 16 * descriptor + 4 * field, value);
  assert_refused (copy->data, copy->len, why);
}

static void
test_descriptors (void)
{
  const guint32 raminit = 128;              /* where it begins */
  const guint32 flasher = 128 + (12 << 10); /* and the flasher */
  const guint32 end = flasher + (64 << 10);

  check_field (0, 0, 0x100, "no known kind");
  check_field (1, 0, 0x100, "no known kind");
  check_field (1, 0, 0xFFFFFF02, "no known kind");
  check_field (0, 1, 0, "empty");
  check_field (1, 1, 0, "empty");
  check_field (0, 1, 0xFFFFFFFF, "cut short");
  check_field (1, 1, (64 << 10) + 1, "cut short");
  check_field (1, 3, flasher + 1, "cut short");
  check_field (1, 3, end, "cut short");
  check_field (1, 3, 0xFFFFFFFF, "cut short");
  check_field (0, 1, (12 << 10) + 1, "overlap");
  check_field (1, 3, flasher - 1, "overlap");
  check_field (1, 3, raminit, "overlap");
  check_field (0, 3, 0, "beginning");
  check_field (0, 3, DESCRIPTORS + 31, "beginning");
  check_field (1, 2, 0xFFFFFFFF, "no memory");
  check_field (1, 2, 0xFFFFFFFF - (64 << 10) + 2, "no memory");
  check_field (0, 0, 0, "no parts");
}

static void
test_truncated (void)
{
  g_autoptr (GBytes) file = helper_build (LOADER "routine=v7r1\nraminit=64\nflasher=128\n"
                                                 "routine-offset=8\ncomponents=5\n");
  g_autoptr (GByteArray) copy = helper_copy (file);

  for (gsize size = 0; size < copy->len; size++)
    assert_refused (copy->data, size, size < 4 ? "not a loader" : "cut short");
}

static void
test_size (void)
{
  g_autoptr (GBytes) file = helper_build (LOADER "routine=v7r1\n");
  g_autoptr (GByteArray) copy = helper_copy (file);
  g_autoptr (GBytes) largest = NULL;
  g_autoptr (SmithLoader) loader = NULL;

  g_byte_array_set_size (copy, SMITH_LOADER_SIZE_MAX + 1);
  assert_refused (copy->data, copy->len, "too large");
  largest = g_bytes_new_static (copy->data, SMITH_LOADER_SIZE_MAX);
  loader = parse (largest);
  copy->data[2] = 3;
  assert_refused (copy->data, 100, "not a loader");
}

/* The real ones, where somebody has them. */
static SmithLoader *
load_real (const char *name, GBytes **file)
{
  g_autofree char *path = g_build_filename (g_getenv ("SMITH_SAMPLES"), name, NULL);
  g_autoptr (GMappedFile) mapped = g_mapped_file_new (path, FALSE, NULL);
  SmithLoader *loader;

  if (mapped == NULL)
    {
      g_test_skip ("not here");
      return NULL;
    }
  *file = g_mapped_file_get_bytes (mapped);
  loader = parse (*file);
  g_assert_cmpuint (loader->n_components, ==, 2);
  g_assert_cmpstr (loader->known_file, ==, name);
  g_assert_true (smith_loader_may_send (loader, NULL));
  g_assert_nonnull (loader->table);
  g_assert_cmpuint (loader->table_component, ==, 1);
  g_assert_cmpstr (loader->table->version, ==, "BOOTROM_V01.02");
  return loader;
}

static void
assert_row (const SmithLoader *loader, guint row, const char *name, guint start, guint blocks)
{
  const SmithPtableEntry *entry = &loader->table->entries[row];

  g_assert_cmpuint (row, <, loader->table->n_entries);
  g_assert_cmpstr (entry->name, ==, name);
  g_assert_cmphex (entry->start, ==, start * SMITH_NAND_BLOCK);
  g_assert_cmphex (entry->length, ==, blocks * SMITH_NAND_BLOCK);
}

/* In this one the call still stands where others have theirs replaced: it is
 * replaced too, for to be known as safe is no reason to send a live call. */
static void
test_real_327x (void)
{
  g_autoptr (GBytes) file = NULL;
  g_autoptr (SmithLoader) loader = load_real ("usblsafe-327x.bin", &file);

  if (loader == NULL)
    return;
  g_assert_cmpstr (loader->product, ==, "H6920CS_STICK");
  g_assert_cmpstr (loader->erase_routine, ==, "v7r1");
  g_assert_cmpint (loader->guard_state, ==, SMITH_GUARD_MADE_SAFE);
  g_assert_cmpuint (loader->components[0].size, ==, 876);
  g_assert_cmpuint (loader->components[1].size, ==, 1753484);
  assert_image (file, loader, 0, 0, 0);
  assert_image (file, loader, 1, 0x1170 + 20 - 960, 4);
  g_assert_cmpuint (loader->table->n_entries, ==, 17);
  assert_row (loader, 0, "BootLoad", 0, 1);
  assert_row (loader, 1, "NvBackLTE", 1, 0xC);
  assert_row (loader, 5, "VxWorks", 0x35, 0x100);
  assert_row (loader, 16, "cdromiso", 0x290, 0x570);
}

static void
test_real_e303 (void)
{
  g_autoptr (GBytes) file = NULL;
  g_autoptr (SmithLoader) loader = load_real ("usblsafe-e303.bin", &file);

  if (loader == NULL)
    return;
  g_assert_cmpstr (loader->product, ==, "V3R3_MBB_STICK");
  g_assert_null (loader->erase_routine);
  g_assert_cmpint (loader->guard_state, ==, SMITH_GUARD_KNOWN_SAFE);
  assert_image (file, loader, 0, 0, 0);
  assert_image (file, loader, 1, 0, 0);
  g_assert_cmpuint (loader->table->n_entries, ==, 11);
  assert_row (loader, 0, "BootLoad", 0, 1);
  assert_row (loader, 4, "VxWorks", 0x2B, 0x74);
  assert_row (loader, 6, "kernel", 0xA4, 0x1D);
  assert_row (loader, 10, "/CDROMISO", 0x14D, 0x2B3);
}

/* A known file with one byte changed is no known file. */
static void
test_real_altered (void)
{
  g_autoptr (GBytes) file = NULL;
  g_autoptr (SmithLoader) loader = load_real ("usblsafe-e303.bin", &file);
  g_autoptr (GByteArray) copy = NULL;
  g_autoptr (GBytes) altered = NULL;
  g_autoptr (GError) error = NULL;

  if (loader == NULL)
    return;
  copy = helper_copy (file);
  copy->data[copy->len - 1] ^= 1;
  altered = g_bytes_new_static (copy->data, copy->len);
  g_clear_pointer (&loader, smith_loader_free);
  loader = parse (altered);
  g_assert_null (loader->known_file);
  g_assert_cmpint (loader->guard_state, ==, SMITH_GUARD_UNSAFE);
  g_assert_false (smith_loader_may_send (loader, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_UNSAFE_LOADER);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loader/routines", test_routines);
  g_test_add_func ("/loader/none", test_none);
  g_test_add_func ("/loader/several", test_several);
  g_test_add_func ("/loader/not-in-the-flasher", test_not_in_the_flasher);
  g_test_add_func ("/loader/also-in-the-initialiser", test_also_in_the_initialiser);
  g_test_add_func ("/loader/second-flasher", test_second_flasher);
  g_test_add_func ("/loader/no-flasher", test_no_flasher);
  g_test_add_func ("/loader/half-safe", test_half_safe);
  g_test_add_func ("/loader/conditions", test_conditions);
  g_test_add_func ("/loader/cascade", test_cascade);
  g_test_add_func ("/loader/edges", test_edges);
  g_test_add_func ("/loader/names", test_names);
  g_test_add_func ("/loader/components", test_components);
  g_test_add_func ("/loader/descriptors", test_descriptors);
  g_test_add_func ("/loader/truncated", test_truncated);
  g_test_add_func ("/loader/size", test_size);
  g_test_add_func ("/loader/real-327x", test_real_327x);
  g_test_add_func ("/loader/real-e303", test_real_e303);
  g_test_add_func ("/loader/real-altered", test_real_altered);
  return g_test_run ();
}
