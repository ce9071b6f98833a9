// Where the cluster of a job is: kubeconfigs, service accounts and blocks.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findCluster } from "#infrastructure/kubernetes/cluster.ts";
import { createCredentials } from "#infrastructure/kubernetes/credentials.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "orch-kubeconfig-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const base64 = (text: string) => Buffer.from(text).toString("base64");

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const CONFIG = `apiVersion: v1
kind: Config
current-context: prod
clusters:
- {name: a, cluster: {server: "https://a.lan:6443/", certificate-authority: ca.pem, extensions: [{name: client.authentication.k8s.io/exec, extension: {region: x}}]}}
- {name: b, cluster: {server: "https://b.lan", certificate-authority-data: ${base64("CA B")}, tls-server-name: real.lan, proxy-url: "http://proxy:3128"}}
- {name: socks, cluster: {server: "https://c.lan", proxy-url: "socks5://me:secret@proxy:1080"}}
- {name: open, cluster: {server: "http://127.0.0.1:8080", insecure-skip-tls-verify: true}}
users:
- {name: cert, user: {client-certificate-data: ${base64("CERT")}, client-key: keys/key.pem}}
- {name: token, user: {token: t-1, as: deployer}}
- {name: file, user: {tokenFile: token.txt}}
- {name: basic, user: {username: ada, password: "p:w"}}
- {name: old, user: {auth-provider: {name: gcp}}}
- {name: lost, user: {client-certificate: nowhere.pem}}
- name: exec
  user:
    exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: ./login, args: [get, 5], provideClusterInfo: true, env: [{name: A, value: b}]}
contexts:
- {name: prod, context: {cluster: a, user: cert}}
- {name: token, context: {cluster: b, user: token}}
- {name: file, context: {cluster: a, user: file}}
- {name: basic, context: {cluster: open, user: basic}}
- {name: exec, context: {cluster: a, user: exec}}
- {name: old, context: {cluster: a, user: old}}
- {name: lost, context: {cluster: a, user: lost}}
- {name: socks, context: {cluster: socks, user: token}}
- {name: none, context: {cluster: gone, user: cert}}
`;

function prepared(context = "prod"): Record<string, string> {
  mkdirSync(join(folder, "keys"));
  write("ca.pem", "CA A");
  write("keys/key.pem", "KEY");
  write("token.txt", "t-file\n");
  return { KUBECONFIG: write("config", CONFIG.replace("current-context: prod", `current-context: ${context}`)) };
}

const proofOf = async (env: Record<string, string>) => createCredentials(findCluster(null, env), env, () => 0).proof();

describe("blocks 25: a kubeconfig", () => {
  test("client certificates, and paths relative to the file", async () => {
    const env = prepared();
    expect(findCluster(null, env)).toMatchObject({ name: "context 'prod'", server: "https://a.lan:6443", ca: "CA A" });
    expect(await proofOf(env)).toEqual({ headers: {}, cert: "CERT", key: "KEY" });
  });

  test("a token, whose rights are asked for, a proxy and a server's other name", async () => {
    const env = prepared("token");
    const { ca, tlsServerName, proxy } = findCluster(null, env);
    expect([ca, tlsServerName, proxy]).toEqual(["CA B", "real.lan", "http://proxy:3128"]);
    expect(await proofOf(env)).toEqual({ headers: { authorization: "Bearer t-1", "impersonate-user": "deployer" } });
  });

  test("a token in a file is read each time", async () => {
    const env = prepared("file");
    const credentials = createCredentials(findCluster(null, env), env, () => 0);
    expect((await credentials.proof()).headers).toEqual({ authorization: "Bearer t-file" });
    write("token.txt", "t-new");
    expect((await credentials.proof()).headers).toEqual({ authorization: "Bearer t-new" });
    rmSync(join(folder, "token.txt"));
    expect(credentials.proof()).rejects.toThrow(/^The token of the cluster cannot be read: .*token\.txt/);
  });

  test("a token in a file comes before the plain one, which counts where the file is not there", async () => {
    const both = CONFIG.replace("tokenFile: token.txt", "tokenFile: token.txt, token: t-plain");
    const env = { KUBECONFIG: write("both", both.replace("current-context: prod", "current-context: file")) };
    write("ca.pem", "CA A");
    write("token.txt", "t-file");
    expect((await proofOf(env)).headers).toEqual({ authorization: "Bearer t-file" });
    rmSync(join(folder, "token.txt"));
    expect((await proofOf(env)).headers).toEqual({ authorization: "Bearer t-plain" });
  });

  test("a password, and a server that is not checked", async () => {
    const env = prepared("basic");
    expect(findCluster(null, env).isUnchecked).toBe(true);
    expect((await proofOf(env)).headers).toEqual({ authorization: `Basic ${base64("ada:p:w")}` });
  });

  test("an exec plugin", () => {
    expect(findCluster(null, prepared("exec")).exec).toMatchObject({
      ...{ command: join(folder, "login"), args: ["get", "5"], env: { A: "b" } },
      ...{ apiVersion: "client.authentication.k8s.io/v1beta1" },
      // What it has to know, and not where a file with it is.
      clusterInfo: {
        server: "https://a.lan:6443/",
        "certificate-authority-data": base64("CA A"),
        config: { region: "x" },
      },
    });
  });

  test("several files: the first that has an entry counts", () => {
    const { KUBECONFIG = "" } = prepared();
    const first = write("first", "current-context: token\nusers: [{name: token, user: {token: t-first}}]\n");
    const env = { KUBECONFIG: `${first}:${join(folder, "not-there")}:${KUBECONFIG}` };
    expect(findCluster(null, env)).toMatchObject({ server: "https://b.lan", token: "t-first" });
  });

  test("the one of the home, where none is named", () => {
    mkdirSync(join(folder, ".kube"));
    write(".kube/config", CONFIG.replace("current-context: prod", "current-context: token"));
    expect(findCluster(null, { HOME: folder }).server).toBe("https://b.lan");
  });
});

