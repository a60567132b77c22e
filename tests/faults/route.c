/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "route.h"

#include <string.h>

#define IMEI "350000000000014"

#define TO_STICK "21.1.1.1.1"
#define TO_HILINK "22.1.1.1.1"
#define TO_E1550 "11.608.12.04.21"
#define TO_E392 "11.433.57.00.260"

#define R11_HEAD(id, version, signature)                                                           \
  "[file]\nshape=bin\n[firmware]\ndownload-id=" id "\nproduct=BV7R11HS\nversion=" version          \
  "\nblock-size=256\nsignature-size=" signature "\n"

#define FOLDER_HEAD "[file]\nshape=folder\n"

/* Two files of two partitions each; every partition has an id of its own, one
 * block or several, and one of the compressions. */
static const char *const stick_files[] = {
  R11_HEAD ("0x09", ":BV7R11HS:T:" TO_STICK, "300") "[partition 0]\nid=0x00010000\n"
                                                    "content=pattern:300:flash-table.\n"
                                                    "[partition 1]\nid=0x00200000\n"
                                                    "content=random:9000:1\ncompression=zlib\n",
  R11_HEAD ("0x09", ":BV7R11HS:T:" TO_STICK, "400") "[partition 0]\nid=0x00220000\n"
                                                    "content=mixed:5000:2\ncompression=lzma\n"
                                                    "lzma-dictionary=4K\n"
                                                    "[partition 1]\nid=0x00230000\n"
                                                    "content=marker:700:3:" TO_STICK "\n",
};

static const char *const hilink_files[] = {
  R11_HEAD ("0x0E", "WEBUI_17.100.20.99.03", "300") "[partition 0]\nid=0x000B0000\n"
                                                    "content=mixed:300:4\n"
                                                    "[partition 1]\nid=0x00560000\n"
                                                    "content=mixed:5000:5\ncompression=zlib\n",
  R11_HEAD ("0x09", ":BV7R11HS:T:" TO_HILINK, "400") "[partition 0]\nid=0x00010000\n"
                                                     "content=pattern:300:flash-table.\n"
                                                     "[partition 1]\nid=0x00220000\n"
                                                     "content=marker:9000:6:" TO_HILINK
                                                     "\ncompression=zlib-1\n",
};

#define QUALCOMM_PARTS(version)                                                                    \
  "[partition 0]\nid=0x00010000\ncontent=pattern:0x1D0:section-table.\n"                           \
  "[partition 1]\nid=0x00020000\ncontent=mixed:9000:7\n"                                           \
  "[partition 2]\nid=0x00030000\ncontent=marker:5000:8:" version "\n"

static const char *const e1550_files[]
    = { "[file]\nshape=updater\n[firmware]\ndownload-id=0x31\nproduct=E1550\n"
        "version=:HUAWEI E155:" TO_E1550 "\n[updater]\nstub-size=6001\n"
        "chain-offset-misalign=0\ntail-size=500\n" QUALCOMM_PARTS (TO_E1550) };

static const char *const e392_files[]
    = { "[file]\nshape=bin\n[firmware]\ndownload-id=0x31\nproduct=E392\n"
        "version=:HUAWEI E392:" TO_E392 "\nblock-size=4096\n" QUALCOMM_PARTS (TO_E392) };

/* Bare images tell no version. */
static const char *const folder_files[]
    = { FOLDER_HEAD "[partition 0]\nid=0x00010000\ncontent=pattern:300:flash-table.\n"
                    "[partition 1]\nid=0x00200000\ncontent=random:9000:1\n"
                    "[partition 2]\nid=0x00220000\ncontent=marker:700:3:" TO_STICK "\n" };

static const char loader[] = "[file]\nshape=loader\n[loader]\ncomponents=2\nraminit=1500\n"
                             "flasher=5000\nroutine=v7r11\nroutine-offset=0x400\n";

