/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include <errno.h>
#include <locale.h>
#include <string.h>

#include "config.h"
#include "format/error.h"
#include "simulator/practice.h"
#include "simulator/virtual-stick.h"

/* What goes wrong with practice itself is told in the person's language. The
 * translation “xx” makes every text longer, and puts this behind it. */
#define MARK "öå"

static void
assert_translated (const GError *error)
{
  g_assert_nonnull (error);
  if (strstr (error->message, MARK) == NULL)
    g_error ("This is not translated: %s", error->message);
}

static void
test_files (void)
{
  g_auto (SmithPracticeFiles) files = { NULL };
  g_autoptr (GError) error = NULL;

  /* Nothing can be made below a device, not even by root. */
  g_assert_false (smith_practice_write_files ("/dev/null/practice", &files, &error));
  assert_translated (error);
  g_assert_nonnull (strstr (error->message, "/dev/null/practice"));
  g_assert_nonnull (strstr (error->message, g_strerror (ENOTDIR)));
}

static void
test_stick (void)
{
  SmithVirtualStickConfig config
      = { .usb_path = "1-1", .start = SMITH_MODE_CHARGING, .chip = SMITH_CHIP_V7R11 };
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (smith_virtual_stick_new (bus, &config, NULL, NULL, &error));
  assert_translated (error);
}

/* In “xx” no vowel is left as it was; what stands in quotation marks is the script's. */
static void
assert_no_plain_word (const char *message)
{
  gboolean quoted = FALSE;

  for (const char *p = message; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == 0x201c || c == 0x201d)
        quoted = c == 0x201c;
      else if (!quoted && c < 0x80 && strchr ("aeiou", (int) c) != NULL)
        g_error ("This is not all translated: %s", message);
    }
}

static void
test_scripts (void)
{
  static const char *const scripts[] = {
    "usb 1 lost",
    "boot",
    "boot 0 lost",
    "boot 1 none",
    "boot 1 lost 5",
    "boot 1 delay",
    "boot 1 lost times",
    "boot 1 lost times 2 3",
    "a b c d e f g h",
    "after load",
    "after lunch never",
    "after load right",
    "after load old-version",
    "after load never\nafter load never",
    "\xff\xfe",
  };
  g_autofree char *long_one = g_strnfill (100000, '\n');

  for (gsize i = 0; i <= G_N_ELEMENTS (scripts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (
          smith_fault_script_parse (i < G_N_ELEMENTS (scripts) ? scripts[i] : long_one, &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
      assert_translated (error);
      assert_no_plain_word (error->message);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("LANGUAGE", "xx", TRUE);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("SMITH_LOCALES"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_test_add_func ("/practice-texts/files", test_files);
  g_test_add_func ("/practice-texts/stick", test_stick);
  g_test_add_func ("/practice-texts/scripts", test_scripts);
  return g_test_run ();
}
