/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "stick/verdict.h"

#define FW SMITH_CONTENT_FIRMWARE
#define ISO SMITH_CONTENT_ISO
#define WEB SMITH_CONTENT_WEBUI

#define STICK_VERSION "21.333.64.01.00"
#define HILINK_VERSION "22.333.01.00.00"

/* A letter for a verdict: may not be overridden, or by which name. */
static char
letter_of (const SmithVerdict *verdict)
{
  if (verdict->kind == SMITH_VERDICT_FITS)
    return 'F';
  if (verdict->kind == SMITH_VERDICT_UNSURE)
    return 'U';
  if (verdict->override == NULL)
    return '-';
  return verdict->override[0];
}

static void
check_reasons (const SmithVerdict *verdict)
{
  g_assert_cmpuint (verdict->reasons->len, >, 0);
  for (guint i = 0; i < verdict->reasons->len; i++)
    {
      g_assert_cmpuint (strlen (g_ptr_array_index (verdict->reasons, i)), >, 10);
      for (guint j = 0; j < i; j++)
        g_assert_cmpstr (g_ptr_array_index (verdict->reasons, i), !=,
                         g_ptr_array_index (verdict->reasons, j));
    }
  if (verdict->kind == SMITH_VERDICT_FITS)
    g_assert_null (verdict->override);
}

static char
judge (const SmithFirmware *file, const SmithIdentity *identity, SmithMode mode, SmithAim aim)
{
  g_autoptr (SmithVerdict) verdict = smith_verdict_for_stick (file, identity, mode, aim);

  check_reasons (verdict);
  return letter_of (verdict);
}

static const SmithModel *
model_of (const char *hardware)
{
  if (hardware == NULL)
    return NULL;
  return smith_catalogue_find_model (smith_catalogue_get_default (), hardware);
}

static SmithIdentity
identity_of (const char *hardware, const char *firmware)
{
  SmithIdentity identity = {
    .hardware = (char *) hardware,
    .firmware = (char *) firmware,
    .model = model_of (hardware),
    .signal = -1,
    .download_type = -1,
  };

  return identity;
}

/* A file for each chip; the Qualcomm one is for the E1550. */
static SmithFirmware
file_of (SmithChip chip)
{
  static const char *const platforms[] = {
    [SMITH_CHIP_V7R1] = "BV7R1HS",
    [SMITH_CHIP_V7R2] = "BV7R2HS",
    [SMITH_CHIP_V7R11] = "BV7R11HS",
    [SMITH_CHIP_QUALCOMM] = "HUAWEI E155",
  };
  SmithFirmware file = {
    .chip = chip,
    .content = FW,
    .platform = (char *) platforms[chip],
    .version = chip == SMITH_CHIP_QUALCOMM ? "11.608.12.04.21" : STICK_VERSION,
  };

  if (chip == SMITH_CHIP_UNKNOWN)
    file.platform = NULL;
  return file;
}

