// A web server for the flows that need one to ask: it answers with what it was sent.
export function localServer() {
  return Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      if (pathname === "/missing") return Response.json({ why: "not here" }, { status: 404 });
      return Response.json({ method: request.method, path: pathname + search, body: await request.text() });
    },
  });
}

/** What `localServer` answers. */
export interface Echo {
  method: string;
  path: string;
  body: string;
}
