// Finds the container engine that a machine uses: DOCKER_HOST, the context of the docker command, or a socket that is there.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { isObject, type JsonObject, tryParseJson } from "#lib/json.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface Tls {
  ca?: string;
  cert?: string;
  key?: string;
  rejectUnauthorized?: boolean;
}

export interface Endpoint {
  /** For people, and for the sentence when it does not answer: `unix:///var/run/docker.sock`. */
  name: string;
  /** What requests are sent to: `http://localhost`, `https://build:2376`. */
  base: string;
  /** The socket that `base` is reached by; undefined for TCP. */
  socket?: string;
  tls?: Tls;
}

/** Where the docker command keeps its settings. */
export function configFolder(env: Environment): string {
  return env["DOCKER_CONFIG"] || join(env["HOME"] || "/", ".docker");
}

/** Throws `invalid` with a sentence for an address of a kind that is not known, and for a context that is not there. */
export function findEndpoint(env: Environment): Endpoint {
  if (env["DOCKER_HOST"]) return endpointAt(env["DOCKER_HOST"], tlsOfEnvironment(env), "DOCKER_HOST");
  const context = env["DOCKER_CONTEXT"] || currentContext(env);
  if (context && context !== "default") return endpointOfContext(context, env);
  if (env["CONTAINER_HOST"]) return endpointAt(env["CONTAINER_HOST"], undefined, "CONTAINER_HOST"); // podman's name for it
  const sockets = usualSockets(env);
  return endpointAt(
    `unix://${sockets.find((path) => existsSync(path)) ?? sockets[0]}`,
    undefined,
    "the engine's address",
  );
}

/** The daemon's own socket first, then those of engines without a root user, then podman's. */
function usualSockets(env: Environment): string[] {
  const runtime = env["XDG_RUNTIME_DIR"];
  return [
    "/var/run/docker.sock",
    ...(runtime ? [join(runtime, "docker.sock")] : []),
    ...(env["HOME"] ? [join(env["HOME"], ".docker", "run", "docker.sock")] : []),
    ...(runtime ? [join(runtime, "podman", "podman.sock")] : []),
    "/run/podman/podman.sock",
  ];
}

function endpointAt(address: string, tls: Tls | undefined, origin: string): Endpoint {
  const [, scheme, rest = ""] = /^([a-z]+):\/\/(.+)$/i.exec(address) ?? [];
  switch (scheme?.toLowerCase()) {
    case "unix":
      return { name: address, base: "http://localhost", socket: rest };
    case "tcp":
    case "http":
    case "https": {
      const isTls = tls !== undefined || scheme === "https";
      const host = /:\d+$/.test(rest.replace(/\/+$/, "")) ? rest : `${rest.replace(/\/+$/, "")}:${isTls ? 2376 : 2375}`;
      const base = `${isTls ? "https" : "http"}://${host.replace(/\/+$/, "")}`;
      if (!URL.canParse(base)) throw unusable(address, origin);
      return { name: address, base, ...(tls ? { tls } : {}) };
    }
    default:
      throw unusable(address, origin);
  }
}

function unusable(address: string, origin: string): OrchError {
  const kinds = "unix:///path/to/docker.sock, tcp://host:2375 or https://host:2376";
  const ssh = address.startsWith("ssh:") ? " Forward the engine's socket with 'ssh -L' and name that." : "";
  return new OrchError("invalid", `'${address}' (${origin}) is no address of a container engine: give ${kinds}.${ssh}`);
}

/** As the docker command reads them: files in DOCKER_CERT_PATH, checked when DOCKER_TLS_VERIFY is set to anything. */
function tlsOfEnvironment(env: Environment): Tls | undefined {
  const isChecked = Boolean(env["DOCKER_TLS_VERIFY"]);
  if (!isChecked && !env["DOCKER_CERT_PATH"]) return undefined;
  return tlsIn(env["DOCKER_CERT_PATH"] || configFolder(env), isChecked);
}

function tlsIn(folder: string, isChecked: boolean): Tls {
  const read = (file: string) => {
    const path = join(folder, file);
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
  };
  const files = { ca: read("ca.pem"), cert: read("cert.pem"), key: read("key.pem") };
  const found = Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(found), rejectUnauthorized: isChecked };
}

function currentContext(env: Environment): string | undefined {
  const name = readJson(join(configFolder(env), "config.json"))?.["currentContext"];
  return typeof name === "string" ? name : undefined;
}

/** A context is a folder that is named by the digest of its name. */
function endpointOfContext(name: string, env: Environment): Endpoint {
  const id = createHash("sha256").update(name).digest("hex");
  const folder = join(configFolder(env), "contexts");
  const endpoints = readJson(join(folder, "meta", id, "meta.json"))?.["Endpoints"];
  const docker = isObject(endpoints) ? (endpoints as JsonObject)["docker"] : undefined; // JSON holds JSON
  const { Host: host, SkipTLSVerify: isUnchecked } = isObject(docker) ? (docker as JsonObject) : {}; // as above
  if (typeof host !== "string" || host === "") {
    const sentence = `There is no docker context '${name}' in '${folder}': 'docker context ls' lists those that there are.`;
    throw new OrchError("invalid", sentence);
  }
  const certificates = join(folder, "tls", id, "docker");
  const tls = existsSync(certificates) || isUnchecked === true ? tlsIn(certificates, isUnchecked !== true) : undefined;
  return endpointAt(host, tls, `docker context '${name}'`);
}

export function readJson(path: string): JsonObject | undefined {
  if (!existsSync(path)) return undefined;
  const found = tryParseJson(readFileSync(path, "utf8"));
  return isObject(found) ? (found as JsonObject) : undefined; // JSON holds JSON
}
