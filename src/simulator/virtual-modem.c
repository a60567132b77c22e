/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-simulator"

#include "virtual-stick-private.h"

#include <string.h>

#define OK "\r\nOK\r\n"
#define ERROR "\r\nERROR\r\n"

/* Made up: no such number is given out. Its last digit is the right check digit. */
#define IMEI "350000000000014"

typedef struct
{
  SmithVirtualStick *stick;
  SmithLine line;
} Modem;

/* One command; exactly one of @lines and @make says what comes before OK. */
typedef struct
{
  const char *command;
  const char *lines;
  char *(*make) (SmithVirtualStick *stick); /* NULL from it: ERROR */
  gboolean restarts;
  SmithMode next_mode;
} ModemCommand;

static char *
make_identity (SmithVirtualStick *stick)
{
  return g_strdup_printf ("\r\nManufacturer: huawei\r\nModel: E3372\r\nRevision: %s\r\n"
                          "%s+GCAP: +CGSM,+DS,+ES\r\n",
                          stick->version, stick->lost_calibration ? "" : "IMEI: " IMEI "\r\n");
}

static char *
make_versions (SmithVirtualStick *stick)
{
  return g_strdup_printf ("\r\n^VERSION:BDT:Jan 01 2020, 12:00:00\r\n"
                          "^VERSION:EXTS:%s\r\n"
                          "^VERSION:INTS:\r\n"
                          "^VERSION:EXTD:00.000.00.00.000\r\n"
                          "^VERSION:INTD:\r\n"
                          "^VERSION:EXTH:%s\r\n"
                          "^VERSION:INTH:\r\n"
                          "^VERSION:EXTU:E3372\r\n",
                          stick->version, stick->hardware);
}

static char *
make_hardware (SmithVirtualStick *stick)
{
  return g_strdup_printf ("\r\n^HWVER:\"%s\"\r\n", stick->hardware);
}

static char *
make_all_in_one (SmithVirtualStick *stick)
{
  return g_strdup_printf ("\r\n^FHVER:\"E3372 %s,%s\"\r\n", stick->version, stick->hardware);
}

static char *
make_download_info (SmithVirtualStick *stick)
{
  return g_strdup_printf ("\r\nswver:%s\r\nisover:00.000.00.00.000\r\nproduct name:E3372\r\n"
                          "dload type: 0\r\n",
                          stick->version);
}

static char *
make_imei (SmithVirtualStick *stick)
{
  return stick->lost_calibration ? NULL : g_strdup ("\r\n" IMEI "\r\n");
}

static const ModemCommand commands[] = {
  { .command = "AT", .lines = "" },
  { .command = "ATI", .make = make_identity },
  { .command = "AT^VERSION?", .make = make_versions },
  { .command = "AT^HWVER", .make = make_hardware },
  { .command = "AT^FHVER", .make = make_all_in_one },
  { .command = "AT^DLOADINFO?", .make = make_download_info },
  { .command = "AT+CGSN", .make = make_imei },
  { .command = "AT+CSQ", .lines = "\r\n+CSQ: 17,99\r\n" },
  { .command = "AT+CREG?", .lines = "\r\n+CREG: 0,1\r\n" },
  { .command = "AT+CGREG?", .lines = "\r\n+CGREG: 0,1\r\n" },
  { .command = "AT+CEREG?", .lines = "\r\n+CEREG: 0,1\r\n" },
  { .command = "AT+COPS?", .lines = "\r\n+COPS: 0,0,\"Practice\",7\r\n" },
  { .command = "AT+CPIN?", .lines = "\r\n+CPIN: READY\r\n" },
  { .command = "AT^RFSWITCH?", .lines = "\r\n^RFSWITCH:1,1\r\n" },
  { .command = "AT^RFSWITCH=1", .lines = "" },
  { .command = "AT^CURC=0", .lines = "" },
  { .command = "AT+CFUN=1", .lines = "" },
  { .command = "AT^SFM=0", .lines = "" },
  { .command = "AT^SFM=1", .lines = "" },
  { .command = "AT^GODLOAD", .lines = "", .restarts = TRUE, .next_mode = SMITH_MODE_DOWNLOAD },
  { .command = "AT^RESET", .lines = "", .restarts = TRUE, .next_mode = SMITH_MODE_STICK },
};

static gpointer
modem_enter (SmithVirtualStick *stick)
{
  Modem *modem = g_new0 (Modem, 1);

  modem->stick = stick;
  return modem;
}

static const ModemCommand *
find_command (const char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_ascii_strcasecmp (commands[i].command, text) == 0)
      return &commands[i];
  return NULL;
}

static char *
make_answer (Modem *modem, const ModemCommand *command)
{
  g_autofree char *lines = NULL;

  if (command == NULL)
    return g_strdup (ERROR);
  lines = command->make != NULL ? command->make (modem->stick) : g_strdup (command->lines);
  return lines != NULL ? g_strconcat (lines, OK, NULL) : g_strdup (ERROR);
}

static void
handle_line (Modem *modem)
{
  SmithVirtualStick *stick = modem->stick;
  const char *text = modem->line.text;
  const ModemCommand *command = find_command (text);
  g_autofree char *answer = NULL;
  SmithMessage message;
  JsonBuilder *event;

  if (!smith_message_begin (stick, SMITH_STAGE_AT, &message))
    return;
  if (smith_message_is_refused (&message))
    {
      smith_message_answer_text (stick, &message, text, ERROR);
      return;
    }
  event = smith_message_event (&message, command != NULL ? "accepted" : "unknown");
  smith_stick_event_add_text (event, "what", text);
  smith_stick_log_add (stick->log, event);

  answer = make_answer (modem, command);
  smith_message_answer_text (stick, &message, text, answer);
  if (command != NULL && command->restarts)
    smith_virtual_stick_depart (stick, SMITH_RESTART, command->next_mode);
}

static void
modem_feed (gpointer self, const guint8 *data, gsize size)
{
  Modem *modem = self;

  for (gsize i = 0; i < size && modem->stick->departure == SMITH_STAY; i++)
    if (smith_line_push (&modem->line, data[i]))
      {
        handle_line (modem);
        smith_line_clear (&modem->line);
      }
}

const SmithFace smith_face_modem = {
  .mode = SMITH_MODE_STICK,
  .product = 0x1506,
  .role = SMITH_PORT_AT,
  .interface_number = 0,
  .enter = modem_enter,
  .feed = modem_feed,
  .leave = g_free,
};
