/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-simulator"

#include "virtual-stick-private.h"

#include <string.h>

#define OK "OK"
#define ERROR "ERROR"
#define NOT_SUPPORTED "COMMAND NOT SUPPORT"
#define NO_SIM "+CME ERROR: 10"
#define WRONG_PARAMETER "+CME ERROR: 50"

/* Made up; its first digits are those of an operator that has an APN. */
#define IMSI "262010000000014"

/* Whose commands there are. */
#define BALONG (1 << SMITH_MODEL_E3372)
#define E1550 (1 << SMITH_MODEL_E1550)
#define E392 (1 << SMITH_MODEL_E392)
#define LTE (BALONG | E392)
#define QUALCOMM (E1550 | E392)
#define ALL (BALONG | QUALCOMM)

typedef struct
{
  SmithVirtualStick *stick;
  SmithLine line;
  SmithDiagnostics *diagnostics; /* once the port was turned over to them */
  gboolean turns;                /* as soon as the answer is out */
} Modem;

/**
 * ModemCommand:
 * @command: all of it, or with "=" at its end all that stands before the argument
 * @models: who has it
 * @lines: what comes before OK, each with its line ends, where @run is NULL
 * @run: carries it out and adds what comes before the result, which it returns
 */
typedef struct
{
  const char *command;
  guint models;
  const char *lines;
  const char *(*run) (Modem *modem, const char *argument, GString *lines);
} ModemCommand;

static const char *
model_name (const SmithVirtualStick *stick)
{
  static const char *const names[SMITH_N_MODELS] = {
    [SMITH_MODEL_E3372] = "E3372",
    [SMITH_MODEL_E1550] = "E1550",
    [SMITH_MODEL_E392] = "E392",
  };

  return names[stick->model];
}

static const char *
tell_identity (Modem *modem, const char *argument, GString *lines)
{
  SmithVirtualStick *stick = modem->stick;

  g_string_append_printf (lines,
                          "\r\nManufacturer: huawei\r\nModel: %s\r\nRevision: %s\r\n"
                          "%s+GCAP: +CGSM,+DS,+ES\r\n",
                          model_name (stick), stick->version,
                          stick->lost_calibration ? "" : "IMEI: " SMITH_VIRTUAL_IMEI "\r\n");
  return OK;
}

static const char *
tell_versions (Modem *modem, const char *argument, GString *lines)
{
  SmithVirtualStick *stick = modem->stick;

  g_string_append_printf (lines,
                          "\r\n^VERSION:BDT:Jan 01 2020, 12:00:00\r\n"
                          "^VERSION:EXTS:%s\r\n"
                          "^VERSION:INTS:\r\n"
                          "^VERSION:EXTD:00.000.00.00.000\r\n"
                          "^VERSION:INTD:\r\n"
                          "^VERSION:EXTH:%s\r\n"
                          "^VERSION:INTH:\r\n"
                          "^VERSION:EXTU:%s\r\n",
                          stick->version, stick->hardware, model_name (stick));
  return OK;
}

static const char *
tell_hardware (Modem *modem, const char *argument, GString *lines)
{
  g_string_append_printf (lines, "\r\n^HWVER:\"%s\"\r\n", modem->stick->hardware);
  return OK;
}

static const char *
tell_all_in_one (Modem *modem, const char *argument, GString *lines)
{
  SmithVirtualStick *stick = modem->stick;

  g_string_append_printf (lines, "\r\n^FHVER:\"%s %s,%s\"\r\n", model_name (stick), stick->version,
                          stick->hardware);
  return OK;
}

static const char *
tell_download_info (Modem *modem, const char *argument, GString *lines)
{
  SmithVirtualStick *stick = modem->stick;

  g_string_append_printf (lines,
                          "\r\nswver:%s\r\nisover:00.000.00.00.000\r\nproduct name:%s\r\n"
                          "dload type: 0\r\n",
                          stick->version, model_name (stick));
  return OK;
}

static const char *
tell_imei (Modem *modem, const char *argument, GString *lines)
{
  if (modem->stick->lost_calibration)
    return ERROR;
  g_string_append (lines, "\r\n" SMITH_VIRTUAL_IMEI "\r\n");
  return OK;
}

