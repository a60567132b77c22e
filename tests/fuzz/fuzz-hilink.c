/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <string.h>

#include "format/error.h"
#include "link/hilink.h"

static void
check_text (const char *text, glong max)
{
  if (text == NULL)
    return;
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (text, -1), <=, max);
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    g_assert_true (g_unichar_isprint (g_utf8_get_char (p)));
}

static void
check_info (const SmithHilinkAnswer *answer)
{
  g_autoptr (SmithHilinkInfo) info = smith_hilink_info_new (answer);

  check_text (info->device_name, SMITH_HILINK_TEXT_MAX);
  check_text (info->hardware, SMITH_HILINK_TEXT_MAX);
  check_text (info->software, SMITH_HILINK_TEXT_MAX);
  check_text (info->webui, SMITH_HILINK_TEXT_MAX);
  check_text (info->imei, SMITH_HILINK_TEXT_MAX);
  check_text (info->product_family, SMITH_HILINK_TEXT_MAX);
  check_text (info->classify, SMITH_HILINK_TEXT_MAX);
}

/* The same bytes as a table of routes. */
static void
check_gateway (const guint8 *data, gsize size)
{
  g_autofree char *table = g_strndup ((const char *) data, size);
  g_autofree char *gateway = smith_hilink_parse_gateway (table, "eth0");

  g_assert_true (gateway == NULL || g_hostname_is_ip_address (gateway));
  smith_hilink_is_only_way (table, "eth0", SMITH_HILINK_DEFAULT_ADDRESS);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithHilinkAnswer) answer
      = smith_hilink_answer_parse ((const char *) data, size, &error);
  GHashTableIter values;
  gpointer name;
  gpointer value;

  check_gateway (data, size);
  if (answer == NULL)
    {
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL);
      return 0;
    }
  g_assert_no_error (error);
  g_assert_cmpint (answer->error, >=, 0);
  g_hash_table_iter_init (&values, answer->values);
  while (g_hash_table_iter_next (&values, &name, &value))
    {
      check_text (value, SMITH_HILINK_VALUE_MAX);
      g_assert_cmpuint (strlen (value), <=, SMITH_HILINK_VALUE_MAX);
      g_assert_true (smith_hilink_answer_get (answer, name) == value);
    }
  check_info (answer);
  return 0;
}
