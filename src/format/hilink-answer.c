/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hilink-answer.h"

#include <glib/gi18n.h>

#include <string.h>

#include "error.h"

/* Real answers are two or three deep and have some thirty elements. */
#define DEPTH_MAX 16
#define ELEMENTS_MAX 1024

#define UTF8_BOM "\xEF\xBB\xBF"

typedef struct
{
  GHashTable *values;
  GString *text;     /* of the element that was opened last */
  gboolean is_inner; /* nothing was closed since: an element without others in it */
  gboolean is_error;
  guint depth;
  guint n_elements;
} Document;

static void
set_not_understood (GError **error)
{
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL,
                       _ ("The stick's web server gave an answer that makes no sense"));
}

static void
set_web_page (GError **error)
{
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL,
                       _ ("The stick's web server answered with a page for people"));
}

/* What may be shown and put into a header: one line, nothing invisible. */
static char *
clean_text (const char *text)
{
  GString *clean = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isspace (c))
        c = ' ';
      else if (!g_unichar_isprint (c))
        c = '?';
      g_string_append_unichar (clean, c);
    }
  g_strstrip (clean->str);
  return g_string_free (clean, FALSE);
}

static void
start_element (GMarkupParseContext *context,
               const char *name,
               const char **attribute_names,
               const char **attribute_values,
               gpointer user_data,
               GError **error)
{
  Document *document = user_data;

  document->depth++;
  document->n_elements++;
  if (document->depth > DEPTH_MAX || document->n_elements > ELEMENTS_MAX
      || (document->depth == 1 && document->n_elements > 1))
    set_not_understood (error);
  else if (document->depth == 1 && g_ascii_strcasecmp (name, "html") == 0)
    set_web_page (error);
  else if (document->depth == 1)
    document->is_error = g_ascii_strcasecmp (name, "error") == 0;
  document->is_inner = TRUE;
  g_string_truncate (document->text, 0);
}

static void
end_element (GMarkupParseContext *context, const char *name, gpointer user_data, GError **error)
{
  Document *document = user_data;

  document->depth--;
  if (document->is_inner && document->depth > 0)
    {
      g_autofree char *key = g_ascii_strdown (name, -1);

      if (!g_hash_table_contains (document->values, key))
        g_hash_table_insert (document->values, g_steal_pointer (&key),
                             clean_text (document->text->str));
    }
  document->is_inner = FALSE;
}

/* Text may come in several pieces; whole characters only are kept. */
static void
add_text (GMarkupParseContext *context,
          const char *text,
          gsize size,
          gpointer user_data,
          GError **error)
{
  Document *document = user_data;
  gsize room = SMITH_HILINK_VALUE_MAX - document->text->len;
  const char *end;

  if (!document->is_inner)
    return;
  g_utf8_validate_len (text, MIN (size, room), &end);
  g_string_append_len (document->text, text, end - text);
}

static gboolean
parse_document (Document *document, const char *text, GError **error)
{
  static const GMarkupParser parser = {
    .start_element = start_element,
    .end_element = end_element,
    .text = add_text,
  };
  g_autoptr (GMarkupParseContext) context
      = g_markup_parse_context_new (&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, document, NULL);
  g_autoptr (GError) wrong = NULL;

  if (g_markup_parse_context_parse (context, text, -1, &wrong)
      && g_markup_parse_context_end_parse (context, &wrong) && document->n_elements > 0)
    return TRUE;
  if (wrong != NULL && wrong->domain == SMITH_ERROR)
    g_propagate_error (error, g_steal_pointer (&wrong));
  else
    set_not_understood (error);
  return FALSE;
}

/* Pages for people need not be well-formed: they are told by how they begin. */
static gboolean
is_web_page (const char *text)
{
  return g_ascii_strncasecmp (text, "<!doctype html", strlen ("<!doctype html")) == 0
         || g_ascii_strncasecmp (text, "<html", strlen ("<html")) == 0;
}

