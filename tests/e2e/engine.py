"""The engine of a fleet: a redis-server on a host, which keeps nothing on a
disk."""

import os
import shutil
import signal
import socket
import ssl
import subprocess

from harness import check

PORT = 6379
# redis-tools has it under the other name, and does not start a service.
PROGRAMS = ("redis-server", "redis-check-rdb")


def program():
    for name in PROGRAMS:
        path = shutil.which(name)
        if path:
            return path
    raise AssertionError("redis-server is missing: install redis-tools")


class Authority:
    """Signs certificates: NAME.crt and NAME.key in the test's folder."""

    def __init__(self, test, name):
        self.test, self.name = test, name
        self.path = test.path(name + ".crt")
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
                      "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                      "-subj", "/CN=" + name, "-out", self.path,
                      "-keyout", test.path(name + ".key"))

    def _openssl(self, *words):
        done = subprocess.run(("openssl",) + words, capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=30)
        check(done.returncode == 0, "openssl %s: %r" % (words, done.stderr))

    def sign(self, name, names, key=("ec", "-pkeyopt",
                                     "ec_paramgen_curve:P-256")):
        """NAMES is as in "DNS:engine.example,IP:127.0.0.1"."""
        request = self.test.path(name + ".csr")
        extensions = self.test.path(name + ".ext",
                                    "subjectAltName=%s\n" % names)
        self._openssl("req", "-newkey", *key, "-nodes", "-subj", "/CN=" + name,
                      "-out", request, "-keyout",
                      self.test.path(name + ".key"))
        self._openssl("x509", "-req", "-in", request, "-days", "1",
                      "-CA", self.path, "-CAkey",
                      self.test.path(self.name + ".key"), "-CAcreateserial",
                      "-extfile", extensions, "-out",
                      self.test.path(name + ".crt"))


class Engine:
    """At HOST's address; ARGUMENTS are more of its options. With the name of a
    certificate that an authority has signed, it has TLS and nothing else."""

    def __init__(self, test, host, *arguments, certificate=None, password=None):
        self.test, self.host = test, host
        self.certificate, self.password = certificate, password
        self.arguments = list(arguments)
        if password:
            self.arguments += ["--requirepass", password]
        self.url = "%s://%s:%d" % ("rediss" if certificate else "redis",
                                   host.address, PORT)
        self.popen = None
        self.start()
        test.cleanup(self.kill)

    def _ports(self):
        if not self.certificate:
            return ["--port", str(PORT)]
        file = self.test.path(self.certificate)
        return ["--port", "0", "--tls-port", str(PORT),
                "--tls-cert-file", file + ".crt", "--tls-key-file",
                file + ".key", "--tls-ca-cert-file", file + ".crt",
                "--tls-auth-clients", "no"]

    def start(self):
        folder = self.test.path("engine")
        os.makedirs(folder, exist_ok=True)
        with open(self.test.path("engine.log"), "ab") as log:
            self.popen = subprocess.Popen(
                self.host.enter() + [
                    "bash", "-c", 'exec -a redis-server "$@"', "bash",
                    program(), "--bind", self.host.address,
                    "--protected-mode", "no", "--save", "", "--appendonly",
                    "no", "--dir", folder, *self._ports(), *self.arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.test.wait(self.answers, 10, "the engine answers")

    def kill(self):
        """Ends it; start() makes an empty one."""
        self.popen.send_signal(signal.SIGCONT)
        self.popen.kill()
        self.popen.wait()

    def pause(self):
        self.popen.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.popen.send_signal(signal.SIGCONT)

    # What a test asks it.

    def answers(self):
        try:
            return self.ask("PING") == "PONG"
        except OSError:
            return False

    def _plug(self):
        plug = socket.create_connection((self.host.address, PORT), 5)
        if not self.certificate:
            return plug
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context.wrap_socket(plug)

    def ask(self, *words):
        """Sends one command; returns a string, number, list or None."""
        with self.host.call(self._plug) as plug, plug.makefile("rwb") as file:
            if self.password:
                self._send(file, "AUTH", self.password)
            return self._send(file, *words)

    def _send(self, file, *words):
        file.write(b"*%d\r\n" % len(words))
        for word in words:
            data = word if isinstance(word, bytes) else word.encode()
            file.write(b"$%d\r\n%s\r\n" % (len(data), data))
        file.flush()
        return self._reply(file)

    def _reply(self, file):
        line = file.readline().rstrip(b"\r\n")
        kind, rest = line[:1], line[1:]
        if kind == b"+":
            return rest.decode()
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return file.read(int(rest) + 2)[:-2] if int(rest) >= 0 else None
        if kind == b"*":
            return [self._reply(file) for _ in range(int(rest))]
        raise OSError("the engine says %r" % line)

    def clients(self):
        """Returns what it says of each connection but the one that asks."""
        lines = self.ask("CLIENT", "LIST").decode().splitlines()
        return [dict(pair.partition("=")[::2] for pair in line.split(" "))
                for line in lines if "cmd=client" not in line]

    def failed_handshakes(self):
        """Returns how many connections ended before TLS was ready."""
        with open(self.test.path("engine.log"), "rb") as log:
            return log.read().count(b"Error accepting a client connection")

    def records(self):
        """Returns all keys, with the value of each, as bytes."""
        found = {}
        for key in self.ask("KEYS", "*"):
            kind = self.ask("TYPE", key)
            value = (self.ask("SMEMBERS", key) if kind == "set"
                     else [self.ask("GET", key)])
            found[key] = b"\n".join(v for v in value if v is not None)
        return found

    def figure(self, name):
        """Returns a line of INFO as a number."""
        for line in self.ask("INFO", "everything").decode().splitlines():
            if line.startswith(name + ":"):
                return int(line.partition(":")[2])
        raise OSError("the engine has no figure %s" % name)