/* Each hardware against a file that does not say its chip, V7R1, V7R2, V7R11, Qualcomm. */
static void
test_hardware (void)
{
  static const struct
  {
    const char *hardware;
    const char *firmware;
    const char *verdicts;
  } cases[] = {
    { "CL2E3372HM", STICK_VERSION, "U--F-" },
    { "CL2E3372HM Ver.A", "21.180.01.00.00", "U--F-" },
    { "CL1E3372SM", STICK_VERSION, "U-F--" },
    { "CL1E3372SM Ver.A", "21.180.01.00.00", "U-F--" },
    { "CL4E3372HM", "10.0.5.1(H697SP1C983)", "-----" },
    { "CL4E3372HM", NULL, "-----" },
    { "CL5E3372M", "3.0.2.61(H057SP5C983)", "-----" },
    { "CL5E3372M", NULL, "-----" },
    { "E1550 Ver.A", "11.608.12.04.21", "----U" },
    { "CD1E392M Ver.C", "11.433.57.00.260", "----U" },
    { "E392u-12 CD1E392M Ver.C", NULL, "----U" },
    /* The E3372h-320 by its firmware, whatever it calls its hardware. */
    { NULL, "10.0.5.1(H697SP1C983)", "-----" },
    { "CL2E3372HM", "10.0.5.1(H697SP1C983)", "-----" },
    { "CL2E3372HM", "11.0.1.1(H697SP1C983)", "-----" },
    /* Not known here. */
    { "CL3E3372HM", STICK_VERSION, "UUUUU" },
    { "CL1E8372HM", STICK_VERSION, "UUUUU" },
    { "XCL2E3372HM", STICK_VERSION, "UUUUU" },
    { "?", STICK_VERSION, "UUUUU" },
    { NULL, STICK_VERSION, "UUUUU" },
    { NULL, NULL, "UUUUU" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (SmithChip chip = SMITH_CHIP_UNKNOWN; chip <= SMITH_CHIP_QUALCOMM; chip++)
      {
        SmithIdentity identity = identity_of (cases[i].hardware, cases[i].firmware);
        SmithFirmware file = file_of (chip);

        g_test_message ("%s, chip %d", cases[i].hardware, chip);
        g_assert_cmpint (judge (&file, &identity, SMITH_MODE_STICK, SMITH_AIM_ANY), ==,
                         cases[i].verdicts[chip]);
      }
}

/* A rebranded stick calls itself what it likes: only the hardware string counts. */
static void
test_rebranded (void)
{
  static const char *const names[]
      = { "E3372", "Speedstick LTE V", "M150-2", "827F", "828F", "829FT", "E3372h-320", NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      SmithIdentity h = identity_of ("CL2E3372HM Ver.A", STICK_VERSION);
      SmithIdentity s = identity_of ("CL1E3372SM Ver.A", STICK_VERSION);
      SmithFirmware file = file_of (SMITH_CHIP_V7R11);

      h.name = s.name = (char *) names[i];
      g_assert_cmpint (judge (&file, &h, SMITH_MODE_STICK, SMITH_AIM_SAME), ==, 'F');
      g_assert_cmpint (judge (&file, &s, SMITH_MODE_STICK, SMITH_AIM_SAME), ==, '-');
    }
}

/* In download mode, by the answer to the question for the product. */
static void
test_product (void)
{
  static const struct
  {
    const char *hardware;
    const char *product;
    const char *loader;
    const char *verdicts;
  } cases[] = {
    { NULL, "BV7R11HS", "7200B--SKCBADZM", "U--F-" },
    { NULL, "BV7R2HS", "7200B--SKCBADZM", "U-F--" },
    { NULL, "BV7R1HS", "7200B--SKCBADZM", "UF---" },
    /* The chip of the one file, but another product. */
    { NULL, "BV7R2S", "7200B--SKCBADZM", "U-U--" },
    { "CL2E3372HM", "BV7R11ROUTER", "7200B--SKCBADZM", "U--U-" },
    { NULL, "BV7R22HS", "7200B--SKCBADZM", "UUUUU" },
    { NULL, NULL, "7200B--SKCBADZM", "UUUUU" },
    { "CL2E3372HM", "BV7R11HS", "7200B--SKCBADZM", "U--F-" },
    /* Where hardware or product tell the chip, the name of its loader tells nothing. */
    { "CL2E3372HM", "BV7R11HS", "M62xx-OEMSBL", "U--F-" },
    { "CL2E3372HM", NULL, "M62xx-OEMSBL", "U--F-" },
    { NULL, "BV7R11HS", "M62xx-OEMSBL", "U--F-" },
    { "CL2E3372HM", NULL, NULL, "U--F-" },
    { "CL2E3372HM", "SOMETHING", NULL, "U--U-" },
    /* It contradicts itself: no file is right. */
    { "CL2E3372HM", "BV7R2S", NULL, "-----" },
    { "CL2E3372HM", "HUAWEI E155", NULL, "-----" },
    { "E1550", "HUAWEI E173", NULL, "-----" },
    { "CL4E3372HM", "BV7R11HS", NULL, "-----" },
    { "CL3E3372HM", "BV7R11HS", NULL, "U--U-" },
    { NULL, "HUAWEI E155", "M62xx-OEMSBL", "----F" },
    { "E1550 Ver.A", "HUAWEI E155", "M62xx-OEMSBL", "----U" },
    { NULL, "HUAWEI E1550", "M62xx-OEMSBL", "-----" },
    { NULL, "HUAWEI E392", "M62xx-OEMSBL", "-----" },
    { NULL, "HUAWEI E15", "M62xx-OEMSBL", "-----" },
    /* Of that family, one that does not say what it is gets nothing. */
    { NULL, NULL, "M62xx-OEMSBL", "-----" },
    { "E1550", NULL, "M62xx-OEMSBL", "-----" },
    { "CD1E392M", NULL, NULL, "-----" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (SmithChip chip = SMITH_CHIP_UNKNOWN; chip <= SMITH_CHIP_QUALCOMM; chip++)
      {
        SmithIdentity identity = identity_of (cases[i].hardware, NULL);
        SmithFirmware file = file_of (chip);

        g_test_message ("%s, %s, chip %d", cases[i].hardware, cases[i].product, chip);
        identity.download_id = (char *) cases[i].product;
        identity.loader_version = (char *) cases[i].loader;
        identity.sources = SMITH_SOURCE_DOWNLOAD;
        g_assert_cmpint (judge (&file, &identity, SMITH_MODE_DOWNLOAD, SMITH_AIM_RESCUE), ==,
                         cases[i].verdicts[chip]);
      }
}

/* In ordinary mode, too, where it is known what that model calls itself. */
static void
test_other_product (void)
{
  SmithIdentity identity = identity_of ("CL2E3372HM", HILINK_VERSION);
  SmithFirmware file = file_of (SMITH_CHIP_V7R11);
  g_autoptr (SmithVerdict) verdict = NULL;

  g_assert_cmpint (judge (&file, &identity, SMITH_MODE_HILINK, SMITH_AIM_STICK), ==, 'F');
  file.platform = (char *) "BV7R11ROUTER";
  verdict = smith_verdict_for_stick (&file, &identity, SMITH_MODE_HILINK, SMITH_AIM_STICK);
  check_reasons (verdict);
  g_assert_cmpint (letter_of (verdict), ==, 'U');
  g_assert_nonnull (strstr (g_ptr_array_index (verdict->reasons, 0), "BV7R11ROUTER"));
  g_assert_nonnull (strstr (g_ptr_array_index (verdict->reasons, 0), "BV7R11HS"));
}

static const struct
{
  const char *what;
  guint content;
  const char *version;
  guint signature_size;
} files[] = {
  { "stick firmware", FW, STICK_VERSION, 0 },
  { "stick firmware with dashboard", FW | ISO, STICK_VERSION, 0 },
  { "hilink firmware", FW, HILINK_VERSION, 0 },
  { "hilink firmware with all", FW | ISO | WEB, HILINK_VERSION, 0 },
  { "firmware that does not say", FW, "free text", 0 },
  { "web interface", WEB, "17.100.06.00.03", 0 },
  { "web interface and image", ISO | WEB, "17.100.06.00.03", 0 },
  { "web interface's image", ISO, "17.100.06.00.03", 0 },
  { "web interface's image by its signature", ISO, "", 1110 },
  { "dashboard", ISO, "21.015.02.00.00", 0 },
  { "dashboard that does not say", ISO, "23.015.02.00.00", 0 },
};

/* Each for any aim, Stick, HiLink, same, rescue. */
static void
test_directions (void)
{
  static const struct
  {
    SmithMode mode;
    const char *firmware;
    const char *verdicts[G_N_ELEMENTS (files)];
  } sticks[] = {
    { SMITH_MODE_HILINK,
      "22.180.05.00.00",
      { "FFddF", "FFddF", "FdFFF", "FdFFF", "FUUUF", "FcFFc", "FcFFc", "FcFFc", "FcFFc", "-----",
        "-----" } },
    { SMITH_MODE_DEBUG,
      NULL,
      { "FFddF", "FFddF", "FdFFF", "FdFFF", "FUUUF", "FcFFc", "FcFFc", "FcFFc", "FcFFc", "-----",
        "-----" } },
    { SMITH_MODE_STICK,
      "21.180.01.00.00",
      { "FFdFF", "FFdFF", "FdFdF", "FdFdF", "FUUUF", "ccccc", "ccccc", "ccccc", "ccccc", "FFcFc",
        "FFcFc" } },
    { SMITH_MODE_DOWNLOAD,
      NULL,
      { "FFdUF", "FFdUF", "FdFUF", "FdFUF", "FUUUF", "UcUUc", "UcUUc", "UcUUc", "UcUUc", "UUcUc",
        "UUcUc" } },
    /* What is on it was known before it went to download mode. */
    { SMITH_MODE_DOWNLOAD,
      "22.180.05.00.00",
      { "FFddF", "FFddF", "FdFFF", "FdFFF", "FUUUF", "FcFFc", "FcFFc", "FcFFc", "FcFFc", "-----",
        "-----" } },
    { SMITH_MODE_BOOT_ROM,
      "21.180.01.00.00",
      { "FFdFF", "FFdFF", "FdFdF", "FdFdF", "FUUUF", "ccccc", "ccccc", "ccccc", "ccccc", "FFcFc",
        "FFcFc" } },
  };

  for (gsize s = 0; s < G_N_ELEMENTS (sticks); s++)
    for (gsize f = 0; f < G_N_ELEMENTS (files); f++)
      for (SmithAim aim = SMITH_AIM_ANY; aim <= SMITH_AIM_RESCUE; aim++)
        {
          SmithIdentity identity = identity_of ("CL2E3372HM", sticks[s].firmware);
          SmithSignature signature = { .size = files[f].signature_size };
          SmithFirmware file = file_of (SMITH_CHIP_V7R11);

          g_test_message ("%s %s: %s, aim %s", smith_mode_name (sticks[s].mode), sticks[s].firmware,
                          files[f].what, smith_aim_name (aim));
          file.content = files[f].content;
          file.version = files[f].version;
          file.signature = files[f].signature_size > 0 ? &signature : NULL;
          g_assert_cmpint (judge (&file, &identity, sticks[s].mode, aim), ==,
                           sticks[s].verdicts[f][aim]);
        }
}

/* Two files that belong together are judged together. */
static void
test_queue (void)
{
  /* Indexes into the files above, what is judged, and the verdict. */
  static const struct
  {
    SmithMode mode;
    SmithAim aim;
    guint first;
    guint second;
    const char *verdicts;
  } cases[] = {
    { SMITH_MODE_STICK, SMITH_AIM_HILINK, 5, 2, "FF" },
    { SMITH_MODE_STICK, SMITH_AIM_HILINK, 2, 5, "FF" },
    { SMITH_MODE_HILINK, SMITH_AIM_HILINK, 5, 2, "FF" },
    { SMITH_MODE_DOWNLOAD, SMITH_AIM_RESCUE, 5, 2, "FF" },
    { SMITH_MODE_HILINK, SMITH_AIM_STICK, 9, 0, "FF" },
    { SMITH_MODE_HILINK, SMITH_AIM_STICK, 5, 0, "cF" },
    { SMITH_MODE_STICK, SMITH_AIM_HILINK, 9, 2, "-F" },
    { SMITH_MODE_STICK, SMITH_AIM_STICK, 9, 2, "-d" },
    { SMITH_MODE_DOWNLOAD, SMITH_AIM_RESCUE, 9, 2, "-F" },
    { SMITH_MODE_STICK, SMITH_AIM_HILINK, 5, 4, "UU" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SmithIdentity identity = identity_of ("CL2E3372HM", NULL);
      SmithFirmware first = file_of (SMITH_CHIP_V7R11);
      SmithFirmware second = file_of (SMITH_CHIP_V7R11);
      g_autoptr (GPtrArray) queue = g_ptr_array_new ();

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      first.content = files[cases[i].first].content;
      first.version = files[cases[i].first].version;
      second.content = files[cases[i].second].content;
      second.version = files[cases[i].second].version;
      g_ptr_array_add (queue, &first);
      g_ptr_array_add (queue, &second);
      for (guint n = 0; n < queue->len; n++)
        {
          g_autoptr (SmithVerdict) verdict
              = smith_verdict_for_queue (queue, n, &identity, cases[i].mode, cases[i].aim);

          check_reasons (verdict);
          g_assert_cmpint (letter_of (verdict), ==, cases[i].verdicts[n]);
        }
    }
}

/* What makes a file that is right otherwise doubtful or worse. */
static void
test_file (void)
{
  static const struct
  {
    const char *version;
    gboolean has_prefix;
    gboolean flagged;
    gboolean is_signed;
    const char *problem;
    SmithAim aim;
    char letter;
    const char *override;
  } cases[] = {
    { STICK_VERSION, TRUE, FALSE, FALSE, NULL, SMITH_AIM_STICK, 'F', NULL },
    { STICK_VERSION, TRUE, TRUE, TRUE, NULL, SMITH_AIM_STICK, 'F', NULL },
    { STICK_VERSION, TRUE, TRUE, FALSE, NULL, SMITH_AIM_STICK, 'U', "signature" },
    { STICK_VERSION, TRUE, FALSE, TRUE, NULL, SMITH_AIM_STICK, 'U', "signature" },
    { STICK_VERSION, FALSE, FALSE, TRUE, NULL, SMITH_AIM_STICK, 'F', NULL },
    { STICK_VERSION, TRUE, TRUE, TRUE, "cut short", SMITH_AIM_STICK, '-', NULL },
    { STICK_VERSION, TRUE, TRUE, TRUE, "cut short", SMITH_AIM_HILINK, '-', NULL },
    { STICK_VERSION, TRUE, TRUE, FALSE, NULL, SMITH_AIM_HILINK, 'd', "direction" },
    { "21.110.99.02.00", FALSE, FALSE, FALSE, NULL, SMITH_AIM_STICK, 'U', "factory" },
    { "21.110.99.02.00", FALSE, FALSE, FALSE, NULL, SMITH_AIM_RESCUE, 'F', NULL },
    { "21.110.99.02.00", TRUE, TRUE, FALSE, NULL, SMITH_AIM_STICK, 'U', NULL },
    { "11.430.01.00.00", FALSE, FALSE, FALSE, NULL, SMITH_AIM_STICK, 'U', "version" },
    { "10.430.01.00.00", FALSE, FALSE, FALSE, NULL, SMITH_AIM_ANY, 'U', "version" },
    { "10.0.5.1(H697SP1C983)", FALSE, FALSE, FALSE, NULL, SMITH_AIM_ANY, '-', NULL },
    { "", FALSE, FALSE, FALSE, NULL, SMITH_AIM_STICK, 'U', "direction" },
    { NULL, FALSE, FALSE, FALSE, NULL, SMITH_AIM_STICK, 'U', "direction" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SmithIdentity identity = identity_of ("CL2E3372HM", "22.180.05.00.00");
      SmithSignature signature = { .size = 2958 };
      SmithFirmware file = file_of (SMITH_CHIP_V7R11);
      g_autoptr (GPtrArray) problems = g_ptr_array_new ();
      g_autoptr (SmithVerdict) verdict = NULL;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      file.version = cases[i].version;
      file.has_prefix = cases[i].has_prefix;
      file.signed_flag = cases[i].flagged;
      file.signature = cases[i].is_signed ? &signature : NULL;
      if (cases[i].problem != NULL)
        g_ptr_array_add (problems, (gpointer) cases[i].problem);
      file.problems = problems;
      verdict = smith_verdict_for_stick (&file, &identity, SMITH_MODE_HILINK, cases[i].aim);
      check_reasons (verdict);
      g_assert_cmpint (letter_of (verdict), ==, cases[i].letter);
      g_assert_cmpstr (verdict->override, ==, cases[i].override);
    }
}

/* A file without a chip of its own, since its parts are of two generations. */
static void
test_mixed_parts (void)
{
  SmithPartition parts[] = { { .id = 0x00010000 }, { .id = 0x00090000 }, { .id = 0x00030000 } };
  static const char *const hardware[] = { "CL2E3372HM", "CL1E3372SM" };

  for (gsize i = 0; i < G_N_ELEMENTS (hardware); i++)
    {
      SmithIdentity identity = identity_of (hardware[i], STICK_VERSION);
      SmithFirmware file = file_of (SMITH_CHIP_UNKNOWN);
      g_autoptr (GPtrArray) partitions = g_ptr_array_new ();

      for (gsize p = 0; p < G_N_ELEMENTS (parts); p++)
        g_ptr_array_add (partitions, &parts[p]);
      file.partitions = partitions;
      g_assert_cmpint (judge (&file, &identity, SMITH_MODE_STICK, SMITH_AIM_STICK), ==, '-');
    }
}

/* A file may be for what it calls itself or for its hardware, but not for both. */
static void
test_contradiction (void)
{
  static const char *const platforms[] = { "HUAWEI E155", "HUAWEI E173" };

  for (gsize i = 0; i < G_N_ELEMENTS (platforms); i++)
    {
      SmithIdentity identity = identity_of ("E1550 Ver.A", NULL);
      SmithFirmware file = file_of (SMITH_CHIP_QUALCOMM);

      identity.download_id = (char *) "HUAWEI E173";
      file.platform = (char *) platforms[i];
      g_assert_cmpint (judge (&file, &identity, SMITH_MODE_DOWNLOAD, SMITH_AIM_RESCUE), ==, '-');
    }
}

/* The text in a file counts as much as its parts do. */
static void
test_platform (void)
{
  SmithIdentity identity = identity_of ("CL2E3372HM", STICK_VERSION);
  SmithFirmware file = file_of (SMITH_CHIP_V7R11);

  file.platform = (char *) "BV7R2HS";
  g_assert_cmpint (judge (&file, &identity, SMITH_MODE_STICK, SMITH_AIM_STICK), ==, '-');
  file.platform = NULL;
  file.product = "BV7R2HS";
  g_assert_cmpint (judge (&file, &identity, SMITH_MODE_STICK, SMITH_AIM_STICK), ==, '-');
  file.product = "BV7R11HS";
  g_assert_cmpint (judge (&file, &identity, SMITH_MODE_STICK, SMITH_AIM_STICK), ==, 'F');
  file.chip = SMITH_CHIP_UNKNOWN;
  g_assert_cmpint (judge (&file, &identity, SMITH_MODE_STICK, SMITH_AIM_STICK), ==, 'F');
}

/* Nobody may set the chip or a refused model aside, whatever else there is. */
static void
test_never_overridden (void)
{
  static const char *const hardware[] = { "CL1E3372SM", "CL4E3372HM", "CL5E3372M" };

  for (gsize i = 0; i < G_N_ELEMENTS (hardware); i++)
    for (gsize f = 0; f < G_N_ELEMENTS (files); f++)
      for (SmithAim aim = SMITH_AIM_ANY; aim <= SMITH_AIM_RESCUE; aim++)
        for (SmithMode mode = SMITH_MODE_UNKNOWN; mode < SMITH_N_MODES; mode++)
          {
            SmithIdentity identity = identity_of (hardware[i], NULL);
            SmithFirmware file = file_of (SMITH_CHIP_V7R11);

            file.content = files[f].content;
            file.version = files[f].version;
            g_assert_cmpint (judge (&file, &identity, mode, aim), ==, '-');
          }
}

static void
test_nothing_known (void)
{
  SmithFirmware file = file_of (SMITH_CHIP_V7R11);
  g_autoptr (SmithVerdict) verdict
      = smith_verdict_for_stick (&file, NULL, SMITH_MODE_BOOT_ROM, SMITH_AIM_RESCUE);
  g_autoptr (SmithVerdict) copy = smith_verdict_copy (verdict);

  g_assert_cmpint (verdict->kind, ==, SMITH_VERDICT_UNSURE);
  g_assert_cmpstr (verdict->override, ==, "model-unknown");
  g_assert_cmpint (copy->kind, ==, verdict->kind);
  g_assert_cmpstr (copy->override, ==, verdict->override);
  g_assert_cmpuint (copy->reasons->len, ==, verdict->reasons->len);
  for (guint i = 0; i < copy->reasons->len; i++)
    g_assert_cmpstr (g_ptr_array_index (copy->reasons, i), ==,
                     g_ptr_array_index (verdict->reasons, i));
}

/* What is worst stands first, since that is what is shown. */
static void
test_order (void)
{
  SmithIdentity identity = identity_of ("CL3E3372HM", "22.180.05.00.00");
  SmithFirmware file = file_of (SMITH_CHIP_V7R11);
  g_autoptr (SmithVerdict) verdict
      = smith_verdict_for_stick (&file, &identity, SMITH_MODE_HILINK, SMITH_AIM_HILINK);

  g_assert_cmpint (verdict->kind, ==, SMITH_VERDICT_DOES_NOT_FIT);
  g_assert_cmpstr (verdict->override, ==, "direction");
  g_assert_cmpuint (verdict->reasons->len, ==, 2);
  g_assert_nonnull (strstr (g_ptr_array_index (verdict->reasons, 0), "HiLink"));
  g_assert_nonnull (strstr (g_ptr_array_index (verdict->reasons, 1), "CL3E3372HM"));
}

static void
test_aim (void)
{
  static const struct
  {
    SmithChip chip;
    guint content;
    const char *version;
    SmithAim aim;
  } cases[] = {
    { SMITH_CHIP_V7R11, FW, STICK_VERSION, SMITH_AIM_STICK },
    { SMITH_CHIP_V7R11, FW | ISO, STICK_VERSION, SMITH_AIM_STICK },
    { SMITH_CHIP_V7R11, FW, HILINK_VERSION, SMITH_AIM_HILINK },
    { SMITH_CHIP_V7R11, FW | WEB, "free text", SMITH_AIM_HILINK },
    { SMITH_CHIP_V7R11, FW, "free text", SMITH_AIM_ANY },
    { SMITH_CHIP_V7R11, FW, NULL, SMITH_AIM_ANY },
    { SMITH_CHIP_V7R11, FW, "11.430.01.00.00", SMITH_AIM_ANY },
    { SMITH_CHIP_V7R11, WEB, "", SMITH_AIM_HILINK },
    { SMITH_CHIP_V7R11, ISO, "", SMITH_AIM_STICK },
    { SMITH_CHIP_V7R11, ISO, "22.1.1.1", SMITH_AIM_HILINK },
    { SMITH_CHIP_V7R11, 0, "", SMITH_AIM_ANY },
    { SMITH_CHIP_QUALCOMM, FW, STICK_VERSION, SMITH_AIM_ANY },
    { SMITH_CHIP_UNKNOWN, FW, STICK_VERSION, SMITH_AIM_STICK },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SmithFirmware file = file_of (cases[i].chip);

      file.content = cases[i].content;
      file.version = cases[i].version;
      g_assert_cmpint (smith_firmware_aim (&file), ==, cases[i].aim);
    }
}

/* Of a CD image without a version, its signature tells to which kind it belongs. */
static void
test_aim_of_signed_image (void)
{
  SmithSignature signature = { .type = ISO };
  SmithFirmware file = file_of (SMITH_CHIP_V7R11);

  file.content = ISO;
  file.signature = &signature;
  for (signature.size = 1109; signature.size <= 1111; signature.size++)
    {
      gboolean is_webui = signature.size == 1110;

      file.version = "";
      g_assert_cmpint (smith_firmware_aim (&file), ==,
                       is_webui ? SMITH_AIM_HILINK : SMITH_AIM_STICK);
      file.version = STICK_VERSION;
      g_assert_cmpint (smith_firmware_aim (&file), ==, SMITH_AIM_STICK);
    }
}

static void
test_version_elsewhere (void)
{
  SmithPartition parts[] = { { .version = "M3" }, { .version = "22.333.01.00.00" } };
  SmithFirmware file = file_of (SMITH_CHIP_V7R11);
  g_autoptr (GPtrArray) partitions = g_ptr_array_new ();

  g_ptr_array_add (partitions, &parts[0]);
  g_ptr_array_add (partitions, &parts[1]);
  file.version = "M3";
  file.partitions = partitions;
  g_assert_cmpint (smith_firmware_aim (&file), ==, SMITH_AIM_HILINK);
}

static void
test_names (void)
{
  static const char *const names[] = { "any", "stick", "hilink", "same", "rescue" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpstr (smith_aim_name (i), ==, names[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stick/verdict-stick/hardware", test_hardware);
  g_test_add_func ("/stick/verdict-stick/rebranded", test_rebranded);
  g_test_add_func ("/stick/verdict-stick/product", test_product);
  g_test_add_func ("/stick/verdict-stick/other-product", test_other_product);
  g_test_add_func ("/stick/verdict-stick/directions", test_directions);
  g_test_add_func ("/stick/verdict-stick/queue", test_queue);
  g_test_add_func ("/stick/verdict-stick/file", test_file);
  g_test_add_func ("/stick/verdict-stick/mixed-parts", test_mixed_parts);
  g_test_add_func ("/stick/verdict-stick/contradiction", test_contradiction);
  g_test_add_func ("/stick/verdict-stick/platform", test_platform);
  g_test_add_func ("/stick/verdict-stick/never-overridden", test_never_overridden);
  g_test_add_func ("/stick/verdict-stick/nothing-known", test_nothing_known);
  g_test_add_func ("/stick/verdict-stick/order", test_order);
  g_test_add_func ("/stick/verdict-stick/aim", test_aim);
  g_test_add_func ("/stick/verdict-stick/aim-of-signed-image", test_aim_of_signed_image);
  g_test_add_func ("/stick/verdict-stick/version-elsewhere", test_version_elsewhere);
  g_test_add_func ("/stick/verdict-stick/names", test_names);
  return g_test_run ();
}