static const char *
tell_imsi (Modem *modem, const char *argument, GString *lines)
{
  if (!modem->stick->network.has_sim)
    return NO_SIM;
  g_string_append (lines, "\r\n" IMSI "\r\n");
  return OK;
}

static const char *
tell_sim (Modem *modem, const char *argument, GString *lines)
{
  if (!modem->stick->network.has_sim)
    return NO_SIM;
  g_string_append (lines, "\r\n+CPIN: READY\r\n");
  return OK;
}

/* All that one sees of a network before it may be used: nothing. */
static const char *
tell_signal (Modem *modem, const char *argument, GString *lines)
{
  gboolean registered = smith_virtual_network_is_registered (&modem->stick->network);

  g_string_append (lines, registered ? "\r\n+CSQ: 17,99\r\n" : "\r\n+CSQ: 99,99\r\n");
  return OK;
}

static const char *
tell_operator (Modem *modem, const char *argument, GString *lines)
{
  const SmithVirtualNetwork *network = &modem->stick->network;

  if (smith_virtual_network_is_registered (network))
    g_string_append_printf (lines, "\r\n+COPS: 0,0,\"Practice\",%d\r\n", network->is_lte ? 7 : 2);
  else
    g_string_append (lines, "\r\n+COPS: 0\r\n");
  return OK;
}

static const char *
tell_registration (Modem *modem, GString *lines, const char *name)
{
  g_string_append_printf (lines, "\r\n%s: 0,%u\r\n", name,
                          smith_virtual_network_ask (&modem->stick->network));
  return OK;
}

static const char *
tell_creg (Modem *modem, const char *argument, GString *lines)
{
  return tell_registration (modem, lines, "+CREG");
}

static const char *
tell_cgreg (Modem *modem, const char *argument, GString *lines)
{
  return tell_registration (modem, lines, "+CGREG");
}

static const char *
tell_cereg (Modem *modem, const char *argument, GString *lines)
{
  return tell_registration (modem, lines, "+CEREG");
}

static const char *
tell_radio (Modem *modem, const char *argument, GString *lines)
{
  g_string_append_printf (lines, "\r\n^RFSWITCH:%d,1\r\n", modem->stick->network.radio);
  return OK;
}

static const char *
switch_radio (Modem *modem, const char *argument, GString *lines)
{
  if (!g_str_equal (argument, "0") && !g_str_equal (argument, "1"))
    return ERROR;
  smith_virtual_network_set_radio (&modem->stick->network, *argument == '1');
  return OK;
}

static const char *
tell_function (Modem *modem, const char *argument, GString *lines)
{
  g_string_append_printf (lines, "\r\n+CFUN: %d\r\n", modem->stick->network.radio ? 1 : 7);
  return OK;
}

/* 1 is everything on; 0, 4 and 7 are without radio. */
static const char *
set_function (Modem *modem, const char *argument, GString *lines)
{
  static const char *const numbers[] = { "0", "1", "4", "7", NULL };

  if (!g_strv_contains (numbers, argument))
    return WRONG_PARAMETER;
  smith_virtual_network_set_radio (&modem->stick->network, *argument == '1');
  return OK;
}

static const char *
tell_settings (Modem *modem, const char *argument, GString *lines)
{
  g_autofree char *settings = smith_virtual_network_describe (&modem->stick->network);

  g_string_append_printf (lines, "\r\n%s\r\n", settings);
  return OK;
}

static const char *
change_settings (Modem *modem, const char *argument, GString *lines)
{
  return smith_virtual_network_set (&modem->stick->network, argument) ? OK : WRONG_PARAMETER;
}

static const char *
tell_ports (Modem *modem, const char *argument, GString *lines)
{
  g_string_append_printf (lines, "\r\n^SETPORT:%s\r\n", modem->stick->port_setting);
  return OK;
}

