/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The conversations in which messages are counted, each from 1. */
typedef enum
{
  SMITH_STAGE_BOOT,   /* boot ROM: the handshake is message 1, then every packet */
  SMITH_STAGE_TEXT,   /* AT commands in download mode */
  SMITH_STAGE_BINARY, /* frames in download mode */
  SMITH_STAGE_AT,     /* AT commands of working firmware, and its diagnostics' frames */
  SMITH_N_STAGES
} SmithStage;

typedef enum
{
  SMITH_FAULT_NONE,
  SMITH_FAULT_LOST,         /* the message is carried out, its answer never sent */
  SMITH_FAULT_REFUSE,       /* not carried out; argument: the code */
  SMITH_FAULT_GARBAGE,      /* carried out; random bytes instead of the answer */
  SMITH_FAULT_BAD_CHECKSUM, /* carried out; the answer's checksum is wrong */
  SMITH_FAULT_SINGLE_BYTES, /* carried out; the answer comes byte by byte */
  SMITH_FAULT_DELAY,        /* carried out; the answer comes argument ms later */
  SMITH_FAULT_HALF,         /* carried out; only half of the answer comes */
  SMITH_FAULT_UNSOLICITED,  /* carried out; unasked-for lines before and in the answer */
  SMITH_FAULT_GONE,         /* the stick leaves the bus for good */
  SMITH_FAULT_TWICE,        /* carried out; the same answer again, argument ms later */
  SMITH_FAULT_REPLUG,       /* the stick leaves and comes back in the same mode */
} SmithFault;

/* What the stick does wrong when it comes back. After a loader, the old version
 * makes no sense and is an error in a script. */
typedef enum
{
  SMITH_RETURN_RIGHT,
  SMITH_RETURN_NEVER,
  SMITH_RETURN_WRONG_MODE,
  SMITH_RETURN_OLD_VERSION,
  SMITH_RETURN_OTHER_PORT,  /* at another place on the bus */
  SMITH_RETURN_OTHER_STICK, /* right, but first another stick appears elsewhere */
  SMITH_N_RETURNS
} SmithReturn;

/**
 * SmithFaultScript:
 *
 * What goes wrong, as text: one fault a line, "#" begins a comment.
 *
 *   STAGE NUMBER FAULT [ARGUMENT] [times K|always]
 *   after load|flash never|wrong-mode|old-version|other-port|other-stick
 *
 * STAGE is boot, text, binary or at; FAULT lost, refuse, garbage,
 * bad-checksum, single-bytes, delay, half, unsolicited, gone, twice or replug.
 * A fault strikes at message NUMBER and, with "times K", at the K - 1 messages
 * after it too; with "always", at all of them. ARGUMENT is the code of refuse
 * (1 to 65535, 7 if not given, 0x for hexadecimal) and the milliseconds of
 * delay and of twice (0 if not given); the others take none. Of several lines
 * for one message the first counts.
 */
typedef struct _SmithFaultScript SmithFaultScript;

SmithFaultScript *smith_fault_script_parse (const char *text, GError **error);
void smith_fault_script_free (SmithFaultScript *script);
SmithFault smith_fault_script_look_up (const SmithFaultScript *script,
                                       SmithStage stage,
                                       guint number,
                                       guint *argument);
SmithReturn smith_fault_script_after_load (const SmithFaultScript *script);
SmithReturn smith_fault_script_after_flash (const SmithFaultScript *script);
const char *smith_fault_name (SmithFault fault);
const char *smith_stage_name (SmithStage stage);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithFaultScript, smith_fault_script_free)

G_END_DECLS
