// A proxy for one HTTP server, whose connections it cuts, slows down or answers itself.
import { createConnection, createServer, type Socket } from "node:net";

export interface Fault {
  /** Both sides are closed when so many bytes have come from either. */
  cutAfterBytes?: number;
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
      const { cutAfterBytes = Number.POSITIVE_INFINITY, answer, isSilent } = faultOf(first.toString("latin1"));
      if (isSilent) return client.resume();
      if (answer !== undefined) return client.end(answer);
      const upstream = createConnection({ host: hostname, port: Number(port) });
      sockets.add(upstream);
      upstream.on("error", () => client.destroy());
      client.on("close", () => upstream.destroy());
      upstream.on("close", () => client.end());
      let seen = { there: 0, back: 0 };
      const pass = (way: "there" | "back", to: Socket) => (chunk: Buffer) => {
        seen = { ...seen, [way]: seen[way] + chunk.length };
        if (seen[way] <= cutAfterBytes) return to.write(chunk);
        client.destroy();
        upstream.destroy();
        return false;
      };
      pass("there", upstream)(closing(first));
      client.on("data", pass("there", upstream));
      upstream.on("data", pass("back", client));
    });
  });
  server.listen(at.port, at.host);
  const address = server.address();
  const own = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `${protocol}//localhost:${own}`,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Asks the server to close after its answer, so that the next request is a connection too. */
function closing(first: Buffer): Buffer {
  return Buffer.from(first.toString("latin1").replace(/^connection: .*\r\n/im, "Connection: close\r\n"), "latin1");
}