test("blocks 25: in a pod, its service account", async () => {
  write("token", "t-pod\n");
  write("ca.crt", "CA POD");
  const env = { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443", ...prepared() };
  const cluster = findCluster(null, env, folder);
  expect(cluster).toMatchObject({ server: "https://[fd00::1]:443", ca: "CA POD" });
  expect((await createCredentials(cluster, env, () => 0).proof()).headers).toEqual({ authorization: "Bearer t-pod" });
});

test("blocks 25: a kubernetes-cluster-config block comes first, as a mapping or as text", () => {
  const env = prepared();
  expect(findCluster({ config: CONFIG, context_name: "token" }, env).server).toBe("https://b.lan");
  const config = Bun.YAML.parse(CONFIG) as never; // JSON
  expect(findCluster({ config, context_name: "token" }, env).token).toBe("t-1");
});

test("blocks 25: a plugin that never answers is one sentence, whatever it has started", async () => {
  const exec = {
    command: "sh",
    args: ["-c", "sleep 5 & wait"],
    env: {},
    apiVersion: "v1",
    clusterInfo: null,
    installHint: "",
  };
  const cluster = { name: "context 'x'", server: "https://a.lan", isUnchecked: false, headers: {}, exec };
  const credentials = createCredentials(cluster, { PATH: process.env["PATH"] }, () => 0, { most: 200 });
  expect(credentials.proof()).rejects.toThrow("The login of context 'x': 'sh' gave no answer within 0.2 s.");
});

test("blocks 25: a plugin is asked once by all who wait for its answer, and again for what was refused or ends soon", async () => {
  const asked = join(folder, "asked");
  const answer = { status: { token: "t", expirationTimestamp: "1970-01-01T00:01:00Z" } };
  const script = `echo x >> '${asked}'; echo '${JSON.stringify(answer)}'`;
  const exec = { command: "sh", args: ["-c", script], env: {}, apiVersion: "v1", clusterInfo: null, installHint: "" };
  const cluster = { name: "context 'x'", server: "https://a.lan", isUnchecked: false, headers: {}, exec };
  let now = 0;
  const credentials = createCredentials(cluster, { PATH: process.env["PATH"] }, () => now);
  const all = () => Promise.all([credentials.proof(), credentials.proof(), credentials.proof()]);
  const times = async () => (await Bun.file(asked).text()).length / 2;
  const [first] = await all();
  expect(await times()).toBe(1);
  for (const _ of [1, 2]) credentials.renew(first as NonNullable<typeof first>); // two requests were refused: it is one proof
  await all();
  expect(await times()).toBe(2);
  now = 31_000;
  await all();
  expect(await times()).toBe(3);
});

const REFUSED: [what: string, context: string, sentence: RegExp][] = [
  [
    "a context that is not there",
    "other",
    /^There is no context 'other' in '.*config': it has prod, token, file, basic, exec, old, lost, socks, none\.$/,
  ],
  ["a cluster that is not there", "none", /^The cluster 'gone' of context 'none' in '.*' has no server\.$/],
  [
    "a proxy of another kind",
    "socks",
    /^The 'proxy-url' of the cluster at https:\/\/c\.lan must begin with http:\/\/ or https:\/\/\.$/,
  ],
  ["a login of old", "old", /has an 'auth-provider', which Kubernetes no longer knows: use an exec plugin\.$/],
  ["a certificate that is not there", "lost", /^The kubeconfig's 'client-certificate' cannot be read: .*nowhere\.pem/],
];
for (const [what, context, sentence] of REFUSED) {
  test(`blocks 25: ${what} is one sentence`, () => {
    expect(() => findCluster(null, prepared(context))).toThrow(sentence);
  });
}

test("blocks 25: no cluster, and a file that is no kubeconfig, are one sentence", () => {
  expect(() => findCluster(null, { HOME: folder })).toThrow(
    /^No Kubernetes cluster is known: there is no kubeconfig at '.*\.kube\/config'\. Set KUBECONFIG, or give the block a 'cluster_config'\.$/,
  );
  expect(() => findCluster(null, { KUBECONFIG: write("c", "just text") })).toThrow(/is no kubeconfig/);
  expect(() => findCluster(null, { KUBECONFIG: write("d", "a: [") })).toThrow(/cannot be read/);
});
