/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-stick"

#include "catalogue.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "catalogue-private.h"
#include "format/error.h"
#include "format/key-file.h"
#include "stick-resources.h"

#define RESOURCE "/io/github/sticksmith/Sticksmith/stick/sticks.ini"

/* A person's own file that is larger is none. */
#define MAX_FILE_SIZE (256 * 1024)

/* Longer than any hardware string; what a stick says is not to be trusted. */
#define MAX_HARDWARE 128

static SmithCatalogue *
catalogue_new_empty (void)
{
  SmithCatalogue *catalogue = g_new0 (SmithCatalogue, 1);

  catalogue->ids = g_ptr_array_new_with_free_func (smith_catalogue_id_free);
  catalogue->models = g_ptr_array_new_with_free_func (smith_catalogue_model_free);
  memset (catalogue->protocols, -1, sizeof catalogue->protocols);
  return catalogue;
}

void
smith_catalogue_free (SmithCatalogue *catalogue)
{
  g_ptr_array_unref (catalogue->ids);
  g_ptr_array_unref (catalogue->models);
  g_free (catalogue);
}

/* Most literal first, so that the more particular pattern wins; and refused
 * ones before all others, so that none can get past its refusal. */
static int
compare_models (gconstpointer a, gconstpointer b)
{
  const SmithCatalogueModel *one = *(SmithCatalogueModel *const *) a;
  const SmithCatalogueModel *two = *(SmithCatalogueModel *const *) b;
  gboolean one_refused = one->model.trust == SMITH_TRUST_REFUSED;
  gboolean two_refused = two->model.trust == SMITH_TRUST_REFUSED;

  if (one_refused != two_refused)
    return one_refused ? -1 : 1;
  if (one->literal != two->literal)
    return one->literal > two->literal ? -1 : 1;
  return strcmp (one->model.id, two->model.id);
}

static SmithCatalogue *
parse (GKeyFile *file, GError **error)
{
  g_autoptr (SmithCatalogue) catalogue = catalogue_new_empty ();
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    if (!smith_catalogue_parse_group (catalogue, file, groups[i], error))
      return NULL;
  g_ptr_array_sort (catalogue->models, compare_models);
  return g_steal_pointer (&catalogue);
}

/* A person's file may add and change, but not allow what is known not to work. */
static gboolean
is_settled (GKeyFile *file, const char *group)
{
  g_autofree char *trust = g_key_file_get_string (file, group, "trust", NULL);
  g_autofree char *mode = g_key_file_get_string (file, group, "mode", NULL);

  return g_strcmp0 (trust, "refused") == 0 || g_strcmp0 (mode, "beyond") == 0;
}

/* Copies each group of @from over the one of @to. */
static void
lay_over (GKeyFile *to, GKeyFile *from)
{
  g_auto (GStrv) groups = g_key_file_get_groups (from, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_auto (GStrv) keys = g_key_file_get_keys (from, groups[i], NULL, NULL);
      /* Numbers may be written in capitals as well. */
      g_autofree char *group = g_ascii_strdown (groups[i], -1);

      if (is_settled (to, group))
        {
          g_info ("[%s] cannot be changed", group);
          continue;
        }
      g_key_file_remove_group (to, group, NULL);
      /* An empty group is a mistake to be found, not a way to forget an id. */
      if (keys == NULL || keys[0] == NULL)
        g_key_file_set_value (to, group, "mode", "");
      for (guint k = 0; keys != NULL && keys[k] != NULL; k++)
        {
          g_autofree char *value = g_key_file_get_value (from, groups[i], keys[k], NULL);

          g_key_file_set_value (to, group, keys[k], value);
        }
    }
}

/* Returns: FALSE with @error if there is a file and it cannot be used */
static gboolean
load_own (GKeyFile *file, const char *path, GError **error)
{
  g_autoptr (GKeyFile) own = g_key_file_new ();
  g_autofree char *text = NULL;
  struct stat info;
  gsize size;

  if (stat (path, &info) != 0)
    {
      if (errno == ENOENT || errno == ENOTDIR)
        return TRUE;
      g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE, "%s: %s", path, g_strerror (errno));
      return FALSE;
    }
  if (!S_ISREG (info.st_mode) || info.st_size > MAX_FILE_SIZE)
    {
      g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE, "%s is no catalogue of sticks", path);
      return FALSE;
    }
  if (!g_file_get_contents (path, &text, &size, error)
      || !smith_key_file_load (own, text, size, error))
    return FALSE;
  lay_over (file, own);
  return TRUE;
}

/**
 * smith_catalogue_new:
 * @override_path: (nullable): a file of the person's own; it need not exist
 *
 * Any thread.
 *
 * Returns: (transfer full): the catalogue, or NULL with an error if the
 *   person's own file cannot be used
 */
