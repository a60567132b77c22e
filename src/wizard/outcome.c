/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcome.h"

#include <glib/gi18n.h>

#include "format/error.h"
#include "stick/catalogue.h"

/* Beside the codes of SMITH_ERROR. */
#define CANCELLED (-1)
#define ANY_CODE (-2)
#define NOT_NOTED (-3)

#define ANY_STEP (-1)

typedef enum
{
  EITHER,
  UNTOUCHED,
  TOUCHED,
  STILL_WAITING, /* untouched as well, but it waited for firmware before */
} Touch;

/* What is on the bus at the stick's place, as bits. */
typedef enum
{
  NOTHING = 1 << 0,
  WAITING = 1 << 1,     /* boot ROM or download mode */
  WORKING = 1 << 2,     /* the firmware of a modem runs */
  OLD_WAITING = 1 << 3, /* download mode of a stick with a Qualcomm chip */
  AS_HILINK = 1 << 4,   /* the firmware of a HiLink stick runs */
  SHOWS_CD = 1 << 5,    /* nothing but a CD drive */
  STRANGE = 1 << 6,     /* what needs another port, or another program */
  EVER_WAITING = WAITING | OLD_WAITING,
  AT_WORK = WORKING | AS_HILINK,
  RUNNING = AT_WORK | SHOWS_CD | STRANGE,
  ANYTHING = NOTHING | EVER_WAITING | RUNNING,
} Seen;

typedef struct
{
  int code;
  int step;
  Touch touch;
  guint seen;
  const char *id;
  const char *title;
  const char *what;
  const char *next;
  SmithAction action;
  const char *help; /* topic, or NULL */
  gboolean keeps;   /* as in SmithOutcome */
} Ending;

