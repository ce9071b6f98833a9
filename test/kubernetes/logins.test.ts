// Logins at a real API server: client certificates, tokens of service accounts, and plugins that give either.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createSign } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClusterApi } from "#infrastructure/kubernetes/api.ts";
import { findCluster } from "#infrastructure/kubernetes/cluster.ts";
import { createCredentials } from "#infrastructure/kubernetes/credentials.ts";
import { createKubernetesInfrastructure } from "#infrastructure/kubernetes/kubernetes.ts";
import { fieldIn, textIn } from "#infrastructure/kubernetes/pods.ts";
import { systemClock } from "#lib/clock.ts";
import type { JsonObject } from "#lib/json.ts";
import { addShell } from "../engines/images.ts";
import { never, shellJob } from "../infrastructure/contract.ts";
import { clusterHere, type RealCluster } from "./cluster.ts";
import { HOST_NETWORK, until } from "./cluster-world.ts";

const IMAGE = "localhost/orch-shell:1";
const ACCOUNT = "system:serviceaccount:default:runner";
const SUBJECT = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

function loginsTo(real: RealCluster): void {
  describe("logins", () => {
    const folder = mkdtempSync(join(tmpdir(), "orch-logins-"));
    const server = "https://127.0.0.1:16443";
    const pem = (name: string) => readFileSync(join(real.folder, "pki", name), "utf8");
    let uid: string;
    beforeAll(async () => {
      await real.importImage(IMAGE, addShell);
      await real.run("kubectl", "create", "serviceaccount", "runner");
      const rights = ["--clusterrole=cluster-admin", "--serviceaccount=default:runner"];
      await real.run("kubectl", "create", "clusterrolebinding", "runner", ...rights);
      uid = await real.run("kubectl", "get", "serviceaccount", "runner", "-o", "jsonpath={.metadata.uid}");
    }, 120_000);
    afterAll(async () => {
      rmSync(folder, { recursive: true });
      await real.close();
    }, 60_000);
    const it = (what: string, check: () => Promise<void>) => test(what, check, 180_000);

    /** Of the service account. The API server takes one for a minute longer than it says. */
    function tokenFor(secondsLeft: number): string {
      const now = Math.floor(Date.now() / 1000);
      const issuer = "https://kubernetes.default.svc";
      const claims = {
        ...{ iss: issuer, aud: [issuer], sub: ACCOUNT, iat: now - 3600, nbf: now - 3600, exp: now + secondsLeft },
        "kubernetes.io": { namespace: "default", serviceaccount: { name: "runner", uid } },
      };
      const parts = [{ alg: "RS256", typ: "JWT" }, claims].map((part) =>
        Buffer.from(JSON.stringify(part)).toString("base64url"),
      );
      const signature = createSign("RSA-SHA256").update(parts.join(".")).sign(pem("sa.key"));
      return [...parts, signature.toString("base64url")].join(".");
    }

    /** The environment of a client whose kubeconfig has this user; `changes`: of its cluster. */
    function as(user: JsonObject, changes: JsonObject = {}): Record<string, string> {
      const path = join(mkdtempSync(join(folder, "kubeconfig-")), "config");
      const authority = join(real.folder, "pki/ca.crt");
      const config = {
        ...{ "current-context": "here", contexts: [{ name: "here", context: { cluster: "c", user: "u" } }] },
        clusters: [{ name: "c", cluster: { server, "certificate-authority": authority, ...changes } }],
        users: [{ name: "u", user }],
      };
      writeFileSync(path, JSON.stringify(config));
      return { KUBECONFIG: path, PATH: process.env["PATH"] ?? "" };
    }

    function clientOf(env: Record<string, string>, accountFolder?: string) {
      const cluster = findCluster(null, env, accountFolder);
      return createClusterApi(
        cluster,
        createCredentials(cluster, env, () => Date.now()),
      );
    }

    /** Who the API server takes a client for, or the sentence that it throws, or what the cluster answers instead. */
    async function whoIs(client: ReturnType<typeof clientOf>): Promise<string> {
      const body = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
      const answer = await client.ask("POST", SUBJECT, { body }).catch((error: Error) => error.message);
      if (typeof answer === "string") return answer;
      return textIn(fieldIn(fieldIn(answer.body, "status"), "userInfo"), "username") || answer.message;
    }
    const name = (user: JsonObject) => whoIs(clientOf(as(user)));

    /** A plugin that gives one answer after the other, and the last one forever. `asked`: how often it was started. */
    function plugin(...answers: JsonObject[]): { exec: JsonObject; asked: () => number } {
      const own = mkdtempSync(join(folder, "plugin-"));
      for (const [index, status] of answers.entries()) {
        const answer = { apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status };
        for (const later of index === answers.length - 1 ? [0, 1, 2, 3, 4] : [0])
          writeFileSync(join(own, `answer-${index + 1 + later}`), JSON.stringify(answer));
      }
      const program = join(own, "login");
      writeFileSync(program, `#!/bin/sh\ncd ${own}\necho x >> asked\ncat answer-$(wc -l < asked | tr -d ' ')\n`);
      chmodSync(program, 0o755);
      const asked = () => (existsSync(join(own, "asked")) ? readFileSync(join(own, "asked"), "utf8").length / 2 : 0);
      return { exec: { command: program, apiVersion: "client.authentication.k8s.io/v1" }, asked };
    }

    const base64 = (text: string) => Buffer.from(text).toString("base64");
    const ADMIN = () => ({
      "client-certificate-data": base64(pem("admin.crt")),
      "client-key-data": base64(pem("admin.key")),
    });

    it("blocks 25: each client is who its own login says, however many use one process", async () => {
      const paths = {
        "client-certificate": join(real.folder, "pki/sched.crt"),
        "client-key": join(real.folder, "pki/sched.key"),
      };
      writeFileSync(join(folder, "token"), tokenFor(3600));
      const pod = join(folder, "account");
      mkdirSync(pod);
      writeFileSync(join(pod, "token"), tokenFor(3600));
      writeFileSync(join(pod, "ca.crt"), pem("ca.crt"));
      const inside = { KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: "16443" };
      const NOBODY = /User "system:anonymous" cannot create resource/;
      const LOGINS: [client: ReturnType<typeof clientOf>, who: string | RegExp][] = [
        [clientOf(as(ADMIN())), "admin"],
        [clientOf(as({ token: tokenFor(3600) })), ACCOUNT],
        [clientOf(as({})), NOBODY],
        [clientOf(as(paths)), "system:kube-scheduler"],
        [clientOf(as({ tokenFile: join(folder, "token") })), ACCOUNT],
        [clientOf(inside, pod), ACCOUNT],
        [clientOf(as({ ...ADMIN(), as: "ada" })), "ada"],
        [clientOf(as({ exec: plugin({ token: tokenFor(3600) }).exec })), ACCOUNT],
        [
          clientOf(
            as({ exec: plugin({ clientCertificateData: pem("admin.crt"), clientKeyData: pem("admin.key") }).exec }),
          ),
          "admin",
        ],
      ];
      // Twice, and all at once the second time: connections that are kept open have to be those of the same login.
      const expected = LOGINS.map(([, who]) => (typeof who === "string" ? who : expect.stringMatching(who)));
      const one: string[] = [];
      for (const [client] of LOGINS) one.push(await whoIs(client));
      expect(one).toEqual(expected);
      expect(await Promise.all(LOGINS.map(([client]) => whoIs(client)))).toEqual(expected);
    });

    it("blocks 25: groups, uid and more of the one in whose name a client asks", async () => {
      const user = {
        ...{ ...ADMIN(), as: "ada", "as-uid": "7", "as-groups": ["team", "all, of them"] },
        "as-user-extra": { "example.com/Reason": ["a, b", "Zoë"], scopes: ["one"] },
      };
      const body = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
      const answer = await clientOf(as(user)).ask("POST", SUBJECT, { body });
      expect(fieldIn(fieldIn(answer.body, "status"), "userInfo")).toEqual({
        ...{ username: "ada", uid: "7", groups: ["team", "all, of them", "system:authenticated"] },
        extra: { "example.com/reason": ["a, b", "Zoë"], scopes: ["one"] },
      });
    });

    it("blocks 25: a server's other name, its authority as data, no check of it, and a proxy", async () => {
      const asked: string[] = [];
      const proxy = createServer().on("connect", (request, client, head) => {
        asked.push(`${request.url} ${request.headers["proxy-authorization"]}`);
        const target = connect(16_443, "127.0.0.1", () => {
          client.write("HTTP/1.1 200 OK\r\n\r\n");
          target.write(head);
          target.pipe(client).pipe(target);
        });
        for (const end of [client, target]) end.on("error", () => [client, target].map((one) => one.destroy()));
      });
      await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
      const url = `http://me:secret@127.0.0.1:${(proxy.address() as AddressInfo).port}`; // it listens on TCP
      const data = { "certificate-authority": null, "certificate-authority-data": base64(pem("ca.crt")) };
      const groups = { ...ADMIN(), as: "ada", "as-groups": ["one", "two"] };
      const WAYS: [user: JsonObject, cluster: JsonObject, who: string | RegExp][] = [
        [ADMIN(), { "tls-server-name": "kubernetes.default.svc" }, "admin"],
        [ADMIN(), { "tls-server-name": "another.lan" }, /\(its certificate is for another name\)\.$/],
        [groups, { "tls-server-name": "another.lan" }, /\(its certificate is for another name\)\.$/],
        [ADMIN(), data, "admin"],
        [
          ADMIN(),
          { "certificate-authority": null },
          /\(its certificate comes from an authority that is not known here\)\.$/,
        ],
        [ADMIN(), { "certificate-authority": null, "insecure-skip-tls-verify": true }, "admin"],
        [groups, { "certificate-authority": null, "insecure-skip-tls-verify": true }, "ada"],
        [ADMIN(), { "proxy-url": url }, "admin"],
        [groups, { "proxy-url": url }, "ada"],
      ];
      for (const [user, cluster, who] of WAYS) {
        const found = await whoIs(clientOf(as(user, cluster)));
        expect(found).toEqual(typeof who === "string" ? who : expect.stringMatching(who));
      }
      const login = `Basic ${base64("me:secret")}`;
      expect(asked).toEqual([`127.0.0.1:16443 ${login}`, `127.0.0.1:16443 ${login}`]);
      proxy.close();
    });

    it("blocks 25: a login that has expired, and one of another cluster, are one sentence", async () => {
      const refused = `The cluster at ${server} refuses the login of context 'here' (401 Unauthorized). Renew its token or certificate.`;
      expect(await name({ token: tokenFor(-600) })).toBe(refused);
      expect(await name({ token: "no-token" })).toBe(refused);
      expect(await name({ exec: plugin({ token: tokenFor(-600) }).exec })).toBe(refused);
      const data = (cert: string, key: string) => ({
        ...{ "client-certificate-data": base64(cert), "client-key-data": base64(key) },
      });
      expect(await name(data(pem("admin.crt"), "no key"))).toMatch(
        /^The client key of context 'here' cannot be read: .+\.$/,
      );
      expect(await name(data("no certificate", pem("admin.key")))).toMatch(
        /^The client certificate of context 'here' cannot be read: .+\.$/,
      );
      expect(await name(data(pem("admin.crt"), pem("sched.key")))).toBe(
        "The client key of context 'here' is not that of its client certificate.",
      );
    });

    it("blocks 25: a plugin is asked again for what has expired, and once by all who wait", async () => {
      const soon = new Date(Date.now() + 10_000).toISOString();
      const refused = plugin({ token: tokenFor(-600) }, { token: tokenFor(3600) });
      const short = plugin({ token: tokenFor(3600), expirationTimestamp: soon }, { token: tokenFor(3600) });
      for (const { exec, asked } of [refused, short]) {
        const client = clientOf(as({ exec }));
        await whoIs(client);
        const all = await Promise.all(Array.from({ length: 8 }, () => whoIs(client)));
        expect([asked(), new Set(all)]).toEqual([2, new Set([ACCOUNT])]);
      }
    });

    it("blocks 25: a plugin that fails, and one that is not there, are one sentence in the run's words", async () => {
      const start = (exec: JsonObject) => {
        const block = { image: IMAGE, image_pull_policy: "Never" };
        const machine = as({ exec: { apiVersion: "client.authentication.k8s.io/v1", ...exec } });
        return infrastructureOf(machine)
          .start(shellJob({ type: "kubernetes-job", block }, "true").job, never())
          .then(
            () => "started",
            (error: Error) => error.message,
          );
      };
      expect(await start({ command: "no-such-login", installHint: "Get it:\n  from the shop." })).toBe(
        "The login of context 'here' needs the program 'no-such-login', which is not there. Get it: from the shop.",
      );
      expect(await start({ command: "sh", args: ["-c", "echo 'Log in first' >&2; exit 4"] })).toBe(
        "The login of context 'here': 'sh' exited with status code 4: Log in first",
      );
    });

    function infrastructureOf(machine: Record<string, string>) {
      const settings = { ORCH_API_URL: "http://127.0.0.1:4200/api" };
      return createKubernetesInfrastructure({
        ...{ engineCommand: [], machine, settings, logHome: null, clock: systemClock },
      });
    }

    it("blocks 20, 25: a token that expires while a Job runs: a plugin gives another one, and the Job's end is seen", async () => {
      const first = tokenFor(-55);
      const { exec, asked } = plugin({ token: first }, { token: tokenFor(3600) });
      const infrastructure = infrastructureOf(as({ exec }));
      const block = { image: IMAGE, image_pull_policy: "Never", customizations: [HOST_NETWORK] };
      const script = "trap 'echo bye; exit 4' TERM; echo ready; while :; do sleep 0.05; done";
      const { job, lines } = shellJob({ type: "kubernetes-job", block }, script);
      const { pid, exited } = await infrastructure.start(job, never());
      await lines.until(/ready/);
      await until("a token that is refused", async () => /401/.test(await name({ token: first })));
      // Its watches and its log are cut, and begun again.
      real.crash("apiserver");
      await real.restart("apiserver");
      const isReady = () =>
        real.api.ask("GET", "/readyz").then(
          ({ status }) => status === 200,
          () => false,
        );
      await until("an API server that is back", isReady);
      expect(await infrastructure.isRunning({ pid, flowRunId: job.run.id })).toBe(true);
      expect(await infrastructure.kill({ pid, flowRunId: job.run.id }, 20)).toBe("killed");
      const { code } = await exited;
      const printed = lines.all.filter((line) => !line.includes("it is not seen: ")); // while the API server began
      expect([code, printed]).toEqual([4, ["ready", "bye"]]);
      expect(asked()).toBeGreaterThanOrEqual(2); // an API server that starts may refuse a login once more
    });
  });
}

const real = await clusterHere();
if (real) loginsTo(real);
