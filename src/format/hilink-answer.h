/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SmithHilinkInfo:
 *
 * What a stick's web server tells about it; NULL where it does not say. The
 * texts are short, valid UTF-8 and without control characters.
 */
typedef struct
{
  char *device_name;
  char *hardware;
  char *software;
  char *webui;
  char *imei;
  char *product_family;
  char *classify;
  gboolean is_basic; /* only what it tells before anybody logs in */
} SmithHilinkInfo;

/* The server's error codes that change what is done next. */
enum
{
  SMITH_HILINK_NOT_SUPPORTED = 100002,
  SMITH_HILINK_LOGIN_NEEDED = 100003,
  SMITH_HILINK_BUSY = 100004,
  SMITH_HILINK_MALFORMED = 100005,
  SMITH_HILINK_TOKEN_FIRST = 125001, /* to 125003: token or session are no longer good */
  SMITH_HILINK_TOKEN_LAST = 125003,
};

/* Of a text about the stick; in characters. */
#define SMITH_HILINK_TEXT_MAX 128

/* Of a value; in bytes. A session's cookie is longer than any text for people. */
#define SMITH_HILINK_VALUE_MAX 1024

/**
 * SmithHilinkAnswer:
 *
 * A parsed answer: either an error with its code, or the texts of the innermost
 * elements below the document's root, by name in lower case. The first of two
 * of one name counts. All are valid UTF-8, without control characters and
 * without blanks around them.
 */
typedef struct
{
  int error;          /* 0 without one */
  GHashTable *values; /* char * → char * */
} SmithHilinkAnswer;

SmithHilinkAnswer *smith_hilink_answer_parse (const char *text, gsize size, GError **error);
const char *smith_hilink_answer_get (const SmithHilinkAnswer *answer, const char *name);
void smith_hilink_answer_free (SmithHilinkAnswer *answer);
SmithHilinkInfo *smith_hilink_info_new (const SmithHilinkAnswer *answer);
void smith_hilink_info_free (SmithHilinkInfo *info);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithHilinkAnswer, smith_hilink_answer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithHilinkInfo, smith_hilink_info_free)

G_END_DECLS
