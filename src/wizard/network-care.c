/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network-care-private.h"

#include <glib/gi18n.h>

#include <string.h>

#include "settings.h"

/* Of so many sticks the setting with which they showed their CD is kept. */
#define KEPT_MOST 16

G_DEFINE_FINAL_TYPE (SmithNetworkCare, smith_network_care, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

void
smith_network_care_changed (SmithNetworkCare *care)
{
  g_signal_emit (care, signals[CHANGED], 0);
}

static void
smith_network_care_dispose (GObject *object)
{
  SmithNetworkCare *care = SMITH_NETWORK_CARE (object);

  smith_network_care_stop (care);
  g_cancellable_cancel (care->partners);
  g_clear_handle_id (&care->again, g_source_remove);
  G_OBJECT_CLASS (smith_network_care_parent_class)->dispose (object);
}

static void
smith_network_care_finalize (GObject *object)
{
  SmithNetworkCare *care = SMITH_NETWORK_CARE (object);

  g_object_unref (care->bus);
  g_object_unref (care->log);
  g_object_unref (care->partners);
  g_clear_object (&care->work);
  g_ptr_array_unref (care->apns);
  g_ptr_array_unref (care->kept_ports);
  g_free (care->usb_path);
  g_free (care->problem);
  g_free (care->hitch);
  g_free (care->online_problem);
  G_OBJECT_CLASS (smith_network_care_parent_class)->finalize (object);
}

static void
smith_network_care_class_init (SmithNetworkCareClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = smith_network_care_dispose;
  object_class->finalize = smith_network_care_finalize;
  signals[CHANGED] = g_signal_new ("changed", SMITH_TYPE_NETWORK_CARE, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
smith_network_care_init (SmithNetworkCare *care)
{
  care->partners = g_cancellable_new ();
  care->apns = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_apn_free);
  care->kept_ports = g_ptr_array_new_with_free_func (g_free);
  care->state.signal = -1;
}

static gboolean
is_kept (SmithNetworkCare *care, const SmithPortSetting *ports)
{
  for (guint i = 0; i < care->kept_ports->len; i++)
    if (smith_port_setting_equal (g_ptr_array_index (care->kept_ports, i), ports))
      return TRUE;
  return FALSE;
}

static void
add_kept (SmithNetworkCare *care, const SmithPortSetting *ports)
{
  if (is_kept (care, ports))
    return;
  if (care->kept_ports->len == KEPT_MOST)
    g_ptr_array_remove_index (care->kept_ports, 0);
  g_ptr_array_add (care->kept_ports, g_memdup2 (ports, sizeof *ports));
}

/* What was kept in earlier runs; whatever else may stand there is passed over. */
static void
load_kept (SmithNetworkCare *care)
{
  g_auto (GStrv) lines = smith_settings_get_port_settings ();
  SmithPortSetting ports;

  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    if (smith_port_setting_parse (lines[i], &ports) && smith_port_setting_shows_cd (&ports))
      add_kept (care, &ports);
}

static void
save_kept (SmithNetworkCare *care)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < care->kept_ports->len; i++)
    g_ptr_array_add (lines,
                     smith_port_setting_to_command (g_ptr_array_index (care->kept_ports, i)));
  g_ptr_array_add (lines, NULL);
  smith_settings_set_port_settings ((const char *const *) lines->pdata);
}

/* An owner may want the CD again weeks later. */
void
smith_network_care_keep_ports (SmithNetworkCare *care, const SmithPortSetting *ports)
{
  if (is_kept (care, ports))
    return;
  add_kept (care, ports);
  if (!care->practice)
    save_kept (care);
}

/**
 * smith_network_care_new:
 * @practice: the system is left out of it
 */
SmithNetworkCare *
smith_network_care_new (SmithBus *bus, SmithLog *log, gboolean practice)
{
  SmithNetworkCare *care = g_object_new (SMITH_TYPE_NETWORK_CARE, NULL);

  care->bus = g_object_ref (bus);
  care->log = g_object_ref (log);
  care->practice = practice;
  if (!practice)
    load_kept (care);
  return care;
}

