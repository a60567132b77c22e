/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases.h"

#include "format/error.h"

#define TIMEOUT ENDS_WITH (SMITH_ERROR_TIMEOUT)
#define REFUSED ENDS_WITH (SMITH_ERROR_REFUSED)
#define PROTOCOL ENDS_WITH (SMITH_ERROR_PROTOCOL)
#define DISCONNECTED ENDS_WITH (SMITH_ERROR_DISCONNECTED)
#define WRONG_DEVICE ENDS_WITH (SMITH_ERROR_WRONG_DEVICE)
#define WRONG_FILE ENDS_WITH (SMITH_ERROR_WRONG_FILE)
#define UNSUPPORTED ENDS_WITH (SMITH_ERROR_UNSUPPORTED)
#define WELL ENDS_WELL

/* Out of step for good, in which a loader may still get through. */
#define ANY_LOADER (WELL | TIMEOUT | REFUSED | UNSUPPORTED)

/*
 * By kind of message and fault, in the order of Kind and Wrong. A late answer
 * is a matter of milliseconds on a machine that may be busy: where it can still
 * be made good, both ends are right.
 */
/* clang-format off */
static const guint once[N_KINDS][N_WRONGS] = {
  /*                   lost     refuse    garbage  bad sum  bytes short late                 half     text  gone          replug        other mode    twice */
  [KIND_HANDSHAKE] = { WELL,    WELL,     WELL,    WELL,    WELL, WELL, WELL | WRONG_DEVICE, WELL,    WELL, DISCONNECTED, DISCONNECTED, DISCONNECTED, WELL, WELL },
  [KIND_HEAD]      = { WELL,    WELL,     WELL,    WELL,    WELL, WELL, WELL | TIMEOUT,      WELL,    WELL, DISCONNECTED, DISCONNECTED, DISCONNECTED, WELL, WELL },
  [KIND_DATA]      = { WELL,    WELL,     WELL,    WELL,    WELL, WELL, WELL | TIMEOUT,      WELL,    WELL, DISCONNECTED, DISCONNECTED, DISCONNECTED, WELL, WELL },
  [KIND_END]       = { WELL,    WELL,     WELL,    WELL,    WELL, WELL, WELL | TIMEOUT,      WELL,    WELL, DISCONNECTED, DISCONNECTED, DISCONNECTED, WELL, WELL },
  /* The stick leaves with it when all is well, too. */
  [KIND_LAST_END]  = { WELL,    WELL,     WELL,    WELL,    WELL, WELL, WELL,                WELL,    WELL, DISCONNECTED, UNSUPPORTED,  UNSUPPORTED,  WELL, WELL },
  [KIND_DLOADVER]  = { WELL,    WRONG_DEVICE, WELL, WELL,   WELL, WELL, WELL | WRONG_DEVICE, WELL,    WELL, DISCONNECTED, DISCONNECTED, DISCONNECTED, WELL, WELL },
  [KIND_SIGNVER]   = { TIMEOUT, REFUSED,  TIMEOUT, TIMEOUT, WELL, WELL, TIMEOUT,             TIMEOUT, WELL, DISCONNECTED, DISCONNECTED, DISCONNECTED, WELL, WELL },
  [KIND_DATAMODE]  = { WELL,    REFUSED,  WELL,    WELL,    WELL, WELL, WELL | TIMEOUT,      WELL,    WELL, DISCONNECTED, DISCONNECTED, DISCONNECTED, WELL, WELL },
  [KIND_VERSION]   = { WELL,    WELL,     WELL,    WELL,    WELL, WELL, WELL | TIMEOUT,      WELL,    WELL, DISCONNECTED, DISCONNECTED, DISCONNECTED, WELL, WELL },
  [KIND_PRODUCT]   = { WELL,    WELL,     WELL,    WELL,    WELL, WELL, WELL,                WELL,    WELL, DISCONNECTED, DISCONNECTED, DISCONNECTED, WELL, WELL },
  [KIND_Q_VERSION] = { WELL,    WELL,     WELL,    WELL,    WELL, WELL, WELL | WRONG_DEVICE, WELL,    WELL, DISCONNECTED, DISCONNECTED, DISCONNECTED, WELL, WELL },
  /* Nothing is written to a stick of this family that will not say what it is. */
  [KIND_Q_PRODUCT] = { WELL,    WRONG_FILE, WELL,  WELL,    WELL, WELL, WELL | WRONG_FILE,   WELL,    WELL, DISCONNECTED, DISCONNECTED, DISCONNECTED, WELL, WELL },
  /* Never sent twice: without an answer nobody knows what the stick has done. */
  [KIND_BEGIN]     = { TIMEOUT, REFUSED,  TIMEOUT, TIMEOUT, WELL, WELL, TIMEOUT,             TIMEOUT, WELL, DISCONNECTED, DISCONNECTED, DISCONNECTED, WELL, WELL },
  [KIND_BLOCK]     = { WELL,    REFUSED,  WELL,    WELL,    WELL, WELL, WELL | TIMEOUT,      WELL,    WELL, DISCONNECTED, DISCONNECTED, DISCONNECTED, WELL | PROTOCOL, WELL },
  [KIND_FINISH]    = { TIMEOUT, REFUSED,  TIMEOUT, TIMEOUT, WELL, WELL, TIMEOUT,             TIMEOUT, WELL, DISCONNECTED, DISCONNECTED, DISCONNECTED, WELL, WELL },
  [KIND_LEAVE]     = { WELL,    REFUSED,  WELL,    WELL,    WELL, WELL, WELL | TIMEOUT,      WELL,    WELL, DISCONNECTED, DISCONNECTED, DISCONNECTED, WELL, WELL },
  /* It may leave without an answer; what it is then, the bus shows. */
  [KIND_RESTART]   = { WELL,    REFUSED,  WELL,    WELL,    WELL, WELL, WELL,                WELL,    WELL, TIMEOUT,      WRONG_DEVICE, WRONG_DEVICE, WELL, WELL },
  /* Of this family a stick is given up only where it restarted, and said so. */
  [KIND_Q_RESTART] = { WELL,    REFUSED,  WELL,    WELL,    WELL, WELL, WELL,                WELL,    WELL, TIMEOUT,      DISCONNECTED, DISCONNECTED, WELL, WELL },
  /* Without an answer it counts as told, and what counts is where the stick goes. */
  [KIND_SFM]       = { WELL,    WELL,     WELL,    WELL,    WELL, WELL, WELL,                WELL,    WELL, DISCONNECTED, WELL,         WRONG_FILE,   WELL, WELL },
  [KIND_GODLOAD]   = { WELL,    REFUSED,  WELL,    WELL,    WELL, WELL, WELL,                WELL,    WELL, DISCONNECTED, WELL,         WRONG_FILE,   WELL, WELL },
  [KIND_QCDMG]     = { WELL,    UNSUPPORTED, WELL, WELL,    WELL, WELL, WELL,                WELL,    WELL, DISCONNECTED, DISCONNECTED, DISCONNECTED, WELL, WELL },
  [KIND_DISLOG]    = { WELL,    WELL,     WELL,    WELL,    WELL, WELL, WELL,                WELL,    WELL, DISCONNECTED, DISCONNECTED, DISCONNECTED, WELL, WELL },
  [KIND_DIAG_VERSION] = { WELL, WELL,     WELL,    WELL,    WELL, WELL, WELL,                WELL,    WELL, DISCONNECTED, DISCONNECTED, DISCONNECTED, WELL, WELL },
  [KIND_DIAG_IDENTITY] = { WELL, UNSUPPORTED, WELL, WELL,   WELL, WELL, WELL,                WELL,    WELL, DISCONNECTED, DISCONNECTED, DISCONNECTED, WELL, WELL },
  [KIND_DIAG_DOWNLOAD] = { WELL, REFUSED, WELL,    WELL,    WELL, WELL, WELL,                WELL,    WELL, DISCONNECTED, WELL,         WELL,         WELL, WELL },
  [KIND_AT]        = { WELL,    WELL,     WELL,    WELL,    WELL, WELL, WELL,                WELL,    WELL, TIMEOUT,      WELL,         WRONG_DEVICE, WELL, WELL },
  /* The firmware is in place by then: nothing can make that undone. */
  [KIND_NETWORK]   = { WELL,    WELL,     WELL,    WELL,    WELL, WELL, WELL,                WELL,    WELL, WELL,         WELL,         WELL,         WELL, WELL },
};

