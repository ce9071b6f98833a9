// A web server that keeps one file and gives parts of it as S3, Google and Azure do, unless a test answers in its place.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Asked {
  /** The name of the file; the manifest's is `manifest.json`. */
  name: string;
  /** The range that was asked for, its last byte included. */
  range: [first: number, last: number] | null;
  /** The version that the file has to have. */
  wanted: string | undefined;
  encoding: string | undefined;
}

export interface RangeServer {
  port: number;
  /** Of the file, newest last. */
  asked: Asked[];
  /** What lies there, and the version that it has. */
  file: { content: Uint8Array; version: string; headers?: Record<string, string> };
  /** So many bytes of the file come by the request for all of it. */
  beginning: number;
  /** True where it has answered. */
  answer: (asked: Asked, response: ServerResponse, request: IncomingMessage) => boolean;
  /** The usual answer. */
  give(asked: Asked, response: ServerResponse): void;
  close(): void;
}

export async function rangeServer(): Promise<RangeServer> {
  const http = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const asked: Asked = {
      name: decodeURIComponent(url.pathname).split("/").at(-1) ?? "",
      range: first === undefined ? null : [Number(first), Number(last)],
      wanted: url.searchParams.get("ifGenerationMatch") ?? request.headers["if-match"],
      encoding: request.headers["accept-encoding"]?.toString(),
    };
    if (asked.name !== "large") return void response.writeHead(404).end();
    server.asked.push(asked);
    if (!server.answer(asked, response, request)) server.give(asked, response);
  });
  const server: RangeServer = {
    ...{ port: 0, asked: [], file: { content: new Uint8Array(), version: "" }, answer: () => false },
    beginning: Number.POSITIVE_INFINITY,
    give({ range, wanted }, response) {
      const { content, version, headers = {} } = server.file;
      const all = { etag: version, "x-goog-generation": version, ...headers };
      if (wanted !== undefined && wanted !== version) return void response.writeHead(412).end();
      if (range === null)
        return void response.writeHead(200, { ...all, "content-length": content.length }).end(content);
      if (range[0] >= content.length) return void response.writeHead(416).end();
      const body = content.subarray(range[0], range[1] + 1);
      const place = `bytes ${range[0]}-${range[0] + body.length - 1}/${content.length}`;
      response.writeHead(206, { ...all, "content-range": place, "content-length": body.length });
      // One connection alone gets no further.
      if (range[0] === 0 && body.length > server.beginning) response.write(body.subarray(0, server.beginning));
      else response.end(body);
    },
    close() {
      http.close();
      http.closeAllConnections();
    },
  };
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  server.port = (http.address() as AddressInfo).port; // it listens at a port
  return server;
}