/* What is said of the files at the question, also of those that say nothing. */
#define MAKES_STICK "After that it is a Stick modem"
#define MAKES_HILINK "After that it is a HiLink stick"
#define MAKES_UNKNOWN "does not say whether it makes a Stick modem"

#define E3372H                                                                                     \
  .chip = SMITH_CHIP_V7R11, .product_id = "BV7R11HS", .hardware = "CL2E3372HM",                    \
  .demand_signature = TRUE, .restart_ms = 2
#define WITH_HILINK .version = "22.180.05.00.00"

static const struct
{
  const char *name;
  SmithVirtualStickConfig config;
  SmithWay way;
  SmithAim aim;
  gboolean with_loader;
  const char *version;
  SmithMode works_as;
  const char *const *descriptions;
  guint n_files;
  SmithVerdictKind verdict;
  const char *reason;
} specs[N_ROUTES] = {
  [ROUTE_WEB] = { "web",
                  { E3372H, WITH_HILINK, .start = SMITH_MODE_HILINK },
                  SMITH_WAY_WEB,
                  SMITH_AIM_STICK,
                  FALSE,
                  TO_STICK,
                  SMITH_MODE_STICK,
                  stick_files,
                  2,
                  SMITH_VERDICT_FITS,
                  MAKES_STICK },
  [ROUTE_PORTS] = { "ports",
                    { E3372H, WITH_HILINK, .start = SMITH_MODE_HILINK, .refuses_switch = TRUE },
                    SMITH_WAY_WEB,
                    SMITH_AIM_STICK,
                    FALSE,
                    TO_STICK,
                    SMITH_MODE_STICK,
                    stick_files,
                    2,
                    SMITH_VERDICT_FITS,
                    MAKES_STICK },
  [ROUTE_NEEDLE] = { "needle",
                     { E3372H, WITH_HILINK, .start = SMITH_MODE_BOOT_ROM },
                     SMITH_WAY_NEEDLE,
                     SMITH_AIM_STICK,
                     TRUE,
                     TO_STICK,
                     SMITH_MODE_STICK,
                     stick_files,
                     2,
                     SMITH_VERDICT_FITS,
                     MAKES_STICK },
  [ROUTE_GODLOAD] = { "godload",
                      { E3372H, .version = "21.180.01.00.00", .start = SMITH_MODE_STICK },
                      SMITH_WAY_AT,
                      SMITH_AIM_HILINK,
                      FALSE,
                      TO_HILINK,
                      SMITH_MODE_HILINK,
                      hilink_files,
                      2,
                      SMITH_VERDICT_FITS,
                      MAKES_HILINK },
  [ROUTE_E1550] = { "e1550",
                    { .family = SMITH_FAMILY_QUALCOMM,
                      .chip = SMITH_CHIP_QUALCOMM,
                      .product_id = "HUAWEI E155",
                      .hardware = "E1550",
                      .version = "11.608.10.00.00",
                      .start = SMITH_MODE_STICK,
                      .restart_ms = 2 },
                    SMITH_WAY_DIAGNOSTICS,
                    SMITH_AIM_SAME,
                    FALSE,
                    TO_E1550,
                    SMITH_MODE_STICK,
                    e1550_files,
                    1,
                    SMITH_VERDICT_UNSURE,
                    MAKES_STICK },
  [ROUTE_E392] = { "e392",
                   { .family = SMITH_FAMILY_QUALCOMM,
                     .chip = SMITH_CHIP_QUALCOMM,
                     .product_id = "HUAWEI E392",
                     .hardware = "E392u-12 CD1E392M Ver.C",
                     .version = "11.433.10.00.00",
                     .start = SMITH_MODE_DOWNLOAD,
                     .restart_ms = 2 },
                   SMITH_WAY_THERE,
                   SMITH_AIM_RESCUE,
                   FALSE,
                   TO_E392,
                   SMITH_MODE_STICK,
                   e392_files,
                   1,
                   SMITH_VERDICT_FITS,
                   MAKES_STICK },
  [ROUTE_FOLDER] = { "folder",
                     { .chip = SMITH_CHIP_V7R11,
                       .product_id = "BV7R11HS",
                       .hardware = "CL2E3372HM",
                       .version = "22.180.05.00.00",
                       .start = SMITH_MODE_DOWNLOAD,
                       .restart_ms = 2 },
                     SMITH_WAY_THERE,
                     SMITH_AIM_STICK,
                     FALSE,
                     TO_STICK,
                     SMITH_MODE_STICK,
                     folder_files,
                     1,
                     SMITH_VERDICT_UNSURE,
                     MAKES_UNKNOWN },
};

