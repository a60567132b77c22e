/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wizard/outcome.h"

#include <gio/gio.h>

#include <string.h>

#include "format/error.h"
#include "wizard/help-texts.h"

static const struct
{
  int code; /* of SMITH_ERROR; -1: cancelled; -3: the disk is full */
  SmithStep step;
  gboolean touched;
  SmithMode mode; /* UNKNOWN: nothing is there */
  const char *id;
  SmithAction action;
  gboolean qualcomm; /* its download mode is another one */
  gboolean waited;   /* for firmware, already before */
} cases[] = {
  { -1, SMITH_STEP_FLASH, FALSE, SMITH_MODE_DOWNLOAD, "cancelled", SMITH_ACTION_TRY_AGAIN },
  { -1, SMITH_STEP_FLASH, FALSE, SMITH_MODE_DOWNLOAD, "cancelled-waiting", SMITH_ACTION_TRY_AGAIN,
    .waited = TRUE },
  { -1, SMITH_STEP_LOADER, FALSE, SMITH_MODE_BOOT_ROM, "cancelled-waiting", SMITH_ACTION_TRY_AGAIN,
    .waited = TRUE },
  { -1, SMITH_STEP_FLASH, FALSE, SMITH_MODE_UNKNOWN, "cancelled-away", SMITH_ACTION_TRY_AGAIN,
    .waited = TRUE },
  { -1, SMITH_STEP_FLASH, FALSE, SMITH_MODE_HILINK, "cancelled", SMITH_ACTION_TRY_AGAIN,
    .waited = TRUE },
  { SMITH_ERROR_REFUSED, SMITH_STEP_FLASH, FALSE, SMITH_MODE_DOWNLOAD, "refused-at-once",
    SMITH_ACTION_CHOOSE_FILE, .waited = TRUE },
  { -1, SMITH_STEP_FLASH, TRUE, SMITH_MODE_DOWNLOAD, "cancelled-midway", SMITH_ACTION_GO_ON },
  { -1, SMITH_STEP_FLASH, TRUE, SMITH_MODE_DOWNLOAD, "cancelled-midway", SMITH_ACTION_GO_ON,
    .waited = TRUE },
  { SMITH_ERROR_WRONG_FILE, SMITH_STEP_FLASH, FALSE, SMITH_MODE_DOWNLOAD, "wrong-file",
    SMITH_ACTION_CHOOSE_FILE },
  { SMITH_ERROR_BAD_FILE, SMITH_STEP_PREPARE, FALSE, SMITH_MODE_BOOT_ROM, "bad-file",
    SMITH_ACTION_CHOOSE_FILE },
  { SMITH_ERROR_BAD_FILE, SMITH_STEP_FLASH, TRUE, SMITH_MODE_DOWNLOAD, "file-changed",
    SMITH_ACTION_CHOOSE_FILE },
  { SMITH_ERROR_UNSAFE_LOADER, SMITH_STEP_PREPARE, FALSE, SMITH_MODE_BOOT_ROM, "unsafe-loader",
    SMITH_ACTION_CHOOSE_LOADER },
  { SMITH_ERROR_PERMISSION, SMITH_STEP_LOADER, FALSE, SMITH_MODE_BOOT_ROM, "no-permission",
    SMITH_ACTION_TRY_AGAIN },
  { SMITH_ERROR_BUSY, SMITH_STEP_FLASH, FALSE, SMITH_MODE_DOWNLOAD, "port-busy",
    SMITH_ACTION_TRY_AGAIN },
  { SMITH_ERROR_TIMEOUT, SMITH_STEP_BOOT_MODE, FALSE, SMITH_MODE_UNKNOWN, "no-boot-mode",
    SMITH_ACTION_TRY_AGAIN },
  { SMITH_ERROR_UNSUPPORTED, SMITH_STEP_LOADER, FALSE, SMITH_MODE_BOOT_ROM, "loader-not-started",
    SMITH_ACTION_CHOOSE_LOADER },
  { SMITH_ERROR_DISCONNECTED, SMITH_STEP_LOADER, FALSE, SMITH_MODE_UNKNOWN, "gone-at-loader",
    SMITH_ACTION_TRY_AGAIN },
  { SMITH_ERROR_REFUSED, SMITH_STEP_FLASH, FALSE, SMITH_MODE_DOWNLOAD, "refused-at-once",
    SMITH_ACTION_CHOOSE_FILE },
  { SMITH_ERROR_REFUSED, SMITH_STEP_FLASH, TRUE, SMITH_MODE_DOWNLOAD, "part-refused",
    SMITH_ACTION_CHOOSE_FILE },
  { SMITH_ERROR_DISCONNECTED, SMITH_STEP_FLASH, TRUE, SMITH_MODE_UNKNOWN, "unplugged",
    SMITH_ACTION_GO_ON },
  { SMITH_ERROR_DISCONNECTED, SMITH_STEP_FLASH, TRUE, SMITH_MODE_DOWNLOAD, "broken-connection",
    SMITH_ACTION_GO_ON },
  { SMITH_ERROR_WRONG_VERSION, SMITH_STEP_COME_BACK, TRUE, SMITH_MODE_STICK, "old-version",
    SMITH_ACTION_START_OVER },
  { SMITH_ERROR_TIMEOUT, SMITH_STEP_COME_BACK, TRUE, SMITH_MODE_UNKNOWN, "not-back",
    SMITH_ACTION_START_OVER },
  { SMITH_ERROR_WRONG_DEVICE, SMITH_STEP_COME_BACK, TRUE, SMITH_MODE_DOWNLOAD, "not-started",
    SMITH_ACTION_GO_ON },
  /* Only a stick that did restart, and waits again, is called past repair. */
  { SMITH_ERROR_WRONG_DEVICE, SMITH_STEP_COME_BACK, TRUE, SMITH_MODE_DOWNLOAD, "waits-again",
    SMITH_ACTION_START_OVER, TRUE },
  { SMITH_ERROR_DISCONNECTED, SMITH_STEP_COME_BACK, TRUE, SMITH_MODE_DOWNLOAD, "left-at-restart",
    SMITH_ACTION_GO_ON, TRUE },
  { SMITH_ERROR_DISCONNECTED, SMITH_STEP_COME_BACK, TRUE, SMITH_MODE_UNKNOWN, "left-at-restart",
    SMITH_ACTION_GO_ON },
  { SMITH_ERROR_TIMEOUT, SMITH_STEP_COME_BACK, TRUE, SMITH_MODE_DOWNLOAD, "not-restarted",
    SMITH_ACTION_GO_ON, TRUE },
  { SMITH_ERROR_PROTOCOL, SMITH_STEP_COME_BACK, TRUE, SMITH_MODE_DOWNLOAD, "not-started",
    SMITH_ACTION_GO_ON, TRUE },
  { SMITH_ERROR_DISCONNECTED, SMITH_STEP_FLASH, TRUE, SMITH_MODE_DOWNLOAD, "broken-connection",
    SMITH_ACTION_GO_ON, TRUE },
  { SMITH_ERROR_UNSUPPORTED, SMITH_STEP_COME_BACK, TRUE, SMITH_MODE_HILINK, "back-as-hilink",
    SMITH_ACTION_START_OVER },
  /* Everything is written and the stick is at work: that is said, whatever is amiss. */
  { SMITH_ERROR_TIMEOUT, SMITH_STEP_COME_BACK, TRUE, SMITH_MODE_STICK, "no-answer",
    SMITH_ACTION_ASK_AGAIN },
  { SMITH_ERROR_TIMEOUT, SMITH_STEP_COME_BACK, TRUE, SMITH_MODE_HILINK, "no-web-page",
    SMITH_ACTION_ASK_AGAIN },
  { SMITH_ERROR_REFUSED, SMITH_STEP_COME_BACK, TRUE, SMITH_MODE_HILINK, "login-wanted",
    SMITH_ACTION_ASK_AGAIN },
  { SMITH_ERROR_WRONG_DEVICE, SMITH_STEP_COME_BACK, TRUE, SMITH_MODE_STICK, "other-imei",
    SMITH_ACTION_ASK_AGAIN },
  { SMITH_ERROR_WRONG_DEVICE, SMITH_STEP_COME_BACK, TRUE, SMITH_MODE_HILINK, "other-imei",
    SMITH_ACTION_ASK_AGAIN },
  { SMITH_ERROR_BUSY, SMITH_STEP_COME_BACK, TRUE, SMITH_MODE_STICK, "busy-at-the-end",
    SMITH_ACTION_ASK_AGAIN },
  { SMITH_ERROR_PERMISSION, SMITH_STEP_COME_BACK, TRUE, SMITH_MODE_STICK,
    "no-permission-at-the-end", SMITH_ACTION_ASK_AGAIN },
  { SMITH_ERROR_PROTOCOL, SMITH_STEP_COME_BACK, TRUE, SMITH_MODE_STICK, "no-version",
    SMITH_ACTION_ASK_AGAIN },
  { SMITH_ERROR_PROTOCOL, SMITH_STEP_COME_BACK, TRUE, SMITH_MODE_HILINK, "no-version",
    SMITH_ACTION_ASK_AGAIN },
  { SMITH_ERROR_REFUSED, SMITH_STEP_COME_BACK, TRUE, SMITH_MODE_STICK, "no-version",
    SMITH_ACTION_ASK_AGAIN },
  { SMITH_ERROR_DISCONNECTED, SMITH_STEP_COME_BACK, TRUE, SMITH_MODE_STICK, "no-version",
    SMITH_ACTION_ASK_AGAIN },
  { SMITH_ERROR_TIMEOUT, SMITH_STEP_COME_BACK, TRUE, SMITH_MODE_CD, "cd-at-the-end",
    SMITH_ACTION_ASK_AGAIN },
  { SMITH_ERROR_BUSY, SMITH_STEP_COME_BACK, TRUE, SMITH_MODE_UNKNOWN, "not-seen-at-work",
    SMITH_ACTION_ASK_AGAIN },
  { SMITH_ERROR_UNSUPPORTED, SMITH_STEP_LOADER, TRUE, SMITH_MODE_BOOT_ROM,
    "loader-not-started-again", SMITH_ACTION_CHOOSE_LOADER },
  { SMITH_ERROR_PROTOCOL, SMITH_STEP_FLASH, FALSE, SMITH_MODE_DOWNLOAD, "failed",
    SMITH_ACTION_TRY_AGAIN },
  { SMITH_ERROR_TIMEOUT, SMITH_STEP_FLASH, TRUE, SMITH_MODE_DOWNLOAD, "failed-midway",
    SMITH_ACTION_GO_ON },
  { SMITH_ERROR_UNSUPPORTED, SMITH_STEP_PREPARE, FALSE, SMITH_MODE_STICK, "too-many-files",
    SMITH_ACTION_CHOOSE_FILE },
  { -3, SMITH_STEP_FLASH, FALSE, SMITH_MODE_DOWNLOAD, "not-noted", SMITH_ACTION_TRY_AGAIN },
  { -3, SMITH_STEP_FLASH, TRUE, SMITH_MODE_DOWNLOAD, "not-noted-midway", SMITH_ACTION_GO_ON },
};

