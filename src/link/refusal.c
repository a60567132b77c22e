/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "refusal.h"

#include <glib/gi18n.h>

#include "format/error.h"

/* The commands at which a meaning holds, as bits. */
#define FIRST (1u << SMITH_REFUSED_FIRST_BEGIN)
#define ENDING (1u << SMITH_REFUSED_END)
#define BEGINNING (FIRST | 1u << SMITH_REFUSED_BEGIN)
#define ANY (BEGINNING | 1u << SMITH_REFUSED_BLOCK | ENDING | 1u << SMITH_REFUSED_OTHER)

#define ANOTHER_FILE N_ ("Choose a file for exactly this model.")
#define BETTER_LINE N_ ("Use another USB port, without a hub, and write the same files again.")
#define WRITE_AGAIN                                                                                \
  N_ ("Write the same files again. If it stops at the same place each time, the stick’s memory " \
      "is "                                                                                        \
      "worn out.")
#define SAVE_REPORT N_ ("Save the report and ask for help with it.")

typedef struct
{
  int code;
  guint commands;
  gboolean qualcomm; /* of sticks with a Qualcomm chip only */
  const char *meaning;
  const char *advice;
} Refusal;

/* The first that fits counts. What the codes mean is from the vendor's sources;
 * a wrong destination at the first begin and a wrong signature at the end were
 * also seen on sticks that were given other sticks' or altered files. */
static const Refusal refusals[] = {
  { 0x1, ANY, FALSE, N_ ("the data arrived damaged"), BETTER_LINE },
  { 0x2, FIRST, FALSE, N_ ("the file is meant for another stick"), ANOTHER_FILE },
  { 0x2, ANY, FALSE, N_ ("it has no place for this part: the file is meant for another stick"),
    ANOTHER_FILE },
  { 0x3, BEGINNING, FALSE, N_ ("it does not take a part of this size"), ANOTHER_FILE },
  { 0x3, ANY, FALSE, N_ ("the data has the wrong length"), BETTER_LINE },
  { 0x4, ANY, FALSE, N_ ("the data is too short"), BETTER_LINE },
  { 0x5, BEGINNING, FALSE, N_ ("the part is too large for it"), ANOTHER_FILE },
  { 0x5, ANY, FALSE, N_ ("the data is too large"), BETTER_LINE },
  { 0x6, FIRST, TRUE,
    N_ ("its loader is a plain one of the chip’s maker, which does not know Huawei’s commands"),
    N_ ("This program cannot write the stick in this state.") },
  { 0x6, ANY, FALSE, N_ ("it does not know this command"), SAVE_REPORT },
  { 0x7, ANY, FALSE, N_ ("writing failed, or a piece of the data is missing"), WRITE_AGAIN },
  { 0x8, ANY, FALSE, N_ ("the file is made for another kind of flash memory"), ANOTHER_FILE },
  { 0x9, ANY, FALSE, N_ ("its voltage is not right for writing"), BETTER_LINE },
  { 0xA, ENDING, FALSE, N_ ("what was written does not pass its check"), WRITE_AGAIN },
  { 0xA, ANY, FALSE, N_ ("it does not accept where the file comes from"), ANOTHER_FILE },
  { 0xB, ANY, FALSE,
    N_ ("it wants a security code, which only its maker has; this program guesses none"),
    N_ ("Choose another file for this model.") },
  { 0xC, ENDING, FALSE, N_ ("the part was altered or is wrongly signed"),
    N_ ("Get the file from its original source, and write it.") },
  { 0xC, ANY, FALSE, N_ ("the security code or the signature is wrong"), ANOTHER_FILE },
  { 0xE, ANY, FALSE, N_ ("this is not permitted"), ANOTHER_FILE },
  { 0xF, ANY, FALSE, N_ ("the part belongs to an address that it cannot read"), ANOTHER_FILE },
};

static const Refusal *
find (int code, SmithRefusedCommand command, gboolean is_balong)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (refusals[i].code == code && (refusals[i].commands & 1u << command) != 0
        && !(refusals[i].qualcomm && is_balong))
      return &refusals[i];
  return NULL;
}

/**
 * smith_refusal_describe:
 * @code: that the stick gave, or SMITH_NO_REFUSAL where it gave none
 * @command: what it was sent
 * @is_balong: whether its loader is known to be that of a Balong chip
 *
 * Says what a refusal in download mode means, whether anything was written,
 * and what a person can do. Any thread.
 *
 * Returns: (transfer full): some sentences, with the code
 */
char *
smith_refusal_describe (int code, SmithRefusedCommand command, gboolean is_balong)
{
  const Refusal *refusal = find (code, command, is_balong);
  GString *text = g_string_new (NULL);

  if (refusal != NULL)
    g_string_append_printf (text, _ ("The stick said no: %s (code %X)."), _ (refusal->meaning),
                            (guint) code);
  else if (code == SMITH_NO_REFUSAL)
    g_string_append (text, _ ("The stick said no, without a reason."));
  else
    g_string_append_printf (text,
                            _ ("The stick said no (code %X), and what that means is not known."),
                            (guint) code);
  if (command == SMITH_REFUSED_FIRST_BEGIN)
    g_string_append_printf (text, " %s", _ ("Nothing was written."));
  g_string_append_printf (text, " %s", _ (refusal != NULL ? refusal->advice : SAVE_REPORT));
  return g_string_free (text, FALSE);
}