/*
 * The same from that message on, for good; in the same stage only. 0: not tried.
 * Byte by byte a long answer takes about as long as it may, as times are
 * shortened here; a late one is as good.
 */
static const guint always[N_KINDS][N_WRONGS] = {
  [KIND_HANDSHAKE] = { WRONG_DEVICE, WRONG_DEVICE, WRONG_DEVICE, 0, WELL, WELL, 0, 0, WELL, 0, 0 },
  [KIND_HEAD]      = { TIMEOUT, REFUSED, REFUSED, 0, WELL, WELL, ANY_LOADER, TIMEOUT, WELL, 0, 0 },
  [KIND_DATA]      = { TIMEOUT, REFUSED, REFUSED, 0, 0, 0, 0, TIMEOUT, 0, 0, 0 },
  [KIND_END]       = { TIMEOUT, REFUSED, REFUSED, 0, 0, 0, 0, TIMEOUT, 0, 0, 0 },
  [KIND_LAST_END]  = { WELL, REFUSED, WELL, 0, 0, 0, 0, WELL, 0, 0, 0 },
  [KIND_DLOADVER]  = { WRONG_DEVICE, WRONG_DEVICE, WRONG_DEVICE, WRONG_DEVICE, WELL, WELL, 0, WRONG_DEVICE, WELL, 0, 0 },
  [KIND_SIGNVER]   = { TIMEOUT, REFUSED, TIMEOUT, 0, 0, 0, 0, TIMEOUT, 0, 0, 0 },
  /* The second file's signature is handed over in text again. */
  [KIND_DATAMODE]  = { TIMEOUT, REFUSED, TIMEOUT, 0, 0, 0, 0, TIMEOUT, 0, 0, 0 },
  [KIND_VERSION]   = { TIMEOUT, TIMEOUT, TIMEOUT, TIMEOUT, WELL, WELL, 0, TIMEOUT, WELL, 0, 0 },
  [KIND_PRODUCT]   = { TIMEOUT, REFUSED, TIMEOUT, TIMEOUT, 0, 0, 0, 0, 0, 0, 0 },
  [KIND_Q_VERSION] = { WRONG_DEVICE, WRONG_DEVICE, WRONG_DEVICE, WRONG_DEVICE, WELL, WELL, 0, WRONG_DEVICE, WELL, 0, 0 },
  [KIND_Q_PRODUCT] = { WRONG_FILE, WRONG_FILE, WRONG_FILE, WRONG_FILE, 0, 0, 0, WRONG_FILE, 0, 0, 0 },
  [KIND_BEGIN]     = { TIMEOUT, REFUSED, 0, TIMEOUT, 0, 0, 0, 0, 0, 0, 0 },
  [KIND_BLOCK]     = { TIMEOUT, REFUSED, TIMEOUT, TIMEOUT, 0, 0, TIMEOUT | WELL, TIMEOUT, 0, 0, 0 },
  [KIND_FINISH]    = { TIMEOUT, REFUSED, 0, TIMEOUT, 0, 0, 0, 0, 0, 0, 0 },
  [KIND_LEAVE]     = { TIMEOUT, REFUSED, TIMEOUT, TIMEOUT, 0, 0, 0, TIMEOUT, 0, 0, 0 },
  [KIND_RESTART]   = { WELL, REFUSED, WELL, WELL, 0, 0, WELL, WELL, 0, 0, 0 },
  [KIND_Q_RESTART] = { WELL, REFUSED, WELL, WELL, 0, 0, WELL, WELL, 0, 0, 0 },
  [KIND_QCDMG]     = { TIMEOUT, UNSUPPORTED, TIMEOUT, TIMEOUT, WELL | TIMEOUT, WELL, 0, TIMEOUT, WELL, 0, 0 },
  [KIND_DIAG_IDENTITY] = { TIMEOUT, UNSUPPORTED, TIMEOUT, TIMEOUT, WELL | TIMEOUT, 0, 0, TIMEOUT, WELL, 0, 0 },
  [KIND_AT]        = { TIMEOUT, PROTOCOL, TIMEOUT, TIMEOUT, WELL | TIMEOUT, WELL, WELL | TIMEOUT, TIMEOUT, WELL, 0, TIMEOUT | DISCONNECTED },
  [KIND_NETWORK]   = { WELL, WELL, WELL, WELL, WELL, WELL, WELL, WELL, WELL, 0, WELL },
};
/* clang-format on */

