/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <string.h>

#include "format/device-text.h"
#include "format/version.h"
#include "stick/at-facts.h"

static void
check_text (const char *text)
{
  if (text == NULL)
    return;
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_cmpuint (strlen (text), >, 0);
  g_assert_cmpuint (strlen (text), <=, SMITH_DEVICE_TEXT_MAX);
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (p)));
}

static void
check (const SmithIdentity *identity)
{
  SmithVersion version;
  g_autofree char *masked = smith_identity_mask_imei (identity);

  check_text (identity->name);
  check_text (identity->hardware);
  check_text (identity->firmware);
  check_text (identity->webui);
  check_text (identity->product);
  check_text (identity->operator_name);
  if (identity->imei != NULL)
    {
      gsize n = strspn (identity->imei, "0123456789");

      g_assert_true (n >= 14 && n <= 16 && identity->imei[n] == '\0');
      g_assert_cmpuint (strspn (masked, "0123456789"), ==, 3);
    }
  g_assert_cmpint (identity->signal, >=, -1);
  g_assert_cmpint (identity->signal, <=, 31);
  g_assert_cmpint (identity->download_type, >=, -1);
  g_assert_cmpint (identity->sim, <=, SMITH_SIM_FAILED);
  g_assert_cmpint (identity->lock, <=, SMITH_LOCK_FOR_GOOD);
  g_assert_cmpint (identity->registration, <=, SMITH_REGISTRATION_ROAMING);
  smith_version_parse (identity->firmware, &version);
  g_assert_cmpuint (version.n_groups, <=, G_N_ELEMENTS (version.groups));
}

/* The text of a web server or a file is cleaned by the same hand. */
static void
check_cleaning (const guint8 *data, gsize size)
{
  g_autofree char *text = smith_device_text ((const char *) data, (gssize) size);
  g_autofree char *word = smith_device_word ((const char *) data, (gssize) size);
  g_autofree char *again = smith_device_text (text, -1);

  check_text (text);
  check_text (word);
  g_assert_cmpstr (text, ==, again);
}

/* The command, a newline, what the stick says. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const guint8 *newline = memchr (data, '\n', size);
  g_autofree char *command = NULL;
  g_autoptr (SmithAtParser) parser = NULL;
  g_autoptr (SmithAtAnswer) answer = NULL;
  g_autoptr (SmithIdentity) identity = NULL;

  if (newline == NULL)
    return 0;
  command = g_strndup ((const char *) data, (gsize) (newline - data));
  size -= (gsize) (newline + 1 - data);
  check_cleaning (newline + 1, size);
  parser = smith_at_parser_new (command);
  if (!smith_at_parser_feed (parser, newline + 1, size, NULL))
    return 0;
  answer = smith_at_parser_take (parser);
  if (answer == NULL)
    return 0;
  identity = smith_identity_new ();
  smith_at_facts_read (command, answer, identity);
  check (identity);
  return 0;
}
