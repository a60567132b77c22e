/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hilink-server.h"
#include "stick-log.h"
#include "virtual-flash.h"
#include "virtual-network.h"
#include "virtual-port.h"

G_BEGIN_DECLS

/*
 * A virtual stick is a thread that wears one face after the other: virtual CD,
 * boot ROM, download mode, working Stick firmware, working HiLink firmware. A
 * face has ports, of which one is served at most, and a web server or not. What
 * is served there reads what comes over the port and answers it by the
 * functions below. All of them run on the stick's thread.
 */

/* Made up: no such number is given out. Its last digit is the right check digit. */
#define SMITH_VIRTUAL_IMEI "350000000000014"

/* What AT^SETPORT? answers until it is set: the ports beside the virtual CD, those without. */
#define SMITH_PORT_SETTING "A1,A2;12,10,16,A1,A2"

/* Bytes that make no packet are given up when the line has been quiet so long. */
#define SMITH_QUIET_MS 100

/**
 * SmithTalk:
 * @enter: makes the state of a stick that has just come up
 * @feed: takes bytes as they come, in pieces of any length
 * @quiet: (nullable): nothing has come for SMITH_QUIET_MS
 * @leave: frees the state; the stick is about to leave the bus
 *
 * What answers at a port.
 */
typedef struct
{
  gpointer (*enter) (SmithVirtualStick *stick);
  void (*feed) (gpointer self, const guint8 *data, gsize size);
  void (*quiet) (gpointer self);
  void (*leave) (gpointer self);
} SmithTalk;

extern const SmithTalk smith_talk_boot_rom;
extern const SmithTalk smith_talk_download;
extern const SmithTalk smith_talk_modem;

#define SMITH_FACE_PORTS_MAX 3

typedef struct
{
  guint interface_number;
  SmithPortRole role;
  gboolean is_served; /* else it takes everything and never answers */
} SmithFacePort;

/**
 * SmithFace:
 * @family: as far as the USB id tells it
 * @unproven: as for #SmithStick
 * @ports: by interface number; those that are not served are left out for
 *   sticks that show served ports only
 * @talk: what the served port is served by; NULL where there is none
 *
 * What a stick is in one mode.
 */
typedef struct
{
  SmithMode mode;
  guint16 product;
  SmithFamily family;
  gboolean unproven;
  SmithFacePort ports[SMITH_FACE_PORTS_MAX];
  guint n_ports;
  const SmithTalk *talk;
  gboolean has_web;
} SmithFace;

/* What sort of stick it is for those it talks to. */
typedef enum
{
  SMITH_MODEL_E3372, /* and its relatives */
  SMITH_MODEL_E1550,
  SMITH_MODEL_E392,
  SMITH_N_MODELS
} SmithVirtualModel;

/* What somebody outside the stick's thread wants of it; the bits of a set. */
typedef enum
{
  SMITH_WISH_EJECT = 1 << 0,
  SMITH_WISH_DOWNLOAD = 1 << 1,
  SMITH_WISH_PORTS = 1 << 2,
  SMITH_WISH_RESTART = 1 << 3,
  SMITH_WISH_REFUSED = 1 << 4, /* the web server has said no already */
} SmithWish;

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
  SmithVirtualModel model;
  SmithChip chip;
  char *product_id; /* NULL: silent */
  char *hardware;
  char *first_version;
  gboolean demand_signature;
  gboolean echo;
  gboolean refuses_entry;
  gboolean refuses_switch;
  gboolean refuses_ports;
  gboolean ignores_entry;
  gboolean shows_cd;
  gboolean stays_cd;
  gboolean generic_loader;
  gboolean all_ports;
  gboolean no_network;
  gboolean keeps_ports;
  guint16 download_product; /* 0: the usual one */
  SmithHilinkServerConfig web_config;
  char *web_texts[2]; /* those of the config that are kept */
  guint restart_ms;
  const SmithFaultScript *faults;
  SmithStickLog *log;
  GThread *thread;
  int wake;  /* readable for good once the stick was unplugged */
  int nudge; /* readable while there are wishes */
  int both;  /* readable when one of them is */

  /* Guards what the bus sees: nothing appears after unplugging. */
  GMutex presence;
  char *usb_path;
  gboolean present;
  gboolean unplugged;

  GMutex lock; /* for what can be asked from outside */
  guint counts[SMITH_N_STAGES];
  guint refusals;
  guint offences;
  gboolean lost_calibration;
  GPtrArray *components; /* GBytes */
  guint wishes;
  SmithVirtualPort *bystander; /* the port of another stick that appeared, or NULL */

  /* The thread's own. */
  const SmithFace *face;
  SmithVirtualPort *ports[SMITH_FACE_PORTS_MAX]; /* of the face; NULL: left out */
  SmithVirtualPort *port;                        /* the one of them that is served, or NULL */
  SmithHilinkServer *web;
  SmithDeparture departure;
  SmithMode next_mode;
  SmithReturn manner; /* in which it comes back */
  gboolean has_bystander;
  SmithVirtualFlash *flash;
  SmithVirtualNetwork network;
  char *version;             /* of the firmware at work */
  gboolean is_hilink;        /* the firmware on it, not the mode at the moment */
  gboolean is_sound;         /* what was on it when it came still works */
  guint16 shown_as_download; /* USB id in download mode, by the way in */
  gboolean sfm;              /* AT^SFM, which survives restarts */
  char *port_setting;        /* AT^SETPORT */
};

