/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-simulator"

#include "virtual-stick-private.h"

#include <string.h>

#include "format/bytes.h"
#include "format/crc.h"
#include "format/erase-guard.h"
#include "format/loader.h"

#define HANDSHAKE 0x41
#define HANDSHAKE_ANSWER 0x55
#define NO_HANDSHAKE 0x00
#define ACCEPTED 0xAA
#define REFUSED 0x55

#define HEAD 0xFE
#define DATA 0xDA
#define END 0xED
#define HEAD_SIZE 14
#define END_SIZE 5
#define DATA_OVERHEAD 5
#define PAYLOAD_MAX 1024
#define PACKET_MAX (PAYLOAD_MAX + DATA_OVERHEAD)

#define MODE_RUN_AND_RETURN 1
#define MODE_START 2

typedef struct
{
  SmithVirtualStick *stick;

  /* What has come and is no packet yet. */
  guint8 packet[PACKET_MAX];
  gsize fill;
  gboolean lost; /* the packet's boundaries are not known until the line is quiet */

  gboolean ram_ready; /* a component of mode 1 has run */
  gboolean begun;     /* a component: the next four belong to it */
  guint8 mode;
  guint32 size;
  guint32 address;
  GByteArray *image;
  guint8 seq; /* the one that is expected */

  /* The last packet that was accepted; it may come again if its answer was lost. */
  guint8 last[PACKET_MAX];
  gsize last_size; /* 0: none */
} BootRom;

static gpointer
boot_rom_enter (SmithVirtualStick *stick)
{
  BootRom *rom = g_new0 (BootRom, 1);

  rom->stick = stick;
  return rom;
}

static void
boot_rom_leave (gpointer self)
{
  BootRom *rom = self;

  g_clear_pointer (&rom->image, g_byte_array_unref);
  g_free (rom);
}

static void
forget_component (BootRom *rom)
{
  rom->begun = FALSE;
  rom->last_size = 0;
  g_clear_pointer (&rom->image, g_byte_array_unref);
}

static void
log_component (BootRom *rom, const SmithMessage *message, const char *name)
{
  JsonBuilder *event = smith_message_event (message, name);

  smith_stick_event_add_number (event, "mode", rom->mode);
  smith_stick_event_add_number (event, "size", rom->size);
  smith_stick_event_add_hex (event, "address", rom->address);
  smith_stick_log_add (rom->stick->log, event);
}

static const char *
take_head (BootRom *rom, const SmithMessage *message)
{
  const guint8 *p = rom->packet;
  guint8 mode = p[3];
  guint32 size = smith_get_u32_be (p + 4);
  guint32 address = smith_get_u32_be (p + 8);

  if (p[1] != 0x00 || p[2] != 0xFF)
    return "not a head packet";
  forget_component (rom);
  if (mode != MODE_RUN_AND_RETURN && mode != MODE_START)
    return "unknown mode";
  if (size == 0 || size > SMITH_LOADER_SIZE_MAX)
    return "impossible size";
  if ((guint64) address + size > (G_GUINT64_CONSTANT (1) << 32))
    return "impossible address";
  if (mode == MODE_START && !rom->ram_ready)
    return "the memory has not been set up";

  rom->begun = TRUE;
  rom->mode = mode;
  rom->size = size;
  rom->address = address;
  rom->image = g_byte_array_new ();
  rom->seq = 1;
  log_component (rom, message, "component-begun");
  return NULL;
}

static const char *
check_sequence (BootRom *rom)
{
  if (!rom->begun)
    return "no component was begun";
  if (rom->packet[1] != rom->seq)
    return "unexpected sequence number";
  if ((rom->packet[1] ^ rom->packet[2]) != 0xFF)
    return "the sequence number's complement is wrong";
  return NULL;
}

