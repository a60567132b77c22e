/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/firmware.h"

#include "format/bytes.h"
#include "helper.h"
#include "simulator/fixture.h"

/* What a description does not say in so many words. */
typedef struct
{
  const char *name;
  SmithFirmwareKind kind;
  SmithChip chip;
  const char *platform; /* NULL: none */
  const char *version;
  guint content;
} Expected;

#define FW SMITH_CONTENT_FIRMWARE
#define ISO SMITH_CONTENT_ISO
#define WEB SMITH_CONTENT_WEBUI

static const Expected files[] = {
  { "firmware-v7r11-hilink", SMITH_FIRMWARE_PLAIN, SMITH_CHIP_V7R11, "BV7R11HS", "22.333.01.00.99",
    FW | ISO | WEB },
  { "firmware-v7r11-stick", SMITH_FIRMWARE_PLAIN, SMITH_CHIP_V7R11, "BV7R11HS", "21.333.64.01.99",
    FW | ISO },
  { "firmware-v7r2-stick", SMITH_FIRMWARE_PLAIN, SMITH_CHIP_V7R2, "BV7R2HS", "21.180.01.00.99",
    FW | ISO },
  { "qualcomm-e392", SMITH_FIRMWARE_PLAIN, SMITH_CHIP_QUALCOMM, "HUAWEI E392", "11.433.57.00.260",
    FW },
  { "updater-e1550", SMITH_FIRMWARE_UPDATER, SMITH_CHIP_QUALCOMM, "HUAWEI E155", "11.608.12.04.21",
    FW },
  { "webui-v7r11", SMITH_FIRMWARE_PLAIN, SMITH_CHIP_UNKNOWN, NULL, "WEBUI_17.100.20.99.03",
    ISO | WEB },
  { "tiny", SMITH_FIRMWARE_PLAIN, SMITH_CHIP_V7R11, "BV7R11HS", "22.1.1.1.1", FW | ISO | WEB },
};

static char *
get (GKeyFile *keys, const char *group, const char *key)
{
  return g_key_file_get_string (keys, group, key, NULL);
}

/* A number of a description: decimal or hexadecimal, K for 1024. */
static guint64
get_number (GKeyFile *keys, const char *group, const char *key, guint64 otherwise)
{
  g_autofree char *text = get (keys, group, key);
  char *end;
  guint64 value;

  if (text == NULL)
    return otherwise;
  value = g_ascii_strtoull (text, &end, 0);
  g_assert_true (*end == '\0' || g_str_equal (end, "K"));
  return *end == 'K' ? value * 1024 : value;
}

/* The same partitions as raw bytes: what must come out of the compressed ones. */
static GPtrArray *
make_raw (GKeyFile *keys)
{
  GPtrArray *contents = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) file = NULL;
  g_autoptr (SmithFirmware) firmware = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0;; i++)
    {
      g_autofree char *group = g_strdup_printf ("partition %u", i);

      if (!g_key_file_has_group (keys, group))
        break;
      g_key_file_remove_key (keys, group, "compression", NULL);
      g_key_file_remove_key (keys, group, "lzma-dictionary", NULL);
    }
  text = g_key_file_to_data (keys, NULL, NULL);
  file = helper_build (text);
  firmware = smith_firmware_parse (file, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < firmware->partitions->len; i++)
    {
      SmithPartition *partition = g_ptr_array_index (firmware->partitions, i);

      g_assert_cmpint (partition->compression, ==, SMITH_COMPRESSION_NONE);
      g_ptr_array_add (contents, g_bytes_ref (partition->data));
    }
  return contents;
}

static const char *
expected_compression (const char *text)
{
  if (text == NULL)
    return "none";
  return g_str_has_prefix (text, "zlib") ? "zlib" : text;
}

static void
assert_label (GKeyFile *keys, const char *group, const char *key, const char *actual)
{
  g_autofree char *own = get (keys, group, key);
  g_autofree char *common = get (keys, "firmware", key);

  g_assert_cmpstr (actual, ==, own != NULL ? own : common);
}

