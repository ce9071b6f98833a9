// What each request to a cluster proves who asks by: tokens, certificates, or what a plugin of the kubeconfig gives.
import { readFileSync } from "node:fs";
import { messageOf, OrchError } from "#lib/errors.ts";
import { isObject, type JsonObject, tryParseJson } from "#lib/json.ts";
import type { Cluster, Environment, ExecPlugin } from "./cluster.ts";

export interface Proof {
  headers: Record<string, string>;
  cert?: string;
  key?: string;
}

export interface Credentials {
  proof(): Promise<Proof>;
  /** The cluster has refused them: what a plugin gave is asked for anew. False where there is nothing to ask. */
  renew(): boolean;
}

interface Given {
  proof: Proof;
  /** Milliseconds since 1970. */
  until: number;
}

/** What a plugin gave is asked for again so long before its end. */
const AHEAD_MS = 30_000;
const PLUGIN_MS = 60_000;

/** `now`: milliseconds since 1970. */
export function createCredentials(cluster: Cluster, env: Environment, now: () => number): Credentials {
  const { exec } = cluster;
  let asked: Promise<Given> | undefined;

  async function given(plugin: ExecPlugin): Promise<Proof> {
    const known = await asked;
    if (known && known.until - AHEAD_MS > now()) return known.proof;
    const asking = askPlugin(plugin, cluster, env);
    asked = asking;
    asking.catch(() => (asked = undefined));
    return (await asking).proof;
  }

  return {
    async proof() {
      const proof = exec ? await given(exec) : fixed(cluster);
      return { ...proof, headers: { ...cluster.headers, ...proof.headers } };
    },
    renew() {
      asked = undefined;
      return exec !== undefined;
    },
  };
}

function fixed({ cert, key, token, tokenFile, basic }: Cluster): Proof {
  const bearer = tokenFile === undefined ? token : readToken(tokenFile);
  const words = basic && Buffer.from(`${basic.username}:${basic.password}`).toString("base64");
  const authorization = bearer ? `Bearer ${bearer}` : words ? `Basic ${words}` : undefined;
  return {
    headers: authorization === undefined ? {} : { authorization },
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

function readToken(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (cause) {
    throw new OrchError("invalid", `The token of the cluster cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins */
async function askPlugin(plugin: ExecPlugin, cluster: Cluster, env: Environment): Promise<Given> {
  const { command, args, apiVersion, installHint } = plugin;
  const program = Bun.which(command, { PATH: env["PATH"] ?? "" });
  if (!program) {
    const hint = installHint.trim().replace(/\s*\n\s*/g, " ");
    throw new OrchError("invalid", `${of(cluster)} needs the program '${command}', which is not there. ${hint}`.trim());
  }
  const info = {
    ...{ apiVersion, kind: "ExecCredential" },
    spec: { interactive: false, ...(plugin.clusterInfo ? { cluster: plugin.clusterInfo } : {}) },
  };
  const child = Bun.spawn([program, ...args], {
    ...{ stdin: "ignore", stdout: "pipe", stderr: "pipe", timeout: PLUGIN_MS },
    env: { ...env, ...plugin.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
  });
  const [text, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) {
    const words = errors.trim().split("\n").slice(-3).join(" ");
    throw new OrchError("invalid", `${of(cluster)}: '${command}' exited with status code ${code}: ${words}`);
  }
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
      headers: typeof token === "string" ? { authorization: `Bearer ${token}` } : {},
      ...(hasCertificate ? { cert: clientCertificateData, key: clientKeyData } : {}),
    },
    until: Number.isNaN(until) ? Number.POSITIVE_INFINITY : until,
  };
}

function of({ name }: Cluster): string {
  return `The login of ${name}`;
}