static const char *
take_data (BootRom *rom, gsize size)
{
  const char *why = check_sequence (rom);

  if (why != NULL)
    return why;
  if (size - DATA_OVERHEAD > rom->size - rom->image->len)
    return "more data than was announced";
  g_byte_array_append (rom->image, rom->packet + 3, size - DATA_OVERHEAD);
  rom->seq++;
  return NULL;
}

static const char *
take_end (BootRom *rom, const SmithMessage *message)
{
  const char *why = check_sequence (rom);

  if (why != NULL)
    return why;
  if (rom->image->len != rom->size)
    return "not all of the data came";

  g_mutex_lock (&rom->stick->lock);
  g_ptr_array_add (rom->stick->components, g_bytes_new (rom->image->data, rom->image->len));
  g_mutex_unlock (&rom->stick->lock);
  log_component (rom, message, "component-done");
  if (rom->mode == MODE_RUN_AND_RETURN)
    rom->ram_ready = TRUE;
  rom->begun = FALSE;
  return NULL;
}

/* What Huawei's own loaders do the moment they run. */
static void
erase_if_it_would (BootRom *rom)
{
  SmithVirtualStick *stick = rom->stick;
  gboolean found;

  if (smith_erase_guard_is_harmless (rom->image->data, rom->image->len, &found))
    return;
  g_mutex_lock (&stick->lock);
  stick->lost_calibration = TRUE;
  g_mutex_unlock (&stick->lock);
  smith_stick_log_add (stick->log, smith_stick_event ("nand-erased"));
}

static void
start_loader (BootRom *rom)
{
  SmithVirtualStick *stick = rom->stick;
  JsonBuilder *event = smith_stick_event ("loader-started");

  smith_stick_event_add_hex (event, "address", rom->address);
  smith_stick_log_add (stick->log, event);
  erase_if_it_would (rom);
  stick->manner = smith_fault_script_after_load (stick->faults);
  if (stick->manner == SMITH_RETURN_NEVER)
    smith_virtual_stick_depart (stick, SMITH_LEAVE, SMITH_MODE_UNKNOWN);
  else if (stick->manner == SMITH_RETURN_WRONG_MODE)
    smith_virtual_stick_depart (stick, SMITH_RESTART, SMITH_MODE_BOOT_ROM);
  else
    smith_virtual_stick_to_download (stick, 0);
}

static gboolean
is_repeat (BootRom *rom, gsize size)
{
  return rom->last_size == size && memcmp (rom->last, rom->packet, size) == 0;
}

static gboolean
has_good_checksum (const guint8 *packet, gsize size)
{
  return smith_get_u16_be (packet + size - 2) == smith_crc_xmodem (packet, size - 2);
}

/* Carries out a packet; returns why not, or NULL. */
static const char *
take (BootRom *rom, gsize size, const SmithMessage *message)
{
  const char *why;

  if (!has_good_checksum (rom->packet, size))
    return "bad checksum";
  if (rom->packet[0] == HEAD)
    return take_head (rom, message);
  if (is_repeat (rom, size))
    return NULL;
  why = rom->packet[0] == DATA ? take_data (rom, size) : take_end (rom, message);
  if (why == NULL)
    {
      memcpy (rom->last, rom->packet, size);
      rom->last_size = size;
    }
  return why;
}

static void
handle_handshake (BootRom *rom)
{
  SmithMessage message;
  JsonBuilder *event;

  if (!smith_message_begin (rom->stick, SMITH_STAGE_BOOT, &message))
    return;
  if (smith_message_is_refused (&message))
    {
      smith_message_answer_byte (rom->stick, &message, NO_HANDSHAKE);
      return;
    }
  event = smith_message_event (&message, "accepted");
  smith_stick_event_add_text (event, "what", "handshake");
  smith_stick_log_add (rom->stick->log, event);
  smith_message_answer_byte (rom->stick, &message, HANDSHAKE_ANSWER);
}

