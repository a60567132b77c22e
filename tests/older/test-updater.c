/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "format/bytes.h"
#include "format/error.h"
#include "format/helper.h"
#include "format/program.h"
#include "older.h"
#include "pe-maker.h"

#define CUT "cut short"
#define INCOMPLETE "not complete"

static GBytes *
make_package (const char *product)
{
  g_autofree char *description = g_strdup_printf (E1550_FILE, product, "");

  return helper_build (description);
}

static void
expect_good (GBytes *file, guint n_warnings)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithFirmware) firmware = smith_firmware_parse (file, &error);

  g_assert_no_error (error);
  smith_firmware_verify (firmware, NULL, NULL);
  if (firmware->problems->len > 0)
    g_error ("%s", (char *) g_ptr_array_index (firmware->problems, 0));
  g_assert_true (smith_firmware_is_good (firmware));
  g_assert_cmpint (firmware->kind, ==, SMITH_FIRMWARE_UPDATER);
  g_assert_cmpint (firmware->chip, ==, SMITH_CHIP_QUALCOMM);
  g_assert_cmpstr (firmware->platform, ==, E1550_PRODUCT);
  g_assert_cmpstr (firmware->version, ==, E1550_VERSION);
  g_assert_cmpuint (firmware->partitions->len, ==, 3);
  g_assert_cmpuint (firmware->warnings->len, ==, n_warnings);
}

static void
expect_bad (const guint8 *data, gsize size, const char *problem)
{
  g_autofree guint8 *copy = g_memdup2 (data, size);
  g_autoptr (SmithFirmware) firmware = helper_parse (copy, size);

  g_assert_nonnull (firmware);
  smith_firmware_verify (firmware, NULL, NULL);
  g_assert_false (smith_firmware_is_good (firmware));
  helper_assert_problem (firmware, problem);
}

static void
test_resource (void)
{
  static const PeShape shapes[] = {
    { .is_64 = FALSE },
    { .is_64 = TRUE },
    { .certificate = 700 },
    /* Not the package alone: what else it is says nothing. */
    { .before = 333, .more = 200000 },
    { .more = 3 },
  };
  g_autoptr (GBytes) package = make_package (E1550_PRODUCT);

  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autoptr (GBytes) file = pe_make (package, &shapes[i]);
      SmithProgram program;
      gsize size;
      const guint8 *data = g_bytes_get_data (file, &size);

      g_test_message ("shape %" G_GSIZE_FORMAT, i);
      expect_good (file, 0);
      g_assert_true (smith_program_read (data, size, PE_RESOURCE + shapes[i].before, &program));
      g_assert_cmpuint (program.needed, ==, size);
      g_assert_cmpuint (program.resource, ==, PE_RESOURCE);
      g_assert_cmpuint (program.resource_size, ==,
                        g_bytes_get_size (package) + shapes[i].before + shapes[i].more);
      g_assert_true (smith_program_read (data, size, PE_RESOURCE - 1, &program));
      g_assert_cmpuint (program.resource_size, ==, 0);
    }
}

/* A little behind the last part is odd; much is where a part was. */
static void
test_rest (void)
{
  static const PeShape little = { .more = 500 };
  static const PeShape much = { .more = 70000 };
  static const PeShape other = { .more = 70000, .more_value = 0xA5 };
  g_autoptr (GBytes) package = make_package (E1550_PRODUCT);
  g_autoptr (GBytes) with_little = pe_make (package, &little);
  g_autoptr (GBytes) with_much = pe_make (package, &much);
  g_autoptr (GBytes) with_other = pe_make (package, &other);
  const guint8 *data;
  gsize size;

  expect_good (with_little, 1);
  data = g_bytes_get_data (with_much, &size);
  expect_bad (data, size, INCOMPLETE);
  data = g_bytes_get_data (with_other, &size);
  expect_bad (data, size, INCOMPLETE);
}