SmithCatalogue *
smith_catalogue_new (const char *override_path, GError **error)
{
  g_autoptr (GBytes) bytes = g_resource_lookup_data (smith_stick_get_resource (), RESOURCE,
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (SmithCatalogue) catalogue = NULL;

  g_assert (bytes != NULL);
  if (!g_key_file_load_from_bytes (file, bytes, G_KEY_FILE_NONE, error)
      || (override_path != NULL && !load_own (file, override_path, error)))
    return NULL;
  catalogue = parse (file, error);
  if (catalogue == NULL && override_path != NULL)
    g_prefix_error (error, "%s: ", override_path);
  return g_steal_pointer (&catalogue);
}

static gpointer
make_default (gpointer data)
{
  g_autofree char *path
      = g_build_filename (g_get_user_data_dir (), "sticksmith", "sticks.ini", NULL);
  g_autoptr (GError) error = NULL;
  SmithCatalogue *catalogue = smith_catalogue_new (path, &error);

  if (catalogue != NULL)
    return catalogue;
  g_info ("Your own catalogue of sticks is left out: %s", error->message);
  g_clear_error (&error);
  catalogue = smith_catalogue_new (NULL, &error);
  if (catalogue == NULL)
    g_error ("The catalogue of sticks is broken: %s", error->message);
  return catalogue;
}

/**
 * smith_catalogue_get_default:
 *
 * The catalogue with the person's own file read over it; without that file if
 * it is broken. Any thread.
 *
 * Returns: (transfer none): lives as long as the program
 */
SmithCatalogue *
smith_catalogue_get_default (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, make_default, NULL);
}

/**
 * smith_catalogue_find_id:
 *
 * Returns: (transfer none) (nullable): what is known about a USB id
 */
const SmithCatalogueId *
smith_catalogue_find_id (SmithCatalogue *catalogue, guint16 vendor, guint16 product)
{
  for (guint i = 0; i < catalogue->ids->len; i++)
    {
      const SmithCatalogueId *id = g_ptr_array_index (catalogue->ids, i);

      if (id->vendor == vendor && id->product == product)
        return id;
    }
  return NULL;
}

/**
 * smith_catalogue_find_protocol:
 * @protocol: of an interface of the vendor's class (ff)
 * @role: (out): what such a port is for
 *
 * Newer Huawei sticks tell by the interface's protocol what a port is for.
 *
 * Returns: whether the protocol means anything
 */
gboolean
smith_catalogue_find_protocol (SmithCatalogue *catalogue, guint8 protocol, SmithPortRole *role)
{
  if (catalogue->protocols[protocol] < 0)
    return FALSE;
  *role = (SmithPortRole) catalogue->protocols[protocol];
  return TRUE;
}

/**
 * smith_catalogue_find_subclass:
 * @subclass: of an interface of the vendor's class (ff) whose protocol means something
 *
 * Returns: whose chip is behind it
 */
SmithFamily
smith_catalogue_find_subclass (SmithCatalogue *catalogue, guint8 subclass)
{
  return catalogue->subclasses[subclass];
}

/**
 * smith_catalogue_find_model:
 * @hardware: (nullable): what a stick calls its hardware, such as "CL2E3372HM Ver.A"
 *
 * Capitals do not matter. A refused model that fits comes before all others,
 * and then the one whose pattern is the most particular.
 *
 * Returns: (transfer none) (nullable): its model
 */
const SmithModel *
smith_catalogue_find_model (SmithCatalogue *catalogue, const char *hardware)
{
  g_autofree char *capitals = NULL;

  if (hardware == NULL || strnlen (hardware, MAX_HARDWARE + 1) > MAX_HARDWARE
      || !g_utf8_validate (hardware, -1, NULL))
    return NULL;
  capitals = g_ascii_strup (hardware, -1);
  g_strstrip (capitals);
  for (guint i = 0; i < catalogue->models->len; i++)
    {
      const SmithCatalogueModel *entry = g_ptr_array_index (catalogue->models, i);

      if (g_pattern_spec_match_string (entry->pattern, capitals))
        return &entry->model;
    }
  return NULL;
}

/**
 * smith_catalogue_find_model_by_download_id:
 * @download_id: (nullable): what a stick in download mode calls itself, such as "BV7R11HS"
 *
 * Returns: (transfer none) (nullable): the model that answers so to the letter
 */
const SmithModel *
smith_catalogue_find_model_by_download_id (SmithCatalogue *catalogue, const char *download_id)
{
  for (guint i = 0; download_id != NULL && i < catalogue->models->len; i++)
    {
      const SmithCatalogueModel *entry = g_ptr_array_index (catalogue->models, i);

      if (g_strcmp0 (entry->model.download_id, download_id) == 0)
        return &entry->model;
    }
  return NULL;
}

/* All models; refused ones first. */
const SmithModel *const *
smith_catalogue_list_models (SmithCatalogue *catalogue, guint *n)
{
  G_STATIC_ASSERT (G_STRUCT_OFFSET (SmithCatalogueModel, model) == 0);

  *n = catalogue->models->len;
  return (const SmithModel *const *) catalogue->models->pdata;
}

const SmithCatalogueId *const *
smith_catalogue_list_ids (SmithCatalogue *catalogue, guint *n)
{
  *n = catalogue->ids->len;
  return (const SmithCatalogueId *const *) catalogue->ids->pdata;
}

/**
 * smith_stick_knows_text:
 * @stick: in download mode
 *
 * To what may have a Qualcomm chip, AT commands are not for asking: its loader
 * knows frames only. An id that stands for download mode is of a Balong stick;
 * one that only looks like it may not be.
 *
 * Returns: whether text may be sent to its download port
 */
gboolean
smith_stick_knows_text (const SmithStick *stick)
{
  const SmithCatalogueId *id;

  if (stick->family == SMITH_FAMILY_QUALCOMM)
    return FALSE;
  if (!stick->unproven)
    return TRUE;
  id = smith_catalogue_find_id (smith_catalogue_get_default (), stick->vendor, stick->product);
  return id != NULL && id->mode == SMITH_MODE_DOWNLOAD;
}