/* The first that fits counts; the last one always does. */
static const Ending endings[] = {
  /* The person's own doing. */
  { CANCELLED, ANY_STEP, STILL_WAITING, NOTHING, "cancelled-away",
    N_ ("Stopped, and nothing was written"),
    N_ ("You stopped the conversion before anything was written to the stick."),
    N_ ("Plug the stick in at the same place, straight into the computer."), SMITH_ACTION_TRY_AGAIN,
    "download-mode" },
  { CANCELLED, ANY_STEP, STILL_WAITING, EVER_WAITING | STRANGE, "cancelled-waiting",
    N_ ("Stopped, and nothing was written"),
    N_ ("You stopped the conversion before anything was written to the stick."),
    N_ ("You can begin again whenever you like: the stick keeps waiting."), SMITH_ACTION_TRY_AGAIN,
    "download-mode" },
  { CANCELLED, ANY_STEP, UNTOUCHED, ANYTHING, "cancelled", N_ ("Stopped, and nothing was written"),
    N_ ("You stopped the conversion before anything was written to the stick."),
    N_ ("You can begin again whenever you like. To use the stick as it was, unplug it and plug it "
        "in again."),
    SMITH_ACTION_TRY_AGAIN, NULL },
  { CANCELLED, SMITH_STEP_COME_BACK, EITHER, ANYTHING, "cancelled-late",
    N_ ("Stopped before the stick was back"),
    N_ ("Everything was written. Sticksmith stopped waiting, so it has not seen whether the new "
        "firmware runs."),
    N_ ("Leave the stick plugged in for a minute and start over: the first page shows which "
        "firmware is on it."),
    SMITH_ACTION_START_OVER, "away", TRUE },
  { CANCELLED, ANY_STEP, TOUCHED, ANYTHING, "cancelled-midway",
    N_ ("Stopped in the middle of writing"),
    N_ ("You stopped the conversion after writing had begun."),
    N_ ("Leave the stick plugged in and go on: what is complete already is not written again."),
    SMITH_ACTION_GO_ON, "interrupted" },

  /* The disk: what it holds would have become wrong. */
  { NOT_NOTED, ANY_STEP, UNTOUCHED, ANYTHING, "not-noted",
    N_ ("It cannot be noted what is written"),
    N_ ("The disk takes nothing new, and what it holds of an earlier conversion would be wrong "
        "once something is written. So Sticksmith wrote nothing."),
    N_ ("Make room on the disk, or see that your state folder can be written to, and try again."),
    SMITH_ACTION_TRY_AGAIN, NULL },
  { NOT_NOTED, ANY_STEP, TOUCHED, ANYTHING, "not-noted-midway",
    N_ ("It cannot be noted what is written"),
    N_ ("The disk takes nothing new, and what it holds of the conversion so far would be wrong "
        "once more is written. So Sticksmith wrote nothing more."),
    N_ ("Make room on the disk, or see that your state folder can be written to, and go on."),
    SMITH_ACTION_GO_ON, NULL },

  /* Coming back: everything was written, and that is said, whatever is amiss. */
  { SMITH_ERROR_WRONG_VERSION, SMITH_STEP_COME_BACK, EITHER, ANYTHING, "old-version",
    N_ ("The stick still has its old firmware"),
    N_ ("Everything was written and the stick started, but it shows another version than the one "
        "that was written."),
    N_ ("Convert it once more. If it stays like this, save the report and ask for help with it."),
    SMITH_ACTION_START_OVER, NULL },
  { SMITH_ERROR_UNPROVEN, SMITH_STEP_COME_BACK, EITHER, ANYTHING, "same-version",
    N_ ("The stick shows the same version as before"),
    N_ ("Everything was written and confirmed, and the stick started. But the files do not say "
        "which version they hold, and the stick shows the one that it had: either that is what "
        "they hold, too, or the new firmware does not run."),
    N_ ("If the stick does what you wanted, all is well. If not, take a firmware file that tells "
        "its version, and convert it once more."),
    SMITH_ACTION_START_OVER, NULL },
  { SMITH_ERROR_WRONG_DEVICE, SMITH_STEP_COME_BACK, EITHER, AT_WORK, "other-imei",
    N_ ("The stick that is back may be another one"),
    N_ ("Everything was written, and the stick that is plugged in here works, but it tells another "
        "IMEI than the one before."),
    N_ ("If it is another stick, plug the right one in here and ask again. If it is the same one, "
        "save the report and ask for help with it: its identity is damaged."),
    SMITH_ACTION_ASK_AGAIN, NULL },
  { SMITH_ERROR_BUSY, SMITH_STEP_COME_BACK, EITHER, AT_WORK, "busy-at-the-end",
    N_ ("The stick is back, and another program is using it"),
    N_ ("Everything was written, and the stick works; only its version could not be read, because "
        "another program keeps its port to itself."),
    N_ ("Close programs that use mobile broadband, wait a moment, and ask again. Nothing is "
        "written "
        "again."),
    SMITH_ACTION_ASK_AGAIN, "busy" },
  { SMITH_ERROR_PERMISSION, SMITH_STEP_COME_BACK, EITHER, AT_WORK, "no-permission-at-the-end",
    N_ ("The stick is back, and Sticksmith may not use its port"),
    N_ ("Everything was written, and the stick works; only its version could not be read, because "
        "the system does not let your user account talk to it."),
    N_ ("Allow the access here, unplug the stick and plug it in again, then ask again. Nothing is "
        "written again."),
    SMITH_ACTION_ASK_AGAIN, "no-permission" },
  { SMITH_ERROR_TIMEOUT, SMITH_STEP_COME_BACK, EITHER, WORKING, "no-answer",
    N_ ("The stick is back, but does not answer"),
    N_ ("Everything was written, and the stick works; only its version could not be read, because "
        "it did not answer in time."),
    N_ ("Wait a minute, or unplug it and plug it in again. Then ask again; nothing is written "
        "again."),
    SMITH_ACTION_ASK_AGAIN, "away" },
  { SMITH_ERROR_TIMEOUT, SMITH_STEP_COME_BACK, EITHER, AS_HILINK, "no-web-page",
    N_ ("The stick is back, but its web page does not answer"),
    N_ ("Everything was written, and the stick works; only its version could not be read, because "
        "its web page did not answer in time."),
    N_ ("Its first start may take a while, and the computer must be connected to it. Wait a minute "
        "and ask again; nothing is written again."),
    SMITH_ACTION_ASK_AGAIN, "router" },
  { SMITH_ERROR_REFUSED, SMITH_STEP_COME_BACK, EITHER, AS_HILINK, "login-wanted",
    N_ ("The stick is back, and wants somebody to log in"),
    N_ ("Everything was written, and the stick works; only its version could not be read, because "
        "its web page does not tell it without a password."),
    N_ ("Log in on the stick’s own web page and look at its version there, or ask again. Nothing "
        "is "
        "written again."),
    SMITH_ACTION_ASK_AGAIN, "router" },
  { ANY_CODE, SMITH_STEP_COME_BACK, EITHER, SHOWS_CD, "cd-at-the-end",
    N_ ("The stick is back, but shows nothing but its CD drive"),
    N_ ("Everything was written, and the stick started. Its modem comes only when the CD drive is "
        "put away."),
    N_ ("Eject the CD drive in the file manager, wait a moment, and ask again. Nothing is written "
        "again."),
    SMITH_ACTION_ASK_AGAIN, NULL },
  { SMITH_ERROR_TIMEOUT, SMITH_STEP_COME_BACK, EITHER, NOTHING, "not-back",
    N_ ("The stick has not come back yet"),
    N_ ("Everything was written, but the stick did not show up again in time."),
    N_ ("Unplug it, wait ten seconds and plug it in again. The first start may take a while. "
        "Nothing of this is forgotten: it can be gone on with."),
    SMITH_ACTION_START_OVER, "away", TRUE },
  { SMITH_ERROR_DISCONNECTED, SMITH_STEP_COME_BACK, EITHER, NOTHING | EVER_WAITING,
    "left-at-restart", N_ ("The stick left before it had restarted"),
    N_ ("Everything was written, but the stick went away before it had confirmed its restart: a "
        "loose plug, or a hand that was too quick. So it has not tried the new firmware yet."),
    N_ ("Plug it in if it is not, and go on: its last part is written once more, and it is "
        "restarted. Should it wait for firmware again after that, it has lost its calibration or "
        "its settings, which no firmware file contains."),
    SMITH_ACTION_GO_ON, "interrupted" },
  { SMITH_ERROR_TIMEOUT, SMITH_STEP_COME_BACK, EITHER, OLD_WAITING, "not-restarted",
    N_ ("The stick did not restart"),
    N_ ("Everything was written, but the stick did not leave download mode when it was told to "
        "restart. So it has not tried the new firmware yet."),
    N_ ("Unplug it, wait ten seconds and plug it in again. If it still waits for firmware then, go "
        "on: it is restarted once more."),
    SMITH_ACTION_GO_ON, "download-mode" },
  { SMITH_ERROR_WRONG_DEVICE, SMITH_STEP_COME_BACK, EITHER, OLD_WAITING, "waits-again",
    N_ ("The stick waits for firmware again"),
    N_ ("Everything was written and confirmed, and still the stick does not start it. A stick of "
        "this kind that does so has lost its calibration or its settings, which no firmware file "
        "contains."),
    N_ ("Writing it again will not help, and Sticksmith cannot repair this. Save the report: it "
        "tells somebody who repairs sticks what was done."),
    SMITH_ACTION_START_OVER, NULL },
  { ANY_CODE, SMITH_STEP_COME_BACK, EITHER, EVER_WAITING, "not-started",
    N_ ("The new firmware did not start"),
    N_ ("Everything was written, but the stick still waits for firmware instead of starting it."),
    N_ ("Write the firmware once more. If that does not help, try another file for this model."),
    SMITH_ACTION_GO_ON, "download-mode" },
  { SMITH_ERROR_UNSUPPORTED, SMITH_STEP_COME_BACK, EITHER, AS_HILINK, "back-as-hilink",
    N_ ("The stick is back, as a HiLink stick"),
    N_ ("Everything was written and the stick started. Its version cannot be read in this mode."),
    N_ ("Open the stick’s own web page to look at its version."), SMITH_ACTION_START_OVER, "router",
    TRUE },
  { ANY_CODE, SMITH_STEP_COME_BACK, EITHER, AT_WORK, "no-version",
    N_ ("The stick is back, but its version is not known"),
    N_ ("Everything was written, and the stick works; only its version could not be read. The "
        "technical details tell why."),
    N_ ("Unplug the stick, plug it in again and ask again; nothing is written again. If it stays "
        "like this, save the report and ask for help with it."),
    SMITH_ACTION_ASK_AGAIN, "away" },
  { ANY_CODE, SMITH_STEP_COME_BACK, EITHER, ANYTHING, "not-seen-at-work",
    N_ ("The stick has not been seen at work"),
    N_ ("Everything was written, but whether the new firmware runs could not be found out. The "
        "technical details tell why."),
    N_ ("Unplug the stick, wait ten seconds, plug it in again at the same place, and ask again."),
    SMITH_ACTION_ASK_AGAIN, "away" },

  /* Files. */
  { SMITH_ERROR_WRONG_FILE, ANY_STEP, UNTOUCHED, ANYTHING, "wrong-file",
    N_ ("This file is not for this stick"),
    N_ ("The stick told what it is, and the firmware file is made for something else. Sticksmith "
        "did not write it."),
    N_ ("Choose a firmware file for exactly this hardware. The page with the stick shows it in the "
        "line “Hardware”; the name on the stick’s label does not decide."),
    SMITH_ACTION_CHOOSE_FILE, "wrong-model" },
  { SMITH_ERROR_BAD_FILE, ANY_STEP, UNTOUCHED, ANYTHING, "bad-file", N_ ("The file cannot be used"),
    N_ ("The firmware file is damaged, or it changed after it was checked."),
    N_ ("Download the file again, then choose it."), SMITH_ACTION_CHOOSE_FILE, "bad-download" },
  { SMITH_ERROR_BAD_FILE, ANY_STEP, TOUCHED, ANYTHING, "file-changed",
    N_ ("The file changed while it was being written"),
    N_ ("Something altered the firmware file during the conversion, so Sticksmith stopped."),
    N_ ("Put the file back as it was, or choose it again, and write it once more."),
    SMITH_ACTION_CHOOSE_FILE, NULL },
  { SMITH_ERROR_WRONG_FILE, ANY_STEP, TOUCHED, ANYTHING, "file-not-the-same",
    N_ ("This is not the same file as before"),
    N_ ("The file from the unfinished conversion was replaced by another one."),
    N_ ("Choose the files again. Everything is then written from the beginning."),
    SMITH_ACTION_CHOOSE_FILE, NULL },
  { SMITH_ERROR_UNSUPPORTED, SMITH_STEP_PREPARE, UNTOUCHED, ANYTHING, "too-many-files",
    N_ ("These are too many files"),
    N_ ("Sticksmith does not write that many firmware files one after another. It has not begun."),
    N_ ("Choose only what this stick needs: mostly that is one file, or two."),
    SMITH_ACTION_CHOOSE_FILE, NULL },
  { SMITH_ERROR_UNSAFE_LOADER, ANY_STEP, EITHER, ANYTHING, "unsafe-loader",
    N_ ("This loader could ruin the stick"),
    N_ ("Sticksmith cannot prove that this loader leaves the stick’s calibration alone, and "
        "calibration can never be brought back. So it was not sent."),
    N_ ("Choose another loader, one that is known to be safe."), SMITH_ACTION_CHOOSE_LOADER,
    "unsafe-loader" },

  /* Getting to the stick. */
  { SMITH_ERROR_PERMISSION, ANY_STEP, EITHER, ANYTHING, "no-permission",
    N_ ("Sticksmith may not use the stick’s port"),
    N_ ("The system does not let your user account talk to the stick."),
    N_ ("Allow the access here, unplug the stick and plug it in again, then try once more."),
    SMITH_ACTION_TRY_AGAIN, "no-permission" },
  { SMITH_ERROR_BUSY, ANY_STEP, EITHER, ANYTHING, "port-busy",
    N_ ("Another program is using the stick"),
    N_ ("The system kept the stick’s port to itself for half a minute."),
    N_ ("Close programs that use mobile broadband, wait a moment, and try again."),
    SMITH_ACTION_TRY_AGAIN, "busy" },
  { SMITH_ERROR_TIMEOUT, SMITH_STEP_BOOT_MODE, EITHER, ANYTHING, "no-boot-mode",
    N_ ("The stick did not show up in boot mode"),
    N_ ("Sticksmith waited, but the stick is not in boot mode."),
    N_ ("Try the needle again. It often takes two or three tries, and failing does no harm."),
    SMITH_ACTION_TRY_AGAIN, "needle" },

  /* The loader. */
  { SMITH_ERROR_UNSUPPORTED, SMITH_STEP_LOADER, TOUCHED, ANYTHING, "loader-not-started-again",
    N_ ("The stick did not start the loader"),
    N_ ("The stick took the loader, but does not run it. Sticks of newer batches only start "
        "loaders that are signed by their maker."),
    N_ ("Unplug the stick and plug it in without the needle: it may wait for the rest of its "
        "firmware then, without a loader. Or choose another loader, and the firmware files again."),
    SMITH_ACTION_CHOOSE_LOADER, "loader-not-started" },
  { SMITH_ERROR_UNSUPPORTED, SMITH_STEP_LOADER, UNTOUCHED, ANYTHING, "loader-not-started",
    N_ ("The stick did not start the loader"),
    N_ ("The stick took the loader, but does not run it. Sticks of newer batches only start "
        "loaders that are signed by their maker."),
    N_ ("Unplug the stick and plug it in without the needle: if it worked before, it does so "
        "again. You can try once more with another loader."),
    SMITH_ACTION_CHOOSE_LOADER, "loader-not-started" },
  { SMITH_ERROR_DISCONNECTED, SMITH_STEP_LOADER, EITHER, ANYTHING, "gone-at-loader",
    N_ ("The stick went away while the loader was sent"),
    N_ ("The loader only lives in the stick’s memory, so nothing of it is left behind."),
    N_ ("Plug the stick in again, with the needle, and try once more."), SMITH_ACTION_TRY_AGAIN,
    "power" },

  /* Writing. */
  { SMITH_ERROR_REFUSED, SMITH_STEP_FLASH, UNTOUCHED, ANYTHING, "refused-at-once",
    N_ ("The stick does not take this file"),
    N_ ("The stick refused the firmware before anything was written. It may want a signed file, or "
        "one for another model."),
    N_ ("Choose another firmware file for exactly this model."), SMITH_ACTION_CHOOSE_FILE,
    "signature" },
  { SMITH_ERROR_REFUSED, SMITH_STEP_FLASH, TOUCHED, ANYTHING, "part-refused",
    N_ ("The stick refused a part of the firmware"),
    N_ ("One part of the file was not accepted, so Sticksmith stopped. This happens when a file is "
        "meant for another model or was altered."),
    N_ ("Choose a firmware file for exactly this model and write it. The stick keeps waiting for "
        "it."),
    SMITH_ACTION_CHOOSE_FILE, "wrong-model" },
  { SMITH_ERROR_DISCONNECTED, SMITH_STEP_FLASH, TOUCHED, NOTHING, "unplugged",
    N_ ("The stick was unplugged while it was being written"),
    N_ ("The connection broke in the middle of writing: a loose plug, a hub, or a hand that was "
        "too quick."),
    N_ ("Plug the stick in again at the same place, straight into the computer, and go on. What is "
        "complete already is not written again."),
    SMITH_ACTION_GO_ON, "interrupted" },
  { SMITH_ERROR_DISCONNECTED, SMITH_STEP_FLASH, TOUCHED, EVER_WAITING | RUNNING,
    "broken-connection", N_ ("The connection broke while the stick was being written"),
    N_ ("The stick went away for a moment in the middle of writing, and is back now."),
    N_ ("Go on where it stopped. If it happens again, use another USB port, without a hub."),
    SMITH_ACTION_GO_ON, "power" },

  /* Whatever else. */
  { ANY_CODE, ANY_STEP, UNTOUCHED, ANYTHING, "failed",
    N_ ("It did not work, and nothing was written"),
    N_ ("The conversation with the stick broke off."),
    N_ ("Unplug the stick, plug it in again and try once more. If it stays like this, save the "
        "report and ask for help with it."),
    SMITH_ACTION_TRY_AGAIN, "power" },
  { ANY_CODE, ANY_STEP, EITHER, ANYTHING, "failed-midway", N_ ("Writing did not get to its end"),
    N_ ("The conversation with the stick broke off in the middle of writing."),
    N_ ("Go on where it stopped. If it stays like this, save the report and ask for help with it."),
    SMITH_ACTION_GO_ON, "interrupted" },
};

