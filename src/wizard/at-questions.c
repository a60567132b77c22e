/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "at-questions.h"

#include <glib/gi18n.h>

typedef struct
{
  const char *command; /* NULL: a new part */
  const char *words;
} Question;

/* These only read. One that asks for the layout of the ports is left out: it is
 * known to make some sticks crash. */
static const Question questions[] = {
  { NULL, N_ ("Stick") },
  { "ATI", N_ ("Who are you?") },
  { "AT^VERSION?", N_ ("All versions") },
  { "AT^HWVER", N_ ("Hardware") },
  { "AT^FHVER", N_ ("Firmware and hardware") },
  { "AT^DLOADINFO?", N_ ("Download mode") },
  { "AT^SETPORT?", N_ ("Which ports it shows") },
  { "AT^PORTLOCK?", N_ ("Lock of the port") },
  { "AT^CARDLOCK?", N_ ("Lock to an operator") },
  { NULL, N_ ("SIM card and network") },
  { "AT+CPIN?", N_ ("SIM card") },
  { "AT+CSQ", N_ ("Signal strength") },
  { "AT+COPS?", N_ ("Operator") },
  { "AT+CREG?", N_ ("Registered for calls") },
  { "AT+CGREG?", N_ ("Registered for data") },
  { "AT+CEREG?", N_ ("Registered for LTE") },
  { "AT^RFSWITCH?", N_ ("Radio on or off") },
  { "AT^SYSCFGEX?", N_ ("Network settings") },
};

/**
 * smith_at_questions_make_menu:
 * @action: takes the command as its target
 *
 * Makes a menu of questions to a stick that change nothing on it.
 *
 * Returns: (transfer full):
 */
GMenuModel *
smith_at_questions_make_menu (const char *action)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) part = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      const Question *question = &questions[i];
      g_autoptr (GMenuItem) item = NULL;
      g_autofree char *label = NULL;

      if (question->command == NULL)
        {
          g_clear_object (&part);
          part = g_menu_new ();
          g_menu_append_section (menu, _ (question->words), G_MENU_MODEL (part));
          continue;
        }
      /* Translators: a question in words, and the command that asks it. */
      label = g_strdup_printf (_ ("%s – %s"), _ (question->words), question->command);
      item = g_menu_item_new (label, NULL);
      g_menu_item_set_action_and_target (item, action, "s", question->command);
      g_menu_append_item (part, item);
    }
  return G_MENU_MODEL (menu);
}