static const char *const kind_names[N_KINDS] = {
  "handshake",     "head",     "data",    "end",     "last-end",     "dloadver",
  "signver",       "datamode", "version", "product", "q-version",    "q-product",
  "begin",         "block",    "finish",  "leave",   "restart",      "q-restart",
  "sfm",           "godload",  "qcdmg",   "dislog",  "diag-version", "diag-identity",
  "diag-download", "at",       "network", "web",     "return",
};

const char *
kind_name (Kind kind)
{
  return kind_names[kind];
}

gboolean
route_find_id (const char *name, RouteId *id)
{
  for (*id = 0; *id < N_ROUTES; (*id)++)
    if (g_str_equal (specs[*id].name, name))
      return TRUE;
  return FALSE;
}

gboolean
route_is_qualcomm (const Route *route)
{
  return route->config.family == SMITH_FAMILY_QUALCOMM;
}

/* What the stick said before the job; one that is stuck says little, and one that is
 * first seen in boot mode nothing. */
static SmithIdentity *
make_identity (const Route *route)
{
  SmithIdentity *identity;

  if (route->config.start == SMITH_MODE_BOOT_ROM || route->id == ROUTE_FOLDER)
    return NULL;
  identity = smith_identity_new ();
  if (route->config.start == SMITH_MODE_DOWNLOAD)
    {
      identity->sources = SMITH_SOURCE_DOWNLOAD;
      identity->download_id = g_strdup (route->config.product_id);
      identity->loader_version = g_strdup ("M92xx-OEMSBL");
      return identity;
    }
  identity->sources
      = g_str_has_prefix (route->config.version, "22.") ? SMITH_SOURCE_WEB : SMITH_SOURCE_AT;
  identity->hardware = g_strdup (route->config.hardware);
  identity->firmware = g_strdup (route->config.version);
  identity->imei = g_strdup (IMEI);
  identity->model
      = smith_catalogue_find_model (smith_catalogue_get_default (), route->config.hardware);
  g_assert_nonnull (identity->model);
  return identity;
}

void
route_init (Route *route, RouteId id)
{
  *route = (Route){
    .id = id,
    .name = specs[id].name,
    .config = specs[id].config,
    .way = specs[id].way,
    .aim = specs[id].aim,
    .with_loader = specs[id].with_loader,
    .version = specs[id].version,
    .works_as = specs[id].works_as,
    .n_files = specs[id].n_files,
    .verdict = specs[id].verdict,
    .reason = specs[id].reason,
  };
  route->before = make_identity (route);
}

static char *
file_name (const Route *route, guint i)
{
  return g_strdup_printf ("%s-%u.bin", route->name, i);
}

static char *
make_file (Files *files, const char *name, const char *description)
{
  return g_str_has_prefix (description, FOLDER_HEAD) ? files_make_folder (files, name, description)
                                                     : files_make (files, name, description);
}

void
route_make_files (Route *route, Files *files)
{
  for (guint i = 0; i < route->n_files; i++)
    {
      g_autofree char *name = file_name (route, i);

      route->files[i] = make_file (files, name, specs[route->id].descriptions[i]);
    }
  if (route->with_loader)
    route->loader = files_make (files, "loader.bin", loader);
}