static void
check_partition (GKeyFile *keys, const SmithPartition *partition, GBytes *raw)
{
  g_autofree char *group = g_strdup_printf ("partition %u", partition->index);
  g_autofree char *id = get (keys, group, "id");
  g_autofree char *compression = get (keys, group, "compression");
  g_autoptr (GByteArray) expanded = helper_expand (partition);
  char name[SMITH_PARTITION_NAME_SIZE];
  gsize raw_size;
  const guint8 *raw_data = g_bytes_get_data (raw, &raw_size);

  g_assert_cmphex (partition->id, ==, g_ascii_strtoull (id, NULL, 16));
  smith_partition_id_name (partition->id, name);
  if (partition->name[0] != 'S' || !g_str_has_prefix (partition->name, "Section_"))
    g_assert_cmpstr (partition->name, ==, name);
  g_assert_cmpstr (smith_compression_name (partition->compression), ==,
                   expected_compression (compression));
  assert_label (keys, group, "product", partition->product);
  assert_label (keys, group, "date", partition->date);
  assert_label (keys, group, "time", partition->time);
  assert_label (keys, group, "version", partition->version);
  g_assert_cmpuint (partition->header_version, ==,
                    get_number (keys, "firmware", "header-version", 1));
  g_assert_cmpuint (partition->block_size, ==, get_number (keys, "firmware", "block-size", 4096));
  g_assert_cmpuint (g_bytes_get_size (partition->data), ==, partition->stored);
  g_assert_cmpuint (g_bytes_get_size (partition->checksums), ==,
                    (partition->stored + partition->block_size - 1) / partition->block_size * 2);
  g_assert_true (partition->header_ok);
  g_assert_cmpint (partition->data_ok, ==, SMITH_CHECK_GOOD);
  g_assert_true (partition->expanded_known);
  g_assert_cmpuint (partition->expanded, ==, raw_size);
  g_assert_cmpmem (expanded->data, expanded->len, raw_data, raw_size);
}

static void
check_offsets (const SmithFirmware *firmware)
{
  const guint8 *file = g_bytes_get_data (firmware->file, NULL);
  guint64 end = 0;

  for (guint i = 0; i < firmware->partitions->len; i++)
    {
      SmithPartition *partition = g_ptr_array_index (firmware->partitions, i);

      g_assert_cmpuint (partition->offset % 4, ==, 0);
      g_assert_cmpuint (partition->offset, >=, end);
      if (i > 0)
        g_assert_cmpuint (partition->offset, <, end + 4);
      g_assert_cmpmem (file + partition->offset, 4, "\x55\xAA\x5A\xA5", 4);
      end = partition->offset + HELPER_HEADER_SIZE + g_bytes_get_size (partition->checksums)
            + partition->stored;
    }
  if (firmware->kind == SMITH_FIRMWARE_PLAIN)
    g_assert_cmpuint (end, ==, firmware->size);
}

static void
check_signature (GKeyFile *keys, const SmithFirmware *firmware)
{
  guint64 size = get_number (keys, "firmware", "signature-size", 0);

  if (size == 0)
    {
      g_assert_null (firmware->signature);
      return;
    }
  g_assert_nonnull (firmware->signature);
  g_assert_cmpuint (firmware->signature->size, ==, size);
  g_assert_cmpuint (firmware->signature->type, ==, firmware->content);
  g_assert_cmpstr (firmware->signature->key_sha256, ==, SMITH_FIXTURE_KEY_SHA256);
}

