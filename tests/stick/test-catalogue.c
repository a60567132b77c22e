/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "format/error.h"
#include "stick/catalogue.h"

static SmithCatalogue *
load (const char *path)
{
  g_autoptr (GError) error = NULL;
  SmithCatalogue *catalogue = smith_catalogue_new (path, &error);

  g_assert_no_error (error);
  return catalogue;
}

/* A catalogue with @text read over it; NULL with @error if that is broken. */
static SmithCatalogue *
load_over (const char *text, GError **error)
{
  g_autofree char *path = NULL;
  SmithCatalogue *catalogue;
  int fd = g_file_open_tmp ("sticks-XXXXXX.ini", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  catalogue = smith_catalogue_new (path, error);
  g_unlink (path);
  return catalogue;
}

/* What is known of each id, stated a second time on its own. */
static const struct
{
  guint32 id;
  const char *mode;
  SmithFamily family;
  const char *roles; /* a letter for each: AT, Modem, Diagnostics, doWnload, Boot, - */
} rows[] = {
  { 0x12d11f01, "cd", SMITH_FAMILY_UNKNOWN, "" },
  { 0x12d1157d, "cd", SMITH_FAMILY_UNKNOWN, "" },
  { 0x12d11f02, "cd", SMITH_FAMILY_UNKNOWN, "" },
  { 0x12d114fe, "cd", SMITH_FAMILY_UNKNOWN, "" },
  { 0x12d115ca, "cd", SMITH_FAMILY_UNKNOWN, "" },
  { 0x12d115cd, "cd", SMITH_FAMILY_UNKNOWN, "" },
  { 0x12d115cf, "cd", SMITH_FAMILY_UNKNOWN, "" },
  { 0x12d11446, "cd", SMITH_FAMILY_UNKNOWN, "" },
  { 0x12d11505, "cd", SMITH_FAMILY_QUALCOMM, "" },
  { 0x12d1151a, "cd", SMITH_FAMILY_QUALCOMM, "" },
  { 0x12d11c20, "charging", SMITH_FAMILY_UNKNOWN, "" },
  { 0x12d114db, "hilink", SMITH_FAMILY_UNKNOWN, "" },
  { 0x12d114dc, "hilink", SMITH_FAMILY_UNKNOWN, "" },
  { 0x12d11506, "stick", SMITH_FAMILY_UNKNOWN, "AM-" },
  { 0x12d1151b, "stick", SMITH_FAMILY_QUALCOMM, "AM-" },
  { 0x12d11001, "stick", SMITH_FAMILY_UNKNOWN, "MDA" },
  { 0x12d1140c, "stick", SMITH_FAMILY_UNKNOWN, "MDA" },
  { 0x12d11436, "stick", SMITH_FAMILY_UNKNOWN, "MDA" },
  { 0x12d114ac, "stick", SMITH_FAMILY_QUALCOMM, "MDA" },
  { 0x12d11003, "stick", SMITH_FAMILY_QUALCOMM, "M-A" },
  { 0x12d1155e, "stick", SMITH_FAMILY_BALONG, "MDA-" },
  { 0x12d11566, "debug", SMITH_FAMILY_BALONG, "-A--D" },
  { 0x12d11565, "debug", SMITH_FAMILY_BALONG, "-A--D" },
  { 0x12d11567, "debug", SMITH_FAMILY_BALONG, "-A--D" },
  { 0x12d11573, "unknown", SMITH_FAMILY_UNKNOWN, "" },
  { 0x12d11442, "download", SMITH_FAMILY_BALONG, "W-" },
  { 0x12d11568, "download", SMITH_FAMILY_BALONG, "W-" },
  { 0x12d11c05, "download", SMITH_FAMILY_UNKNOWN, "--W" },
  { 0x12d11443, "boot-rom", SMITH_FAMILY_BALONG, "BB" },
  { 0x12d136dd, "beyond", SMITH_FAMILY_UNKNOWN, "" },
  { 0x12d12020, "beyond", SMITH_FAMILY_UNKNOWN, "" },
  { 0x35662001, "beyond", SMITH_FAMILY_UNKNOWN, "" },
  { 0x05c69008, "beyond", SMITH_FAMILY_QUALCOMM, "" },
};

static const SmithCatalogueId *
find_id (SmithCatalogue *catalogue, guint32 id)
{
  return smith_catalogue_find_id (catalogue, (guint16) (id >> 16), (guint16) id);
}

static void
test_ids (void)
{
  static const char letters[] = "-AMDWB";
  g_autoptr (SmithCatalogue) catalogue = load (NULL);
  guint n;

  smith_catalogue_list_ids (catalogue, &n);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (rows));
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const SmithCatalogueId *id = find_id (catalogue, rows[i].id);

      g_test_message ("%08x", rows[i].id);
      g_assert_nonnull (id);
      g_assert_cmpstr (smith_mode_name (id->mode), ==, rows[i].mode);
      g_assert_cmpint (id->family, ==, rows[i].family);
      g_assert_cmpuint (id->n_roles, ==, strlen (rows[i].roles));
      for (guint k = 0; k < id->n_roles; k++)
        g_assert_cmpint (letters[id->roles[k]], ==, rows[i].roles[k]);
      g_assert_cmpint (id->mode == SMITH_MODE_BEYOND, ==, id->note != SMITH_NOTE_NONE);
    }
  g_assert_null (find_id (catalogue, 0x12d10000));
  g_assert_null (find_id (catalogue, 0x14431443));
}

