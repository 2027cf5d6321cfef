"""A TCP proxy that can go silent: it stops forwarding, and keeps every socket open."""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit


class Proxy:
    def __init__(self, url: str) -> None:
        server = urlsplit(url)
        self._server = (server.hostname, server.port)
        self._silent, self._ended = threading.Event(), threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        port = self._listener.getsockname()[1]
        self.url = server._replace(netloc=f"{server.username}:{server.password}@127.0.0.1:{port}").geturl()
        threading.Thread(target=self._accept, daemon=True).start()

    def fall_silent(self) -> None:
        self._silent.set()

    def serve_again(self) -> None:
        """Forwards new connections again; those that went silent stay silent."""
        self._silent = threading.Event()

    def end(self) -> None:
        self._ended.set()
        for one in [self._listener, *self._sockets]:
            one.close()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(client)
            if not self._silent.is_set():
                server = socket.create_connection(self._server)
                self._sockets.append(server)
                for source, target in ((client, server), (server, client)):
                    threading.Thread(target=self._forward, args=(source, target, self._silent), daemon=True).start()

    def _forward(self, source: socket.socket, target: socket.socket, silent: threading.Event) -> None:
        try:
            while not self._ended.is_set():
                if select.select([source], [], [], 0.1)[0]:
                    data = b"" if silent.is_set() else source.recv(65536)
                    if silent.is_set():
                        return
                    if not data:
                        target.shutdown(socket.SHUT_WR)
                        return
                    target.sendall(data)
        except (OSError, ValueError):  # a socket was closed
            return


@contextmanager
def proxy_to(url: str) -> Iterator[Proxy]:
    proxy = Proxy(url)
    try:
        yield proxy
    finally:
        proxy.end()