static GError *
make_error (int code)
{
  if (code == -3)
    return g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_NOSPC, "x");
  return code < 0 ? g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "x")
                  : g_error_new_literal (SMITH_ERROR, code, "x");
}

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = make_error (cases[i].code);
      g_autoptr (SmithStick) stick = NULL;
      SmithOutcome outcome;

      if (cases[i].mode != SMITH_MODE_UNKNOWN)
        stick = smith_stick_new ("1-1", 0x12d1, 1, cases[i].mode);
      if (stick != NULL && cases[i].qualcomm)
        stick->family = SMITH_FAMILY_QUALCOMM;
      smith_outcome_for (error, cases[i].step, cases[i].touched, cases[i].waited, stick, &outcome);
      g_assert_cmpstr (outcome.id, ==, cases[i].id);
      g_assert_cmpint (outcome.action, ==, cases[i].action);
    }
}

static void
assert_text (const char *text)
{
  g_assert_nonnull (text);
  g_assert_cmpuint (strlen (text), >, 3);
}

/* A stick that did not work before is not told to do so when it is left alone. */
static void
check_waited (const SmithOutcome *outcome)
{
  for (const char *const *word = (const char *[]){ "works", "as it was", NULL }; *word != NULL;
       word++)
    {
      g_assert_null (strstr (outcome->stick, *word));
      g_assert_null (strstr (outcome->next, *word));
    }
}