/* The same files, made by another process. */
void
route_find_files (Route *route, const char *dir)
{
  for (guint i = 0; i < route->n_files; i++)
    {
      g_autofree char *name = file_name (route, i);

      route->files[i] = g_build_filename (dir, name, NULL);
    }
  if (route->with_loader)
    route->loader = g_build_filename (dir, "loader.bin", NULL);
}

void
route_clear (Route *route)
{
  for (guint i = 0; i < route->n_files; i++)
    g_clear_pointer (&route->files[i], g_free);
  g_clear_pointer (&route->loader, g_free);
  g_clear_pointer (&route->before, smith_identity_unref);
  for (SmithStage stage = 0; stage < SMITH_N_STAGES; stage++)
    g_clear_pointer (&route->kinds[stage], g_array_unref);
}

SmithPlan *
route_make_plan (const Route *route)
{
  SmithPlan *plan = smith_plan_new ("1-1");

  plan->way = route->way;
  plan->aim = route->aim;
  plan->before = route->before != NULL ? smith_identity_ref (route->before) : NULL;
  if (route->loader != NULL)
    plan->loader = item_open (route->loader);
  for (guint i = 0; i < route->n_files; i++)
    g_ptr_array_add (plan->firmware, item_open (route->files[i]));
  return plan;
}

/* The messages of a run without faults, by what the stick tells of them. */

static void
add_kinds (GArray *kinds, Kind kind, guint n)
{
  for (guint i = 0; i < n; i++)
    g_array_append_val (kinds, kind);
}

static void
learn_boot (GArray *kinds, guint count)
{
  if (count == 0)
    return;
  add_kinds (kinds, KIND_HANDSHAKE, 1);
  add_kinds (kinds, KIND_HEAD, 1);
  add_kinds (kinds, KIND_DATA, ROUTE_RAMINIT_PACKETS);
  add_kinds (kinds, KIND_END, 1);
  add_kinds (kinds, KIND_HEAD, 1);
  add_kinds (kinds, KIND_DATA, ROUTE_FLASHER_PACKETS);
  add_kinds (kinds, KIND_LAST_END, 1);
}

/* Returns: whether @line is an event of that name in that stage; @number: its message */
static gboolean
is_event (const char *line, const char *name, const char *stage, guint *number)
{
  g_autofree char *event = g_strdup_printf ("\"event\":\"%s\"", name);
  g_autofree char *where = g_strdup_printf ("\"stage\":\"%s\"", stage);
  const char *message = strstr (line, "\"message\":");

  if (strstr (line, event) == NULL || strstr (line, where) == NULL || message == NULL)
    return FALSE;
  *number = (guint) g_ascii_strtoull (message + strlen ("\"message\":"), NULL, 10);
  return TRUE;
}

static void
set_kind (GArray *kinds, guint number, Kind kind)
{
  g_assert_cmpuint (number, >=, 1);
  g_assert_cmpuint (number, <=, kinds->len);
  g_array_index (kinds, Kind, number - 1) = kind;
}

