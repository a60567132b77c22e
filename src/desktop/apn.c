/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "apn.h"

#include <glib/gi18n.h>

#include <string.h>

#define DATABASE "mobile-broadband-provider-info/serviceproviders.xml"
#define CHUNK (64 * 1024)

/* Longer texts in the database are none. */
#define TEXT_MAX 512

/* More ways into one network than anybody reads. */
#define APNS_MAX 256

#define MCC_LENGTH 3

/* A name in several languages, of which the best stays. */
typedef struct
{
  char *text;
  guint rank; /* place among the person's languages; G_MAXUINT: none of them */
} Name;

typedef struct
{
  char mcc[MCC_LENGTH + 1];
  const char *mnc; /* what was asked for */
  GPtrArray *exact;
  GPtrArray *loose; /* where the network's number was written with another length */

  /* Of the provider that is being read. */
  GPtrArray *pending;
  Name provider;
  gboolean is_exact;
  gboolean is_loose;

  /* Of the access point that is being read. */
  SmithApn *apn;
  Name plan;

  /* Of the text that is being read. */
  GString *text; /* NULL while none is wanted */
  guint rank;
} Reader;

void
smith_apn_free (SmithApn *apn)
{
  if (apn == NULL)
    return;
  g_free (apn->provider);
  g_free (apn->plan);
  g_free (apn->apn);
  g_free (apn->user);
  g_free (apn->password);
  g_free (apn);
}

static GPtrArray *
new_list (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) smith_apn_free);
}

static void
name_clear (Name *name)
{
  g_clear_pointer (&name->text, g_free);
  name->rank = G_MAXUINT;
}

/* Takes @text if it is the first, or in a language the person likes better. */
static void
name_offer (Name *name, char *text, guint rank)
{
  if (name->text == NULL || rank < name->rank)
    {
      g_free (name->text);
      name->text = text;
      name->rank = rank;
    }
  else
    g_free (text);
}

static const char *
find_attribute (const char **names, const char **values, const char *wanted)
{
  for (gsize i = 0; names[i] != NULL; i++)
    if (strcmp (names[i], wanted) == 0)
      return values[i];
  return NULL;
}

static guint
rank_language (const char *language)
{
  const char *const *languages = g_get_language_names ();
  g_autofree char *wanted = g_strdup (language);

  if (wanted == NULL)
    return G_MAXUINT;
  g_strdelimit (wanted, "-", '_');
  for (guint i = 0; languages[i] != NULL; i++)
    if (g_ascii_strcasecmp (languages[i], wanted) == 0)
      return i;
  return G_MAXUINT;
}

static gboolean
is_number (const char *text)
{
  return *text != '\0' && strspn (text, "0123456789") == strlen (text);
}

/* Networks are written with two digits or with three, and not by everybody with
 * the same; "1" and "01" and "001" may be one network, "26" and "260" never. */
static void
take_network (Reader *reader, const char *mcc, const char *mnc)
{
  if (mcc == NULL || mnc == NULL || strcmp (mcc, reader->mcc) != 0)
    return;
  if (strcmp (mnc, reader->mnc) == 0)
    reader->is_exact = TRUE;
  else if (is_number (mnc) && strlen (mnc) <= 3
           && g_ascii_strtoull (mnc, NULL, 10) == g_ascii_strtoull (reader->mnc, NULL, 10))
    reader->is_loose = TRUE;
}

static void
begin_provider (Reader *reader)
{
  name_clear (&reader->provider);
  g_ptr_array_set_size (reader->pending, 0);
  reader->is_exact = reader->is_loose = FALSE;
}

static void
end_provider (Reader *reader)
{
  GPtrArray *list = reader->is_exact ? reader->exact : reader->is_loose ? reader->loose : NULL;

  for (guint i = 0; list != NULL && i < reader->pending->len && list->len < APNS_MAX; i++)
    {
      SmithApn *apn = g_steal_pointer (&reader->pending->pdata[i]);

      apn->provider = g_strdup (reader->provider.text != NULL ? reader->provider.text : apn->apn);
      g_ptr_array_add (list, apn);
    }
  begin_provider (reader);
}

static void
begin_apn (Reader *reader, const char *value)
{
  g_clear_pointer (&reader->apn, smith_apn_free);
  name_clear (&reader->plan);
  reader->apn = g_new0 (SmithApn, 1);
  reader->apn->is_internet = TRUE; /* older entries do not say */
  if (value != NULL && strlen (value) <= TEXT_MAX)
    reader->apn->apn = g_strstrip (g_strdup (value));
}