/* Returns: 0 where @text is no code */
static int
read_code (const char *text)
{
  guint64 code;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT, &code, NULL))
    return 0;
  return (int) code;
}

/**
 * smith_hilink_answer_parse:
 * @text: @size bytes as they came from the stick's web server
 *
 * Reads an XML document. Bytes that are not UTF-8 are replaced; a byte order
 * mark, blanks and NULs around the document do not matter; entities are not
 * expanded but for those of XML itself. Values longer than
 * SMITH_HILINK_VALUE_MAX are cut. Any thread.
 *
 * Returns: (transfer full): the answer, be it an error of the server's; or NULL
 *   with SMITH_ERROR_PROTOCOL: not XML, a page for people, half a document, an
 *   error without a code, or far too many elements
 */
SmithHilinkAnswer *
smith_hilink_answer_parse (const char *text, gsize size, GError **error)
{
  g_autoptr (SmithHilinkAnswer) answer = g_new0 (SmithHilinkAnswer, 1);
  g_autoptr (GString) element = g_string_new (NULL);
  g_autofree char *valid = NULL;
  const char *begin;
  Document document = { .text = element };

  while (size > 0 && text[size - 1] == '\0')
    size--;
  valid = size > 0 ? g_utf8_make_valid (text, (gssize) size) : g_strdup ("");
  begin = valid;
  if (g_str_has_prefix (begin, UTF8_BOM))
    begin += strlen (UTF8_BOM);
  begin += strspn (begin, " \t\r\n");
  if (is_web_page (begin))
    {
      set_web_page (error);
      return NULL;
    }
  answer->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  document.values = answer->values;
  if (!parse_document (&document, begin, error))
    return NULL;
  if (document.is_error)
    {
      answer->error = read_code (smith_hilink_answer_get (answer, "code"));
      if (answer->error == 0)
        {
          set_not_understood (error);
          return NULL;
        }
    }
  return g_steal_pointer (&answer);
}

/**
 * smith_hilink_answer_get:
 * @name: of an element; the same in upper and lower case, since builds differ
 *
 * Returns: (transfer none) (nullable): its text, which may be empty
 */
const char *
smith_hilink_answer_get (const SmithHilinkAnswer *answer, const char *name)
{
  g_autofree char *key = g_ascii_strdown (name, -1);

  return g_hash_table_lookup (answer->values, key);
}

void
smith_hilink_answer_free (SmithHilinkAnswer *answer)
{
  g_clear_pointer (&answer->values, g_hash_table_unref);
  g_free (answer);
}

static char *
dup_text (const SmithHilinkAnswer *answer, const char *name)
{
  const char *text = smith_hilink_answer_get (answer, name);

  if (text == NULL || text[0] == '\0')
    return NULL;
  return g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), SMITH_HILINK_TEXT_MAX));
}

/**
 * smith_hilink_info_new:
 * @answer: to a question for the device's information, or its basic information
 *
 * Returns: (transfer full): what it says of the stick, each text cut to
 *   SMITH_HILINK_TEXT_MAX characters; @is_basic is left FALSE
 */
SmithHilinkInfo *
smith_hilink_info_new (const SmithHilinkAnswer *answer)
{
  SmithHilinkInfo *info = g_new0 (SmithHilinkInfo, 1);

  info->device_name = dup_text (answer, "DeviceName");
  info->hardware = dup_text (answer, "HardwareVersion");
  info->software = dup_text (answer, "SoftwareVersion");
  info->webui = dup_text (answer, "WebUIVersion");
  info->imei = dup_text (answer, "Imei");
  info->product_family = dup_text (answer, "ProductFamily");
  info->classify = dup_text (answer, "Classify");
  return info;
}

void
smith_hilink_info_free (SmithHilinkInfo *info)
{
  g_free (info->device_name);
  g_free (info->hardware);
  g_free (info->software);
  g_free (info->webui);
  g_free (info->imei);
  g_free (info->product_family);
  g_free (info->classify);
  g_free (info);
}