static void
check_whole (GKeyFile *keys, const Expected *expected, SmithFirmware *firmware)
{
  g_autofree char *product = get (keys, "firmware", "product");
  g_autofree char *date = get (keys, "firmware", "date");
  g_autofree char *time = get (keys, "firmware", "time");
  g_autofree char *built = g_strdup_printf ("%s %s", date, time);
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, firmware->file);
  guint64 download_id = get_number (keys, "firmware", "download-id", 0);
  gboolean qualcomm = expected->chip == SMITH_CHIP_QUALCOMM;

  g_assert_cmpint (firmware->kind, ==, expected->kind);
  g_assert_cmpint (firmware->chip, ==, expected->chip);
  g_assert_cmpuint (firmware->content, ==, expected->content);
  g_assert_true (firmware->has_prefix);
  g_assert_cmphex (firmware->download_id, ==, download_id);
  if (!qualcomm)
    g_assert_cmpuint (firmware->content, ==, download_id & 7);
  g_assert_true (firmware->signed_flag == (!qualcomm && (download_id & 8) != 0));
  g_assert_cmpstr (firmware->product, ==, product);
  g_assert_cmpstr (firmware->version, ==, expected->version);
  g_assert_cmpstr (firmware->platform, ==, expected->platform);
  g_assert_cmpstr (firmware->built, ==, built);
  g_assert_cmpstr (firmware->sha256, ==, sha256);
  g_assert_cmpuint (firmware->size, ==, g_bytes_get_size (firmware->file));
  g_assert_cmpuint (firmware->problems->len, ==, 0);
  g_assert_cmpuint (firmware->warnings->len, ==, 0);
  g_assert_true (smith_firmware_is_good (firmware));
}

static void
test_file (gconstpointer user_data)
{
  const Expected *expected = user_data;
  g_autoptr (GKeyFile) keys = helper_keys (expected->name);
  g_autoptr (GKeyFile) raw_keys = helper_keys (expected->name);
  g_autoptr (GPtrArray) raw = make_raw (raw_keys);
  g_autoptr (GBytes) file = helper_load_made (expected->name);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithFirmware) firmware = smith_firmware_parse (file, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (firmware->partitions->len, ==, raw->len);
  g_assert_false (smith_firmware_is_good (firmware));
  g_assert_true (smith_firmware_verify (firmware, NULL, NULL));
  check_whole (keys, expected, firmware);
  check_signature (keys, firmware);
  check_offsets (firmware);
  for (guint i = 0; i < raw->len; i++)
    {
      SmithPartition *partition = g_ptr_array_index (firmware->partitions, i);

      g_assert_cmpuint (partition->index, ==, i);
      check_partition (keys, partition, g_ptr_array_index (raw, i));
    }
}

static void
test_section_names (void)
{
  g_autoptr (GBytes) file = helper_load_made ("updater-e1550");
  g_autoptr (SmithFirmware) firmware = smith_firmware_parse (file, NULL);

  g_assert_cmpstr (((SmithPartition *) firmware->partitions->pdata[0])->name, ==, "Section_01");
  g_assert_cmpstr (((SmithPartition *) firmware->partitions->pdata[4])->name, ==, "Section_05");
}

#define BIN "[file]\nshape=bin\n[firmware]\n"
#define PART(n, id, content) "[partition " #n "]\nid=" #id "\ncontent=" content "\n"

static SmithFirmware *
make (const char *description)
{
  g_autoptr (GBytes) file = helper_build (description);
  g_autoptr (GError) error = NULL;
  SmithFirmware *firmware = smith_firmware_parse (file, &error);

  g_assert_no_error (error);
  g_assert_true (smith_firmware_verify (firmware, NULL, NULL));
  return firmware;
}

