"""A web server that lets in whoever signs with AWS's Signature Version 4: `letting_in.py SERVICE`. It follows what
AWS documents of it ("Create a signed AWS API request" in the IAM user guide), by Python's own library alone. It tells
its port on the first line."""

import hashlib
import hmac
import http.server
import json
import re
import sys
import urllib.parse

KEYS = {"AKIDEXAMPLE": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
SESSION = "FwoGZXIvYXdzEXAMPLESESSIONTOKEN"
REGION = "eu-west-1"
FORM = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, "
    r"SignedHeaders=([^,]+), Signature=([0-9a-f]{64})"
)


def quoted(text):
    return urllib.parse.quote(text, safe="-_.~")


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def hashed(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def refusal(asked, service):
    """Why the request is not let in."""
    found = FORM.fullmatch(asked.headers.get("authorization", ""))
    if found is None:
        return "Missing Authentication Token"
    key, day, region, signed_for, names, signature = found.groups()
    if (region, signed_for) != (REGION, service):
        return f"Credential should be scoped to {REGION}/{service}, not {region}/{signed_for}"
    if key not in KEYS or asked.headers.get("x-amz-security-token") != SESSION:
        return "The security token included in the request is invalid"
    names = names.split(";")
    if not {"host", "x-amz-date", "x-amz-security-token"} <= set(names):
        return "not all headers are signed that must be"
    payload = sha256(asked.content)
    if service == "vpc-lattice-svcs":
        payload = asked.headers.get("x-amz-content-sha256")
        if payload != "UNSIGNED-PAYLOAD":
            return "payload signing is not supported"
    path, _, query = asked.path.partition("?")
    values = urllib.parse.parse_qsl(query, keep_blank_values=True)
    canonical = [
        asked.command,
        "/".join(quoted(part) for part in path.split("/")),
        "&".join(sorted(f"{quoted(name)}={quoted(value)}" for name, value in values)),
        *(f"{name}:{' '.join(asked.headers[name].split())}" for name in names),
        "",
        ";".join(names),
        payload,
    ]
    scope = f"{day}/{region}/{service}/aws4_request"
    told = "\n".join(
        ["AWS4-HMAC-SHA256", asked.headers["x-amz-date"], scope, sha256("\n".join(canonical).encode())]
    )
    signing = f"AWS4{KEYS[key]}".encode()
    for part in [day, region, service, "aws4_request"]:
        signing = hashed(signing, part)
    if hashed(signing, told).hex() != signature:
        return "The request signature we calculated does not match the signature you provided."
    return None


class Door(http.server.BaseHTTPRequestHandler):
    def handle_one(self):
        length = int(self.headers.get("content-length", 0))
        self.content = self.rfile.read(length)
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("location", "/prod/health?from=moved")
            self.send_header("content-length", "0")
            self.end_headers()
            return
        why = refusal(self, sys.argv[1])
        said = {"message": why} if why else {"token_seen": self.headers["x-amz-security-token"]}
        body = json.dumps(said).encode()
        self.send_response(403 if why else 200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = handle_one

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
print(server.server_address[1], flush=True)
server.serve_forever()
