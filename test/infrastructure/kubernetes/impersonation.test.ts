// In whose name requests are sent: what a kubeconfig has for it, and the headers that arrive.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createClusterApi } from "#infrastructure/kubernetes/api.ts";
import { findCluster } from "#infrastructure/kubernetes/cluster.ts";
import { createCredentials } from "#infrastructure/kubernetes/credentials.ts";
import type { JsonObject } from "#lib/json.ts";

/** Of each request: what came, the headers line by line. */
const arrived: { line: string; headers: string[]; body: string }[] = [];
let server: Server;
beforeAll(async () => {
  server = createServer(async (request, answer) => {
    const { method, url, rawHeaders } = request;
    const headers = rawHeaders.flatMap((name, index) =>
      index % 2 === 0
        ? [`${name.toLowerCase()}: ${Buffer.from(rawHeaders[index + 1] ?? "", "latin1").toString()}`]
        : [],
    );
    let body = "";
    for await (const chunk of request) body += chunk;
    arrived.push({
      line: `${method} ${url}`,
      headers: headers.filter((one) => /^imp|^auth/.test(one)).toSorted(),
      body,
    });
    if (url?.includes("watch"))
      answer.writeHead(200).write('{"type":"ADDED"}\n'); // and it stays open
    else answer.writeHead(url === "/none" ? 204 : 201).end('{"kind":"Job"}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** `port`: the one of the server above, where none is given. */
function apiAs(user: JsonObject, port = (server.address() as AddressInfo).port) {
  const config: JsonObject = {
    clusters: [{ name: "c", cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: "u", user }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
  };
  const cluster = findCluster({ config, context_name: "x" }, {});
  return createClusterApi(
    cluster,
    createCredentials(cluster, {}, () => 0),
  );
}

const EXTRA = { "example.com/reason": ["a, b", "Zoë"], scopes: ["one"] };
const USERS: [what: string, user: JsonObject, headers: string[]][] = [
  ["nobody", { token: "t" }, ["authorization: Bearer t"]],
  ["a user", { token: "t", as: "Zoë" }, ["authorization: Bearer t", "impersonate-user: Zoë"]],
  [
    "a user with one group and a uid",
    { as: "ada", "as-groups": ["team"], "as-uid": "7" },
    ["impersonate-group: team", "impersonate-uid: 7", "impersonate-user: ada"],
  ],
  [
    "a user with groups and more about it",
    { token: "t", as: "ada", "as-groups": ["team", "system:masters, really"], "as-user-extra": EXTRA },
    [
      ...["authorization: Bearer t", "impersonate-extra-example.com%2freason: Zoë"],
      ...["impersonate-extra-example.com%2freason: a, b", "impersonate-extra-scopes: one"],
      ...["impersonate-group: system:masters, really", "impersonate-group: team", "impersonate-user: ada"],
    ],
  ],
];
for (const [what, user, headers] of USERS) {
  test(`blocks 25: requests in the name of ${what}`, async () => {
    const answer = await apiAs(user).ask("POST", "/jobs", { query: { a: "b c" }, body: { kind: "Job" } });
    expect(answer).toMatchObject({ status: 201, body: { kind: "Job" } });
    expect(arrived.at(-1)).toEqual({ line: "POST /jobs?a=b+c", headers, body: '{"kind":"Job"}' });
  });
}

const SEVERAL = { as: "ada", "as-groups": ["one", "two"] };

test("blocks 25: an answer without a body, and a watch that is given up, in the name of a user with several groups", async () => {
  const api = apiAs(SEVERAL);
  expect((await api.ask("DELETE", "/none")).status).toBe(204);
  const over = new AbortController();
  const stream = await api.stream("/jobs", { query: { watch: "1" }, signal: over.signal });
  if (!(stream instanceof ReadableStream)) throw new Error(stream.message);
  const reader = stream.getReader();
  expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('{"type":"ADDED"}\n');
  over.abort();
  expect(reader.read()).rejects.toThrow();
});

test("blocks 25: a cluster that is away is the same sentence for a user with several groups", async () => {
  expect(apiAs(SEVERAL, 1).ask("GET", "/jobs")).rejects.toThrow(
    "No Kubernetes cluster answers at http://127.0.0.1:1, which context 'x' names (connection refused).",
  );
});

test("blocks 25: groups without a user are one sentence", () => {
  expect(() => apiAs({ token: "t", "as-groups": ["team"] })).toThrow(
    "The user of context 'x' has 'as-uid', 'as-groups' or 'as-user-extra', and no 'as': it must name a user too.",
  );
});