guint
ends_once (Kind kind, Wrong wrong)
{
  return once[kind][wrong];
}

guint
ends_always (Kind kind, Wrong wrong)
{
  return always[kind][wrong];
}

/* Where the web server only tells the version afterwards, and is asked until
 * it does, one that never talks sense ends in what it talked. */
static guint
ends_of_return (const SmithHilinkServerConfig *web)
{
  if (web->fault_times != 0)
    return WELL;
  switch (web->fault)
    {
    case SMITH_HILINK_FAULT_NONE:
    case SMITH_HILINK_FAULT_ERROR_ONCE:
      return WELL;
    case SMITH_HILINK_FAULT_ERROR:
      return REFUSED | UNSUPPORTED | TIMEOUT;
    case SMITH_HILINK_FAULT_WRONG_TOKEN:
      /* A build without tokens has none that could be wrong. */
      return web->tokens == SMITH_HILINK_TOKENS_NONE ? WELL : REFUSED;
    case SMITH_HILINK_FAULT_SILENT:
      return TIMEOUT;
    case SMITH_HILINK_FAULT_SLOW:
      return TIMEOUT | WELL;
    case SMITH_HILINK_FAULT_NOT_FOUND:
      return UNSUPPORTED;
    case SMITH_HILINK_FAULT_HALF:
    case SMITH_HILINK_FAULT_REDIRECT:
    case SMITH_HILINK_FAULT_LOGIN_PAGE:
    case SMITH_HILINK_FAULT_GARBAGE:
    default:
      return PROTOCOL | DISCONNECTED | TIMEOUT;
    }
}

