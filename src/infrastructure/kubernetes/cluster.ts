// Finds the cluster of a job: the one of its block, the one that the agent runs in, or that of a kubeconfig.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { messageOf, OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject, textOfJson } from "#lib/json.ts";
import { impersonation, type RequestHeaders } from "./impersonation.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ExecPlugin {
  command: string;
  args: string[];
  env: Record<string, string>;
  apiVersion: string;
  /** The plugin is shown which cluster it is for. */
  clusterInfo: JsonObject | null;
  installHint: string;
}

/** What a kubeconfig says of a cluster and a user. Texts of certificates and keys are PEM. */
export interface Cluster {
  /** For people: `context 'prod'`, or the cluster that the agent runs in. */
  name: string;
  server: string;
  ca?: string;
  /** The name in the server's certificate, where it is another than that of the address. */
  tlsServerName?: string;
  isUnchecked: boolean;
  proxy?: string;
  cert?: string;
  key?: string;
  token?: string;
  /** Read again for each request: such tokens are changed while they are used. */
  tokenFile?: string;
  basic?: { username: string; password: string };
  /** Whose rights are asked for. */
  headers: RequestHeaders;
  exec?: ExecPlugin;
}

export const ACCOUNT_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

/** `block`: `cluster_config` of the job's block. Throws `invalid` with a sentence where none is found. */
export function findCluster(block: Json, env: Environment, accountFolder = ACCOUNT_FOLDER): Cluster {
  if (isObject(block)) return clusterOfBlock(block as JsonObject); // JSON holds JSON
  return clusterAround(env, accountFolder) ?? clusterOfFiles(env);
}

function clusterOfBlock({ config, context_name: context }: JsonObject): Cluster {
  const what = "the kubernetes-cluster-config block";
  const read = typeof config === "string" ? parseYaml(config, what) : config;
  if (!isObject(read)) throw new OrchError("invalid", `The 'config' of ${what} is no kubeconfig.`);
  const wanted = typeof context === "string" && context !== "" ? context : undefined;
  return clusterOf([{ config: read as JsonObject, folder: "/" }], what, wanted); // JSON holds JSON
}

/** Of a pod: its service account. */
function clusterAround(env: Environment, folder: string): Cluster | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  const tokenFile = join(folder, "token");
  if (!host || !port || !existsSync(tokenFile)) return undefined;
  const ca = join(folder, "ca.crt");
  return {
    name: "the cluster that the agent runs in",
    server: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    ...(existsSync(ca) ? { ca: readFileSync(ca, "utf8") } : {}),
    ...{ isUnchecked: false, headers: {}, tokenFile },
  };
}

interface Part {
  config: JsonObject;
  /** Relative paths begin here. */
  folder: string;
}

function clusterOfFiles(env: Environment): Cluster {
  const named = (env["KUBECONFIG"] ?? "").split(process.platform === "win32" ? ";" : ":").filter((path) => path !== "");
  const paths = named.length > 0 ? named : [join(env["HOME"] || "/", ".kube", "config")];
  const there = paths.filter((path) => existsSync(path));
  if (there.length === 0) {
    const sentence = `No Kubernetes cluster is known: there is no kubeconfig at '${paths.join("', '")}'.`;
    throw new OrchError("invalid", `${sentence} Set KUBECONFIG, or give the block a 'cluster_config'.`);
  }
  const parts = there.map((path) => ({ config: readConfig(path), folder: dirname(resolve(path)) }));
  return clusterOf(parts, `'${there.join("', '")}'`, undefined);
}

function readConfig(path: string): JsonObject {
  const read = parseYaml(readFileSync(path, "utf8"), `'${path}'`);
  if (isObject(read)) return read as JsonObject; // YAML of a kubeconfig holds JSON
  throw new OrchError("invalid", `'${path}' is no kubeconfig.`);
}

