// A proxy for one server, whose connections it cuts, slows down or answers itself.
import { createConnection, createServer, type Socket } from "node:net";

export interface Fault {
  /** Both sides are closed when so many bytes have come from either. */
  cutAfterBytes?: number;
  /** With a cut the proxy ends, as a server that is stopped. */
  isLast?: boolean;
  /** So many a second go each way. */
  bytesPerSecond?: number;
  /** Sent in the server's place; the connection is closed then. */
  answer?: string;
  /** Nothing is passed on, and nothing answered. */
  isSilent?: boolean;
}

/** `at`: where it listens; any port of the loopback by default. `faultOf` is asked once for each connection, with the first bytes of its request. Connections are not used again. */
export function createFaultProxy(
  target: string,
  faultOf: (request: string) => Fault,
  at = { host: "127.0.0.1", port: 0 },
): { url: string; close(): void } {
  const { hostname, port, protocol } = new URL(target);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    client.on("error", () => {});
    client.once("data", (first: Buffer) => {
      const fault = faultOf(first.toString("latin1"));
      const { cutAfterBytes = Number.POSITIVE_INFINITY, isLast, bytesPerSecond, answer, isSilent } = fault;
      if (isSilent) return client.resume();
      if (answer !== undefined) return client.end(answer);
      const upstream = createConnection({ host: hostname, port: Number(port) });
      sockets.add(upstream);
      upstream.on("error", () => client.destroy());
      client.on("close", () => upstream.destroy());
      upstream.on("close", () => delivered.then(() => client.end()));
      let seen = { there: 0, back: 0 };
      let delivered = Promise.resolve();
      const pass = (way: "there" | "back", from: Socket, to: Socket) => (chunk: Buffer) => {
        seen = { ...seen, [way]: seen[way] + chunk.length };
        if (seen[way] > cutAfterBytes) {
          client.destroy();
          upstream.destroy();
          if (isLast) close();
        } else if (bytesPerSecond === undefined) to.write(chunk);
        else {
          from.pause();
          delivered = delivered
            .then(() => Bun.sleep((chunk.length / bytesPerSecond) * 1000))
            .then(() => {
              to.write(chunk);
              from.resume();
            });
        }
      };
      pass("there", client, upstream)(closing(first));
      client.on("data", pass("there", client, upstream));
      upstream.on("data", pass("back", upstream, client));
    });
  });
  server.listen(at.port, at.host);
  const address = server.address();
  const own = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `${protocol}//localhost:${own}`, close };

  function close(): void {
    server.close();
    for (const socket of sockets) socket.destroy();
  }
}

/** Asks the server to close after its answer, so that the next request is a connection too. */
function closing(first: Buffer): Buffer {
  return Buffer.from(first.toString("latin1").replace(/^connection: .*\r\n/im, "Connection: close\r\n"), "latin1");
}