typedef struct
{
  int step;
  Touch touch;
  guint seen;
  const char *text;
} State;

/* The first that fits counts; the last ones always do. */
static const State states[] = {
  { SMITH_STEP_COME_BACK, EITHER, AT_WORK, N_ ("It is plugged in and its firmware is running.") },
  { SMITH_STEP_COME_BACK, EITHER, SHOWS_CD | STRANGE,
    N_ ("It is plugged in, and the firmware is written completely.") },
  { SMITH_STEP_COME_BACK, EITHER, WAITING,
    N_ ("It is plugged in and waits for firmware. It is not damaged.") },
  { SMITH_STEP_COME_BACK, EITHER, OLD_WAITING,
    N_ ("It is plugged in and waits for firmware, which is written completely.") },
  { SMITH_STEP_COME_BACK, EITHER, NOTHING,
    N_ ("The firmware is written completely. The computer does not see the stick at the moment.") },
  { ANY_STEP, TOUCHED, EVER_WAITING,
    N_ ("It is only partly written and does not work yet, but it is not damaged: it keeps waiting "
        "for firmware.") },
  { ANY_STEP, TOUCHED, NOTHING,
    N_ ("It is only partly written and does not work yet, but it is not damaged: plugged in again, "
        "it waits for firmware.") },
  { ANY_STEP, TOUCHED, RUNNING,
    N_ ("It is only partly written. It is not damaged, and can be written again.") },
  { ANY_STEP, STILL_WAITING, EVER_WAITING,
    N_ ("It still waits for firmware; nothing was written to it this time. You can go on at any "
        "time.") },
  { ANY_STEP, STILL_WAITING, NOTHING,
    N_ ("It is not plugged in, and nothing was written to it this time.") },
  { ANY_STEP, STILL_WAITING, STRANGE,
    N_ ("It is plugged in, and nothing was written to it this time.") },
  { ANY_STEP, UNTOUCHED, EVER_WAITING,
    N_ ("It is in boot mode and its firmware is unchanged. Unplugged and plugged in again, it "
        "works as before.") },
  { ANY_STEP, UNTOUCHED, NOTHING, N_ ("It is not plugged in, and its firmware is unchanged.") },
  { ANY_STEP, EITHER, ANYTHING, N_ ("It works as before: nothing on it was changed.") },
};

