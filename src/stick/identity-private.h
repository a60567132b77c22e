/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "identity.h"

G_BEGIN_DECLS

void smith_identity_take (char **where, char *value);
void smith_identity_find_model (SmithIdentity *identity);

G_END_DECLS