static void
handle_packet (BootRom *rom, gsize size)
{
  SmithMessage message;
  const char *why = NULL;
  gboolean was_begun = rom->begun;
  gboolean good;

  if (!smith_message_begin (rom->stick, SMITH_STAGE_BOOT, &message))
    return;
  good = !smith_message_is_refused (&message);
  if (good)
    why = take (rom, size, &message);
  if (why != NULL)
    smith_message_refuse (rom->stick, &message, why);
  smith_message_answer_byte (rom->stick, &message, good && why == NULL ? ACCEPTED : REFUSED);

  /* The loader runs once the answer is out. */
  if (good && why == NULL && rom->packet[0] == END && was_begun && rom->mode == MODE_START)
    start_loader (rom);
}

/* The length of a data packet stands nowhere: it follows from what is missing,
 * or from the packet that is repeated. */
static gsize
data_packet_size (BootRom *rom)
{
  if (rom->fill < 2)
    return 2;
  if (rom->last_size > 0 && rom->packet[1] == rom->last[1] && rom->last[0] == DATA)
    return rom->last_size;
  if (rom->begun && rom->packet[1] == rom->seq && rom->image->len < rom->size)
    return MIN (PAYLOAD_MAX, rom->size - rom->image->len) + DATA_OVERHEAD;
  return PACKET_MAX;
}

/* How many bytes make the packet that begins with what is there; 0: none. */
static gsize
packet_size (BootRom *rom)
{
  if (rom->fill == 0)
    return 1;
  switch (rom->packet[0])
    {
    case HANDSHAKE:
      return rom->begun ? 0 : 1;
    case HEAD:
      return HEAD_SIZE;
    case END:
      return END_SIZE;
    case DATA:
      return data_packet_size (rom);
    default:
      return 0;
    }
}

static void
handle (BootRom *rom, gsize size)
{
  if (rom->packet[0] == HANDSHAKE)
    handle_handshake (rom);
  else
    handle_packet (rom, size);
  rom->fill = 0;
}

static void
boot_rom_feed (gpointer self, const guint8 *data, gsize size)
{
  BootRom *rom = self;

  while (size > 0 && !rom->lost && rom->stick->departure == SMITH_STAY)
    {
      gsize wanted = packet_size (rom) - rom->fill;
      gsize n = MIN (wanted, size);
      gboolean more_follows = size > wanted;

      memcpy (rom->packet + rom->fill, data, n);
      rom->fill += n;
      data += n;
      size -= n;

      wanted = packet_size (rom);
      if (wanted == 0)
        rom->lost = TRUE;
      else if (rom->fill == wanted && more_follows && rom->packet[0] == DATA
               && !has_good_checksum (rom->packet, wanted))
        rom->lost = TRUE; /* longer than it may be: refuse it once, not piece by piece */
      else if (rom->fill == wanted)
        handle (rom, wanted);
    }
}

/* A host waits for the answer to each packet. So when the line falls quiet, what
 * is there is a whole packet that is shorter than it could be, or nonsense. */
static void
boot_rom_quiet (gpointer self)
{
  BootRom *rom = self;
  SmithMessage nonsense = { .stage = SMITH_STAGE_BOOT };

  if (rom->fill == 0)
    return;
  if (!rom->lost && rom->packet[0] == DATA && rom->fill > DATA_OVERHEAD
      && has_good_checksum (rom->packet, rom->fill))
    {
      handle (rom, rom->fill);
      return;
    }
  rom->lost = FALSE;
  rom->fill = 0;
  nonsense.number = smith_virtual_stick_get_count (rom->stick, SMITH_STAGE_BOOT);
  smith_message_refuse (rom->stick, &nonsense, "bytes that are no packet");
  smith_message_answer_byte (rom->stick, &nonsense, REFUSED);
}

const SmithTalk smith_talk_boot_rom = {
  .enter = boot_rom_enter,
  .feed = boot_rom_feed,
  .quiet = boot_rom_quiet,
  .leave = boot_rom_leave,
};
