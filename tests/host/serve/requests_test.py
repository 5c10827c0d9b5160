#!/usr/bin/env python3
"""Requests and answers, as RFC 9110 and RFC 9112 define them. Usage: requests_test.py SKERRY PLUGIN_FOLDER [TEST]"""

import json
import re
import shutil
import subprocess

from support import OPERATOR, SHOUT, Skipped, get, post, run


def check(server, *parts, status, code=None, closes=False):
    """Sends a request and checks the answer; `closes`: the connection must end after it, and nothing may follow."""
    client = server.connect()
    answer = client.ask(*parts)
    assert answer.status == status, f"{parts!r}: expected {status}, got {answer}"
    assert code is None or answer.code == code, f"{parts!r}: expected {code}, got {answer}"
    if closes:
        assert answer.field("connection") == "close", answer
        rest = client.rest()
        assert rest == b"", f"{parts!r}: after {answer} came {rest!r}"
    else:
        again = client.ask(get("/healthz"))
        assert (again.status, again.body) == (200, b"ok\n"), f"{parts!r}: the next answer was {again}"
    client.socket.close()
    return answer


def test_body_is_bytes(workshop):
    """The type, the coding and the range that a client names do not change what the plugin gets and returns."""
    form = b"a" * 9000
    multipart = b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhello\r\n--x--\r\n"
    binary = bytes(range(256)) * 40
    with workshop.serve() as server:
        for body, fields in ((form, "Content-Type: application/x-www-form-urlencoded\r\n"),
                             (multipart, "Content-Type: multipart/form-data; boundary=x\r\n"),
                             (binary, "Content-Encoding: gzip\r\n"),
                             (b"abc", "Range: bytes=0-0\r\n"),
                             (form, "Range: bytes=" + ",".join(f"{i}-" for i in range(300)) + "\r\n"),
                             (binary, "Accept-Encoding: gzip, br\r\nTE: trailers\r\n"),
                             (binary, "If-None-Match: *\r\nIf-Modified-Since: x\r\nUpgrade: h2c\r\n"),
                             (b"", "")):
            answer = check(server, post(SHOUT, body, fields), status=200)
            assert answer.body == body.translate(bytes.maketrans(b"abcdefghijklmnopqrstuvwxyz",
                                                                b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")), answer
            assert answer.field("content-encoding") is None and answer.field("content-range") is None


def test_curl(workshop):
    """The ways in which curl sends data."""
    if not shutil.which("curl"):
        raise Skipped("curl is not installed")
    data = workshop.folder / "9k"
    data.write_bytes(b"a" * 9000)
    with workshop.serve() as server:
        url = "http://%s:%d" % server.address

        def curl(*words, path=SHOUT):
            run = subprocess.run(["curl", "--silent", "--noproxy", "*", "--max-time", "60", "--write-out",
                                  "\n%{http_code}", *words, url + path], capture_output=True, check=True)
            body, _, status = run.stdout.rpartition(b"\n")
            return int(status), body

        assert curl("-d", f"@{data}") == (200, b"A" * 9000)
        assert curl("-H", "Transfer-Encoding: chunked", "-d", f"@{data}") == (200, b"A" * 9000)
        assert curl("-T", str(data), "-X", "POST") == (200, b"A" * 9000)
        status, body = curl("-F", "a=hello")
        assert status == 200 and b"HELLO" in body, body
        assert curl("-H", "Range: bytes=0-0", "-d", "abc") == (200, b"ABC")
        assert curl("-X", "POST")[0] == 200
        reload = curl("-X", "POST", "-H", "Authorization: Bearer secret", path="/plugins/shout/reload")
        assert reload == (200, b'{"reloaded":false,"unchanged":true}\n'), reload
        assert curl("-I", path="/healthz")[0] == 200


def test_post_without_body(workshop):
    """A request without Content-Length has no body, so it is answered at once."""
    with workshop.serve() as server:
        check(server, "POST /plugins/shout/reload HTTP/1.1\r\nHost: x\r\n", OPERATOR, "\r\n", status=200)
        check(server, f"POST {SHOUT} HTTP/1.1\r\nHost: x\r\n\r\n", status=200)


def test_length(workshop):
    """A length that two programs could understand differently is refused, and the connection ends."""
    with workshop.serve() as server:
        for length in ("3x", "+3", "-3", "0x3", "3,3", "3, 3", "", "3 3", "3;", "99999999999999999999", "\u00b3"):
            answer = check(server, f"POST {SHOUT} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\nabc",
                           status=400, code="request", closes=True)
            assert b"ABC" not in answer.body
        for fields in ("Content-Length: 3\r\nContent-Length: 3\r\n", "Content-Length: 3\r\nContent-Length: 4\r\n",
                       "Content-Length: 3\r\nX: y\r\ncontent-length: 3\r\n",
                       "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
                       "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
                       "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"):
            check(server, f"POST {SHOUT} HTTP/1.1\r\nHost: x\r\n{fields}\r\n0\r\n\r\n", status=400, closes=True)
        check(server, f"POST {SHOUT} HTTP/1.1\r\nHost: x\r\nContent-Length: 003\r\n\r\nabc", status=200)


def test_transfer_encoding(workshop):
    with workshop.serve() as server:
        for coding in ("gzip", "gzip, chunked", "identity", "chunked, gzip", "x"):
            check(server, f"POST {SHOUT} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: {coding}\r\n\r\n0\r\n\r\n",
                  status=501, closes=True)
        for fields in ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                       "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"):
            answer = server.ask(f"POST {SHOUT} HTTP/1.1\r\nHost: x\r\n{fields}\r\n0\r\n\r\n")
            assert answer.status in (400, 501), answer
        for coding in ("chunked, chunked", "\tchunked\x0b", "chunked\0", "\"chunked\"", "chunk"):
            answer = server.ask(f"POST {SHOUT} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: {coding}\r\n\r\n0\r\n\r\n")
            assert answer.status in (400, 501), f"{coding!r}: {answer}"
        check(server, f"POST {SHOUT} HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", status=400, closes=True)
        for name, value in (("Transfer-Encoding", "chunked"), ("TRANSFER-ENCODING", "Chunked"),
                            ("transfer-encoding", "  CHUNKED  ")):
            answer = check(server, f"POST {SHOUT} HTTP/1.1\r\nHost: x\r\n{name}: {value}\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                           status=200)
            assert answer.body == b"ABC"


CHUNKED = f"POST {SHOUT} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_chunks(workshop):
    with workshop.serve() as server:
        for chunks, body in (("3\r\nabc\r\n0\r\n\r\n", b"ABC"), ("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", b"ABC"),
                             ("0\r\n\r\n", b""), ("000\r\n\r\n", b""), ("0003\r\nabc\r\n0\r\n\r\n", b"ABC"),
                             ("A\r\n0123456789\r\na\r\nabcdefghij\r\n0\r\n\r\n", b"0123456789ABCDEFGHIJ"),
                             ("3;name=value\r\nabc\r\n0;last\r\n\r\n", b"ABC"),
                             ("3;name=\"a;b\"\r\nabc\r\n0\r\n\r\n", b"ABC"),
                             ("3\r\nabc\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n", b"ABC")):
            answer = check(server, CHUNKED, chunks, status=200)
            assert answer.body == body, f"{chunks!r}: {answer}"
        for chunks in ("3\r\nabcd\r\n0\r\n\r\n", "3\r\nab\r\n0\r\n\r\n", "x\r\n", "-1\r\n", "+3\r\nabc\r\n0\r\n\r\n",
                       "0x3\r\nabc\r\n0\r\n\r\n", "3\nabc\r\n0\r\n\r\n", "3\r\nabc0\r\n\r\n", " 3\r\nabc\r\n0\r\n\r\n",
                       "\r\n", "3\r\nabc\r\n0\r\nno colon\r\n\r\n",
                       "3\r\nabc\r\n0\r\nContent-Length: 5\r\n\r\n", "3 \r\x00\nabc\r\n0\r\n\r\n"):
            check(server, CHUNKED, chunks, status=400, closes=True)
        client = server.connect()
        client.send(CHUNKED, "3\nabc\n0\n\n", get("/healthz"))
        client.close_sending()
        assert b"200 OK" not in client.rest()


def test_large_chunk_sizes(workshop):
    """A size that does not fit 64 bits is not a small size."""
    with workshop.serve() as server:
        for size in ("10000000000000003", "fffffffffffffffff", "1" + "0" * 30 + "3"):
            answer = server.ask(CHUNKED, size, "\r\nabc\r\n0\r\n\r\n")
            assert answer.status in (400, 413), answer
        for size in ("ffffffffffffffff", "8000000000000000", "7fffffffffffffff"):
            check(server, CHUNKED, "3\r\nabc\r\n", size, "\r\nabc\r\n0\r\n\r\n", status=413, closes=True)


def test_chunk_lines_are_limited(workshop):
    with workshop.serve() as server:
        for chunks in (b"3;" + b"a" * 100_000, b"0\r\nTrailer: " + b"a" * 100_000, b"0\r\n" + b"A: b\r\n" * 20_000,
                       b"0" * 100_000):
            client = server.connect()
            client.send(CHUNKED)
            client.send_until_refused(chunks, 1)
            answer = client.answer()
            assert answer.status == 400 and client.rest() == b"", answer


def test_hosts(workshop):
    with workshop.serve() as server:
        for fields in ("", "Host: a\r\nHost: a\r\n", "Host: a\r\nhOST: b\r\n", "Host: a b\r\n", "Host: a/b\r\n",
                       "Host: a@b\r\n", "Host: a\x7f\r\n", "Host: a\\b\r\n", "Host: a?b\r\n", "Host: \"a\"\r\n"):
            check(server, f"GET /healthz HTTP/1.1\r\n{fields}\r\n", status=400, code="request", closes=True)
        for host in ("example.org", "example.org:8080", "[::1]:80", "", "127.0.0.1"):
            check(server, f"GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n", status=200)


def test_http_1_0(workshop):
    with workshop.serve() as server:
        client = server.connect()
        answer = client.ask("GET /healthz HTTP/1.0\r\n\r\n")
        assert answer.status == 200 and client.rest() == b"", answer
        client = server.connect()
        for _ in range(3):
            answer = client.ask("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            assert answer.status == 200, answer
            # RFC 9112, section 9.3: a client of HTTP/1.0 keeps the connection only if the answer says so.
            assert (answer.field("connection") or "").lower() == "keep-alive", answer


def test_versions(workshop):
    with workshop.serve() as server:
        for version in ("HTTP/2.0", "HTTP/0.9", "HTTP/3.7"):
            check(server, f"GET /healthz {version}\r\nHost: x\r\n\r\n", status=505, closes=True)
        for version in ("HTTP/1.x", "http/1.1", "HTTP/11", "HTTP/1.1 x", "HTTP/1", "HTTPS/1.1", " HTTP/1.1", ""):
            answer = server.ask(f"GET /healthz {version}\r\nHost: x\r\n\r\n")
            assert answer.status in (400, 505), f"{version!r}: {answer}"


def test_malformed_heads(workshop):
    with workshop.serve() as server:
        for head in ("GET /healthz HTTP/1.1\nHost: x\n\n", "GET /healthz HTTP/1.1\r\nHost: x\n\r\n",
                     "GET /healthz HTTP/1.1\r\nHost: x\r\n\n", "GET /healthz HTTP/1.1\r\nHost : x\r\n\r\n",
                     "GET /healthz HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n",
                     "GET /healthz HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
                     "GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\r\n\tfolded\r\n\r\n",
                     "GET /healthz HTTP/1.1\r\n Host: x\r\n\r\n",
                     "GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n",
                     "GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n",
                     "GET /healthz HTTP/1.1\r\nHost: x\r\nA\0: b\r\n\r\n",
                     "GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\x7f\r\n\r\n",
                     "GET /healthz HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n", "GET /healthz HTTP/1.1\r\nHost: x\r\nA\r\n\r\n",
                     "GET /healthz HTTP/1.1\r\nHost: x\r\nA B: c\r\n\r\n", "GET /healthz\r\n\r\n", "GET\r\n\r\n",
                     "GET  /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
                     " GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "G\0T /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
                     "G(T /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "GET /heal\0thz HTTP/1.1\r\nHost: x\r\n\r\n",
                     "GET /heal\x7fthz HTTP/1.1\r\nHost: x\r\n\r\n", "GET /a\tb HTTP/1.1\r\nHost: x\r\n\r\n",
                     "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "\0" * 200 + "\r\n\r\n"):
            answer = check(server, head, status=400, code="request", closes=True)
            assert answer.field("content-type") == "application/json", answer


def test_refused_and_malformed(workshop):
    """A head with two faults: a field that is refused, and after it a line that cannot be parsed."""
    with workshop.serve() as server:
        for refused in ("Host: a b", "Host: x\r\nHost: y", "Transfer-Encoding: gzip", "Expect: x",
                        "Content-Length: 1\r\nContent-Length: 1", "Authorization: a\r\nAuthorization: b"):
            for malformed in ("A B: c", "no colon", ": d", "A: b\0c", "Content-Length: 3x"):
                answer = server.ask(f"GET /healthz HTTP/1.1\r\n{refused}\r\n{malformed}\r\n\r\n")
                assert answer.status in (400, 417, 501), answer
        assert server.ask(get("/healthz")).status == 200


def test_bare_newlines_are_refused_at_once(workshop):
    """Without waiting for more: the client may think that its request is complete."""
    with workshop.serve() as server:
        check(server, f"POST {SHOUT} HTTP/1.1\n", status=400, closes=True)


def test_empty_lines_before_a_request(workshop):
    """RFC 9112, section 2.2."""
    with workshop.serve() as server:
        check(server, "\r\n", get("/healthz"), status=200)
        client = server.connect()
        for _ in range(3):
            assert client.ask(post(SHOUT, b"a"), "\r\n").body == b"A"


def test_targets(workshop):
    with workshop.serve() as server:
        for target, status in (("/healthz", 200), ("/healthz?a=b", 200), ("http://x/healthz", 200),
                               ("http://other:99/healthz?x", 200), ("https://x/healthz", 200), ("/%68ealthz", 200),
                               ("/healthz/", 404), ("//healthz", 404), ("/", 404), ("/healthz/x", 404), ("/HEALTHZ", 404),
                               ("/./healthz", 404), ("/../healthz", 404), ("/healthz%2f", 404), ("/healthz%", 404),
                               ("/healthz%0", 404), ("/healthz%zz", 404), ("/healthz%00", 404), ("*", 404),
                               ("healthz", 404), ("http://x", 404)):
            check(server, f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n", status=status)
        check(server, get("/healthz#a"), status=400, closes=True)
        assert check(server, post("/plugins/%73hout/execute", b"a"), status=200).body == b"A"
        check(server, post("/plugins/shout%2fexecute", b"a"), status=405)  # the name of a plugin: shout/execute
        check(server, post("/plugins//execute", b"a"), status=404)
        check(server, post("/plugins/shout/execute/", b"a"), status=404)


def test_methods(workshop):
    with workshop.serve() as server:
        for method, path, allow in (("PUT", SHOUT, "POST"), ("GET", SHOUT, "POST"), ("DELETE", "/healthz", "GET, HEAD"),
                                    ("POST", "/metrics", "GET, HEAD"), ("PUT", "/plugins", "GET, HEAD, POST"),
                                    ("GET", "/plugins/shout", "DELETE"), ("GET", "/plugins/shout/reload", "POST"),
                                    ("get", "/healthz", "GET, HEAD"), ("BREW", "/healthz", "GET, HEAD"),
                                    ("OPTIONS", SHOUT, "POST"), ("TRACE", SHOUT, "POST")):
            answer = check(server, f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n", status=405)
            assert sorted(answer.field("allow").split(", ")) == sorted(allow.split(", ")), answer
            assert json.loads(answer.body)["error"]["code"] == "request", answer
        check(server, "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", status=404)


def test_head(workshop):
    """The answer to HEAD has the fields of that to GET, and no body."""
    with workshop.serve() as server:
        for path in ("/healthz", "/plugins", "/nowhere"):
            client = server.connect()
            client.send(get(path))
            whole = client.answer()
            client.send(get(path).replace(b"GET", b"HEAD"))
            short = client.answer(to_head=True)
            assert (short.status, short.field("content-type")) == (whole.status, whole.field("content-type"))
            if path != "/plugins":
                assert int(short.field("content-length")) == len(whole.body) > 0, short
            assert client.ask(get("/healthz")).body == b"ok\n"
        client = server.connect()
        client.send(f"HEAD {SHOUT} HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.answer(to_head=True).status == 405


def test_fields_of_answers(workshop):
    with workshop.serve() as server:
        answer = server.ask(get("/healthz"))
        day = "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
        assert re.fullmatch(day + r", \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", answer.field("date")), answer
        assert answer.field("content-type").startswith("text/plain"), answer
        assert server.ask(post(SHOUT, b"a")).field("content-type") == "application/json"
        assert server.ask(get("/metrics")).field("content-type").startswith("text/plain; version=0.0.4")
        assert server.ask(get("/nowhere")).code == "not_found"


def test_authorization(workshop):
    with workshop.serve() as server:
        def reload(fields):
            return check(server, f"POST /plugins/shout/reload HTTP/1.1\r\nHost: x\r\n{fields}\r\n",
                         status=200 if "secret" in fields.split() else 401)
        for scheme in ("Bearer", "bearer", "BEARER"):
            reload(f"Authorization: {scheme} secret\r\n")
        reload("authorization:Bearer   secret  \r\n")
        for fields in ("", "Authorization: Bearer\r\n", "Authorization: Bearer secre\r\n",
                       "Authorization: Bearer secret2\r\n", "Authorization: Basic c2VjcmV0\r\n",
                       "Authorization: secret2\r\n", "Authorization: Bearer Secret\r\n", "Authorization:\r\n",
                       "Authorization: Bearersecret\r\n"):
            answer = reload(fields)
            assert answer.field("www-authenticate") == "Bearer" and answer.code == "unauthorized", answer
        check(server, "POST /plugins/shout/reload HTTP/1.1\r\nHost: x\r\n", OPERATOR, OPERATOR, "\r\n", status=400,
              closes=True)
    with workshop.serve(token="") as server:
        for token in ("", " ", "x"):
            answer = server.ask(post("/plugins/shout/reload", fields=f"Authorization: Bearer {token}\r\n"))
            assert answer.status == 403 and answer.code == "forbidden", answer


def test_expect(workshop):
    with workshop.serve(maxRequestKB=1) as server:
        client = server.connect()
        client.send(post(SHOUT, fields="Expect: 100-continue\r\n", length=3))
        assert client.answer().status == 100
        assert client.ask("abc").body == b"ABC"
        client.send(post(SHOUT, b"abc", "Expect: 100-Continue\r\n"))  # with the body, no interim answer is needed
        answer = client.answer()
        assert (client.answer() if answer.status == 100 else answer).body == b"ABC"
        # The server refuses before the body is sent.
        for path, length, status in ((SHOUT, 1025, 413), ("/nowhere", 3, 404), ("/healthz", 3, 405),
                                     ("/plugins", 3, 401)):
            client = server.connect()
            assert client.ask(post(path, fields="Expect: 100-continue\r\n", length=length)).status == status
        check(server, post(SHOUT, b"abc", "Expect: more\r\n"), status=417, closes=True)
        client = server.connect()
        old = f"POST {SHOUT} HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc"
        assert client.ask(old).body == b"ABC"


def test_pipelining(workshop):
    """Requests sent without waiting are all answered, in their order, plugins of different speeds included."""
    with workshop.serve() as server:
        client = server.connect()
        requests = [post(SHOUT, f"number {i}") if i % 3 else get("/healthz") for i in range(100)]
        client.send(*requests)
        for i in range(100):
            answer = client.answer()
            expected = f"NUMBER {i}" if i % 3 else "ok\n"
            assert (answer.status, answer.text) == (200, expected), f"request {i}: {answer}"
        client.send(post("/nowhere", b"abc"), post(SHOUT, b"a"), "POST /plugins/shout/reload HTTP/1.1\r\nHost: x\r\n",
                    OPERATOR, "\r\n", get("/healthz", "Connection: close\r\n"), get("/healthz"))
        assert [client.answer().status for _ in range(4)] == [404, 200, 200, 200]
        assert client.rest() == b""


def test_requests_in_pieces(workshop):
    """Where the network splits a request does not matter."""
    with workshop.serve() as server:
        client = server.connect()
        client.socket.setsockopt(6, 1, 1)  # TCP_NODELAY
        request = post(SHOUT, b"abc", "X: y\r\n") + CHUNKED.encode() + b"2\r\nde\r\n1\r\nf\r\n0\r\nA: b\r\n\r\n"
        for _ in range(2):
            for byte in request:
                client.send(bytes([byte]))
            assert [client.answer().body for _ in range(2)] == [b"ABC", b"DEF"]


def test_keep_alive(workshop):
    with workshop.serve() as server:
        client = server.connect()
        for i in range(300):
            assert client.ask(post(SHOUT, f"a{i}")).text == f"A{i}"
        for _ in range(20):  # errors end a connection only where the place of the next request is not known
            assert client.ask(post("/nowhere", b"abc")).status == 404
            assert client.ask(post("/plugins", b"abc")).status == 401
            assert client.ask(post("/plugins/no/execute", b"abc")).status == 404
            assert client.ask(get(SHOUT)).status == 405
        assert server.metric("skerry_server_accepted_connections_total") == 2
        client.send(get("/healthz", "Connection: close\r\n"))
        assert client.answer().field("connection") == "close" and client.rest() == b""


def test_half_closed_connections(workshop):
    """A client that sends its requests and ends its side gets the answers."""
    with workshop.serve() as server:
        client = server.connect()
        client.send(post(SHOUT, b"a"), post(SHOUT, b"b"))
        client.close_sending()
        assert [client.answer().body for _ in range(2)] == [b"A", b"B"] and client.rest() == b""


if __name__ == "__main__":
    run(globals())
