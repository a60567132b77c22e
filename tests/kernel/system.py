# SPDX-License-Identifier: GPL-3.0-or-later
"""The guest as a small system: udevd, somebody who sits at it, and what a desktop
does for a network card."""
import contextlib
import fcntl
import glob
import os
import shutil
import subprocess
import threading
import time

RULES = "/etc/udev/rules.d"
BLACKLIST = "/etc/modprobe.d/lane.conf"
CDROMEJECT = 0x5309
SEATS = "/run/systemd/seats"

# Who sits at the machine: neither root nor in any group.
OWNER = 1234


def mount(kind, where, options):
    os.makedirs(where, exist_ok=True)
    subprocess.run(["mount", "-t", kind, "-o", options, kind, where], check=True)


def start():
    mount("devpts", "/dev/pts", "mode=620,ptmxmode=666")
    mount("tmpfs", "/dev/shm", "mode=1777")
    mount("tmpfs", "/run", "mode=755")
    mount("tmpfs", "/tmp", "mode=1777")
    seat()
    subprocess.run(["/usr/lib/systemd/systemd-udevd", "--daemon"], check=True)
    for module in ("vhci-hcd", "tun"):
        subprocess.run(["modprobe", module], check=True)
    subprocess.run(["udevadm", "settle", "--timeout=30"], check=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    threading.Thread(target=look_after_network_cards, daemon=True).start()


def seat():
    """What logind would leave for udevd: somebody sits at the machine."""
    os.makedirs(SEATS)
    with open(os.path.join(SEATS, "seat0"), "w", encoding="ascii") as state:
        state.write(f"IS_SEAT0=1\nCAN_TTY=1\nCAN_GRAPHICAL=1\nACTIVE=1\nACTIVE_UID={OWNER}\n")


def find_rule():
    """The project's udev rule, or None."""
    return next(iter(glob.glob("/mnt/*.rules")), None)


def let_udevd_notice():
    """It looks for changed rules and blacklists with the first event that comes
    three seconds after it looked last."""
    time.sleep(3.2)


def install_rule():
    shutil.copy(find_rule(), RULES)
    let_udevd_notice()


@contextlib.contextmanager
def without_driver(module):
    """Neither loaded nor to be loaded by itself."""
    with open(BLACKLIST, "w", encoding="ascii") as blacklist:
        blacklist.write(f"blacklist {module}\n")
    subprocess.run(["modprobe", "-r", module], check=True)
    let_udevd_notice()
    try:
        yield
    finally:
        os.unlink(BLACKLIST)
        let_udevd_notice()


def load_driver(module):
    subprocess.run(["modprobe", module], check=True)


def properties(path):
    """What udev knows of a device, by its path in sysfs."""
    told = subprocess.run(["udevadm", "info", "--query=property", f"--path={path}"],
                          capture_output=True, check=True).stdout.decode()
    return dict(line.split("=", 1) for line in told.splitlines() if "=" in line)


def eject(drive):
    fd = os.open(drive, os.O_RDONLY | os.O_NONBLOCK)
    fcntl.ioctl(fd, CDROMEJECT)
    os.close(fd)


def ports_of(usb_path):
    """{interface number: device} of the ttys of the USB device, straight from the kernel."""
    found = {}
    for interface in glob.glob(f"/sys/bus/usb/devices/{usb_path}:*"):
        try:
            with open(os.path.join(interface, "bInterfaceNumber"), encoding="ascii") as number:
                for tty in glob.glob(os.path.join(interface, "ttyUSB*")):
                    found[int(number.read(), 16)] = "/dev/" + os.path.basename(tty)
        except OSError:
            pass
    return found


def product_of(usb_path):
    """The USB id that the kernel shows there now, or None."""
    try:
        with open(f"/sys/bus/usb/devices/{usb_path}/idProduct", encoding="ascii") as product:
            return int(product.read(), 16)
    except OSError:
        return None


def network_of(usb_path):
    cards = glob.glob(f"/sys/bus/usb/devices/{usb_path}:*/net/*")
    return os.path.basename(cards[0]) if cards else None


def is_settled(card):
    """Whether udevd is through with a network card: it cannot rename one in use."""
    try:
        with open(os.path.join(card, "ifindex"), encoding="ascii") as index:
            return os.path.exists(f"/run/udev/data/n{index.read().strip()}")
    except OSError:
        return False


def look_after_network_cards():
    """Gives every network card on USB its address and route, as NetworkManager
    would by DHCP."""
    known = set()
    while True:
        cards = {card for card in glob.glob("/sys/bus/usb/devices/*:*/net/*") if is_settled(card)}
        for card in cards - known:
            name = os.path.basename(card)
            for words in (["link", "set", name, "up"],
                          ["addr", "add", "192.168.8.100/24", "dev", name],
                          ["route", "add", "default", "via", "192.168.8.1", "dev", name]):
                subprocess.run(["ip", *words], check=False, stderr=subprocess.DEVNULL)
        known = cards
        time.sleep(0.2)
