/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-stick"

#include "catalogue-private.h"

#include <string.h>

#include "format/error.h"

/* What a pattern costs to match grows with each of these. */
#define MAX_STARS 3
#define MAX_PATTERN 64
#define MAX_ROLES 32

#define USB_PREFIX "usb "
#define MODEL_PREFIX "model "

static const SmithCatalogueWord chip_words[] = {
  { "v7r1", SMITH_CHIP_V7R1 },
  { "v7r2", SMITH_CHIP_V7R2 },
  { "v7r11", SMITH_CHIP_V7R11 },
  { "qualcomm", SMITH_CHIP_QUALCOMM },
  { NULL },
};

static const SmithCatalogueWord trust_words[] = {
  { "confirmed", SMITH_TRUST_CONFIRMED },
  { "expected", SMITH_TRUST_EXPECTED },
  { "refused", SMITH_TRUST_REFUSED },
  { NULL },
};

void
smith_catalogue_id_free (gpointer data)
{
  SmithCatalogueId *id = data;

  g_free (id->roles);
  g_free (id);
}

void
smith_catalogue_model_free (gpointer data)
{
  SmithCatalogueModel *entry = data;

  g_free (entry->model.id);
  g_free (entry->model.name);
  g_free (entry->model.hardware);
  g_free (entry->model.loader);
  g_free (entry->model.download_id);
  g_free (entry->model.reason);
  g_clear_pointer (&entry->pattern, g_pattern_spec_free);
  g_free (entry);
}

static gboolean
bad (GError **error, const char *group, const char *key)
{
  g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE, "[%s]: %s makes no sense", group, key);
  return FALSE;
}

/* A misspelt key would be a fact that silently is not there. */
static gboolean
check_keys (GKeyFile *file, const char *group, const char *const *known, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, error);

  if (keys == NULL)
    return FALSE;
  for (guint i = 0; keys[i] != NULL; i++)
    if (!g_strv_contains (known, keys[i]))
      return bad (error, group, keys[i]);
  return TRUE;
}

/* A missing key leaves @value as it is. */
static gboolean
get_word (GKeyFile *file,
          const char *group,
          const char *key,
          const SmithCatalogueWord *words,
          int *value,
          GError **error)
{
  g_autofree char *word = g_key_file_get_string (file, group, key, NULL);

  if (word == NULL)
    return !g_key_file_has_key (file, group, key, NULL) || bad (error, group, key);
  for (; words->word != NULL; words++)
    if (g_str_equal (words->word, word))
      {
        *value = words->value;
        return TRUE;
      }
  return bad (error, group, key);
}

static gboolean
get_flag (GKeyFile *file, const char *group, const char *key, gboolean *value, GError **error)
{
  g_autoptr (GError) why = NULL;

  *value = FALSE;
  if (!g_key_file_has_key (file, group, key, NULL))
    return TRUE;
  *value = g_key_file_get_boolean (file, group, key, &why);
  return why == NULL || bad (error, group, key);
}

/* What smith_port_role_name() and smith_mode_name() call them is what the file
 * calls them. Returns: the role, or -1 */
static int
find_role (const char *word)
{
  for (int role = SMITH_PORT_UNKNOWN; role <= SMITH_PORT_BOOT; role++)
    if (g_str_equal (smith_port_role_name (role), word))
      return role;
  return -1;
}

static int
find_mode (const char *word)
{
  for (int mode = 0; mode < SMITH_N_MODES; mode++)
    if (g_str_equal (smith_mode_name (mode), word))
      return mode;
  return -1;
}

static gboolean
get_roles (GKeyFile *file, const char *group, SmithCatalogueId *id, GError **error)
{
  gsize n = 0;
  g_auto (GStrv) words = g_key_file_get_string_list (file, group, "roles", &n, NULL);

  if (n > MAX_ROLES)
    return bad (error, group, "roles");
  id->roles = g_new0 (SmithPortRole, n);
  id->n_roles = (guint) n;
  for (gsize i = 0; i < n; i++)
    {
      int role = find_role (words[i]);

      if (role < 0)
        return bad (error, group, "roles");
      id->roles[i] = (SmithPortRole) role;
    }
  return TRUE;
}

