/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "simulator/fault-script.h"

G_BEGIN_DECLS

/*
 * The fault matrix: which message of a clean run is of which kind, what can go
 * wrong with it, and how a run may end then.
 */

/* What a message is; the order is that of the tables in fault-cases.c. */
typedef enum
{
  KIND_HANDSHAKE,
  KIND_HEAD,
  KIND_DATA,
  KIND_END,
  KIND_LAST_END, /* starts the loader */
  KIND_DLOADVER,
  KIND_SIGNVER,
  KIND_DATAMODE,
  KIND_VERSION,
  KIND_PRODUCT,
  KIND_BEGIN,
  KIND_BLOCK,
  KIND_FINISH,
  KIND_LEAVE,
  KIND_RESTART,
  KIND_AT,
  KIND_NETWORK, /* questions about the network, when all is done */
  N_KINDS
} Kind;

/* All faults of a script, with delays below and beyond the deadline. */
typedef enum
{
  WRONG_LOST,
  WRONG_REFUSE,
  WRONG_GARBAGE,
  WRONG_BAD_CHECKSUM,
  WRONG_SINGLE_BYTES,
  WRONG_DELAY_SHORT,
  WRONG_DELAY_LONG,
  WRONG_HALF,
  WRONG_UNSOLICITED,
  WRONG_GONE,
  WRONG_REPLUG,
  N_WRONGS
} Wrong;

/* How a run may end: bits. */
#define ENDS_WELL 0x10000u
#define ENDS_WITH(code) (1u << (code))

typedef struct
{
  SmithStage stage;
  Kind kind;
  char *script;
  guint allowed;
} FaultCase;

/* The firmware of the matrix: two signed files, each of so many partitions of one block. */
#define CASE_FILES 2
#define CASE_NETWORK_QUESTIONS 10
#define CASE_PARTITIONS 7

/* Packets of data in the two components of its loader. */
#define CASE_RAMINIT_PACKETS 2
#define CASE_FLASHER_PACKETS 5

/* All waiting is shortened to this. */
#define CASE_SCALE 0.02

GPtrArray *fault_cases_for_stage (SmithStage stage);
GPtrArray *fault_cases_for_returns (void);
guint fault_cases_count (SmithStage stage);

G_END_DECLS