static void
take_state (SmithNetworkCare *care, const SmithNetworkState *state)
{
  care->state = *state;
  smith_network_care_look_up_apns (care);
}

/* Takes over what a job has found out on the way. */
void
smith_network_care_take_state (SmithNetworkCare *care, const SmithNetworkState *state)
{
  if (memcmp (&care->state, state, sizeof *state) == 0)
    return;
  take_state (care, state);
  smith_network_care_changed (care);
}

/* Takes over what the stick shows when it is plugged in. */
void
smith_network_care_take_ports (SmithNetworkCare *care, const SmithPortSetting *ports)
{
  if (care->had_ports && smith_port_setting_equal (&care->ports, ports))
    return;
  care->had_ports = TRUE;
  care->ports = *ports;
  smith_network_care_changed (care);
}

/* The settings from before the first change are the ones to go back to. */
void
smith_network_care_take_settings (SmithNetworkCare *care, const SmithReactivateReport *report)
{
  if (!report->had_settings)
    return;
  if (!care->had_settings)
    care->before = report->before;
  care->had_settings = TRUE;
  care->now = report->changed ? report->now : report->before;
  care->changed = report->unsure || !smith_network_settings_equal (&care->before, &care->now);
}

/* Takes over what a job, or a worker, has done. */
void
smith_network_care_take_report (SmithNetworkCare *care, const SmithReactivateReport *report)
{
  take_state (care, &report->state);
  smith_network_care_take_settings (care, report);
  if (report->had_ports)
    smith_network_care_take_ports (care, &report->ports);
  smith_network_care_look_at_system (care);
  smith_network_care_changed (care);
}

/* Takes over what became of the CD. The setting with which the stick showed it
 * is kept, also where the person has gone on to another stick. */
void
smith_network_care_take_cd_report (SmithNetworkCare *care,
                                   const SmithCdStageReport *report,
                                   gboolean is_current)
{
  if (report->changed && smith_port_setting_shows_cd (&report->before))
    {
      g_autofree char *command = smith_port_setting_to_command (&report->before);

      /* Translators: %s is a command for the stick. */
      smith_log_add (care->log, SMITH_LOG_NOTICE, _ ("What brings the stick’s CD back is %s"),
                     command);
      smith_network_care_keep_ports (care, &report->before);
    }
  if (report->had_setting && is_current)
    smith_network_care_take_ports (care, &report->now);
  smith_network_care_changed (care);
}

/* Returns: (transfer none) (nullable): with which the stick showed its CD, which
 *   it does not now. Sticks of one kind have the same. */
const SmithPortSetting *
smith_network_care_find_old_ports (SmithNetworkCare *care)
{
  for (guint i = care->kept_ports->len; care->had_ports && i > 0; i--)
    {
      const SmithPortSetting *old = g_ptr_array_index (care->kept_ports, i - 1);

      if (smith_port_setting_brings_cd_back (old, &care->ports))
        return old;
    }
  return NULL;
}

/* Returns: whether it is the same stick as before, which stayed plugged in */
static gboolean
is_same_stick (SmithNetworkCare *care, const char *usb_path, guint64 seen)
{
  return seen != 0 && seen == care->seen && g_strcmp0 (usb_path, care->usb_path) == 0;
}

/**
 * smith_network_care_set_stick:
 *
 * Begins with another stick; what was known of the last one is forgotten, but
 * for the setting with which it showed its CD. Of one that stayed plugged in all
 * stays known: what was changed can still be put back.
 */
