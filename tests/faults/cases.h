/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "route.h"

G_BEGIN_DECLS

/*
 * The fault matrix: what goes wrong with a message, what the person does then,
 * and how a run may end.
 */

/* All faults of a script, with delays below and beyond the deadline, and one
 * that takes the person: the stick comes back in another mode. */
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
  WRONG_OTHER_MODE,
  WRONG_TWICE,
  WRONG_NOTHING, /* only the person does something */
  N_WRONGS
} Wrong;

typedef enum
{
  PERSON_NOTHING,
  PERSON_CANCEL,
  PERSON_CLOSE, /* cancels, and nobody keeps the job */
  PERSON_KILL,  /* kill -9, and another process goes on */
  N_PERSONS
} Person;

/* How a run may end: bits. */
#define ENDS_WELL 0x10000u
#define ENDS_WITH(code) (1u << (code))
#define ENDS_ANYHOW 0xFFFFFu

/**
 * FaultCase:
 * @strike: text of the event at which the person does something
 * @code: with which the stick refuses, where it does
 * @other_mode: in which the stick comes back, or SMITH_MODE_UNKNOWN
 * @heals: the fault is over when the run is
 * @web: how the web server behaves
 */
typedef struct
{
  const Route *route;
  Kind kind;
  Wrong wrong;
  Person person;
  guint number; /* of the message */
  guint code;
  gboolean heals;
  SmithMode other_mode;
  const char *strike;
  char *script;
  gboolean has_web;
  SmithHilinkServerConfig web;
  guint allowed;
} FaultCase;

/* All waiting is shortened to this; a process of its own takes longer to begin. */
#define CASE_SCALE 0.02
#define CASE_KILL_SCALE 0.1

guint ends_once (Kind kind, Wrong wrong);
guint ends_always (Kind kind, Wrong wrong);
guint ends_web (const Route *route, const SmithHilinkServerConfig *web);

/* Of every route: */
void cases_add_faults (GPtrArray *cases, const Route *route, gboolean full);
void cases_add_persons (GPtrArray *cases, const Route *route, gboolean full);
void cases_add_kills (GPtrArray *cases, const Route *route, gboolean full);
void cases_add_returns (GPtrArray *cases, const Route *route, gboolean full);
void cases_add_web (GPtrArray *cases, const Route *route, gboolean full);
GPtrArray *cases_new (void);
char *case_describe (const FaultCase *one);

G_END_DECLS
