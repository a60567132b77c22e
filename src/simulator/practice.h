/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The firmware files that there are to practise with. */
typedef enum
{
  SMITH_PRACTICE_STICK,
  SMITH_PRACTICE_HILINK,
  SMITH_PRACTICE_E1550,
  SMITH_PRACTICE_E392,
} SmithPracticeKind;

/**
 * SmithPracticeFiles:
 * @loader: path of a loader with an erase routine that is not yet harmless
 * @stick: path of a Stick firmware
 * @hilink: path of a HiLink firmware, web interface included
 * @e1550: path of a Windows updater for an E1550
 * @e392: path of a firmware for an E392
 *
 * Files to practise with: in the vendor's formats, made for virtual sticks (the
 * first ones for a Balong V7R11), of no use on a real one. The versions are those that the
 * files bring. Made by smith_practice_write_files(); zero-initialise it, and
 * clear with smith_practice_files_clear().
 */
typedef struct
{
  char *loader;
  char *stick;
  char *hilink;
  char *stick_version;
  char *hilink_version;
  char *e1550;
  char *e392;
  char *e1550_version;
  char *e392_version;
} SmithPracticeFiles;

gboolean smith_practice_write_files (const char *dir, SmithPracticeFiles *files, GError **error);
char *smith_practice_write_wrong_file (const char *dir, GError **error);
const char *smith_practice_files_get_firmware (const SmithPracticeFiles *files,
                                               SmithPracticeKind kind);
const char *smith_practice_files_get_version (const SmithPracticeFiles *files,
                                              SmithPracticeKind kind);
void smith_practice_files_clear (SmithPracticeFiles *files);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SmithPracticeFiles, smith_practice_files_clear)

G_END_DECLS
