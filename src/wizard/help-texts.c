/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "help-texts.h"

#include <glib/gi18n.h>

/* In the order in which somebody may meet them on the way. */
static const SmithHelpTopic topics[] = {
  /* Before it begins. */
  { "router",
    N_ ("The stick has no serial port"),
    N_ ("Sticksmith shows your stick as a HiLink stick, or a guide on the web asks for a port that "
        "is not there."),
    N_ ("A HiLink stick is a small router. The computer only sees a network card, so there is no "
        "serial port to talk to. Nothing is missing, and you need no driver."),
    { N_ ("Simply go on: Sticksmith asks the stick to change its mode, and the port appears by "
          "itself."),
      N_ ("If the stick says no, Sticksmith shows you the other way.") } },
  { "busy",
    N_ ("Another program is using the stick"),
    N_ ("Sticksmith says that the system is still looking at the stick, or that its port is "
        "taken."),
    N_ ("Whenever a stick is plugged in, the system tries to find out what it is. While it does, "
        "nobody else can talk to the stick. Mobile broadband programs do the same."),
    { N_ ("Wait for half a minute: most of the time it is over by then."),
      N_ ("Disconnect mobile broadband in the network menu, and close programs that use it."),
      N_ ("Press “Try again”. Nothing in the system has to be switched off.") } },
  { "no-permission",
    N_ ("Sticksmith may not use the port"),
    N_ ("Sticksmith finds the stick, but says that it may not use its port."),
    N_ ("On many systems only some user accounts may use serial ports, and yours is not one of "
        "them yet."),
    { N_ ("On the page with the stick, press “Allow access” and enter your password."),
      N_ ("If you may not, save the rule there and give it to whoever looks after this computer. "
          "Being in the group “dialout” or “uucp” does as well."),
      N_ ("Unplug the stick and plug it in again."),
      N_ ("Start Sticksmith as usual, not as administrator.") } },
  { "two-sticks",
    N_ ("Two sticks are plugged in"),
    N_ ("Sticksmith shows more than one stick and does not go on by itself."),
    N_ ("The two may look exactly alike. Sticksmith never guesses which one you mean, because the "
        "wrong one would be written over."),
    { N_ ("Unplug the stick that is to stay as it is. The one that is left is yours."),
      N_ ("Or choose one of them on the first page. Sticksmith keeps to that USB port and leaves "
          "the other stick alone."),
      N_ ("Do not swap the sticks until it is over.") } },
  { "power",
    N_ ("The connection breaks again and again"),
    N_ ("The stick comes and goes, or writing stops at a different place each time."),
    N_ ("A stick needs a lot of power for a moment. A hub, an extension cable or a worn port may "
        "not give enough, and then the stick restarts. That looks worse than it is."),
    { N_ ("Plug the stick straight into the computer, without a hub or extension cable."),
      N_ ("Try another USB port; on a desktop computer, one at the back."),
      N_ ("Connect a laptop to its charger."),
      N_ ("Take out the SIM card and the memory card while converting.") } },

  /* Files. */
  { "which-firmware",
    N_ ("Where do I get firmware, and which?"),
    N_ ("Sticksmith asks for a firmware file, and you have none yet, or several."),
    N_ ("Sticksmith brings no firmware along: it belongs to Huawei and the operators. Which file "
        "fits is decided by the hardware that the first page shows, such as CL2E3372HM, not by the "
        "name on the box. And there are two kinds: Stick firmware makes a modem of the stick, "
        "HiLink firmware a small router."),
    { N_ ("Note the line “Hardware” on the page with the stick, and whether you want Stick or "
          "HiLink firmware."),
      N_ ("Look for an update package by Huawei or your operator, or ask in a forum of people who "
          "own such a stick. Take it only from somebody you trust."),
      N_ ("What you look for is a .bin file, an updater .exe, a folder with the single parts, or "
          "an archive with one of these in it. Choose it as it is: Sticksmith checks all that can "
          "be checked before anything is written."),
      N_ ("If a loader is asked for as well: that is a small file for the same hardware, whose "
          "name usually begins with “usblsafe”.") } },
  { "bad-download",
    N_ ("The download cannot be used"),
    N_ ("Sticksmith says that a file is damaged, incomplete, encrypted, or no firmware at all."),
    N_ ("Downloads stop half-way without a word. Some archives only open with a password. And some "
        "sites hand out a web page under the name of the file."),
    { N_ ("Choose the archive as it is; only one with a password must be unpacked first. The "
          "password usually stands where you downloaded it."),
      N_ ("If it is damaged or incomplete, download it again, from another place if you can."),
      N_ ("Of several files, choose the one that ends in .bin or .exe. The .exe is only read, "
          "never started.") } },
  { "dashboard",
    N_ ("The file only holds a dashboard or web page"),
    N_ ("Sticksmith says that the file is only a dashboard or WebUI."),
    N_ ("That is the surface which you see in the web browser, or the program on the stick’s CD "
        "drive. It is no firmware, and over the wrong firmware it leaves a stick that cannot be "
        "reached any more."),
    { N_ ("Look for the main firmware. It is usually the larger file."),
      N_ ("For a HiLink stick you may need both: the firmware and its WebUI. For a Stick, the "
          "firmware is enough.") } },
  { "wrong-model",
    N_ ("The file is meant for another stick"),
    N_ ("Sticksmith says that the file does not fit, or the stick refuses a part of it."),
    N_ ("Sticks with the same name on the box can have different chips inside: an E3372h is not an "
        "E3372s. Firmware for one does not run on the other, and the stick checks that itself."),
    { N_ ("Look at the line “Hardware” on the page with the stick, such as CL2E3372HM. It "
          "decides, not the name on the label."),
      N_ ("Choose a firmware file for exactly that hardware."),
      N_ ("The stick keeps waiting until you have it. You can also close Sticksmith and go on "
          "another day.") } },
  { "unsafe-loader",
    N_ ("A loader is called unsafe"),
    N_ ("Sticksmith does not take a loader file, although it is one."),
    N_ ("Some loaders erase the whole memory of a stick, with its serial numbers and the settings "
        "of its radio. Nobody can bring those back. A file that is named “safe” is not always so, "
        "and Sticksmith looks inside."),
    { N_ ("Look for a loader that is known to be safe for your model. Often its name begins with "
          "“usblsafe”."),
      N_ ("Choose it on the page for files. Sticksmith tells at once whether it is good.") } },

  /* Boot mode and the loader. */
  { "switch-refused",
    N_ ("The stick does not change its mode"),
    N_ ("Sticksmith asked the stick to change its mode, and the stick stays as it is."),
    N_ ("Newer firmware does not do this any more. It is nothing that you did wrong, and asking "
        "again does not help."),
    { N_ ("Take the needle instead. It works with any firmware."),
      N_ ("You do not have to: the stick still works as it did before.") } },
  { "needle",
    N_ ("The needle does not work"),
    N_ ("You hold the needle and plug the stick in, but it starts as usual, or nothing shows up."),
    N_ ("The stick looks at one small point on its board at the very moment it gets power. If that "
        "point touches the metal shield then, the stick waits for a loader. The place differs from "
        "board to board."),
    { N_ ("Look for a photo of exactly your board. Its name is printed on it."),
      N_ ("Hold the point against the metal shield first, plug the stick in, and let go as soon as "
          "Sticksmith sees it."),
      N_ ("If the stick starts as usual, the point was not held well. Unplug it and try again: two "
          "or three tries are normal and do no harm."),
      N_ ("If nothing shows up at all, try another USB port, without a hub.") } },
  { "loader-not-started",
    N_ ("The loader is taken but never starts"),
    N_ ("The stick takes the whole loader, and then nothing happens."),
    N_ ("Sticks of newer batches only start loaders that are signed by their maker. They are made "
        "that way, and there is no way around it here."),
    { N_ ("Unplug the stick and plug it in without the needle. If it worked before, it does so "
          "again."),
      N_ ("Check that the loader is for exactly your model, then try once more."),
      N_ ("If it stays like this, this stick cannot be converted.") } },
  { "away",
    N_ ("The stick is gone for a while"),
    N_ ("After the loader, or after writing, the computer does not see the stick any more."),
    N_ ("The stick restarts, and comes back as something new. It may come and go several times, "
        "and take a minute or more."),
    { N_ ("Leave it plugged in and wait. Sticksmith finds it again by its place."),
      N_ ("If it stays away, unplug it, wait ten seconds and plug it in at the same place."),
      N_ ("Sticksmith tells what it sees then, and how to go on.") } },

  /* Writing. */
  { "download-mode",
    N_ ("The stick waits for firmware: is it broken?"),
    N_ ("The stick does not go online any more, and Sticksmith says that it waits for firmware."),
    N_ ("It is not broken. It stopped in the middle, and a small part of it that cannot be lost "
        "keeps waiting. It can wait for as long as you like."),
    { N_ ("Plug the stick in and start Sticksmith. It sees how far it is, and needs no needle."),
      N_ ("Choose a firmware file for exactly this model and write it to the end."),
      N_ ("Afterwards the stick starts by itself.") } },
  { "interrupted",
    N_ ("Writing was interrupted"),
    N_ ("The stick was unplugged, the computer went to sleep or lost power, or you stopped in the "
        "middle."),
    N_ ("The stick is only partly written, so it does not work yet. But it is not damaged, and "
        "Sticksmith remembers how far it came."),
    { N_ ("Plug the stick in at the same place, straight into the computer."),
      N_ ("Start Sticksmith, if it is closed, and press “Go on”. What is complete already is not "
          "written again."),
      N_ ("Keep the files where they are until it is over.") } },
  { "signature",
    N_ ("The stick wants a signed file"),
    N_ ("The stick refuses the firmware before anything is written."),
    N_ ("Some sticks only take firmware that carries the signature of their maker. If the file has "
        "one, Sticksmith sends it by itself. This file has none, or one for another stick."),
    { N_ ("Choose an original firmware file of the maker for exactly this model, as it was "
          "downloaded."),
      N_ ("Nothing was written. A stick that worked before does so again when it is unplugged and "
          "plugged in; one that waited for firmware keeps waiting.") } },

  /* Afterwards. */
  { "cd-drive",
    N_ ("Only a CD drive shows up afterwards"),
    N_ ("The conversion is done, but the computer only shows a CD drive."),
    N_ ("Many sticks first show a small CD with programs for Windows, and turn into a modem only "
        "when the CD is ejected."),
    { N_ ("Wait for a minute: most systems eject it by themselves."),
      N_ ("If the CD is still there, eject it in the file manager, as you would a memory stick."),
      N_ ("Then wait until the stick shows up as a modem."),
      N_ ("On the last page of Sticksmith you can have it come without the CD from then on.") } },
  { "no-internet",
    N_ ("There is no internet afterwards"),
    N_ ("The conversion is done and the stick is there, but no web page opens."),
    N_ ("A HiLink stick goes online by itself. A Stick leaves that to the computer, which has to "
        "know the SIM card’s PIN and the name of your operator’s access point, the APN."),
    { N_ ("Put the SIM card in, if you took it out, and plug the stick in."),
      N_ ("Open the network settings and switch on mobile broadband. Choose your country, operator "
          "and plan; the APN follows from these."),
      N_ ("If it asks for a PIN, it is that of the SIM card."),
      N_ ("Give the stick a minute to find a network. By a window it is easier.") } },
};

/* Returns: (transfer none) (array length=n): all topics */
const SmithHelpTopic *
smith_help_list (guint *n)
{
  *n = G_N_ELEMENTS (topics);
  return topics;
}

/* Returns: (transfer none) (nullable): the topic of that id */
const SmithHelpTopic *
smith_help_find (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (topics); i++)
    if (g_strcmp0 (topics[i].id, id) == 0)
      return &topics[i];
  return NULL;
}
