# SPDX-License-Identifier: GPL-3.0-or-later
"""A made-up stick, for the processes of this mount namespace only.

/sys/bus, /sys/class and /sys/devices become folders with nothing in them but
the stick, and /dev one in which nodes can be made; the machine's own stay as
they are.
"""
import os
import subprocess
import tempfile

NODES = ('null', 'zero', 'full', 'random', 'urandom', 'tty', 'fuse', 'shm')
PLACE = '2-3'
DEVICE = f'/sys/devices/pci0000:00/0000:00:14.0/usb2/{PLACE}'
INTERFACE = f'{DEVICE}/{PLACE}:1.0'
TTY = f'{INTERFACE}/ttyUSB7/tty/ttyUSB7'
NODE = '/dev/ttyUSB7'
# A stick that waits for a loader.
ATTRIBUTES = {
    DEVICE: {'idVendor': '12d1', 'idProduct': '1443', 'devnum': '9', 'busnum': '2',
             'bDeviceClass': '00', 'bConfigurationValue': '1'},
    INTERFACE: {'bInterfaceNumber': '00', 'bInterfaceClass': 'ff', 'bInterfaceSubClass': 'ff',
                'bInterfaceProtocol': 'ff', 'bNumEndpoints': '02'},
    TTY: {'dev': '188:7'},
}
LINKS = {f'/sys/bus/usb/devices/{PLACE}': DEVICE,
         f'/sys/bus/usb/devices/{PLACE}:1.0': INTERFACE,
         '/sys/class/tty/ttyUSB7': TTY}


def mount(*words):
    subprocess.run(['mount', '-n', *words], check=True)


def replace_dev():
    """/dev, with the same nodes, but of our own."""
    new = tempfile.mkdtemp()
    mount('-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', new)
    for name in NODES:
        old = os.path.join('/dev', name)
        if os.path.isdir(old):
            os.mkdir(os.path.join(new, name))
        elif os.path.exists(old):
            open(os.path.join(new, name), 'w').close()
        else:
            continue
        mount('--rbind', old, os.path.join(new, name))
    # The machine's own may let nobody but root make terminals.
    os.mkdir(os.path.join(new, 'pts'))
    mount('-t', 'devpts', '-o', 'newinstance,ptmxmode=0666,mode=620', 'devpts',
          os.path.join(new, 'pts'))
    os.symlink('pts/ptmx', os.path.join(new, 'ptmx'))
    os.symlink('/proc/self/fd', os.path.join(new, 'fd'))
    mount('--move', new, '/dev')
    os.rmdir(new)


class Stick:
    replaced = False

    def __init__(self):
        if Stick.replaced:
            return
        for folder in ('/sys/bus', '/sys/class', '/sys/devices'):
            mount('-t', 'tmpfs', 'tmpfs', folder)
        os.makedirs('/sys/bus/usb/devices')
        os.makedirs('/sys/class/tty')
        replace_dev()
        Stick.replaced = True

    def add_to_sys(self):
        for folder, attributes in ATTRIBUTES.items():
            os.makedirs(folder, exist_ok=True)
            for name, value in attributes.items():
                with open(os.path.join(folder, name), 'w') as file:
                    file.write(value + '\n')
        for link, target in LINKS.items():
            os.symlink(os.path.relpath(target, os.path.dirname(link)), link)

    def add_node(self):
        """First without permissions, as the kernel makes it, then as udev leaves it."""
        os.close(os.open(NODE, os.O_CREAT | os.O_WRONLY, 0))
        os.chmod(NODE, 0o666)

    def add_line(self, terminal):
        """A port with somebody at its other end."""
        os.symlink(terminal, NODE)

    def remove_node(self):
        if os.path.lexists(NODE):
            os.unlink(NODE)

    def remove(self):
        self.remove_node()
        for link in LINKS:
            os.unlink(link)
        for folder, names, files in os.walk(DEVICE, topdown=False):
            for name in files:
                os.unlink(os.path.join(folder, name))
            os.rmdir(folder)
