"""A WebSocket server of Python's websockets: `talking.py [CERTIFICATE KEY [AUTHORITY]]`. What it does depends
on the path. With an authority it talks to those alone who have a certificate of it. It tells its port on the first
line."""

import asyncio
import http
import json
import logging
import ssl
import struct
import sys
from socket import SO_LINGER, SOL_SOCKET

from websockets.asyncio.server import serve

# That a client goes away is nothing to tell.
logging.disable()

TOKEN = "Bearer s3cr3t-t0k3n"

# The connections that were made to `/later`.
COUNTED = []


async def generate(socket, platforms=None):
    """Makes an item for each platform that is asked for, or for those that it knows."""
    asked = json.loads(await socket.recv())
    await socket.send(json.dumps({"type": "started", "run_id": asked.get("id", "run-1")}))
    for platform in platforms or asked["platforms"]:
        await socket.send(json.dumps({"type": "item", "platform": platform}))
    await socket.send("all done")


async def converse(socket, patience):
    """Greets who waits for it, wants to know who it is, and makes what it is asked for."""
    try:
        await asyncio.wait_for(socket.recv(), patience)
        await socket.close(1008, "too soon")
        return
    except TimeoutError:
        await socket.send("welcome")
    if await socket.recv() == "I am touchdown":
        await socket.send(json.dumps({"type": "ready", "session": "s-17"}))
        async for wanted in socket:
            await socket.send(json.dumps({"type": "item", "of": wanted}))
    else:
        await socket.send(json.dumps({"type": "error", "why": "who are you?"}))
        await socket.wait_closed()


async def talk(socket):
    match socket.request.path:
        case "/generate" | "/private":
            await generate(socket)
            await socket.wait_closed()
        case "/cached":
            await generate(socket, ["linkedin"])
            await socket.wait_closed()
        case "/again":
            await generate(socket)
            await asyncio.sleep(0.2)
            await socket.send(json.dumps({"type": "item", "platform": "linkedin"}))
            await socket.wait_closed()
        case "/conversation":
            await converse(socket, 0.05)
        case "/conversation/never-greets":
            await converse(socket, 60)
        case "/fails":
            await socket.send(json.dumps({"type": "error", "why": "no model"}))
        case "/closes":
            await socket.recv()
            await socket.close(1011, "no database")
        case "/floods":
            for number in range(2000):
                await socket.send(str(number))
        case "/long":
            await socket.send("x" * (2 << 20))
        case "/pings":
            # As a program would that has lost its mind: each frame is two bytes.
            while not socket.transport.is_closing():
                socket.transport.write(b"\x89\x00" * 32768)
                await asyncio.sleep(0)
        case "/pinged":
            for _ in range(20):
                await (await socket.ping())
            await socket.send("alive")
            await socket.wait_closed()
        case "/resets":
            await socket.send(json.dumps({"type": "error", "why": "who are you?"}))
            at_once = struct.pack("ii", 1, 0)
            socket.transport.get_extra_info("socket").setsockopt(
                SOL_SOCKET, SO_LINGER, at_once
            )
            socket.transport.abort()
        case "/binary":
            await socket.send(b"\xffready\x00")
            await socket.wait_closed()
        case "/later":
            COUNTED.append(1)
            await socket.send("warm" if len(COUNTED) > 1 else "cold")
            await socket.wait_closed()
        case "/echo":
            async for message in socket:
                await socket.send(message)
        case _:
            await socket.wait_closed()


def admit(socket, request):
    if request.path == "/private" and request.headers.get("authorization") != TOKEN:
        return socket.respond(http.HTTPStatus.UNAUTHORIZED, "who asks?\n")
    if request.path == "/page":
        return socket.respond(http.HTTPStatus.OK, "<h1>an old version</h1>\n")
    return None


async def main(certificate=None, key=None, authority=None):
    tls = None
    if certificate is not None:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(certificate, key)
    if authority is not None:
        tls.load_verify_locations(authority)
        tls.verify_mode = ssl.CERT_REQUIRED
    # `localhost` is two addresses, and would be two ports.
    host = "127.0.0.1"
    subprotocols = ["content.v2", "content.v1"]

    def choose(_, offered):
        return next((name for name in offered if name in subprotocols), None)

    async with serve(
        talk, host, 0, process_request=admit, select_subprotocol=choose, ssl=tls
    ) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