static void
test_version_texts (void)
{
  static const struct
  {
    const char *text;
    const char *version;
    const char *platform;
  } cases[] = {
    { "21.1", "21.1", NULL },
    { ":P:E3372:21.1", "21.1", "P" },
    { ":P:E3372:21.1 extra", "21.1 extra", "P" },
    { ":21.1", "21.1", NULL },
    { "::21.1", "21.1", "" },
    { "P:21.1", "21.1", NULL },
    { ":P:", "", "P" },
    { ":", "", NULL },
    { "0123456789012345678901234567890:", "", NULL },
    { "01234567890123456789012345678901", "01234567890123456789012345678901", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text
          = g_strdup_printf (BIN
                             "download-id=1\nproduct=P\nversion=%s\n" PART (0, 90000, "zeros:9"),
                             cases[i].text);
      g_autoptr (SmithFirmware) firmware = make (text);

      g_assert_cmpstr (firmware->version, ==, cases[i].version);
      g_assert_cmpstr (firmware->platform, ==, cases[i].platform);
      g_assert_true (smith_firmware_is_good (firmware));
    }
}

/* Text fields are as long as they are, and nothing in them reaches a terminal. */
static void
test_texts (void)
{
  g_autoptr (GBytes) file = helper_build (
      BIN "download-id=1\nproduct=12345678\nversion=01234567890123456789012345678901\n"
          "date=0123456789ABCDEF\ntime=0123456789abcdef\n" PART (0, 90000, "zeros:9"));
  g_autoptr (GByteArray) copy = helper_copy (file);
  guint8 *header = copy->data + SMITH_FIRMWARE_PREFIX_SIZE;
  g_autoptr (SmithFirmware) firmware = helper_parse (copy->data, copy->len);

  g_assert_cmpstr (firmware->product, ==, "12345678");
  g_assert_cmpstr (firmware->version, ==, "01234567890123456789012345678901");
  g_assert_cmpstr (firmware->built, ==, "0123456789ABCDEF 0123456789abcdef");
  memcpy (header + 60, "\x1b[31m\xff\t%s", 10);
  helper_fix_header (header);
  g_clear_pointer (&firmware, smith_firmware_free);
  firmware = helper_parse (copy->data, copy->len);
  g_assert_true (g_str_has_prefix (firmware->version, "?[31m??%s"));
}

static void
test_signatures (void)
{
  static const struct
  {
    const char *keys;
    guint size;          /* 0: none found */
    const char *warning; /* NULL: none */
  } cases[] = {
    { "download-id=9\nsignature-size=2958\n", 2958, NULL },
    { "download-id=9\nsignature-size=2694\nsignature-partition=1\n", 2694, NULL },
    { "download-id=9\nsignature-size=50\n", 50, NULL },
    { "download-id=9\nsignature-size=8192\n", 8192, NULL },
    { "download-id=9\nsignature-size=8193\n", 0, "holds no signature" },
    { "download-id=9\nsignature-size=100\nsignature-partition=2\n", 0, "holds no signature" },
    { "download-id=9\n", 0, "holds no signature" },
    { "download-id=1\nsignature-size=2958\n", 2958, "does not say" },
    { "download-id=1\n", 0, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf (
          BIN "product=P\nversion=V\n%s" PART (0, 90000, "mixed:20000:1")
              PART (1, 220000, "mixed:20000:2") "compression=lzma\n" PART (2, 230000, "zeros:1"),
          cases[i].keys);
      g_autoptr (SmithFirmware) firmware = make (text);

      if (cases[i].size == 0)
        g_assert_null (firmware->signature);
      else
        {
          g_assert_cmpuint (firmware->signature->size, ==, cases[i].size);
          g_assert_cmpuint (firmware->signature->type, ==, 1);
          g_assert_cmpstr (firmware->signature->key_sha256, ==, SMITH_FIXTURE_KEY_SHA256);
        }
      g_assert_cmpuint (firmware->warnings->len, ==, cases[i].warning != NULL ? 1 : 0);
      if (cases[i].warning != NULL)
        g_assert_nonnull (strstr (firmware->warnings->pdata[0], cases[i].warning));
      g_assert_true (smith_firmware_is_good (firmware));
    }
}

/* One that says that it is shorter than what stands in it, or longer than the part. */
static void
test_signature_sizes (void)
{
  static const struct
  {
    guint32 size;
    gboolean found;
  } cases[] = { { 50, TRUE },  { 49, FALSE },  { 12, FALSE },   { 0, FALSE },
                { 300, TRUE }, { 301, FALSE }, { 8192, FALSE }, { 0xFFFFFFFF, FALSE } };
  g_autoptr (GBytes) bytes
      = helper_build (BIN "product=P\nversion=V\ndownload-id=1\n" PART (0, 90000, "zeros:300"));
  g_autoptr (GByteArray) file = helper_copy (bytes);
  guint8 *header = file->data + helper_nth_header (file, 0);
  guint8 *end = header + smith_get_u32_le (header + 4) + 300;

  smith_put_u32_le (end - 4, 0xFFAAAFFA);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SmithFirmware) firmware = NULL;

      smith_put_u32_le (end - 12, cases[i].size);
      helper_fix_sums (header);
      firmware = helper_parse (file->data, file->len);
      g_assert_true (smith_firmware_verify (firmware, NULL, NULL));
      g_assert_true (smith_firmware_is_good (firmware));
      g_assert_true ((firmware->signature != NULL) == cases[i].found);
      if (cases[i].found)
        g_assert_cmpuint (firmware->signature->size, ==, cases[i].size);
    }
}

