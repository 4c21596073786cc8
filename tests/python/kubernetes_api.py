"""A server that answers Spark as Kubernetes does, and starts no pod."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECONDS = 120


class KubernetesApi:
    """The server, for a ``with`` statement, and what it was asked to create."""

    def __init__(self) -> None:
        self.created: list[dict[str, Any]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.created))
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> KubernetesApi:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def of_kind(self, kind: str, role: str = "") -> list[dict[str, Any]]:
        """Return what was created of a kind; of pods those of a role, `driver` or `executor`."""
        found = [each for each in self.created if each["kind"] == kind]
        return [each for each in found if not role or _labels(each).get("spark-role") == role]

    def wait_for(self, kind: str, role: str) -> dict[str, Any]:
        """Return the first of a kind and role, as soon as it is there."""
        end = time.monotonic() + SECONDS
        while not self.of_kind(kind, role):
            assert time.monotonic() < end, f"no {role} {kind} in {SECONDS} s: {self.created}"
            time.sleep(0.2)
        return self.of_kind(kind, role)[0]


def _labels(created: dict[str, Any]) -> dict[str, str]:
    return created["metadata"].get("labels", {})


def _handler(created: list[dict[str, Any]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body["metadata"]["uid"] = f"uid-{len(created)}"
            created.append(body)
            self._answer(201, body)

        do_PUT = do_PATCH = do_POST

        def do_GET(self) -> None:
            # A list of nothing, which is what a watch of it sees too.
            self._answer(
                200,
                {"kind": "List", "apiVersion": "v1", "metadata": {}, "items": []},
            )

        def do_DELETE(self) -> None:
            self._answer(200, {"kind": "Status", "apiVersion": "v1", "status": "Success"})

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            sent = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
