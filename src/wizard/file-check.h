/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "job/package.h"

G_BEGIN_DECLS

typedef enum
{
  SMITH_FILE_CHECKING,
  SMITH_FILE_GOOD,
  SMITH_FILE_BAD,
} SmithFileState;

/**
 * SmithFileCheck:
 *
 * One file that a person chose, opened and checked on a worker. For the main
 * thread; "changed" (no arguments) tells of progress and of the end.
 */
#define SMITH_TYPE_FILE_CHECK (smith_file_check_get_type ())
G_DECLARE_FINAL_TYPE (SmithFileCheck, smith_file_check, SMITH, FILE_CHECK, GObject)

SmithFileCheck *smith_file_check_new (const char *path, SmithWant want);
void smith_file_check_cancel (SmithFileCheck *check);
const char *smith_file_check_get_name (SmithFileCheck *check);
SmithFileState smith_file_check_get_state (SmithFileCheck *check);
double smith_file_check_get_fraction (SmithFileCheck *check);
SmithItem *smith_file_check_get_item (SmithFileCheck *check);
const char *smith_file_check_get_problem (SmithFileCheck *check);

G_END_DECLS
