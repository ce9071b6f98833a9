"""Calls the API over HTTP: connections are kept and shared by threads, and a server that is away is waited for."""
import json
import os
import socket
import threading
import time

PATIENCE_SECONDS = 60
AGAIN = (429, 502, 503)
CUT = "the answer was cut off"


class PrefectException(Exception):
    """What all errors of this engine are, as Prefect's are."""


class ApiError(PrefectException):
    """The server has refused a call. `status` is that of HTTP."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class ObjectNotFound(ApiError):
    pass


class ObjectAlreadyExists(ApiError):
    pass


class NoLongerYours(ApiError):
    """The run was taken from this process: another one executes it."""


def setting(name, default=None):
    """A setting of Prefect's or of orch's name, from the environment."""
    return os.environ.get("PREFECT_" + name) or os.environ.get("ORCH_" + name) or default


class Api:
    def __init__(self, url, key=None, attempt=None):
        scheme, _, rest = url.rstrip("/").partition("://")
        place, _, path = rest.partition("/")
        self.host, _, port = place.rpartition(":") if ":" in place else (place, "", "")
        self.is_secure = scheme == "https"
        self.port = int(port or (443 if self.is_secure else 80))
        self.path = "/" + path if path else ""
        self.url = url.rstrip("/")
        fields = ["Host: " + place, "Content-Type: application/json", "User-Agent: orch-python"]
        if key:
            fields.append("Authorization: Bearer " + key)
        if attempt:
            fields.append("x-orch-attempt: " + attempt)
        self.fields = "\r\n".join(fields)
        self.idle = []
        self.lock = threading.Lock()

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body):
        return self.call("POST", path, body)

    def patch(self, path, body):
        return self.call("PATCH", path, body)

    def call(self, method, path, body=None, patience=PATIENCE_SECONDS):
        """The answer's JSON; None for an empty one. A repeat carries the same key, so that nothing is done twice."""
        data = b"" if body is None else json.dumps(body, default=str).encode()
        key = os.urandom(16).hex() if method == "POST" else None
        began = time.monotonic()
        pause = 0.1
        while True:
            try:
                status, text = self.once(method, path, data, key)
                if status not in AGAIN:
                    return self.answer(method, path, status, text)
                problem = ApiError(status, "%s %s answered %d" % (method, path, status))
            except (OSError, EOFError) as error:
                problem = ConnectionError("Request to %s failed: %s" % (self.url + path, error or type(error).__name__))
            if time.monotonic() - began > patience:
                raise problem
            time.sleep(pause)
            pause = min(pause * 2, 5)

    def answer(self, method, path, status, text):
        if status < 300:
            return json.loads(text) if text else None
        try:
            detail = detail_of(json.loads(text))
        except (ValueError, AttributeError):
            detail = text.decode("utf-8", "replace")[:1000]
        message = "%s %s answered %d: %s" % (method, path, status, detail)
        raise {404: ObjectNotFound, 409: ObjectAlreadyExists, 410: NoLongerYours}.get(status, ApiError)(status, message)

    def once(self, method, path, data, key):
        with self.lock:
            connection = self.idle.pop() if self.idle else None
        is_kept = connection is not None
        connection = connection or self.connect()
        try:
            found = self.talk(connection, method, path, data, key)
        except (OSError, EOFError):
            connection[0].close()
            if not is_kept:
                raise
            # The server closes connections that were idle for long.
            connection = self.connect()
            found = self.talk(connection, method, path, data, key)
        status, text, is_open = found
        if is_open:
            with self.lock:
                self.idle.append(connection)
        else:
            connection[0].close()
        return status, text

    def connect(self):
        plain = socket.create_connection((self.host.strip("[]"), self.port), timeout=30)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.is_secure:
            import ssl

            plain = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
        return plain, plain.makefile("rb")

    def talk(self, connection, method, path, data, key):
        own = "\r\nidempotency-key: " + key if key else ""
        head = "%s %s%s HTTP/1.1\r\n%s%s\r\nContent-Length: %d\r\n\r\n" % (
            *(method, self.path, path, self.fields, own),
            len(data),
        )
        connection[0].sendall(head.encode() + data)
        file = connection[1]
        line = file.readline()
        if not line.endswith(b"\n"):
            raise EOFError("the connection was closed")
        status = int(line.split()[1])
        headers = {}
        while True:
            line = file.readline()
            if not line.endswith(b"\n"):
                raise EOFError(CUT)
            if not line.strip():
                break
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        if headers.get("transfer-encoding") == "chunked":
            text = b"".join(iter(lambda: chunk_of(file), b""))
        else:
            text = exactly(file, int(headers.get("content-length", 0)))
        return status, text, headers.get("connection", "").lower() != "close"


def chunk_of(file):
    line = file.readline()
    if not line.endswith(b"\n"):
        raise EOFError(CUT)
    chunk = exactly(file, int(line.split(b";")[0], 16))
    file.readline()
    return chunk


def exactly(file, size):
    found = file.read(size)
    if len(found) < size:
        raise EOFError(CUT)
    return found


def detail_of(answer):
    """Why a call was refused, in one line."""
    faults = answer.get("exception_detail")
    if isinstance(faults, list) and faults:
        return "; ".join("%s: %s" % (".".join(str(part) for part in fault.get("loc", ())), fault.get("msg")) for fault in faults)
    return answer.get("detail") or answer.get("exception_message")


NO_ADDRESS = "PREFECT_API_URL is not set: orch's Python engine reaches the API by its address. Start a server: orch server start"
_api = None


def api():
    """The API of this process."""
    global _api
    if _api is None:
        url = setting("API_URL")
        if not url:
            raise RuntimeError(NO_ADDRESS)
        _api = Api(url, setting("API_KEY"), os.environ.pop("ORCH__ATTEMPT", None))
    return _api