/* Questions first, then partitions; a further file has a way out and in before it. */
static void
learn_binary (const Route *route, GArray *kinds, char **lines, guint count)
{
  static const Kind between[] = { KIND_LEAVE, KIND_VERSION, KIND_PRODUCT };
  guint n_between = 0;
  guint first = 1;
  gboolean inside = FALSE;

  add_kinds (kinds, route_is_qualcomm (route) ? KIND_Q_RESTART : KIND_RESTART, count);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      guint number;

      if (is_event (lines[i], "partition-begun", "binary", &number))
        set_kind (kinds, number, KIND_BEGIN);
      else if (is_event (lines[i], "partition-done", "binary", &number))
        set_kind (kinds, number, KIND_FINISH);
    }
  /* To find out what it is, and again before anything is written. */
  if (route_is_qualcomm (route))
    set_kind (kinds, first++, KIND_Q_VERSION);
  set_kind (kinds, first++, route_is_qualcomm (route) ? KIND_Q_VERSION : KIND_VERSION);
  set_kind (kinds, first, route_is_qualcomm (route) ? KIND_Q_PRODUCT : KIND_PRODUCT);
  for (guint i = first; i + 1 < count; i++)
    {
      Kind kind = g_array_index (kinds, Kind, i);

      if (kind == KIND_BEGIN || kind == KIND_FINISH)
        inside = kind == KIND_BEGIN;
      else if (inside)
        set_kind (kinds, i + 1, KIND_BLOCK);
      else
        set_kind (kinds, i + 1, between[n_between++ % G_N_ELEMENTS (between)]);
    }
  g_assert_cmpuint (n_between, ==, (route->n_files - 1) * G_N_ELEMENTS (between));
}

static void
learn_text (GArray *kinds, char **lines, guint count, const char *stage)
{
  static const struct
  {
    const char *what;
    Kind kind;
  } known[] = {
    { "\"AT^DLOADVER?\"", KIND_DLOADVER },  { "\"AT^SIGNVER=", KIND_SIGNVER },
    { "\"AT^DATAMODE\"", KIND_DATAMODE },   { "\"AT^SFM=1\"", KIND_SFM },
    { "\"AT^GODLOAD\"", KIND_GODLOAD },     { "\"AT$QCDMG\"", KIND_QCDMG },
    { "\"AT^DISLOG=255\"", KIND_DISLOG },   { "\"frame 0C\"", KIND_DIAG_VERSION },
    { "\"frame 4B\"", KIND_DIAG_IDENTITY }, { "\"frame 3A\"", KIND_DIAG_DOWNLOAD },
    { "\"AT^VERSION?\"", KIND_AT },
  };
  gboolean version_seen = FALSE;

  add_kinds (kinds, KIND_NETWORK, count);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      guint number;

      if (!is_event (lines[i], "accepted", stage, &number)
          && !is_event (lines[i], "unknown", stage, &number))
        continue;
      for (gsize k = 0; k < G_N_ELEMENTS (known); k++)
        if (strstr (lines[i], known[k].what) != NULL && !(known[k].kind == KIND_AT && version_seen))
          {
            set_kind (kinds, number, known[k].kind);
            version_seen |= known[k].kind == KIND_AT;
            /* A stick that does not know it is asked in another way. */
            if (known[k].kind == KIND_AT && is_event (lines[i], "unknown", stage, &number))
              set_kind (kinds, number + 1, KIND_AT);
          }
    }
}

/**
 * route_learn:
 * @log: what happened to the stick in a run without faults
 * @counts: how many messages it had
 *
 * Finds out what the messages of this route are.
 */
void
route_learn (Route *route, const char *log, const guint counts[SMITH_N_STAGES])
{
  g_auto (GStrv) lines = g_strsplit (log, "\n", -1);

  for (SmithStage stage = 0; stage < SMITH_N_STAGES; stage++)
    route->kinds[stage] = g_array_new (FALSE, FALSE, sizeof (Kind));
  learn_boot (route->kinds[SMITH_STAGE_BOOT], counts[SMITH_STAGE_BOOT]);
  learn_text (route->kinds[SMITH_STAGE_TEXT], lines, counts[SMITH_STAGE_TEXT], "text");
  learn_binary (route, route->kinds[SMITH_STAGE_BINARY], lines, counts[SMITH_STAGE_BINARY]);
  learn_text (route->kinds[SMITH_STAGE_AT], lines, counts[SMITH_STAGE_AT], "at");
  for (SmithStage stage = 0; stage < SMITH_N_STAGES; stage++)
    g_assert_cmpuint (route->kinds[stage]->len, ==, counts[stage]);
}
