/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SMITH_AT_OK,
  SMITH_AT_ERROR,
  SMITH_AT_NOT_SUPPORTED,       /* COMMAND NOT SUPPORT */
  SMITH_AT_TOO_MANY_PARAMETERS, /* TOO MANY PARAMETERS */
  SMITH_AT_CME_ERROR,           /* +CME ERROR: with a code */
  SMITH_AT_CMS_ERROR,           /* +CMS ERROR: with a code */
} SmithAtResult;

/**
 * SmithAtAnswer:
 *
 * The answer to one AT command: its lines without echo, unsolicited lines and
 * final result, and that result. @code is -1 where the result has none.
 */
typedef struct
{
  SmithAtResult result;
  int code;
  char **lines;
  char **unsolicited;
} SmithAtAnswer;

typedef struct _SmithAtParser SmithAtParser;

/* A chatty port may not fill the memory: beyond this an answer is given up. */
#define SMITH_AT_ANSWER_MAX 65536

SmithAtParser *smith_at_parser_new (const char *command);
void smith_at_parser_free (SmithAtParser *parser);
gboolean
smith_at_parser_feed (SmithAtParser *parser, const guint8 *data, gsize size, GError **error);
SmithAtAnswer *smith_at_parser_take (SmithAtParser *parser);
gboolean smith_at_parser_got_anything (SmithAtParser *parser);

const char *smith_at_answer_find (const SmithAtAnswer *answer, const char *prefix);
char *smith_at_answer_describe (const SmithAtAnswer *answer);
void smith_at_answer_free (SmithAtAnswer *answer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithAtParser, smith_at_parser_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithAtAnswer, smith_at_answer_free)

G_END_DECLS
