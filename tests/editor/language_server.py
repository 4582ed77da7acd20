"""A client of a YAML language server, over stdin and stdout, as an editor is one."""

import json
import os
import queue
import shutil
import subprocess
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]
ENTRY = "node_modules/yaml-language-server/bin/yaml-language-server"
PATIENCE_S = 60.0  # before a test fails rather than hangs; answers take milliseconds


def server_command() -> list[str]:
    """How to start the server; [] where node or the package is not installed."""
    folder = Path(os.environ.get("SIMQUEUE_EDITOR", HERE / ".venv" / "editor"))
    node = shutil.which("node")
    return [node, str(folder / ENTRY), "--stdio"] if node and (folder / ENTRY).is_file() else []


class LanguageServer:
    """A running server; messages are JSON with a header that gives their length."""

    def __init__(self, command, settings):
        self.settings = settings
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.n_sent = 0
        self.inbox = queue.Queue()
        self.diagnostics = {}
        threading.Thread(target=self._listen, daemon=True).start()
        capabilities = {
            "textDocument": {
                "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
                "hover": {"contentFormat": ["markdown"]},
                "publishDiagnostics": {},
            },
            "workspace": {"configuration": True},
        }
        self.request("initialize", processId=None, rootUri=None, capabilities=capabilities)
        self.tell("initialized")
        self.tell("workspace/didChangeConfiguration", settings=settings)

    def _listen(self):
        stream = self.process.stdout
        while header := stream.readline():
            length = int(header.split(b":")[1])
            while stream.readline().strip():  # the rest of the header
                pass
            self.inbox.put(json.loads(stream.read(length)))
        self.inbox.put(None)

    def _send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def tell(self, method, **params):
        """Send a notification."""
        self._send({"method": method, "params": params})

    def request(self, method, **params):
        """Send a request and wait for its answer, meanwhile serving the server."""
        self.n_sent += 1
        number = self.n_sent
        self._send({"id": number, "method": method, "params": params})
        return self._until(lambda m: m.get("id") == number and "method" not in m)["result"]

    def _until(self, wanted):
        while True:
            message = self.inbox.get(timeout=PATIENCE_S)
            assert message is not None, "the language server has ended"
            if message.get("method") == "workspace/configuration":
                asked = [
                    self.settings.get(x.get("section"), {}) for x in message["params"]["items"]
                ]
                self._send({"id": message["id"], "result": asked})
            elif "method" in message and "id" in message:
                self._send({"id": message["id"], "result": None})
            if wanted(message):
                return message

    def open(self, uri, text):
        """Open a document and wait until it has been checked; the diagnostics."""
        self.tell(
            "textDocument/didOpen",
            textDocument={"uri": uri, "languageId": "yaml", "version": 1, "text": text},
        )
        told = self._until(
            lambda m: (
                m.get("method") == "textDocument/publishDiagnostics" and m["params"]["uri"] == uri
            )
        )
        return told["params"]["diagnostics"]

    def at(self, what, uri, line, column):
        """What the server says at a place, `what` being completion or hover."""
        place = {"line": line, "character": column}
        return self.request(f"textDocument/{what}", textDocument={"uri": uri}, position=place)

    def close(self):
        """End the server."""
        self.request("shutdown")
        self.tell("exit")
        self.process.stdin.close()
        self.process.wait(PATIENCE_S)
        self.process.stdout.close()