static void
test_known_signatures (void)
{
  static const struct
  {
    guint content;
    SmithChip chip;
    guint type;
    guint size;
  } cases[] = {
    { FW, SMITH_CHIP_UNKNOWN, 1, 2958 },      { FW, SMITH_CHIP_V7R11, 1, 2958 },
    { FW, SMITH_CHIP_V7R2, 1, 2694 },         { ISO, SMITH_CHIP_V7R11, 2, 846 },
    { ISO | WEB, SMITH_CHIP_V7R11, 6, 1110 }, { FW | ISO | WEB, SMITH_CHIP_V7R11, 7, 3750 },
    { WEB, SMITH_CHIP_V7R11, 0, 0 },          { 0, SMITH_CHIP_V7R11, 0, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const SmithSignature *known = smith_signature_known_for (cases[i].content, cases[i].chip);

      if (cases[i].size == 0)
        {
          g_assert_null (known);
          continue;
        }
      g_assert_cmpuint (known->type, ==, cases[i].type);
      g_assert_cmpuint (known->size, ==, cases[i].size);
      g_assert_cmpstr (known->key_sha256, ==,
                       "778A8D175E602B7B779D9E05C330B5279B0661BF2EED99A20445B366D63DD697");
    }
}

static void
test_chips (void)
{
  static const struct
  {
    const char *ids[2];
    SmithChip chip;
    guint warnings;
  } cases[] = {
    { { "100000", "110000" }, SMITH_CHIP_UNKNOWN, 0 },
    { { "100000", "30000" }, SMITH_CHIP_V7R2, 0 },
    { { "100000", "90000" }, SMITH_CHIP_V7R11, 0 },
    { { "100", "109" }, SMITH_CHIP_V7R1, 0 },
    { { "30000", "90000" }, SMITH_CHIP_UNKNOWN, 1 },
    { { "10000", "12345678" }, SMITH_CHIP_UNKNOWN, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf (
          BIN "download-id=1\nproduct=P\nversion=V\n[partition 0]\nid=%s\ncontent=zeros:9\n"
              "[partition 1]\nid=%s\ncontent=zeros:9\n",
          cases[i].ids[0], cases[i].ids[1]);
      g_autoptr (SmithFirmware) firmware = make (text);

      g_assert_cmpint (firmware->chip, ==, cases[i].chip);
      g_assert_cmpuint (firmware->warnings->len, ==, cases[i].warnings);
    }
}

/* Updaters begin anywhere, and their parts are padded to the file or the chain. */
static void
test_misaligned (void)
{
  for (guint misalign = 0; misalign < 4; misalign++)
    for (guint chain = 0; chain < 2; chain++)
      {
        g_autofree char *text = g_strdup_printf (
            "[file]\nshape=updater\n[firmware]\ndownload-id=5\nproduct=P\nversion=V\nalign=%s\n"
            "[updater]\nstub-size=4000\nchain-offset-misalign=%u\ntail-size=77\n" //
            PART (0, 90000, "random:301:1") PART (1, 220000, "random:302:1")      //
            PART (2, 560000, "random:303:1"),
            chain ? "chain" : "file", misalign);
        g_autoptr (SmithFirmware) firmware = make (text);
        SmithPartition *first = firmware->partitions->pdata[0];

        g_assert_cmpint (firmware->kind, ==, SMITH_FIRMWARE_UPDATER);
        g_assert_cmpuint (firmware->partitions->len, ==, 3);
        g_assert_cmpuint (first->offset, ==, 4000 + misalign + SMITH_FIRMWARE_PREFIX_SIZE);
        g_assert_cmpuint (firmware->warnings->len, ==, 0);
        g_assert_true (smith_firmware_is_good (firmware));
      }
}

typedef struct
{
  gint left;
  guint64 last;
  guint64 total;
} Stop;

static gboolean
on_progress (guint64 done, guint64 total, gpointer user_data)
{
  Stop *stop = user_data;

  g_assert_cmpuint (done, <=, total);
  return g_atomic_int_add (&stop->left, -1) > 0;
}

/* Stopped after any number of steps, then gone on with. */
static void
test_stopped (void)
{
  g_autoptr (GBytes) file = helper_build_named ("tiny");

  for (gint steps = 0; steps < 60; steps++)
    {
      g_autoptr (SmithFirmware) firmware = smith_firmware_parse (file, NULL);
      Stop stop = { .left = steps };
      gboolean finished = smith_firmware_verify (firmware, on_progress, &stop);

      g_assert_true (finished == (stop.left >= 0));
      g_assert_true (smith_firmware_is_good (firmware) == finished);
      g_assert_true (smith_firmware_verify (firmware, NULL, NULL));
      g_assert_true (smith_firmware_is_good (firmware));
    }
}

/* Right sums alone do not make a file good, even if nothing is to be expanded. */
static void
test_half_checked (void)
{
  g_autoptr (GBytes) file
      = helper_build (BIN "download-id=1\nproduct=P\nversion=V\n" PART (0, 90000, "zeros:9"));
  g_autoptr (SmithFirmware) firmware = smith_firmware_parse (file, NULL);

  g_assert_true (smith_firmware_check_sums (firmware, NULL, NULL));
  g_assert_false (smith_firmware_is_good (firmware));
  g_assert_true (smith_firmware_verify (firmware, NULL, NULL));
  g_assert_true (smith_firmware_is_good (firmware));
}

/* Verifying once more says the same, not the same again. */
static void
test_twice (void)
{
  g_autoptr (SmithFirmware) firmware
      = make (BIN "product=P\nversion=V\ndownload-id=9\n" //
              PART (0, 90000, "mixed:9000:1") "compression=zlib\ncut-stored=4\n" PART (
                  1, 220000, "mixed:9000:1") "break-block=0\n");
  guint problems = firmware->problems->len;
  guint warnings = firmware->warnings->len;

  g_assert_cmpuint (problems, ==, 2);
  g_assert_cmpuint (warnings, ==, 1);
  g_assert_true (smith_firmware_verify (firmware, NULL, NULL));
  g_assert_cmpuint (firmware->problems->len, ==, problems);
  g_assert_cmpuint (firmware->warnings->len, ==, warnings);
}

/* A file that changes behind our back is seen when its sums are looked at again. */
static void
test_sums_again (void)
{
  g_autoptr (GBytes) file = helper_build_named ("tiny");
  g_autoptr (GByteArray) copy = helper_copy (file);
  g_autoptr (SmithFirmware) firmware = helper_parse (copy->data, copy->len);
  SmithPartition *last = firmware->partitions->pdata[firmware->partitions->len - 1];

  g_assert_true (smith_firmware_verify (firmware, NULL, NULL));
  g_assert_true (smith_partition_check_sums (last));
  copy->data[copy->len - 1] ^= 1;
  g_assert_false (smith_partition_check_sums (last));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_strconcat ("/firmware/file/", files[i].name, NULL);

      g_test_add_data_func (path, &files[i], test_file);
    }
  g_test_add_func ("/firmware/section-names", test_section_names);
  g_test_add_func ("/firmware/version-texts", test_version_texts);
  g_test_add_func ("/firmware/texts", test_texts);
  g_test_add_func ("/firmware/signatures", test_signatures);
  g_test_add_func ("/firmware/signature-sizes", test_signature_sizes);
  g_test_add_func ("/firmware/known-signatures", test_known_signatures);
  g_test_add_func ("/firmware/chips", test_chips);
  g_test_add_func ("/firmware/misaligned", test_misaligned);
  g_test_add_func ("/firmware/stopped", test_stopped);
  g_test_add_func ("/firmware/half-checked", test_half_checked);
  g_test_add_func ("/firmware/twice", test_twice);
  g_test_add_func ("/firmware/sums-again", test_sums_again);
  return g_test_run ();
}
