// Takes the events of clients of Prefect 2.14 to 2.20, which send them over a web socket where their user has switched that
// on, and drops them: nothing here reacts to events, and a client without an open socket logs an error for every event.

const PATH = "/api/events/in";
/** An event is a few KB; a client that sends more is cut off. */
const MOST_BYTES = 1024 * 1024;

/** For `Bun.serve`. */
export const eventSocket: Bun.WebSocketHandler<undefined> = {
  maxPayloadLength: MOST_BYTES,
  message() {},
};

/** Whether the request became such a socket; then there is nothing to answer. */
export function becameEventSocket(request: Request, server: Pick<Bun.Server<undefined>, "upgrade">): boolean {
  if (request.method !== "GET" || request.headers.get("upgrade")?.toLowerCase() !== "websocket") return false;
  return new URL(request.url).pathname === PATH && server.upgrade(request);
}