/* Whatever happens, there is something to say, and it never calls a stick
 * unchanged that was written to. */
static void
check_one (const GError *error, SmithStep step, gboolean touched, SmithStick *stick)
{
  SmithOutcome outcome;

  smith_outcome_for (error, step, touched, TRUE, stick, &outcome);
  if (!touched && step != SMITH_STEP_COME_BACK
      && (stick == NULL || !(smith_mode_is_working (stick->mode) || stick->mode == SMITH_MODE_CD)))
    check_waited (&outcome);
  smith_outcome_for (error, step, touched, FALSE, stick, &outcome);
  assert_text (outcome.title);
  assert_text (outcome.what);
  assert_text (outcome.stick);
  assert_text (outcome.next);
  assert_text (smith_action_label (outcome.action));
  if (outcome.help != NULL)
    g_assert_nonnull (smith_help_find (outcome.help));
  if (!touched)
    return;
  g_assert_false (outcome.harmless);
  for (const char *const *word
       = (const char *[]){ "unchanged", "works as before", "nothing was", NULL };
       *word != NULL; word++)
    {
      g_assert_null (strstr (outcome.title, *word));
      g_assert_null (strstr (outcome.stick, *word));
      g_assert_null (strstr (outcome.next, *word));
    }
  /* Behind the last part nothing broke off in the middle of writing. */
  if (step != SMITH_STEP_COME_BACK)
    return;
  g_assert_null (strstr (outcome.title, "Writing did not"));
  g_assert_null (strstr (outcome.what, "middle of writing"));
  g_assert_null (strstr (outcome.stick, "partly"));
}

