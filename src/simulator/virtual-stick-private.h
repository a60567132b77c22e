/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stick-log.h"
#include "virtual-flash.h"
#include "virtual-port.h"

G_BEGIN_DECLS

/*
 * A virtual stick is a thread that wears one face after the other: boot ROM,
 * download mode, working Stick firmware, working HiLink firmware. A face reads
 * what comes over the port and answers it by the functions below. All of them
 * run on the stick's thread.
 */

/* Bytes that make no packet are given up when the line has been quiet so long. */
#define SMITH_QUIET_MS 100

/**
 * SmithFace:
 * @enter: (nullable): makes the state of a stick that has just come up
 * @feed: takes bytes as they come, in pieces of any length
 * @quiet: (nullable): nothing has come for SMITH_QUIET_MS
 * @leave: frees the state; the stick is about to leave the bus
 *
 * What a stick is in one mode. One without @enter has no port.
 */
typedef struct
{
  SmithMode mode;
  guint16 product;
  SmithPortRole role;
  guint interface_number;
  gpointer (*enter) (SmithVirtualStick *stick);
  void (*feed) (gpointer self, const guint8 *data, gsize size);
  void (*quiet) (gpointer self);
  void (*leave) (gpointer self);
} SmithFace;

extern const SmithFace smith_face_boot_rom;
extern const SmithFace smith_face_download;
extern const SmithFace smith_face_modem;
extern const SmithFace smith_face_hilink;

/* One message of the host, and what the script has in store for it. */
typedef struct
{
  SmithStage stage;
  guint number;
  SmithFault fault;
  guint argument;
} SmithMessage;

typedef enum
{
  SMITH_STAY,
  SMITH_RESTART, /* leave, and come back in the next mode */
  SMITH_LEAVE,   /* leave for good */
} SmithDeparture;

struct _SmithVirtualStick
{
  /* Fixed from the start. */
  SmithVirtualBus *bus;
  char *usb_path;
  SmithChip chip;
  char *product_id; /* NULL: silent */
  char *hardware;
  char *first_version;
  gboolean demand_signature;
  gboolean echo;
  guint restart_ms;
  const SmithFaultScript *faults;
  SmithStickLog *log;
  GThread *thread;
  int wake; /* readable for good once the stick was unplugged */

  /* Guards what the bus sees: nothing appears after unplugging. */
  GMutex presence;
  gboolean present;
  gboolean unplugged;

  GMutex lock; /* for what can be asked from outside */
  guint counts[SMITH_N_STAGES];
  guint refusals;
  gboolean lost_calibration;
  GPtrArray *components; /* GBytes */

  /* The thread's own. */
  const SmithFace *face;
  SmithVirtualPort *port; /* NULL for a face without one */
  SmithDeparture departure;
  SmithMode next_mode;
  SmithVirtualFlash *flash;
  char *version; /* of the firmware at work */
};

void smith_virtual_stick_depart (SmithVirtualStick *stick,
                                 SmithDeparture departure,
                                 SmithMode next_mode);
gboolean smith_virtual_stick_sleep (SmithVirtualStick *stick, guint ms);

gboolean
smith_message_begin (SmithVirtualStick *stick, SmithStage stage, SmithMessage *message);
gboolean smith_message_is_refused (const SmithMessage *message);
JsonBuilder *smith_message_event (const SmithMessage *message, const char *name);
void
smith_message_refuse (SmithVirtualStick *stick, const SmithMessage *message, const char *why);
void
smith_message_answer_byte (SmithVirtualStick *stick, const SmithMessage *message, guint8 byte);
void smith_message_answer_frame (SmithVirtualStick *stick,
                                 const SmithMessage *message,
                                 const guint8 *body,
                                 gsize size);
void smith_message_answer_text (SmithVirtualStick *stick,
                                const SmithMessage *message,
                                const char *command,
                                const char *answer);

/* Longer commands are no commands. */
#define SMITH_LINE_MAX 512

/* A command that is being typed; it ends with CR. */
typedef struct
{
  char text[SMITH_LINE_MAX + 1];
  gsize length;
} SmithLine;

gboolean smith_line_push (SmithLine *line, guint8 byte);
void smith_line_clear (SmithLine *line);

/* The binary stage of download mode. */
typedef struct _SmithFrames SmithFrames;

SmithFrames *smith_frames_new (SmithVirtualStick *stick);
void smith_frames_free (SmithFrames *frames);
gboolean smith_frames_feed (SmithFrames *frames, const guint8 *data, gsize size, gsize *used);
void smith_virtual_stick_restart (SmithVirtualStick *stick);

G_END_DECLS
