/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "simulator/hilink-server.h"

/* A stick's web server, for as long as somebody holds it; without one the test ends. */
SmithHilinkServer *web_server_start (const SmithHilinkServerConfig *config);