void
smith_network_care_set_stick (SmithNetworkCare *care, const char *usb_path)
{
  g_autoptr (SmithStick) stick = usb_path != NULL ? smith_bus_find (care->bus, usb_path) : NULL;
  guint64 seen = stick != NULL ? stick->seen : 0;

  if (is_same_stick (care, usb_path, seen))
    {
      g_clear_pointer (&care->problem, g_free);
      return;
    }
  smith_network_care_stop (care);
  care->seen = seen;
  care->era++;
  /* What was asked of the system was for the other stick. */
  g_cancellable_cancel (care->partners);
  g_object_unref (care->partners);
  care->partners = g_cancellable_new ();
  g_free (care->usb_path);
  care->usb_path = g_strdup (usb_path);
  care->state = (SmithNetworkState){ .signal = -1 };
  care->had_settings = care->had_ports = care->changed = care->connecting = FALSE;
  care->n_misses = 0;
  care->online = SMITH_ONLINE_ABSENT;
  care->operator_code[0] = '\0';
  g_ptr_array_unref (care->apns);
  care->apns = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_apn_free);
  g_clear_pointer (&care->problem, g_free);
  g_clear_pointer (&care->online_problem, g_free);
  g_clear_handle_id (&care->again, g_source_remove);
  smith_network_care_look_at_system (care);
}

/* Returns: whether a worker is at the stick */
gboolean
smith_network_care_is_working (SmithNetworkCare *care)
{
  return care->work != NULL;
}

/* Returns: whether the network is looked for, or will be again in a moment; it
 *   can be interrupted for something else */
gboolean
smith_network_care_is_looking (SmithNetworkCare *care)
{
  return care->work != NULL ? care->task == SMITH_CARE_LOOK : care->retry != 0;
}

/* Returns: whether the stick's CD may be asked for now: not in the middle of
 * changing settings of the network. While it is being changed itself a further
 * wish is passed over, so that the button for it keeps the focus. */
gboolean
smith_network_care_may_begin_cd (SmithNetworkCare *care)
{
  return care->work == NULL || care->task != SMITH_CARE_SET;
}

/* Returns: whether what the stick shows is being changed, also for somebody who
 * has left the page: until that has ended, the program is not to end */
gboolean
smith_network_care_is_changing (SmithNetworkCare *care)
{
  return care->n_changing > 0;
}

/* Returns: what can be done about the stick's CD */
SmithCdState
smith_network_care_get_cd (SmithNetworkCare *care)
{
  if (care->had_ports && smith_port_setting_can_hide_cd (&care->ports))
    return SMITH_CD_SHOWN;
  return smith_network_care_find_old_ports (care) != NULL ? SMITH_CD_HIDDEN : SMITH_CD_FIXED;
}

/* Returns: (transfer none): what the stick sees of the network */
const SmithNetworkState *
smith_network_care_get_state (SmithNetworkCare *care)
{
  return &care->state;
}

/* Returns: (transfer none) (nullable): the settings from before, if they are others now */
const SmithNetworkSettings *
smith_network_care_get_old_settings (SmithNetworkCare *care)
{
  return care->changed ? &care->before : NULL;
}

/* Returns: (transfer none) (nullable): the settings as they are */
const SmithNetworkSettings *
smith_network_care_get_settings (SmithNetworkCare *care)
{
  return care->had_settings ? &care->now : NULL;
}

/* Returns: (transfer none) (nullable): why what was tried last did not work */
const char *
smith_network_care_get_problem (SmithNetworkCare *care)
{
  return care->problem;
}

/* Returns: (transfer none) (nullable): why it is tried again by itself */
const char *
smith_network_care_get_hitch (SmithNetworkCare *care)
{
  return care->hitch;
}

/* Returns: (transfer none) (element-type SmithApn): of the SIM card's operator */
GPtrArray *
smith_network_care_get_apns (SmithNetworkCare *care)
{
  return care->apns;
}

SmithOnlineState
smith_network_care_get_online (SmithNetworkCare *care)
{
  return care->online;
}

/* Returns: (transfer none) (nullable): why the system could not connect */
const char *
smith_network_care_get_online_problem (SmithNetworkCare *care)
{
  return care->online_problem;
}