static int
code_of (const GError *error)
{
  /* That there is none is another thing than that none can be kept. */
  if (error != NULL && error->domain == G_FILE_ERROR && error->code != G_FILE_ERROR_NOENT)
    return NOT_NOTED;
  if (error == NULL || error->domain != SMITH_ERROR)
    return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? CANCELLED : ANY_CODE;
  return error->code;
}

static guint
seen_of (const SmithStick *stick)
{
  if (stick == NULL)
    return NOTHING;
  if (stick->mode == SMITH_MODE_DOWNLOAD && !smith_stick_knows_text (stick))
    return OLD_WAITING;
  if (stick->mode == SMITH_MODE_BOOT_ROM || stick->mode == SMITH_MODE_DOWNLOAD)
    return WAITING;
  if (stick->mode == SMITH_MODE_CD)
    return SHOWS_CD;
  if (!smith_mode_is_working (stick->mode))
    return STRANGE;
  return stick->mode == SMITH_MODE_STICK ? WORKING : AS_HILINK;
}

static gboolean
touch_fits (Touch wanted, Touch touch)
{
  return wanted == EITHER || wanted == touch || (wanted == UNTOUCHED && touch == STILL_WAITING);
}

static gboolean
fits (int wanted_step, Touch wanted, guint seen, SmithStep step, Touch touch, guint now)
{
  return (wanted_step == ANY_STEP || wanted_step == (int) step) && touch_fits (wanted, touch)
         && (seen & now) != 0;
}