static void
test_marks (void)
{
  g_autoptr (SmithCatalogue) catalogue = load (NULL);
  guint n;
  const SmithCatalogueId *const *ids = smith_catalogue_list_ids (catalogue, &n);

  for (guint i = 0; i < n; i++)
    {
      guint product = ids[i]->product;

      g_test_message ("%04x", product);
      g_assert_cmpint (ids[i]->by_endpoints, ==,
                       product == 0x1001 || product == 0x1003 || product == 0x140c
                           || product == 0x1436);
      g_assert_cmpint (ids[i]->unproven, ==, product == 0x1c05);
      g_assert_cmpint (ids[i]->safe_port_mode, ==, product != 0x1573);
      /* What goes by number must not be mistaken for something else by class. */
      g_assert_false (ids[i]->by_class
                      && (ids[i]->mode == SMITH_MODE_DOWNLOAD || ids[i]->mode == SMITH_MODE_BOOT_ROM
                          || product == 0x1001));
    }
}

static void
test_protocols (void)
{
  static const struct
  {
    SmithPortRole role;
    guint8 protocols[6];
  } groups[] = {
    { SMITH_PORT_AT, { 0x02, 0x12, 0x32, 0x62, 0x72 } },
    { SMITH_PORT_MODEM, { 0x01, 0x10, 0x17, 0x31, 0x61 } },
    { SMITH_PORT_DIAGNOSTICS, { 0x03, 0x13, 0x33, 0x63, 0x73 } },
    { SMITH_PORT_UNKNOWN, { 0x07, 0x16, 0x46, 0x76, 0x14 } },
  };
  g_autoptr (SmithCatalogue) catalogue = load (NULL);
  guint n_known = 0;
  SmithPortRole role;

  for (guint protocol = 0; protocol < 256; protocol++)
    n_known += smith_catalogue_find_protocol (catalogue, (guint8) protocol, &role);
  g_assert_cmpuint (n_known, ==, 20);
  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    for (guint k = 0; groups[i].protocols[k] != 0; k++)
      {
        g_assert_true (smith_catalogue_find_protocol (catalogue, groups[i].protocols[k], &role));
        g_assert_cmpint (role, ==, groups[i].role);
      }
  g_assert_false (smith_catalogue_find_protocol (catalogue, 0xff, &role));
  g_assert_cmpint (smith_catalogue_find_subclass (catalogue, 1), ==, SMITH_FAMILY_QUALCOMM);
  g_assert_cmpint (smith_catalogue_find_subclass (catalogue, 2), ==, SMITH_FAMILY_UNKNOWN);
  g_assert_cmpint (smith_catalogue_find_subclass (catalogue, 3), ==, SMITH_FAMILY_BALONG);
  g_assert_cmpint (smith_catalogue_find_subclass (catalogue, 0xff), ==, SMITH_FAMILY_UNKNOWN);
}

static const char *
name_of (const SmithModel *model)
{
  return model != NULL ? model->id : NULL;
}