function parseYaml(text: string, what: string): unknown {
  try {
    return Bun.YAML.parse(text);
  } catch (cause) {
    throw new OrchError("invalid", `The kubeconfig in ${what} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/** Of several files, the first that has an entry counts. */
function clusterOf(parts: readonly Part[], what: string, wanted: string | undefined): Cluster {
  const current = parts.map(({ config }) => config["current-context"]).find((name) => typeof name === "string" && name);
  const context = wanted ?? (typeof current === "string" ? current : undefined);
  if (context === undefined) throw new OrchError("invalid", `The kubeconfig in ${what} has no current-context.`);
  const found = entryOf(parts, "contexts", "context", context);
  if (!found) {
    const names = parts.flatMap(({ config }) => listIn(config, "contexts").map(({ name }) => textOfJson(name)));
    throw new OrchError(
      "invalid",
      `There is no context '${context}' in ${what}: it has ${names.join(", ") || "no contexts"}.`,
    );
  }
  const clusterName = textIn(found.entry, "cluster") ?? "";
  const cluster = entryOf(parts, "clusters", "cluster", clusterName);
  const server = cluster && textIn(cluster.entry, "server");
  if (!cluster || !server || !URL.canParse(server)) {
    throw new OrchError("invalid", `The cluster '${clusterName}' of context '${context}' in ${what} has no server.`);
  }
  const userName = textIn(found.entry, "user");
  const user = userName === undefined ? undefined : entryOf(parts, "users", "user", userName);
  const name = `context '${context}'`;
  return { name, ...serverOf(cluster, server), ...(user ? userOf(user, cluster, name) : { headers: {} }) };
}

function serverOf(
  { entry, folder }: Entry,
  server: string,
): Pick<Cluster, "server" | "ca" | "tlsServerName" | "isUnchecked" | "proxy"> {
  const ca = pemOf(entry, "certificate-authority", folder);
  const tlsServerName = textIn(entry, "tls-server-name");
  const proxy = textIn(entry, "proxy-url");
  if (proxy !== undefined && !(URL.canParse(proxy) && /^https?:/.test(proxy))) {
    throw new OrchError("invalid", `The 'proxy-url' of the cluster at ${server} must begin with http:// or https://.`);
  }
  return {
    ...{ server: server.replace(/\/+$/, ""), isUnchecked: entry["insecure-skip-tls-verify"] === true },
    ...(ca === undefined ? {} : { ca }),
    ...(tlsServerName === undefined ? {} : { tlsServerName }),
    ...(proxy === undefined ? {} : { proxy }),
  };
}

type User = Pick<Cluster, "cert" | "key" | "token" | "tokenFile" | "basic" | "headers" | "exec">;

function userOf({ entry, folder }: Entry, cluster: Entry, name: string): User {
  if (isObject(entry["auth-provider"]) && !isObject(entry["exec"])) {
    const sentence = `The user of ${name} has an 'auth-provider', which Kubernetes no longer knows: use an exec plugin.`;
    throw new OrchError("invalid", sentence);
  }
  const tokenFile = textIn(entry, "tokenFile");
  const username = textIn(entry, "username");
  const found: { [K in keyof User]: User[K] | undefined } = {
    cert: pemOf(entry, "client-certificate", folder),
    key: pemOf(entry, "client-key", folder),
    token: textIn(entry, "token"),
    tokenFile: tokenFile === undefined ? undefined : resolve(folder, tokenFile),
    basic: username === undefined ? undefined : { username, password: textIn(entry, "password") ?? "" },
    headers: impersonation(entry, name),
    exec: isObject(entry["exec"]) ? execOf(entry["exec"] as JsonObject, cluster, folder) : undefined, // JSON holds JSON
  };
  const set = Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
  return set as unknown as User; // the same without those that are undefined
}

function execOf(exec: JsonObject, cluster: Entry, folder: string): ExecPlugin {
  const command = textIn(exec, "command") ?? "";
  return {
    // As kubectl does: a path is relative to the file, a bare name is looked for in PATH.
    command: command.includes("/") ? resolve(folder, command) : command,
    args: Array.isArray(exec["args"]) ? exec["args"].map(textOfJson) : [],
    env: Object.fromEntries(listIn(exec, "env").map(({ name, value }) => [textOfJson(name), textOfJson(value)])),
    apiVersion: textIn(exec, "apiVersion") ?? "client.authentication.k8s.io/v1",
    clusterInfo: exec["provideClusterInfo"] === true ? clusterInfo(cluster) : null,
    installHint: textIn(exec, "installHint") ?? "",
  };
}

/** As plugins are shown it: what a file holds is in it, not where it is. */
function clusterInfo({ entry, folder }: Entry): JsonObject {
  const ca = pemOf(entry, "certificate-authority", folder);
  const { "certificate-authority": _, extensions: __, ...plain } = entry;
  const config = listIn(entry, "extensions").find(({ name }) => name === EXTENSION)?.["extension"];
  return {
    ...plain,
    ...(ca === undefined ? {} : { "certificate-authority-data": Buffer.from(ca).toString("base64") }),
    ...(config === undefined ? {} : { config }),
  };
}

/** Where a kubeconfig holds what the plugin has to know of the cluster. */
const EXTENSION = "client.authentication.k8s.io/exec";

interface Entry {
  entry: JsonObject;
  folder: string;
}

function entryOf(parts: readonly Part[], list: string, field: string, name: string): Entry | undefined {
  for (const { config, folder } of parts) {
    const found = listIn(config, list).find((item) => item["name"] === name)?.[field];
    if (isObject(found)) return { entry: found as JsonObject, folder }; // JSON holds JSON
  }
  return undefined;
}

function listIn(config: JsonObject, name: string): JsonObject[] {
  const list = config[name];
  return Array.isArray(list) ? list.filter(isObject).map((item) => item as JsonObject) : []; // JSON holds JSON
}

function textIn(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Of `NAME-data`, base64, or of the file that `NAME` leads to. */
function pemOf(entry: JsonObject, name: string, folder: string): string | undefined {
  const data = textIn(entry, `${name}-data`);
  if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
  const path = textIn(entry, name);
  if (path === undefined) return undefined;
  try {
    return readFileSync(resolve(folder, path), "utf8");
  } catch (cause) {
    const sentence = `The kubeconfig's '${name}' cannot be read: ${messageOf(cause)}`;
    throw new OrchError("invalid", sentence, { cause });
  }
}