/* "12d1:1443" */
static gboolean
parse_numbers (const char *text, SmithCatalogueId *id)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 3);
  guint64 vendor = 0;
  guint64 product = 0;

  if (g_strv_length (parts) != 2 || strlen (parts[0]) != 4 || strlen (parts[1]) != 4
      || !g_ascii_string_to_unsigned (parts[0], 16, 0, G_MAXUINT16, &vendor, NULL)
      || !g_ascii_string_to_unsigned (parts[1], 16, 0, G_MAXUINT16, &product, NULL))
    return FALSE;
  id->vendor = (guint16) vendor;
  id->product = (guint16) product;
  return TRUE;
}

static gboolean
fill_id (SmithCatalogueId *id, GKeyFile *file, const char *group, GError **error)
{
  g_autofree char *mode = g_key_file_get_string (file, group, "mode", NULL);
  int number = mode != NULL ? find_mode (mode) : -1;
  int family = SMITH_FAMILY_UNKNOWN;
  int note = SMITH_NOTE_NONE;
  gboolean no_port_mode;

  if (number < 0)
    return bad (error, group, "mode");
  if (!get_word (file, group, "family", smith_family_words, &family, error)
      || !get_word (file, group, "note", smith_note_words, &note, error)
      || !get_roles (file, group, id, error)
      || !get_flag (file, group, "by-class", &id->by_class, error)
      || !get_flag (file, group, "by-endpoints", &id->by_endpoints, error)
      || !get_flag (file, group, "unproven", &id->unproven, error)
      || !get_flag (file, group, "no-port-mode", &no_port_mode, error))
    return FALSE;
  id->mode = (SmithMode) number;
  id->family = (SmithFamily) family;
  id->note = (SmithNote) note;
  id->safe_port_mode = !no_port_mode;
  return TRUE;
}

static gboolean
parse_id (SmithCatalogue *catalogue, GKeyFile *file, const char *group, GError **error)
{
  static const char *const keys[]
      = { "mode",         "family",       "note",     "roles", "by-class",
          "by-endpoints", "no-port-mode", "unproven", NULL };
  SmithCatalogueId *id = g_new0 (SmithCatalogueId, 1);

  g_ptr_array_add (catalogue->ids, id);
  if (!check_keys (file, group, keys, error))
    return FALSE;
  if (!parse_numbers (group + strlen (USB_PREFIX), id))
    return bad (error, group, "the number");
  return fill_id (id, file, group, error);
}

static gboolean
compile_pattern (SmithCatalogueModel *entry)
{
  const char *text = entry->model.hardware;
  g_autofree char *capitals = NULL;
  guint n_stars = 0;

  if (text == NULL || strlen (text) > MAX_PATTERN || !g_str_is_ascii (text))
    return FALSE;
  for (const char *p = text; *p != '\0'; p++)
    {
      n_stars += *p == '*';
      entry->literal += *p != '*' && *p != '?';
    }
  /* One that fits everything tells nothing. */
  if (entry->literal == 0 || n_stars > MAX_STARS)
    return FALSE;
  capitals = g_ascii_strup (text, -1);
  entry->pattern = g_pattern_spec_new (capitals);
  return TRUE;
}

