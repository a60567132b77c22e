/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CliTable:
 *
 * Lines with columns that stand below each other on a terminal, in whatever
 * script and language: each column is as wide as what stands in it.
 */
typedef struct _CliTable CliTable;

CliTable *cli_table_new (const char *sides);
void cli_table_free (CliTable *table);
void cli_table_add (CliTable *table, ...) G_GNUC_NULL_TERMINATED;
void cli_table_add_fact (CliTable *table, const char *title, const char *value);
char *cli_table_to_text (CliTable *table);
void cli_table_print (CliTable *table);
guint cli_text_width (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliTable, cli_table_free)

G_END_DECLS
