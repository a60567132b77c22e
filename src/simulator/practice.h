/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SmithPracticeFiles:
 * @loader: path of a loader with an erase routine that is not yet harmless
 * @stick: path of a Stick firmware
 * @hilink: path of a HiLink firmware, web interface included
 *
 * Files to practise with: in the vendor's formats, made for the virtual stick
 * (a Balong V7R11), of no use on a real one. The versions are those that the
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
} SmithPracticeFiles;

gboolean smith_practice_write_files (const char *dir, SmithPracticeFiles *files, GError **error);
char *smith_practice_write_wrong_file (const char *dir, GError **error);
void smith_practice_files_clear (SmithPracticeFiles *files);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SmithPracticeFiles, smith_practice_files_clear)

G_END_DECLS
