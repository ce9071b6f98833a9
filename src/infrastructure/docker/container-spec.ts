// Turns a job into the container that an engine is asked for, as Prefect 2.10.4 does it.
import { OrchError } from "#lib/errors.ts";
import { isExact, type Json, type JsonObject, textOfJson } from "#lib/json.ts";
import { PREFECT_VERSION } from "#wire/version.ts";
import { apiUrlFor, containerEnvironment, ownApiUrl } from "../container-environment.ts";
import { labelsOf, ownLabels } from "../container-labels.ts";
import type { Job } from "../infrastructure.ts";
import { commandOf, fieldOf, nameOf, textOf } from "../job-fields.ts";

/** What is known of the engine that matters for a container. */
export interface EngineFacts {
  isPodman: boolean;
  /** Whether `host-gateway` names the machine in `extra_hosts`: Docker since 20.10, podman since 4.7. */
  hasHostGateway: boolean;
}

export interface ContainerSpec {
  /** Undefined where the job's name has nothing that a container's name may have: the engine then makes one up. */
  name: string | undefined;
  image: string;
  /** The body of `POST /containers/create`. */
  body: JsonObject;
  /** Networks that it is connected to before it starts, besides the one it is made with. */
  networks: string[];
}

const LOCAL = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;
const LOCAL_IN_ADDRESS = /localhost|127\.0\.0\.1|host\.docker\.internal|host\.containers\.internal/;
const LONGEST_NAME = 250;

/** Throws `invalid` with a sentence for a field that no container can have. */
export async function containerSpec(
  job: Job,
  settings: Readonly<Record<string, string>>,
  facts: EngineFacts,
  platform: NodeJS.Platform = process.platform,
): Promise<ContainerSpec> {
  const networks = listOf(job, "networks");
  const apiUrl = apiUrlFor(job, settings);
  const networkMode = networkModeFor(job, networks, apiUrl, platform);
  const [first] = networks;
  const host: JsonObject = {
    NetworkMode: first ?? networkMode ?? "default",
    Binds: volumesOf(job),
    Privileged: fieldOf(job, "privileged") === true,
    ...memoryOf(job),
    ...extraHosts(job, networkMode, facts, platform),
  };
  const command = commandOf(job);
  const isUnnamed = !Object.hasOwn(job.block, "image") && command === null;
  const image = (isUnnamed && settings["ORCH_DEFAULT_IMAGE"]) || textOf(job, "image");
  if (image === null) throw new OrchError("invalid", "The infrastructure names no image to run the flow in.");
  const environment = containerEnvironment(job, settings, addressInside(apiUrl, networkMode, facts));
  return {
    ...{ name: containerName(nameOf(job)), image, networks: furtherNetworks(job) },
    body: {
      Image: image,
      Cmd: command ?? ["orch", "engine"],
      Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      Labels: { ...(await labelsOf(job)), ...reversed(ownLabels(job)), "io.prefect.version": PREFECT_VERSION },
      HostConfig: host,
      ...(first === undefined ? {} : { NetworkingConfig: { EndpointsConfig: { [first]: {} } } }),
    },
  };
}

/** Older engines make a container with one network only. */
export function furtherNetworks(job: Job): string[] {
  return listOf(job, "networks").slice(1);
}

/** The block's; with an API on this machine `host`, so that the container finds it. */
function networkModeFor(
  job: Job,
  networks: readonly string[],
  apiUrl: string,
  platform: NodeJS.Platform,
): string | null {
  const own = textOf(job, "network_mode");
  if (own !== null && networks.length > 0) {
    throw new OrchError("invalid", `A container has 'network_mode' ('${own}') or 'networks', not both.`);
  }
  if (own !== null || networks.length > 0) return own;
  return platform === "linux" && LOCAL.test(hostIn(apiUrl)) ? "host" : null;
}

function hostIn(address: string): string {
  return URL.canParse(address) ? new URL(address).hostname : "";
}

/** The address under which a container reaches a server on this machine. With the network `host` it is the same one. */
function addressInside(apiUrl: string, networkMode: string | null, { isPodman, hasHostGateway }: EngineFacts): string {
  if (networkMode === "host" || !LOCAL.test(hostIn(apiUrl))) return apiUrl;
  const url = new URL(apiUrl);
  url.hostname = isPodman && !hasHostGateway ? "host.containers.internal" : "host.docker.internal";
  return url.href.replace(/\/$/, apiUrl.endsWith("/") ? "/" : "");
}

/** On Linux engines do not know `host.docker.internal` by themselves. */
function extraHosts(
  job: Job,
  networkMode: string | null,
  { hasHostGateway }: EngineFacts,
  platform: NodeJS.Platform,
): JsonObject {
  const own = ownApiUrl(job);
  const isNeeded = own === undefined || LOCAL_IN_ADDRESS.test(own);
  const isPossible =
    platform === "linux" && hasHostGateway && networkMode !== "none" && !networkMode?.startsWith("container:");
  return isNeeded && isPossible ? { ExtraHosts: ["host.docker.internal:host-gateway"] } : {};
}

function volumesOf(job: Job): string[] {
  return listOf(job, "volumes").map((volume) => {
    if (/^[^:]+:[^:]/.test(volume) || /^[A-Za-z]:[\\/][^:]*:[^:]/.test(volume)) return volume;
    const sentence = `The volume '${volume}' is not of the form /folder/of/the/machine:/folder/in/the/container.`;
    throw new OrchError("invalid", sentence);
  });
}

function listOf(job: Job, field: string): string[] {
  const value = fieldOf(job, field);
  return Array.isArray(value) ? value.map(textOfJson) : [];
}

function memoryOf(job: Job): JsonObject {
  const limit = bytesIn("mem_limit", fieldOf(job, "mem_limit"));
  const swap = bytesIn("memswap_limit", fieldOf(job, "memswap_limit"));
  return { ...(limit === undefined ? {} : { Memory: limit }), ...(swap === undefined ? {} : { MemorySwap: swap }) };
}

const UNITS: Readonly<Record<string, number>> = { "": 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** A number of bytes, or text as `512m`; undefined for none. −1 is no limit. */
export function bytesIn(field: string, value: Json): number | undefined {
  if (value === null || value === "") return undefined;
  if (typeof value === "number" && Number.isFinite(value)) return Math.trunc(value);
  const text = typeof value === "string" || isExact(value) ? textOfJson(value).trim() : "";
  const [, number, unit = ""] = /^(-?\d+(?:\.\d+)?)\s*([bkmgt]?)b?$/i.exec(text) ?? [];
  if (number !== undefined) return Math.trunc(Number(number) * (UNITS[unit.toLowerCase()] ?? 1));
  throw new OrchError("invalid", `'${field}' must be a number of bytes, or text such as 512m or 2g, not '${text}'.`);
}

/** `prefect.io/team` becomes `io.prefect.team`: Docker's labels begin with a domain that is turned around. */
export function reversed(labels: Readonly<Record<string, string>>): Record<string, string> {
  const turned = Object.entries(labels).map(([name, value]) => {
    const [namespace = "", ...key] = name.split("/");
    return [key.length === 0 ? name : `${namespace.split(".").reverse().join(".")}.${key.join("/")}`, value];
  });
  return Object.fromEntries(turned);
}

/** What a container may be called: letters, digits, `_`, `.` and `-`, and none of these three at the beginning. */
export function containerName(name: string): string | undefined {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9_.-]+/g, "-")
    .slice(0, LONGEST_NAME)
    .replace(/^[_.-]+|-+$/g, "");
  return plain.length > 1 ? plain : undefined;
}