/* "A1,A2;12,10,16": with the virtual CD; without. */
static const char *
set_ports (Modem *modem, const char *argument, GString *lines)
{
  gsize length = strlen (argument);

  if (length < 5 || argument[0] != '"' || argument[length - 1] != '"'
      || strspn (argument + 1, "0123456789ABCDEF,;") != length - 2
      || strchr (argument, ';') == NULL)
    return ERROR;
  if (modem->stick->keeps_ports)
    return OK;
  g_free (modem->stick->port_setting);
  modem->stick->port_setting = g_strndup (argument + 1, length - 2);
  return OK;
}

static const char *
tell_sfm (Modem *modem, const char *argument, GString *lines)
{
  g_string_append_printf (lines, "\r\n^SFM:%d\r\n", modem->stick->sfm);
  return OK;
}

static const char *
set_sfm (Modem *modem, const char *argument, GString *lines)
{
  if (!g_str_equal (argument, "0") && !g_str_equal (argument, "1"))
    return ERROR;
  modem->stick->sfm = *argument == '1';
  return OK;
}

static const char *
go_to_download (Modem *modem, const char *argument, GString *lines)
{
  SmithVirtualStick *stick = modem->stick;

  if (stick->refuses_entry)
    return ERROR;
  if (!stick->ignores_entry)
    smith_virtual_stick_to_download (stick, stick->is_hilink ? SMITH_DOWNLOAD_HILINK : 0);
  return OK;
}

static const char *
restart (Modem *modem, const char *argument, GString *lines)
{
  SmithVirtualStick *stick = modem->stick;

  smith_virtual_stick_depart (stick, SMITH_RESTART, smith_virtual_stick_working_mode (stick));
  return OK;
}

static const char *
turn_to_diagnostics (Modem *modem, const char *argument, GString *lines)
{
  modem->turns = TRUE;
  return OK;
}

static const ModemCommand commands[] = {
  { .command = "AT", .models = ALL, .lines = "" },
  { .command = "ATE0", .models = ALL, .lines = "" },
  { .command = "ATI", .models = ALL, .run = tell_identity },
  { .command = "AT^VERSION?", .models = LTE, .run = tell_versions },
  { .command = "AT^HWVER", .models = ALL, .run = tell_hardware },
  { .command = "AT^FHVER", .models = LTE, .run = tell_all_in_one },
  { .command = "AT^DLOADINFO?", .models = BALONG, .run = tell_download_info },
  { .command = "AT^GETPORTMODE",
    .models = LTE,
    .lines = "\r\n^GETPORTMODE:TYPE:WCDMA:huawei,PCUI:0,MDM:1,NDIS:2\r\n" },
  { .command = "AT^SETPORT?", .models = LTE, .run = tell_ports },
  { .command = "AT^SETPORT=", .models = LTE, .run = set_ports },
  { .command = "AT^PORTLOCK?", .models = BALONG, .lines = "\r\n^PORTLOCK:0\r\n" },
  { .command = "AT^CARDLOCK?", .models = ALL, .lines = "\r\n^CARDLOCK: 2,10,0\r\n" },
  { .command = "AT+CGSN", .models = ALL, .run = tell_imei },
  { .command = "AT+CIMI", .models = ALL, .run = tell_imsi },
  { .command = "AT+CPIN?", .models = ALL, .run = tell_sim },
  { .command = "AT+CSQ", .models = ALL, .run = tell_signal },
  { .command = "AT+CREG?", .models = ALL, .run = tell_creg },
  { .command = "AT+CGREG?", .models = ALL, .run = tell_cgreg },
  { .command = "AT+CEREG?", .models = LTE, .run = tell_cereg },
  { .command = "AT+COPS?", .models = ALL, .run = tell_operator },
  { .command = "AT^RFSWITCH?", .models = ALL, .run = tell_radio },
  { .command = "AT^RFSWITCH=", .models = ALL, .run = switch_radio },
  { .command = "AT+CFUN?", .models = ALL, .run = tell_function },
  { .command = "AT+CFUN=", .models = ALL, .run = set_function },
  { .command = "AT^CURC=", .models = ALL, .lines = "" },
  { .command = "AT^SYSCFG?", .models = E1550, .run = tell_settings },
  { .command = "AT^SYSCFG=", .models = E1550, .run = change_settings },
  { .command = "AT^SYSCFGEX?", .models = LTE, .run = tell_settings },
  { .command = "AT^SYSCFGEX=", .models = LTE, .run = change_settings },
  { .command = "AT^SFM?", .models = BALONG, .run = tell_sfm },
  { .command = "AT^SFM=", .models = BALONG, .run = set_sfm },
  { .command = "AT^GODLOAD", .models = BALONG, .run = go_to_download },
  { .command = "AT^RESET", .models = ALL, .run = restart },
  { .command = "AT^DISLOG=255", .models = QUALCOMM, .lines = "" },
  { .command = "AT$QCDMG", .models = QUALCOMM, .run = turn_to_diagnostics },
};