static void
test_hardware (void)
{
  static const struct
  {
    const char *hardware;
    const char *model;
    SmithChip chip;
    SmithTrust trust;
  } cases[] = {
    { "CL2E3372HM Ver.A", "e3372h", SMITH_CHIP_V7R11, SMITH_TRUST_CONFIRMED },
    { "CL2E3372HM", "e3372h", SMITH_CHIP_V7R11, SMITH_TRUST_CONFIRMED },
    { " CL2E3372HM Ver.B ", "e3372h", SMITH_CHIP_V7R11, SMITH_TRUST_CONFIRMED },
    { "cl2e3372hm ver.a", "e3372h", SMITH_CHIP_V7R11, SMITH_TRUST_CONFIRMED },
    { "CL1E3372SM Ver.A", "e3372s", SMITH_CHIP_V7R2, SMITH_TRUST_CONFIRMED },
    { "CL4E3372HM Ver.A", "e3372h-320", SMITH_CHIP_UNKNOWN, SMITH_TRUST_REFUSED },
    { "cl4e3372hm", "e3372h-320", SMITH_CHIP_UNKNOWN, SMITH_TRUST_REFUSED },
    { "CL5E3372M Ver.A", "e3372-325", SMITH_CHIP_UNKNOWN, SMITH_TRUST_REFUSED },
    { "E1550", "e1550", SMITH_CHIP_QUALCOMM, SMITH_TRUST_EXPECTED },
    { "E1550 Ver.B", "e1550", SMITH_CHIP_QUALCOMM, SMITH_TRUST_EXPECTED },
    { "E392u-12 CD1E392M Ver.C", "e392", SMITH_CHIP_QUALCOMM, SMITH_TRUST_EXPECTED },
    { "CD1E392M Ver.C", "e392", SMITH_CHIP_QUALCOMM, SMITH_TRUST_EXPECTED },
    { "E173 Ver.A", "e173", SMITH_CHIP_QUALCOMM, SMITH_TRUST_EXPECTED },
    { "CL3E3372HM Ver.A", NULL },
    { "CL2E3372SM Ver.A", NULL },
    { "CL1E3372HM Ver.A", NULL },
    { "XCL2E3372HM", NULL },
    { "E3372", NULL },
    { "*", NULL },
    { "", NULL },
    { NULL, NULL },
    { "CL2E3372HM \xff", NULL },
  };
  g_autoptr (SmithCatalogue) catalogue = load (NULL);
  g_autofree char *endless = g_strnfill (100000, 'E');

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const SmithModel *model = smith_catalogue_find_model (catalogue, cases[i].hardware);

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_assert_cmpstr (name_of (model), ==, cases[i].model);
      if (model == NULL)
        continue;
      g_assert_cmpint (model->chip, ==, cases[i].chip);
      g_assert_cmpint (model->trust, ==, cases[i].trust);
    }
  memcpy (endless, "CL2E3372HM", 10);
  g_assert_null (smith_catalogue_find_model (catalogue, endless));
}

static const SmithModel *
find_by_name (SmithCatalogue *catalogue, const char *id)
{
  guint n;
  const SmithModel *const *models = smith_catalogue_list_models (catalogue, &n);

  for (guint i = 0; i < n; i++)
    if (g_str_equal (models[i]->id, id))
      return models[i];
  return NULL;
}

static void
test_models (void)
{
  g_autoptr (SmithCatalogue) catalogue = load (NULL);
  guint n;
  const SmithModel *const *models = smith_catalogue_list_models (catalogue, &n);

  g_assert_cmpuint (n, ==, 7);
  for (guint i = 0; i < n; i++)
    {
      g_test_message ("%s", models[i]->id);
      g_assert_cmpstr (models[i]->name, !=, "");
      g_assert_true ((models[i]->reason != NULL) == (models[i]->trust == SMITH_TRUST_REFUSED));
      /* A word of the file that has no text would be shown as it is. */
      g_assert_true (models[i]->reason == NULL || strlen (models[i]->reason) > 40);
      g_assert_cmpint (models[i]->takes_sfm, ==, g_str_equal (models[i]->id, "e3372h"));
      g_assert_cmpint (models[i]->needs_syscfg, ==,
                       g_str_equal (models[i]->id, "e1550") || g_str_equal (models[i]->id, "e173"));
    }
  g_assert_cmpstr (find_by_name (catalogue, "e3372h")->loader, ==, "usblsafe-3372h.bin");
  g_assert_cmpstr (find_by_name (catalogue, "e3372s")->loader, ==, "usblsafe-3372s.bin");
  g_assert_cmpint (find_by_name (catalogue, "e3372s")->family, ==, SMITH_FAMILY_BALONG);
  g_assert_null (find_by_name (catalogue, "e392")->loader);
}