static const Ending *
find_ending (int code, SmithStep step, Touch touch, guint seen)
{
  const Ending *ending = endings;

  while ((ending->code != ANY_CODE && ending->code != code)
         || !fits (ending->step, ending->touch, ending->seen, step, touch, seen))
    ending++;
  return ending;
}

static const State *
find_state (SmithStep step, Touch touch, guint seen)
{
  const State *state = states;

  while (!fits (state->step, state->touch, state->seen, step, touch, seen))
    state++;
  return state;
}

/**
 * smith_outcome_for:
 * @error: (nullable): why the job did not end well
 * @step: the step in which it ended
 * @touched: whether the stick's content may have changed
 * @waited: whether the stick waited for firmware already before; then nobody is
 *   told that it works when it is left alone
 * @stick: (nullable): what is at the stick's place now
 * @outcome: (out):
 *
 * Finds the words for an ending. Any thread.
 */
void
smith_outcome_for (const GError *error,
                   SmithStep step,
                   gboolean touched,
                   gboolean waited,
                   const SmithStick *stick,
                   SmithOutcome *outcome)
{
  Touch touch = touched ? TOUCHED : waited ? STILL_WAITING : UNTOUCHED;
  guint seen = seen_of (stick);
  int code = code_of (error);
  const Ending *ending = find_ending (code, step, touch, seen);

  outcome->id = ending->id;
  outcome->title = _ (ending->title);
  outcome->what = _ (ending->what);
  outcome->stick = _ (find_state (step, touch, seen)->text);
  outcome->next = _ (ending->next);
  outcome->action = ending->action;
  outcome->help = ending->help;
  outcome->harmless = code == CANCELLED && !touched;
  outcome->keeps = ending->keeps;
}

