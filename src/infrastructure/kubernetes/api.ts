// Sends requests to the API server of a cluster.
import { messageOf, OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject, tryParseJson } from "#lib/json.ts";
import { networkWords } from "#lib/network-words.ts";
import type { Cluster } from "./cluster.ts";
import type { Credentials, Proof } from "./credentials.ts";
import type { RequestHeaders } from "./impersonation.ts";

export interface ApiRequest {
  query?: Readonly<Record<string, string | undefined>>;
  body?: JsonObject;
  signal?: AbortSignal | undefined;
}

export interface ApiAnswer {
  status: number;
  /** The answer read as JSON; null for none. */
  body: Json;
  /** What the cluster says about a failure, in its words; empty for none. */
  message: string;
}

export interface ClusterApi {
  cluster: Cluster;
  /** Answers of any status but 401. Throws `unavailable` with a sentence where no server answers, `invalid` for a login refused. */
  ask(method: string, path: string, request?: ApiRequest): Promise<ApiAnswer>;
  /** The answer as it comes, or what the cluster says instead. Throws as `ask` does. */
  stream(path: string, request?: ApiRequest): Promise<ReadableStream<Uint8Array> | ApiAnswer>;
}

/** Longer than any of these questions takes a server that is well. */
const ANSWER_MS = 30_000;
const UNAUTHORIZED = 401;

export function createClusterApi(cluster: Cluster, credentials: Credentials): ClusterApi {
  async function sendOnce(method: string, path: string, request: ApiRequest, proof: Proof): Promise<Response> {
    const { query = {}, body, signal } = request;
    const words = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const search = words.length > 0 ? `?${new URLSearchParams(words)}` : "";
    const { headers, cert, key } = proof;
    const { server, ca, tlsServerName, isUnchecked, proxy } = cluster;
    const tls = {
      rejectUnauthorized: !isUnchecked,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(tlsServerName === undefined ? {} : { serverName: tlsServerName }),
    };
    const address = `${server}${path}${search}`;
    const all = { accept: "application/json", ...jsonType(body), ...headers };
    const sent = { method, ...(body ? { body: JSON.stringify(body) } : {}), ...(signal ? { signal } : {}) };
    try {
      if (!isPlain(all)) {
        const { requestWith } = await import("./repeated-headers.ts");
        return await requestWith(address, { ...sent, headers: all, tls, proxy });
      }
      return await fetch(address, {
        ...{ ...sent, headers: all },
        ...(server.startsWith("https:") ? { tls } : {}),
        ...(proxy === undefined ? {} : { proxy: { url: proxy, respectNoProxy: false } }), // as kubectl does
        timeout: false, // watches and logs take as long as they take
      } as RequestInit); // what only Bun's fetch knows
    } catch (cause) {
      if (isGivenUp(signal)) throw cause;
      const unusable = await unusableCertificate(cluster, proof);
      if (unusable) throw new OrchError("invalid", unusable, { cause });
      throw new OrchError("unavailable", unreachable(cluster, cause), { cause });
    }
  }

  async function send(method: string, path: string, request: ApiRequest): Promise<Response> {
    const proof = await credentials.proof();
    const answer = await sendOnce(method, path, request, proof);
    if (answer.status !== UNAUTHORIZED) return answer;
    await answer.body?.cancel();
    const again = credentials.renew(proof) ? await sendOnce(method, path, request, await credentials.proof()) : answer;
    if (again.status !== UNAUTHORIZED) return again;
    const sentence = `The cluster at ${cluster.server} refuses the login of ${cluster.name} (401 Unauthorized).`;
    throw new OrchError("invalid", `${sentence} Renew its token or certificate.`);
  }

  return {
    cluster,
    async ask(method, path, request = {}) {
      const signals = [AbortSignal.timeout(ANSWER_MS), ...(request.signal ? [request.signal] : [])];
      const signal = AbortSignal.any(signals);
      const answer = await send(method, path, { ...request, signal });
      try {
        return await readAnswer(answer);
      } catch (cause) {
        if (isGivenUp(signal)) throw cause;
        throw new OrchError("unavailable", unreachable(cluster, cause), { cause });
      }
    },
    async stream(path, request = {}) {
      const answer = await send("GET", path, request);
      return answer.ok && answer.body ? answer.body : readAnswer(answer);
    },
  };
}

/** By who asks: a time limit only says that no server answers. */
function isGivenUp(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true && signal.reason?.name !== "TimeoutError";
}

/** Each comes once. */
function isPlain(headers: RequestHeaders): headers is Record<string, string> {
  return Object.values(headers).every((value) => typeof value === "string");
}

function jsonType(body: JsonObject | undefined): Record<string, string> {
  return body ? { "content-type": "application/json" } : {};
}

async function readAnswer(answer: Response): Promise<ApiAnswer> {
  const text = await answer.text();
  const body = tryParseJson(text) ?? null;
  const { message } = isObject(body) ? (body as JsonObject) : {}; // JSON holds JSON
  const words = typeof message === "string" && message !== "" ? message : text;
  const plain = words.trim().replace(/\s*\n\s*/g, " ");
  return { status: answer.status, body, message: answer.ok ? "" : plain || `The cluster answered ${answer.status}.` };
}

/** What is wrong with the certificates, where no connection comes about: that of one that cannot be used fails like any other. */
async function unusableCertificate({ name, ca }: Cluster, { cert, key }: Proof): Promise<string | undefined> {
  const { createPrivateKey, X509Certificate } = await import("node:crypto");
  const reads: [what: string, read: () => unknown][] = [
    ["The certificate authority", () => ca === undefined || new X509Certificate(ca)],
    ["The client certificate", () => cert === undefined || new X509Certificate(cert)],
    ["The client key", () => key === undefined || createPrivateKey(key)],
  ];
  for (const [what, read] of reads) {
    try {
      read();
    } catch (error) {
      return `${what} of ${name} cannot be read: ${messageOf(error).replace(/\.$/, "")}.`;
    }
  }
  const isPair =
    cert === undefined || key === undefined || new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  return isPair ? undefined : `The client key of ${name} is not that of its client certificate.`;
}

function unreachable({ server, name }: Cluster, cause: unknown): string {
  return `No Kubernetes cluster answers at ${server}, which ${name} names (${networkWords(cause)}).`;
}
