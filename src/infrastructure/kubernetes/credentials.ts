// What each request to a cluster proves who asks by: tokens, certificates, or what a plugin of the kubeconfig gives.
import { readFileSync } from "node:fs";
import { messageOf, OrchError } from "#lib/errors.ts";
import { isObject, type JsonObject, tryParseJson } from "#lib/json.ts";
import type { Cluster, Environment, ExecPlugin } from "./cluster.ts";
import type { RequestHeaders } from "./impersonation.ts";

export interface Proof {
  headers: RequestHeaders;
  cert?: string;
  key?: string;
}

export interface Credentials {
  proof(): Promise<Proof>;
  /** The cluster has refused this one: a plugin is asked again, a kubeconfig is read again. False where that gives nothing else. */
  renew(refused: Proof): boolean;
}

interface Given {
  proof: Proof;
  /** Milliseconds since 1970. */
  until: number;
}

/** What a plugin gave is asked for again so long before its end. */
const AHEAD_MS = 30_000;
const PLUGIN_MS = 60_000;

export interface CredentialsOptions {
  /** Milliseconds that a plugin may take. */
  most?: number;
  /** The cluster as its kubeconfig has it by now: tokens and certificates in files are renewed while an agent works. */
  readAgain?: () => Cluster;
}

/** `now`: milliseconds since 1970. */
export function createCredentials(
  cluster: Cluster,
  env: Environment,
  now: () => number,
  { most = PLUGIN_MS, readAgain }: CredentialsOptions = {},
): Credentials {
  const { exec } = cluster;
  let current = cluster;
  let asked: Promise<Given> | undefined;
  /** Refused by the cluster. */
  const refusals = new WeakSet<Proof>();

  const isGood = ({ proof, until }: Given) => until - AHEAD_MS > now() && !refusals.has(proof);

  /** Requests that need a new one at the same time share it: the plugin is started once. */
  async function given(plugin: ExecPlugin): Promise<Proof> {
    const known = asked;
    if (known && isGood(await known)) return (await known).proof;
    if (asked === known) {
      const asking = askPlugin(plugin, cluster, env, most);
      asked = asking;
      asking.catch(() => (asked = asked === asking ? undefined : asked));
    }
    return ((await asked) as Given).proof; // it was set before, here or by another request
  }

  return {
    proof: async () => (exec ? given(exec) : fixed(current)),
    renew(refused) {
      refusals.add(refused);
      if (exec) return true;
      try {
        current = readAgain?.() ?? current;
        return JSON.stringify(fixed(current)) !== JSON.stringify(refused);
      } catch {
        return false; // it is being written, or is gone: the refusal says more
      }
    },
  };
}

function fixed({ cert, key, token, tokenFile, basic, headers }: Cluster): Proof {
  const bearer = tokenFile === undefined ? token : readToken(tokenFile, token);
  const words = basic && Buffer.from(`${basic.username}:${basic.password}`).toString("base64");
  const authorization = bearer ? `Bearer ${bearer}` : words ? `Basic ${words}` : undefined;
  return {
    headers: authorization === undefined ? headers : { ...headers, authorization },
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

function readToken(path: string, other: string | undefined): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (cause) {
    if (other !== undefined) return other; // as kubectl does
    throw new OrchError("invalid", `The token of the cluster cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins */
async function askPlugin(plugin: ExecPlugin, cluster: Cluster, env: Environment, most: number): Promise<Given> {
  const { command, installHint } = plugin;
  const program = Bun.which(command, { PATH: env["PATH"] ?? "" });
  if (!program) {
    const hint = installHint.trim().replace(/\s*\n\s*/g, " ");
    throw new OrchError("invalid", `${of(cluster)} needs the program '${command}', which is not there. ${hint}`.trim());
  }
  const text = await outputOf(plugin, [program, ...plugin.args], cluster, env, most);
  const answer = tryParseJson(text);
  const { status } = isObject(answer) ? (answer as JsonObject) : {}; // JSON holds JSON
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = isObject(status)
    ? (status as JsonObject) // as above
    : {};
  const hasCertificate = typeof clientCertificateData === "string" && typeof clientKeyData === "string";
  if (typeof token !== "string" && !hasCertificate) {
    throw new OrchError(
      "invalid",
      `${of(cluster)}: '${command}' printed no ExecCredential with a token or certificate.`,
    );
  }
  const until = typeof expirationTimestamp === "string" ? Date.parse(expirationTimestamp) : Number.NaN;
  return {
    proof: {
      headers: { ...cluster.headers, ...(typeof token === "string" ? { authorization: `Bearer ${token}` } : {}) },
      ...(hasCertificate ? { cert: clientCertificateData, key: clientKeyData } : {}),
    },
    until: Number.isNaN(until) ? Number.POSITIVE_INFINITY : until,
  };
}

async function outputOf(
  { command, env: own, apiVersion, clusterInfo }: ExecPlugin,
  words: string[],
  cluster: Cluster,
  env: Environment,
  most: number,
): Promise<string> {
  const spec = { interactive: false, ...(clusterInfo ? { cluster: clusterInfo } : {}) };
  const info = JSON.stringify({ apiVersion, kind: "ExecCredential", spec });
  const child = Bun.spawn(words, {
    ...{ stdin: "ignore", stdout: "pipe", stderr: "pipe", timeout: most },
    env: { ...env, ...own, KUBERNETES_EXEC_INFO: info },
  });
  const printed = Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  const code = await child.exited;
  const plugin = `${of(cluster)}: '${command}'`;
  // What it has started may hold its output open for longer.
  if (child.signalCode === "SIGTERM")
    throw new OrchError("invalid", `${plugin} gave no answer within ${most / 1000} s.`);
  const [text, errors] = await printed;
  if (code === 0) return text;
  const said = errors.trim().split("\n").slice(-3).join(" ");
  throw new OrchError("invalid", `${plugin} exited with status code ${code}${said === "" ? "." : `: ${said}`}`);
}

function of({ name }: Cluster): string {
  return `The login of ${name}`;
}