static gboolean
fill_model (SmithModel *model, GKeyFile *file, const char *group, GError **error)
{
  int family = SMITH_FAMILY_UNKNOWN;
  int chip = SMITH_CHIP_UNKNOWN;
  int trust = SMITH_TRUST_EXPECTED;
  g_autofree char *reason = NULL;

  if (!get_word (file, group, "family", smith_family_words, &family, error)
      || !get_word (file, group, "chip", chip_words, &chip, error)
      || !get_word (file, group, "trust", trust_words, &trust, error)
      || !get_flag (file, group, "takes-sfm", &model->takes_sfm, error)
      || !get_flag (file, group, "needs-syscfg", &model->needs_syscfg, error))
    return FALSE;
  model->family = (SmithFamily) family;
  model->chip = (SmithChip) chip;
  model->trust = (SmithTrust) trust;
  model->name = g_key_file_get_string (file, group, "name", NULL);
  model->loader = g_key_file_get_string (file, group, "loader", NULL);
  model->download_id = g_key_file_get_string (file, group, "download-id", NULL);
  reason = g_key_file_get_string (file, group, "reason", NULL);
  model->reason = g_strdup (smith_catalogue_get_reason (reason));
  if (model->name == NULL)
    return bad (error, group, "name");
  if ((model->reason != NULL) != (model->trust == SMITH_TRUST_REFUSED))
    return bad (error, group, "reason");
  return TRUE;
}

static gboolean
parse_model (SmithCatalogue *catalogue, GKeyFile *file, const char *group, GError **error)
{
  static const char *const keys[]
      = { "name",  "hardware", "family",    "chip",         "loader", "download-id",
          "trust", "reason",   "takes-sfm", "needs-syscfg", NULL };
  SmithCatalogueModel *entry = g_new0 (SmithCatalogueModel, 1);

  g_ptr_array_add (catalogue->models, entry);
  entry->model.id = g_strdup (group + strlen (MODEL_PREFIX));
  entry->model.hardware = g_key_file_get_string (file, group, "hardware", NULL);
  if (!check_keys (file, group, keys, error))
    return FALSE;
  if (!compile_pattern (entry))
    return bad (error, group, "hardware");
  return fill_model (&entry->model, file, group, error);
}

/* Calls @set for each byte that a key of @group lists. */
static gboolean
parse_bytes (SmithCatalogue *catalogue,
             GKeyFile *file,
             const char *group,
             gboolean (*set) (SmithCatalogue *catalogue, const char *key, guint8 byte),
             GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, error);

  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_key_file_get_string_list (file, group, keys[i], NULL, NULL);

      for (guint k = 0; words != NULL && words[k] != NULL; k++)
        {
          guint64 byte = 0;

          if (!g_ascii_string_to_unsigned (words[k], 16, 0, 0xff, &byte, NULL)
              || !set (catalogue, keys[i], (guint8) byte))
            return bad (error, group, keys[i]);
        }
    }
  return keys != NULL;
}

static gboolean
set_protocol (SmithCatalogue *catalogue, const char *key, guint8 byte)
{
  int role = find_role (key);

  if (role >= 0)
    catalogue->protocols[byte] = (gint8) role;
  return role >= 0;
}

static gboolean
set_subclass (SmithCatalogue *catalogue, const char *key, guint8 byte)
{
  for (const SmithCatalogueWord *word = smith_family_words; word->word != NULL; word++)
    if (g_str_equal (word->word, key))
      {
        catalogue->subclasses[byte] = (SmithFamily) word->value;
        return TRUE;
      }
  return FALSE;
}

/* Adds what one group of a catalogue file says. */
gboolean
smith_catalogue_parse_group (SmithCatalogue *catalogue,
                             GKeyFile *file,
                             const char *group,
                             GError **error)
{
  if (g_str_has_prefix (group, USB_PREFIX))
    return parse_id (catalogue, file, group, error);
  if (g_str_has_prefix (group, MODEL_PREFIX))
    return parse_model (catalogue, file, group, error);
  if (g_str_equal (group, SMITH_CATALOGUE_PROTOCOLS))
    return parse_bytes (catalogue, file, group, set_protocol, error);
  if (g_str_equal (group, SMITH_CATALOGUE_SUBCLASSES))
    return parse_bytes (catalogue, file, group, set_subclass, error);
  return bad (error, group, "the group's name");
}