/* Whoever only has to ask is still at the return, wherever that ends; and only
 * other firmware is called the old one. */
static void
test_all_written (void)
{
  for (int code = -1; code < SMITH_N_ERRORS; code++)
    for (SmithStep step = 0; step <= SMITH_STEP_COME_BACK; step++)
      for (SmithMode mode = 0; mode <= SMITH_MODE_BOOT_ROM; mode++)
        {
          g_autoptr (GError) error = make_error (code);
          g_autoptr (SmithStick) stick = smith_stick_new ("1-1", 0x12d1, 1, mode);
          const SmithJobStatus status = { .step = step, .touched = TRUE, .all_written = TRUE };
          SmithOutcome direct;
          SmithOutcome outcome;

          smith_outcome_for (error, SMITH_STEP_COME_BACK, TRUE, FALSE, stick, &direct);
          smith_outcome_for_status (error, &status, FALSE, stick, &outcome);
          g_assert_cmpstr (outcome.id, ==, direct.id);
          g_assert_cmpint (g_str_equal (outcome.id, "old-version"), ==,
                           code == SMITH_ERROR_WRONG_VERSION);
          /* What is thrown away is what can no longer be of use. */
          if (outcome.action == SMITH_ACTION_START_OVER && !outcome.keeps)
            g_assert_true (code == SMITH_ERROR_WRONG_VERSION || code == SMITH_ERROR_UNPROVEN
                           || code == SMITH_ERROR_WRONG_DEVICE);
        }
}

static void
test_everything (void)
{
  for (int code = -1; code < SMITH_N_ERRORS; code++)
    for (SmithStep step = 0; step < SMITH_N_STEPS; step++)
      for (SmithMode mode = 0; mode <= SMITH_MODE_BOOT_ROM; mode++)
        for (int touched = 0; touched < 2; touched++)
          {
            g_autoptr (GError) error = make_error (code);
            g_autoptr (SmithStick) stick = smith_stick_new ("1-1", 0x12d1, 1, mode);

            check_one (error, step, touched, stick);
            check_one (error, step, touched, NULL);
            check_one (NULL, step, touched, stick);
          }
}

/* What decides which file is right is where the person is sent: outcome and help agree. */
static void
test_wrong_file (void)
{
  g_autoptr (GError) error = g_error_new_literal (SMITH_ERROR, SMITH_ERROR_WRONG_FILE, "why");
  const SmithHelpTopic *topic;
  SmithOutcome outcome;

  smith_outcome_for (error, SMITH_STEP_FLASH, FALSE, FALSE, NULL, &outcome);
  topic = smith_help_find (outcome.help);
  g_assert_nonnull (strstr (outcome.next, "“Hardware”"));
  g_assert_nonnull (topic);
  g_assert_nonnull (strstr (topic->steps[0], "“Hardware”"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outcome/table", test_table);
  g_test_add_func ("/outcome/everything", test_everything);
  g_test_add_func ("/outcome/wrong-file", test_wrong_file);
  g_test_add_func ("/outcome/all-written", test_all_written);
  return g_test_run ();
}