void smith_virtual_stick_depart (SmithVirtualStick *stick,
                                 SmithDeparture departure,
                                 SmithMode next_mode);
gboolean smith_virtual_stick_sleep (SmithVirtualStick *stick, guint ms);
void smith_virtual_stick_wish (SmithVirtualStick *stick, guint wishes);

/* The id in download mode of a stick that its HiLink firmware sent there. */
#define SMITH_DOWNLOAD_HILINK 0x1442

/* Faces. */
SmithVirtualModel smith_virtual_model_find (SmithFamily family, const char *hardware);
const SmithFace *smith_virtual_stick_find_face (SmithVirtualStick *stick, SmithMode mode);
SmithMode smith_virtual_stick_working_mode (SmithVirtualStick *stick);
void smith_virtual_stick_to_download (SmithVirtualStick *stick, guint16 product);

/* What the bus and the log see of it, and the ports behind that. */
void smith_virtual_stick_appear (SmithVirtualStick *stick);
void smith_virtual_stick_withdraw_locked (SmithVirtualStick *stick);
void smith_virtual_stick_disappear (SmithVirtualStick *stick);
void smith_virtual_stick_log_appearance (SmithVirtualStick *stick);
void smith_virtual_stick_log_mode (SmithVirtualStick *stick, const char *name);
gboolean smith_virtual_stick_open_ports (SmithVirtualStick *stick,
                                         const SmithFace *face,
                                         SmithVirtualPort *ports[SMITH_FACE_PORTS_MAX],
                                         GError **error);
void smith_face_close_ports (SmithVirtualPort *ports[SMITH_FACE_PORTS_MAX]);
gboolean smith_virtual_stick_wear (SmithVirtualStick *stick,
                                   const SmithFace *face,
                                   SmithVirtualPort *ports[SMITH_FACE_PORTS_MAX],
                                   GError **error);
void smith_virtual_stick_undress (SmithVirtualStick *stick);
void smith_virtual_stick_show_bystander (SmithVirtualStick *stick, const SmithFace *face);

/* The web server. */
void smith_virtual_web_configure (SmithVirtualStick *stick, const SmithHilinkServerConfig *config);
void smith_virtual_web_clear (SmithVirtualStick *stick);
SmithHilinkServer *smith_virtual_web_start (SmithVirtualStick *stick, GError **error);
void smith_virtual_web_fulfil (SmithVirtualStick *stick, guint wishes);

/* Messages. */
gboolean smith_message_begin (SmithVirtualStick *stick, SmithStage stage, SmithMessage *message);
gboolean smith_message_is_refused (const SmithMessage *message);
JsonBuilder *smith_message_event (const SmithMessage *message, const char *name);
void smith_message_refuse (SmithVirtualStick *stick, const SmithMessage *message, const char *why);
void smith_message_offend (SmithVirtualStick *stick, const SmithMessage *message, const char *why);
void smith_message_answer_byte (SmithVirtualStick *stick, const SmithMessage *message, guint8 byte);
void smith_message_answer_frame (SmithVirtualStick *stick,
                                 const SmithMessage *message,
                                 const guint8 *body,
                                 gsize size);
void smith_message_answer_text (SmithVirtualStick *stick,
                                const SmithMessage *message,
                                const char *command,
                                const char *answer);

/* No answer in a frame has a longer body. */
#define SMITH_ANSWER_MAX 96

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

/* The diagnostics of a Qualcomm stick's working firmware. */
typedef struct _SmithDiagnostics SmithDiagnostics;

SmithDiagnostics *smith_diagnostics_new (SmithVirtualStick *stick);
void smith_diagnostics_free (SmithDiagnostics *diagnostics);
void smith_diagnostics_feed (SmithDiagnostics *diagnostics, const guint8 *data, gsize size);
void smith_diagnostics_quiet (SmithDiagnostics *diagnostics);

G_END_DECLS
