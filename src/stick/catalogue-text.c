/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "catalogue-private.h"

#include <glib/gi18n.h>

const SmithCatalogueWord smith_family_words[] = {
  { "balong", SMITH_FAMILY_BALONG },
  { "qualcomm", SMITH_FAMILY_QUALCOMM },
  { NULL },
};

const SmithCatalogueWord smith_note_words[] = {
  { "brovi", SMITH_NOTE_BROVI },
  { "emergency", SMITH_NOTE_EMERGENCY },
  { "fastboot", SMITH_NOTE_FASTBOOT },
  { "later-router", SMITH_NOTE_LATER_ROUTER },
  { NULL },
};

#define BROVI_TEXT                                                                                 \
  N_ ("This is a newer stick with other insides (E3372-325). Nobody can convert it so far.")

/* Why a model is refused: a word of the file and what a person reads. */
static const struct
{
  const char *word;
  const char *text;
} reasons[] = {
  { "other-firmware",
    N_ ("This stick needs another kind of firmware than Sticksmith can write, so it is left as it "
        "is.") },
  { "brovi", BROVI_TEXT },
};

static const char *const note_texts[] = {
  [SMITH_NOTE_NONE] = NULL,
  [SMITH_NOTE_BROVI] = BROVI_TEXT,
  [SMITH_NOTE_EMERGENCY]
  = N_ ("A device with a Qualcomm chip is in its emergency mode. Bringing it back takes tools "
        "that Sticksmith does not have."),
  [SMITH_NOTE_FASTBOOT]
  = N_ ("The stick is in a recovery mode (fastboot) that Sticksmith does not use. Unplug it and "
        "plug it in again."),
  [SMITH_NOTE_LATER_ROUTER]
  = N_ ("This is a newer router waiting for firmware. Sticksmith is for sticks and leaves it "
        "alone."),
};

static const char *
find_word (const SmithCatalogueWord *words, int value)
{
  for (; words->word != NULL; words++)
    if (words->value == value)
      return words->word;
  return NULL;
}

const char *
smith_family_name (SmithFamily family)
{
  const char *word = find_word (smith_family_words, (int) family);

  return word != NULL ? word : "unknown";
}

const char *
smith_note_name (SmithNote note)
{
  return find_word (smith_note_words, (int) note);
}

const char *
smith_note_text (SmithNote note)
{
  const char *text = (guint) note < G_N_ELEMENTS (note_texts) ? note_texts[note] : NULL;

  return text != NULL ? _ (text) : NULL;
}

/* Returns: (nullable): what a person reads for @word of the file; what is no
 * word there is the text itself */
const char *
smith_catalogue_get_reason (const char *word)
{
  for (guint i = 0; word != NULL && i < G_N_ELEMENTS (reasons); i++)
    if (g_str_equal (reasons[i].word, word))
      return reasons[i].text;
  return word;
}