/**
 * smith_outcome_for_status:
 * @status: of the job, when it was over
 * @waited: as for smith_outcome_for()
 *
 * As smith_outcome_for(). A job that goes on with one that had written all and
 * was waiting for the stick's return is still about that return, wherever it
 * ends, until it writes itself. Any thread.
 */
void
smith_outcome_for_status (const GError *error,
                          const SmithJobStatus *status,
                          gboolean waited,
                          const SmithStick *stick,
                          SmithOutcome *outcome)
{
  SmithStep step = status->all_written ? MAX (status->step, SMITH_STEP_COME_BACK) : status->step;

  smith_outcome_for (error, step, status->touched, waited, stick, outcome);
}

/**
 * smith_action_label:
 *
 * Any thread.
 *
 * Returns: (transfer none): what stands on the button of an ending, translated,
 *   with a mnemonic
 */
const char *
smith_action_label (SmithAction action)
{
  static const char *const labels[] = {
    [SMITH_ACTION_GO_ON] = N_ ("_Go on"),
    [SMITH_ACTION_TRY_AGAIN] = N_ ("_Try again"),
    [SMITH_ACTION_CHOOSE_FILE] = N_ ("_Choose another file"),
    [SMITH_ACTION_CHOOSE_LOADER] = N_ ("_Choose another loader"),
    [SMITH_ACTION_START_OVER] = N_ ("_Start over"),
    [SMITH_ACTION_ASK_AGAIN] = N_ ("_Ask again"),
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (labels) == SMITH_N_ACTIONS);
  return _ (labels[action]);
}
