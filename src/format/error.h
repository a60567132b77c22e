/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SMITH_ERROR:
 *
 * The one error domain of Sticksmith. Cancelling is the exception: it is
 * G_IO_ERROR_CANCELLED everywhere.
 */
#define SMITH_ERROR (smith_error_quark ())

/**
 * SmithErrorCode:
 * @SMITH_ERROR_PERMISSION: the person may not open the file or port
 * @SMITH_ERROR_BUSY: another program holds the port
 * @SMITH_ERROR_DISCONNECTED: the stick has left
 * @SMITH_ERROR_TIMEOUT: no answer within the deadline
 * @SMITH_ERROR_BAD_FILE: the file is damaged, cut short or not readable
 * @SMITH_ERROR_WRONG_FILE: the file is sound, but not what is needed here
 * @SMITH_ERROR_WRONG_DEVICE: the stick is not the one, or not in the mode, that is needed
 * @SMITH_ERROR_UNSUPPORTED: sound, but beyond this program
 * @SMITH_ERROR_REFUSED: the stick said no; smith_error_get_refusal() has its code
 * @SMITH_ERROR_PROTOCOL: the stick's answer makes no sense
 * @SMITH_ERROR_UNSAFE_LOADER: the loader may erase the calibration data
 * @SMITH_ERROR_UNPROVEN: all was done, but nothing shows that it has changed anything
 * @SMITH_ERROR_WRONG_VERSION: the stick works, with other firmware than what was written
 * @SMITH_N_ERRORS: how many there are; none itself
 */
typedef enum
{
  SMITH_ERROR_PERMISSION,
  SMITH_ERROR_BUSY,
  SMITH_ERROR_DISCONNECTED,
  SMITH_ERROR_TIMEOUT,
  SMITH_ERROR_BAD_FILE,
  SMITH_ERROR_WRONG_FILE,
  SMITH_ERROR_WRONG_DEVICE,
  SMITH_ERROR_UNSUPPORTED,
  SMITH_ERROR_REFUSED,
  SMITH_ERROR_PROTOCOL,
  SMITH_ERROR_UNSAFE_LOADER,
  SMITH_ERROR_UNPROVEN,
  SMITH_ERROR_WRONG_VERSION,
  SMITH_N_ERRORS
} SmithErrorCode;

/* Stands for "no code" in smith_error_get_refusal(). */
#define SMITH_NO_REFUSAL (-1)

GQuark smith_error_quark (void);
const char *smith_error_code_name (SmithErrorCode code);
void smith_set_refusal (GError **error, int refusal, const char *format, ...) G_GNUC_PRINTF (3, 4);
int smith_error_get_refusal (const GError *error);

G_END_DECLS