/* Wherever it is cut: also between two parts, and behind the last one. */
static void
test_cut (void)
{
  static const PeShape shapes[] = { { .is_64 = FALSE }, { .is_64 = TRUE }, { .certificate = 700 } };
  g_autoptr (GBytes) package = make_package (E1550_PRODUCT);

  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autoptr (GBytes) file = pe_make (package, &shapes[i]);
      g_autoptr (GByteArray) copy = helper_copy (file);
      gsize end = PE_RESOURCE + g_bytes_get_size (package);

      for (guint part = 1; part < 3; part++)
        {
          gsize border = helper_nth_header (copy, part);

          g_test_message ("cut before part %u", part);
          for (gsize size = border - 3; size <= border; size++)
            expect_bad (copy->data, size, CUT);
        }
      expect_bad (copy->data, end - 1, CUT);
      expect_bad (copy->data, end, CUT);
      expect_bad (copy->data, copy->len - 1, CUT);
      /* Only of the resource it is said that there was more, by one byte. */
      smith_put_u32_le (copy->data + PE_RESOURCE_SIZE, (guint32) (copy->len - PE_RESOURCE + 1));
      expect_bad (copy->data, copy->len, CUT);
    }
}

/* Part of it damaged: refused with the reason, program or not. */
static void
test_damaged (void)
{
  static const PeShape plain = { .is_64 = FALSE };
  g_autoptr (GBytes) package = make_package (E1550_PRODUCT);
  g_autoptr (GBytes) file = pe_make (package, &plain);

  for (guint part = 0; part < 3; part++)
    {
      g_autoptr (GByteArray) copy = helper_copy (file);

      copy->data[helper_nth_header (copy, part) + 400] ^= 0x20;
      expect_bad (copy->data, copy->len, "checksum is wrong");
    }
}

/* Two packages that the headers tell apart are not called damaged; without the headers,
 * or with something else between them, nobody knows. */
static void
test_two_packages (void)
{
  g_autoptr (GBytes) package = make_package (E1550_PRODUCT);
  g_autoptr (GBytes) other = make_package ("HUAWEI E156");
  PeShape two = { .second = other };
  g_autoptr (GBytes) file = pe_make (package, &two);
  g_autoptr (GByteArray) copy = helper_copy (file);

  expect_bad (copy->data, copy->len, "two packages");
  expect_bad (copy->data, copy->len, "web interface first");
  /* The second is no resource. */
  memset (copy->data + 0x400 + 100, 0, 4);
  expect_bad (copy->data, copy->len, "stand apart");
  g_clear_pointer (&copy, g_byte_array_unref);
  /* A part of the first is damaged. */
  copy = helper_copy (file);
  memset (copy->data + helper_nth_header (copy, 1), 0xFF, 8);
  expect_bad (copy->data, copy->len, "damaged");
}

/* What the headers say is believed of none: no place outside, no folder in itself. */
static void
test_nonsense (void)
{
  static const PeShape plain = { .certificate = 40 };
  g_autoptr (GBytes) package = make_package (E1550_PRODUCT);
  g_autoptr (GBytes) file = pe_make (package, &plain);
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  SmithProgram program;

  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (GByteArray) copy = helper_copy (file);
      gsize size = i % 3 == 0 ? (gsize) g_rand_int_range (rand, 1, 0x700) : 0x700;
      g_autofree guint8 *exact = NULL;

      for (guint k = 0; k < 4; k++)
        smith_put_u32_le (copy->data + g_rand_int_range (rand, 2, 0x680),
                          k % 2 == 0 ? g_rand_int (rand)
                                     : (guint32) g_rand_int_range (rand, 0, 90));
      exact = g_memdup2 (copy->data, size);
      smith_program_read (exact, size, PE_RESOURCE, &program);
    }
  /* A folder that is its own entry. */
  {
    g_autoptr (GByteArray) copy = helper_copy (file);

    smith_put_u16_le (copy->data + 0x400 + 12, 0xFFFF);
    smith_put_u16_le (copy->data + 0x400 + 14, 0xFFFF);
    for (gsize at = 0x410; at < 0x600; at += 8)
      smith_put_u32_le (copy->data + at + 4, 0x80000000u);
    g_assert_true (smith_program_read (copy->data, copy->len, PE_RESOURCE, &program));
    g_assert_cmpuint (program.resource_size, ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/older/updater/resource", test_resource);
  g_test_add_func ("/older/updater/rest", test_rest);
  g_test_add_func ("/older/updater/cut", test_cut);
  g_test_add_func ("/older/updater/damaged", test_damaged);
  g_test_add_func ("/older/updater/two-packages", test_two_packages);
  g_test_add_func ("/older/updater/nonsense", test_nonsense);
  return g_test_run ();
}
