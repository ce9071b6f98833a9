// `bun run ui [ADDRESS]`: the web UI with reload on save, in front of a running server (http://127.0.0.1:4200 unless named).
// It has no Content-Security-Policy: look at the built one as well.
import index from "../../src/ui/index.html";

const target = new URL(process.argv[2] ?? "http://127.0.0.1:4200").origin;

/** Hands a call on, as if it came from the server's own page. */
async function passOn(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const headers = new Headers(request.headers);
  for (const name of ["host", "origin", "referer"]) headers.delete(name);
  const body = request.body === null ? {} : { body: request.body };
  const { method, signal } = request;
  try {
    return await fetch(target + pathname + search, { method, headers, signal, decompress: false, ...body });
  } catch {
    const detail = `No server answers at ${target}: start one with 'orch server start', or name another.`;
    return Response.json({ detail }, { status: 502 });
  }
}

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.env["PORT"] ?? 4201),
  development: { hmr: true },
  // Streams of events have no end.
  idleTimeout: 0,
  routes: { "/api/*": passOn, "/docs": passOn, "/openapi.json": passOn, "/ui-settings": passOn, "/*": index },
});
console.log(`The web UI is at ${server.url}, with the data of ${target}.`);