static void
test_download_ids (void)
{
  g_autoptr (SmithCatalogue) catalogue = load (NULL);

  g_assert_cmpstr (name_of (smith_catalogue_find_model_by_download_id (catalogue, "BV7R11HS")), ==,
                   "e3372h");
  g_assert_cmpstr (name_of (smith_catalogue_find_model_by_download_id (catalogue, "HUAWEI E155")),
                   ==, "e1550");
  g_assert_null (smith_catalogue_find_model_by_download_id (catalogue, "BV7R11"));
  g_assert_null (smith_catalogue_find_model_by_download_id (catalogue, ""));
  /* A model whose answer is not known must not be found by none. */
  g_assert_null (smith_catalogue_find_model_by_download_id (catalogue, NULL));
}

static void
test_notes (void)
{
  g_assert_null (smith_note_text (SMITH_NOTE_NONE));
  for (int note = SMITH_NOTE_NONE + 1; note <= SMITH_NOTE_LATER_ROUTER; note++)
    g_assert_cmpuint (strlen (smith_note_text (note)), >, 40);
  g_assert_null (smith_note_text ((SmithNote) 99));
  g_assert_null (smith_note_name (SMITH_NOTE_NONE));
  g_assert_cmpstr (smith_note_name (SMITH_NOTE_LATER_ROUTER), ==, "later-router");
  g_assert_cmpstr (smith_family_name (SMITH_FAMILY_UNKNOWN), ==, "unknown");
  g_assert_cmpstr (smith_family_name (SMITH_FAMILY_QUALCOMM), ==, "qualcomm");
}

#define MODEL(id) "[model " id "]\nname=Mine\n"

/* A group takes the place of the whole group. */
static void
test_override (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithCatalogue) catalogue = load_over (
      "[usb 12D1:1442]\nmode=download\nroles=unknown;download;\n"
      "[usb abcd:0001]\nmode=stick\nroles=at;\n" MODEL (
          "e1550") "hardware=Z1550*\nneeds-syscfg=true\n" MODEL ("fine") "hardware=CL2E3372HM "
                                                                         "Ver.F*\nchip=v7r11\n",
      &error);
  const SmithCatalogueId *id;
  guint n;

  g_assert_no_error (error);
  id = find_id (catalogue, 0x12d11442);
  g_assert_cmpint (id->roles[1], ==, SMITH_PORT_DOWNLOAD);
  g_assert_cmpint (id->family, ==, SMITH_FAMILY_UNKNOWN);
  g_assert_nonnull (find_id (catalogue, 0xabcd0001));
  smith_catalogue_list_ids (catalogue, &n);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (rows) + 1);
  g_assert_null (smith_catalogue_find_model (catalogue, "E1550"));
  g_assert_cmpstr (name_of (smith_catalogue_find_model (catalogue, "Z1550")), ==, "e1550");
  g_assert_null (find_by_name (catalogue, "e1550")->download_id);
  /* The more particular pattern wins, whoever wrote it. */
  g_assert_cmpstr (name_of (smith_catalogue_find_model (catalogue, "CL2E3372HM Ver.F")), ==,
                   "fine");
  g_assert_cmpstr (name_of (smith_catalogue_find_model (catalogue, "CL2E3372HM Ver.A")), ==,
                   "e3372h");
}

/* No file of the person's own makes a refused stick writable. */
static void
test_refused_for_good (void)
{
  static const char *const tries[] = {
    MODEL ("e3372-325") "hardware=CL5E3372M*\ntrust=confirmed\n",
    MODEL ("E3372-325") "hardware=CL5E3372M*\ntrust=confirmed\n",
    MODEL ("e3372-325") "hardware=NOTHING\ntrust=refused\nreason=brovi\n",
    MODEL ("mine") "hardware=CL5E3372M Ver.A*\ntrust=confirmed\nchip=v7r11\n",
    MODEL ("mine") "hardware=CL5*\n",
    MODEL ("mine") "hardware=cl5e3372m ver.?\n",
    "[usb 3566:2001]\nmode=stick\nroles=at;\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SmithCatalogue) catalogue = load_over (tries[i], &error);

      g_test_message ("try %" G_GSIZE_FORMAT, i);
      g_assert_no_error (error);
      g_assert_cmpint (smith_catalogue_find_model (catalogue, "CL5E3372M Ver.A")->trust, ==,
                       SMITH_TRUST_REFUSED);
      g_assert_cmpint (find_id (catalogue, 0x35662001)->mode, ==, SMITH_MODE_BEYOND);
    }
}