static gpointer
modem_enter (SmithVirtualStick *stick)
{
  Modem *modem = g_new0 (Modem, 1);

  modem->stick = stick;
  return modem;
}

static void
modem_leave (gpointer self)
{
  Modem *modem = self;

  smith_diagnostics_free (modem->diagnostics);
  g_free (modem);
}

static gboolean
is_command (const ModemCommand *command, const char *text)
{
  gsize length = strlen (command->command);

  if (command->command[length - 1] == '=')
    return g_ascii_strncasecmp (command->command, text, length) == 0;
  return g_ascii_strcasecmp (command->command, text) == 0;
}

/* @others: (out): it is a command of other sticks only */
static const ModemCommand *
find_command (Modem *modem, const char *text, gboolean *others)
{
  *others = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (is_command (&commands[i], text))
      {
        if ((commands[i].models & (1u << modem->stick->model)) != 0)
          return &commands[i];
        *others = TRUE;
      }
  return NULL;
}

/* Does what @command wants, and returns the whole answer. */
static char *
carry_out (Modem *modem, const ModemCommand *command, const char *text)
{
  g_autoptr (GString) lines = g_string_new (command->lines);
  const char *argument = text + strlen (command->command);
  const char *result = OK;

  if (command->run != NULL)
    result = command->run (modem, argument, lines);
  return g_strdup_printf ("%s\r\n%s\r\n", lines->str, result);
}

static void
handle_line (Modem *modem)
{
  SmithVirtualStick *stick = modem->stick;
  const char *text = modem->line.text;
  gboolean others;
  const ModemCommand *command = find_command (modem, text, &others);
  g_autofree char *answer = NULL;
  SmithMessage message;
  JsonBuilder *event;

  if (!smith_message_begin (stick, SMITH_STAGE_AT, &message))
    return;
  if (smith_message_is_refused (&message))
    {
      smith_message_answer_text (stick, &message, text, "\r\n" ERROR "\r\n");
      return;
    }
  event = smith_message_event (&message, command != NULL ? "accepted" : "unknown");
  smith_stick_event_add_text (event, "what", text);
  smith_stick_log_add (stick->log, event);

  if (command != NULL)
    answer = carry_out (modem, command, text);
  else
    answer = g_strdup_printf ("\r\n%s\r\n", others ? NOT_SUPPORTED : ERROR);
  smith_message_answer_text (stick, &message, text, answer);
  if (modem->turns && modem->diagnostics == NULL)
    modem->diagnostics = smith_diagnostics_new (stick);
}

static void
modem_feed (gpointer self, const guint8 *data, gsize size)
{
  Modem *modem = self;

  for (gsize i = 0; i < size && modem->stick->departure == SMITH_STAY; i++)
    {
      if (modem->diagnostics != NULL)
        {
          smith_diagnostics_feed (modem->diagnostics, data + i, size - i);
          return;
        }
      if (smith_line_push (&modem->line, data[i]))
        {
          handle_line (modem);
          smith_line_clear (&modem->line);
        }
    }
}

static void
modem_quiet (gpointer self)
{
  Modem *modem = self;

  if (modem->diagnostics != NULL)
    smith_diagnostics_quiet (modem->diagnostics);
}

const SmithTalk smith_talk_modem = {
  .enter = modem_enter,
  .feed = modem_feed,
  .quiet = modem_quiet,
  .leave = modem_leave,
};
