// Plays the API server of a cluster, as far as a Job needs it: lists, watches that a test cuts, logs, and the end of pods.
import type { JsonObject } from "#lib/json.ts";

export interface PlayedCluster {
  url: string;
  /** `METHOD /path?query` of each request. */
  requests: string[];
  /** The Job that was made. */
  job: JsonObject | null;
  pod: JsonObject | null;
  /** What the pod has printed, each line with its time. */
  log: string[];
  /** Answered in place of the next requests that match, once each. */
  instead: { match: RegExp; answer: (body: JsonObject | null) => Response }[];
  /** Every request must carry it. */
  token: string | undefined;
  /** What changed is sent to the watches. */
  change(kind: "jobs" | "pods", type: string, object: JsonObject): void;
  /** Watches and logs break off, as when a server is killed. */
  cut(): void;
  /** Resolves when that many requests match. */
  asked(match: RegExp, times?: number): Promise<void>;
  close(): Promise<void>;
}

/** An answer that goes on. */
interface Open {
  kind: string;
  send: (text: string) => void;
  end: () => void;
}

export function playCluster(): PlayedCluster {
  const open = new Set<Open>();
  const waiting = new Set<() => void>();
  const bytes = (text: string) => new TextEncoder().encode(text);

  function streamed(kind: string, first: string): Response {
    let own: Open | undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        own = {
          kind,
          send: (text) => controller.enqueue(bytes(text)),
          end: () => controller.close(),
        };
        open.add(own);
        if (first !== "") own.send(first);
      },
      cancel: () => void (own && open.delete(own)),
    });
    return new Response(body, { headers: { "content-type": "application/json" } });
  }

  function answer(method: string, path: string, query: URLSearchParams, body: JsonObject | null): Response {
    const kind = path.includes("/pods") ? "pods" : "jobs";
    if (path.endsWith("/kube-system")) return Response.json({ metadata: { uid: "cluster-1" } });
    if (path.endsWith("/log")) {
      const text = played.log.map((line) => `${line}\n`).join("");
      return query.get("follow") ? streamed("log", text) : new Response(text);
    }
    if (query.get("watch")) return streamed(kind, "");
    if (method === "POST") {
      played.job = { ...body, status: {} };
      return Response.json(played.job, { status: 201 });
    }
    const one = kind === "pods" ? played.pod : played.job;
    if (method === "DELETE") {
      if (kind === "jobs") played.job = null;
      else played.pod = null;
      if (one) played.change(kind, "DELETED", one);
      return Response.json({});
    }
    if (/\/(?:jobs|pods)$/.test(path)) {
      return Response.json({ metadata: { resourceVersion: "7" }, items: one ? [one] : [] });
    }
    return one ? Response.json(one) : Response.json({ message: `jobs "${path}" not found` }, { status: 404 });
  }

  const server = Bun.serve({
    ...{ hostname: "127.0.0.1", port: 0, idleTimeout: 0 },
    async fetch(request) {
      const { pathname, search, searchParams } = new URL(request.url);
      played.requests.push(`${request.method} ${pathname}${search}`);
      for (const look of [...waiting]) look();
      const at = played.instead.findIndex(({ match }) => match.test(`${request.method} ${pathname}${search}`));
      const [other] = at < 0 ? [] : played.instead.splice(at, 1);
      const body = request.method === "POST" ? ((await request.json()) as JsonObject) : null; // what was sent
      if (other) return other.answer(body);
      const isKnown = played.token === undefined || request.headers.get("authorization") === `Bearer ${played.token}`;
      if (!isKnown) return Response.json({ message: "Unauthorized" }, { status: 401 });
      return answer(request.method, pathname, searchParams, body);
    },
  });

  const played: PlayedCluster = {
    ...{ url: `http://127.0.0.1:${server.port}`, requests: [], job: null, pod: null, log: [], instead: [] },
    token: undefined,
    change(kind, type, object) {
      const text = `${JSON.stringify({ type, object })}\n`;
      for (const one of open) if (one.kind === kind) one.send(text);
    },
    cut() {
      for (const one of open) one.end();
      open.clear();
    },
    asked(match, times = 1) {
      return new Promise((resolve) => {
        const look = () => {
          if (played.requests.filter((line) => match.test(line)).length < times) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      });
    },
    close: () => server.stop(true),
  };
  return played;
}

/** A block that says where the cluster is. */
export function configOf({ url }: PlayedCluster, user: JsonObject = {}): JsonObject {
  return {
    context_name: "x",
    config: {
      clusters: [{ name: "c", cluster: { server: url } }],
      users: [{ name: "u", user }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    },
  };
}

/** A pod of the Job that was made, whose flow's container is in this state. */
export function podOf({ job }: PlayedCluster, phase: string, state: JsonObject): JsonObject {
  const { labels } = (job?.["metadata"] ?? {}) as JsonObject; // as it was sent
  return {
    metadata: { name: "p", uid: "1", labels: labels ?? {}, creationTimestamp: "2026-11-28T06:00:00Z" },
    spec: { containers: [{ name: "prefect-job" }] },
    status: { phase, containerStatuses: [{ name: "prefect-job", state }] },
  };
}

/** The cluster has it as it is now. */
export function show(played: PlayedCluster, kind: "job" | "pod", object: JsonObject): void {
  played[kind] = object;
  played.change(`${kind}s`, "MODIFIED", object);
}

export const WATCHES = /GET .*watch=1/;