/* Refusing more is allowed. */
static void
test_refuse_more (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithCatalogue) catalogue
      = load_over (MODEL ("mine") "hardware=CL2*\ntrust=refused\nreason=Not on my watch\n", &error);
  const SmithModel *model;

  g_assert_no_error (error);
  model = smith_catalogue_find_model (catalogue, "CL2E3372HM Ver.A");
  g_assert_cmpint (model->trust, ==, SMITH_TRUST_REFUSED);
  g_assert_cmpstr (model->reason, ==, "Not on my watch");
}

static void
test_broken (void)
{
  static const char *const texts[] = {
    "nonsense",
    "[usb 12d1]\nmode=cd\n",
    "[usb 12d1:14431]\nmode=cd\n",
    "[usb 12d1:xyzw]\nmode=cd\n",
    "[usb  2d1:1443]\nmode=cd\n",
    "[usb 12d1:1443]\n",
    "[usb 12d1:1443]\nmode=best\n",
    "[usb 12d1:1443]\nmode=cd\nmodes=cd\n",
    "[usb 12d1:1443]\nmode=cd\nfamily=mine\n",
    "[usb 12d1:1443]\nmode=cd\nfamily=\\x\n",
    "[usb 12d1:1443]\nmode=cd\nroles=at;best;\n",
    "[usb 12d1:1443]\nmode=cd\nunproven=perhaps\n",
    "[usb 12d1:1443]\nmode=cd\nnote=hello\n",
    "[model x]\nname=X\n",
    "[model x]\nhardware=X\n",
    "[model x]\nname=X\nhardware=*\n",
    "[model x]\nname=X\nhardware=*a*a*a*a*a*a*a*\n",
    "[model x]\nname=X\nhardware=\xc3\xa4\n",
    "[model x]\nname=X\nhardware=X\nchip=fast\n",
    "[model x]\nname=X\nhardware=X\ntrust=refused\n",
    "[model x]\nname=X\nhardware=X\nreason=brovi\n",
    "[protocols]\nat=100;\n",
    "[protocols]\nbest=01;\n",
    "[subclasses]\nother=01;\n",
    "[sticks]\nmode=cd\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("text %" G_GSIZE_FORMAT, i);
      g_assert_null (load_over (texts[i], &error));
      g_assert_nonnull (error);
    }
}

/* No file is no error; what is no file, or too much of one, is. */
static void
test_files (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *large = g_strnfill (300 * 1024, '\n');

  smith_catalogue_free (load ("/nonexistent/sticks.ini"));
  g_assert_null (smith_catalogue_new ("/dev/zero", &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
  g_clear_error (&error);
  g_assert_null (smith_catalogue_new ("/tmp", &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
  g_clear_error (&error);
  g_assert_null (load_over (large, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
}

/* A broken file of the person's own is left out, and that is all. */
static void
test_default (void)
{
  g_autofree char *folder = g_dir_make_tmp ("sticks-XXXXXX", NULL);
  g_autofree char *own = g_build_filename (folder, "sticksmith", NULL);
  g_autofree char *path = g_build_filename (own, "sticks.ini", NULL);

  if (!g_test_subprocess ())
    {
      g_rmdir (folder);
      g_test_trap_subprocess (NULL, 0, 0);
      g_test_trap_assert_passed ();
      return;
    }
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_assert_cmpint (g_mkdir (own, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, "[usb 12d1:1443]\nmode=best\n", -1, NULL));
  g_assert_cmpint (find_id (smith_catalogue_get_default (), 0x12d11443)->mode, ==,
                   SMITH_MODE_BOOT_ROM);
  g_assert_true (smith_catalogue_get_default () == smith_catalogue_get_default ());
  g_unlink (path);
  g_rmdir (own);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stick/catalogue/ids", test_ids);
  g_test_add_func ("/stick/catalogue/marks", test_marks);
  g_test_add_func ("/stick/catalogue/protocols", test_protocols);
  g_test_add_func ("/stick/catalogue/hardware", test_hardware);
  g_test_add_func ("/stick/catalogue/models", test_models);
  g_test_add_func ("/stick/catalogue/download-ids", test_download_ids);
  g_test_add_func ("/stick/catalogue/notes", test_notes);
  g_test_add_func ("/stick/catalogue/override", test_override);
  g_test_add_func ("/stick/catalogue/refused-for-good", test_refused_for_good);
  g_test_add_func ("/stick/catalogue/refuse-more", test_refuse_more);
  g_test_add_func ("/stick/catalogue/broken", test_broken);
  g_test_add_func ("/stick/catalogue/files", test_files);
  g_test_add_func ("/stick/catalogue/default", test_default);
  return g_test_run ();
}
