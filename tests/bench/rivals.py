"""Other servers that tell browsers of changes, as far as the figure of saving goes.

Each is started on a folder and a port, and its stream of messages is read as a browser does it: over a
WebSocket (RFC 6455), in the server's own terms. As a program it prints the packages that npm is to install.
"""
import base64
import json
import os
import re
import socket
import struct
import time
import urllib.request

TIMEOUT_S = 20


class WebSocket:
    def __init__(self, port, path, protocol=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = [
            f"GET {path} HTTP/1.1", f"Host: localhost:{port}", "Connection: Upgrade", "Upgrade: websocket",
            f"Origin: http://localhost:{port}",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)).decode()]
        if protocol:
            lines.append(f"Sec-WebSocket-Protocol: {protocol}")
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self.input = b""
        while b"\r\n\r\n" not in self.input:
            self.fill()
        head, _, self.input = self.input.partition(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise OSError(head.decode())

    def fill(self):
        data = self.socket.recv(65536)
        if not data:
            raise OSError("the connection was closed")
        self.input += data

    def take(self, size):
        while len(self.input) < size:
            self.fill()
        taken, self.input = self.input[:size], self.input[size:]
        return taken

    def receive(self):
        """The text of the next message; a server's frames are not masked."""
        head = self.take(2)
        size = head[1] & 0x7F
        if size == 126:
            size, = struct.unpack(">H", self.take(2))
        elif size == 127:
            size, = struct.unpack(">Q", self.take(8))
        return self.take(size).decode(errors="replace")

    def send(self, text):
        """A client's frame is masked, here by zeros."""
        self.socket.sendall(bytes([0x81, 0x80 | len(text)]) + bytes(4) + text.encode())

    def wait_for_event(self):
        """Returns the time at which a message that makes pages reload had come."""
        while True:
            text = self.receive()
            now = time.perf_counter()
            if re.search(r"full-reload|^reload$|browser:reload|file:reload", text):
                return now
            if text == "2":
                self.send("3")  # Engine.IO asks whether anybody is there


def open_vite(port):
    client = urllib.request.urlopen(f"http://localhost:{port}/@vite/client").read().decode()
    token = re.search(r'wsToken = "([^"]+)"', client)
    return WebSocket(port, f"/?token={token[1]}" if token else "/", "vite-hmr")


def open_browser_sync(port):
    stream = WebSocket(port, "/browser-sync/socket.io/?EIO=4&transport=websocket")
    json.loads(stream.receive()[1:])
    stream.send("40/browser-sync,")
    while not stream.receive().startswith("40/browser-sync"):
        pass
    return stream


# name: package at a version, its program, the arguments for a port, how its stream is opened
RIVALS = {
    "vite": ("vite@8.3.8", "vite", ["--host", "127.0.0.1", "--strictPort", "--port", "{port}"], open_vite),
    "live-server": ("live-server@1.2.2", "live-server", ["--no-browser", "--host=127.0.0.1", "--port={port}"],
                    lambda port: WebSocket(port, "/ws")),
    "browser-sync": ("browser-sync@3.0.4", "browser-sync",
                     ["start", "--server", "--watch", "--no-open", "--no-ui", "--no-notify", "--listen", "127.0.0.1",
                      "--port", "{port}"], open_browser_sync),
}

if __name__ == "__main__":
    print(*(package for package, *_ in RIVALS.values()))