/**
 * ends_web:
 *
 * What a run may come to with such a web server. On the way in it may be asked
 * in another way, or not: any refusal, but nothing that was begun, and no
 * other error.
 */
guint
ends_web (const Route *route, const SmithHilinkServerConfig *web)
{
  if (route->works_as == SMITH_MODE_HILINK)
    return ends_of_return (web);
  switch (web->fault)
    {
    case SMITH_HILINK_FAULT_NONE:
      return WELL;
    case SMITH_HILINK_FAULT_ERROR:
    case SMITH_HILINK_FAULT_ERROR_ONCE:
    case SMITH_HILINK_FAULT_WRONG_TOKEN:
      return WELL | REFUSED | UNSUPPORTED | TIMEOUT;
    case SMITH_HILINK_FAULT_SILENT:
    case SMITH_HILINK_FAULT_SLOW:
      return WELL | TIMEOUT;
    case SMITH_HILINK_FAULT_NOT_FOUND:
      return WELL | UNSUPPORTED;
    case SMITH_HILINK_FAULT_HALF:
    case SMITH_HILINK_FAULT_REDIRECT:
    case SMITH_HILINK_FAULT_LOGIN_PAGE:
    case SMITH_HILINK_FAULT_GARBAGE:
    default:
      return WELL | PROTOCOL | TIMEOUT;
    }
}
