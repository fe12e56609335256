# A listener with a certificate of its own, which wants to hear a secret. For each visitor it prints
# the bytes of the wire and what they say under TLS, both in hex.
import socket
import ssl
import sys

certificate, key, address, port = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
listener = socket.create_server((address, int(port)))
print("ready", flush=True)
while True:
    visitor = listener.accept()[0]
    visitor.settimeout(10)
    wire, said, open_ = b"", b"", False
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_side=True)
    try:
        while True:
            try:
                if not open_:
                    tls.do_handshake()
                    open_ = True
                said += tls.read(65536)
            except ssl.SSLWantReadError:
                pass
            visitor.sendall(outgoing.read())
            data = visitor.recv(65536)
            if not data:
                break
            wire += data
            incoming.write(data)
    except OSError:
        pass
    visitor.close()
    print(wire.hex() or "-", said.hex() or "-", flush=True)
