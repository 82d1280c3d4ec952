"""A gRPC server with the standard health service of grpcio: `serving.py [CERTIFICATE KEY [CLIENTS]]`, or
one without that service: `serving.py --none`. With CLIENTS, whoever asks must have a certificate of that
authority. It tells its port on the first line."""

import sys
from concurrent import futures
from pathlib import Path

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

TOKEN = "Bearer s3cr3t-t0k3n"


class Health(health.HealthServicer):
    """Its services are in each of the states; `shop.Private` wants a token, `shop.Warming` serves when it
    is asked for the third time."""

    asked = 0

    def Check(self, request, context):
        metadata = dict(context.invocation_metadata())
        if request.service == "shop.Private" and metadata.get("authorization") != TOKEN:
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "who asks?")
        if request.service == "shop.Warming":
            self.asked += 1
            if self.asked == 3:
                self.set("shop.Warming", health_pb2.HealthCheckResponse.SERVING)
        return super().Check(request, context)


def main(arguments):
    server = grpc.server(futures.ThreadPoolExecutor(4))
    if arguments != ["--none"]:
        service = Health()
        states = health_pb2.HealthCheckResponse
        for name, state in {
            "": states.SERVING,
            "shop.Cart": states.NOT_SERVING,
            "shop.Odd": states.UNKNOWN,
            "shop.Private": states.SERVING,
            "shop.Warming": states.NOT_SERVING,
        }.items():
            service.set(name, state)
        health_pb2_grpc.add_HealthServicer_to_server(service, server)
    if len(arguments) >= 2:
        certificate, key, *clients = (Path(path).read_bytes() for path in arguments)
        credentials = grpc.ssl_server_credentials(
            [(key, certificate)],
            root_certificates=clients[0] if clients else None,
            require_client_auth=bool(clients),
        )
        port = server.add_secure_port("localhost:0", credentials)
    else:
        port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    server.wait_for_termination()


main(sys.argv[1:])