static void
end_apn (Reader *reader)
{
  g_autoptr (SmithApn) apn = g_steal_pointer (&reader->apn);

  if (apn == NULL || apn->apn == NULL || *apn->apn == '\0' || reader->pending->len >= APNS_MAX)
    return;
  apn->plan = g_steal_pointer (&reader->plan.text);
  g_ptr_array_add (reader->pending, g_steal_pointer (&apn));
}

static void
begin_text (Reader *reader, const char *language)
{
  reader->text = g_string_new (NULL);
  reader->rank = rank_language (language);
}

static void
end_text (Reader *reader, const char *element, const char *parent)
{
  GString *text = g_steal_pointer (&reader->text);
  g_autofree char *value = NULL;
  SmithApn *apn = reader->apn;

  if (text == NULL)
    return;
  if (text->len > TEXT_MAX)
    g_string_truncate (text, 0);
  value = g_strstrip (g_string_free (text, FALSE));
  if (*value == '\0')
    return;
  if (strcmp (parent, "provider") == 0 && strcmp (element, "name") == 0)
    name_offer (&reader->provider, g_steal_pointer (&value), reader->rank);
  else if (apn == NULL || strcmp (parent, "apn") != 0)
    return;
  else if (strcmp (element, "name") == 0)
    name_offer (&reader->plan, g_steal_pointer (&value), reader->rank);
  else if (strcmp (element, "username") == 0 && apn->user == NULL)
    apn->user = g_steal_pointer (&value);
  else if (strcmp (element, "password") == 0 && apn->password == NULL)
    apn->password = g_steal_pointer (&value);
}

static const char *
get_parent (GMarkupParseContext *context)
{
  const GSList *stack = g_markup_parse_context_get_element_stack (context);

  return stack != NULL && stack->next != NULL ? stack->next->data : "";
}

static void
on_start (GMarkupParseContext *context,
          const char *element,
          const char **names,
          const char **values,
          gpointer user_data,
          GError **error)
{
  Reader *reader = user_data;
  const char *parent = get_parent (context);
  const char *usage;

  if (reader->text != NULL)
    {
      g_set_error (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, "<%s> inside a text",
                   element);
      return;
    }
  if (strcmp (parent, "country") == 0 && strcmp (element, "provider") == 0)
    begin_provider (reader);
  else if (strcmp (parent, "gsm") == 0 && strcmp (element, "network-id") == 0)
    take_network (reader, find_attribute (names, values, "mcc"),
                  find_attribute (names, values, "mnc"));
  else if (strcmp (parent, "gsm") == 0 && strcmp (element, "apn") == 0)
    begin_apn (reader, find_attribute (names, values, "value"));
  else if (strcmp (parent, "provider") == 0 && strcmp (element, "name") == 0)
    begin_text (reader, find_attribute (names, values, "xml:lang"));
  else if (strcmp (parent, "apn") != 0 || reader->apn == NULL)
    return;
  else if (strcmp (element, "usage") == 0)
    {
      usage = find_attribute (names, values, "type");
      reader->apn->is_internet = usage == NULL || strcmp (usage, "internet") == 0;
    }
  else if (strcmp (element, "name") == 0 || strcmp (element, "username") == 0
           || strcmp (element, "password") == 0)
    begin_text (reader, find_attribute (names, values, "xml:lang"));
}

static void
on_end (GMarkupParseContext *context, const char *element, gpointer user_data, GError **error)
{
  Reader *reader = user_data;
  const char *parent = get_parent (context);

  end_text (reader, element, parent);
  if (strcmp (parent, "country") == 0 && strcmp (element, "provider") == 0)
    end_provider (reader);
  else if (strcmp (parent, "gsm") == 0 && strcmp (element, "apn") == 0)
    end_apn (reader);
}

static void
on_text (GMarkupParseContext *context,
         const char *text,
         gsize length,
         gpointer user_data,
         GError **error)
{
  Reader *reader = user_data;

  if (reader->text != NULL && reader->text->len <= TEXT_MAX)
    g_string_append_len (reader->text, text, (gssize) length);
}

