/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "format/at-answer.h"
#include "identity.h"

G_BEGIN_DECLS

const char *const *smith_at_facts_list_questions (guint *n);
void
smith_at_facts_read (const char *command, const SmithAtAnswer *answer, SmithIdentity *identity);

G_END_DECLS