static void
reader_clear (Reader *reader)
{
  g_clear_pointer (&reader->exact, g_ptr_array_unref);
  g_clear_pointer (&reader->loose, g_ptr_array_unref);
  g_clear_pointer (&reader->pending, g_ptr_array_unref);
  g_clear_pointer (&reader->apn, smith_apn_free);
  name_clear (&reader->provider);
  name_clear (&reader->plan);
  if (reader->text != NULL)
    g_string_free (reader->text, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

static gboolean
set_bad_database (const char *path, const char *why, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               /* Translators: first a file's name, then what is wrong in technical words */
               _ ("The list of providers “%s” cannot be used: %s"), name, why);
  return FALSE;
}

/* Feeds the parser; the file is not trusted to be as long as it says. */
static gboolean
parse_stream (GMarkupParseContext *context,
              GInputStream *stream,
              const char *path,
              GCancellable *cancellable,
              GError **error)
{
  g_autofree char *chunk = g_malloc (CHUNK);
  g_autoptr (GError) cause = NULL;
  gsize total = 0;
  gssize n;

  while ((n = g_input_stream_read (stream, chunk, CHUNK, cancellable, error)) > 0)
    {
      total += (gsize) n;
      if (total > SMITH_APN_DATABASE_MAX)
        return set_bad_database (path, "too large", error);
      if (memchr (chunk, '\0', (gsize) n) != NULL)
        return set_bad_database (path, "not a text", error);
      if (!g_markup_parse_context_parse (context, chunk, n, &cause))
        return set_bad_database (path, cause->message, error);
    }
  if (n < 0)
    return FALSE;
  if (!g_markup_parse_context_end_parse (context, &cause))
    return set_bad_database (path, cause->message, error);
  return TRUE;
}

static gboolean
parse_file (Reader *reader, const char *path, GCancellable *cancellable, GError **error)
{
  static const GMarkupParser parser = { on_start, on_end, on_text, NULL, NULL };
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GMarkupParseContext) context = NULL;

  /* To open a pipe would wait for somebody to write into it. */
  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, cancellable) == G_FILE_TYPE_SPECIAL)
    return set_bad_database (path, "not a file", error);
  stream = g_file_read (file, cancellable, error);
  if (stream == NULL)
    return FALSE;
  context = g_markup_parse_context_new (&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, reader, NULL);
  return parse_stream (context, G_INPUT_STREAM (stream), path, cancellable, error);
}

/* Returns: (transfer full): the database's path, or NULL with G_IO_ERROR_NOT_FOUND */
static char *
find_database (GError **error)
{
  static const char *const places[] = {
#ifdef SMITH_PROVIDERS_DATABASE
    SMITH_PROVIDERS_DATABASE,
#endif
    "/app/share/" DATABASE,
    "/usr/local/share/" DATABASE,
    "/usr/share/" DATABASE,
  };
  const char *const *folders = g_get_system_data_dirs ();

  for (gsize i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (folders[i], DATABASE, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    if (g_file_test (places[i], G_FILE_TEST_IS_REGULAR))
      return g_strdup (places[i]);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                       _ ("There is no list of providers on this computer"));
  return NULL;
}

/* Returns: (transfer full): @from with the internet plans first, else in the same order */
static GPtrArray *
put_internet_first (GPtrArray *from)
{
  g_autoptr (GPtrArray) sorted = new_list ();

  for (int is_internet = TRUE; is_internet >= FALSE; is_internet--)
    for (guint i = 0; i < from->len; i++)
      {
        SmithApn *apn = from->pdata[i];

        if (apn != NULL && !apn->is_internet == !is_internet)
          g_ptr_array_add (sorted, g_steal_pointer (&from->pdata[i]));
      }
  return g_steal_pointer (&sorted);
}

/**
 * smith_apn_look_up:
 * @path: (nullable): the database's file; NULL for where the system keeps it
 * @operator_code: country and network of the operator, 5 or 6 digits, such as "26201"
 *
 * Reads the providers' database (mobile-broadband-provider-info) for the ways
 * into an operator's network, which may have several providers. Blocks
 * shortly, reading up to SMITH_APN_DATABASE_MAX bytes; any thread. Names are in
 * the person's language where the database has them.
 *
 * Errors: G_IO_ERROR_INVALID_ARGUMENT for a code that is none, NOT_FOUND where
 * there is no database, INVALID_DATA for a damaged one, CANCELLED, or those of
 * reading a file.
 *
 * Returns: (transfer full) (element-type SmithApn): internet plans first; empty
 *   for an operator that is not listed; or NULL with an error
 */
GPtrArray *
smith_apn_look_up (const char *path,
                   const char *operator_code,
                   GCancellable *cancellable,
                   GError **error)
{
  g_auto (Reader) reader = { .exact = new_list (), .loose = new_list (), .pending = new_list () };
  g_autofree char *found = NULL;
  gsize length;

  g_return_val_if_fail (operator_code != NULL, NULL);

  length = strlen (operator_code);
  if ((length != 5 && length != 6) || !is_number (operator_code))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           _ ("The operator’s number is not known"));
      return NULL;
    }
  if (path == NULL)
    path = found = find_database (error);
  if (path == NULL)
    return NULL;
  memcpy (reader.mcc, operator_code, MCC_LENGTH);
  reader.mnc = operator_code + MCC_LENGTH;
  if (!parse_file (&reader, path, cancellable, error))
    return NULL;
  return put_internet_first (reader.exact->len > 0 ? reader.exact : reader.loose);
}
