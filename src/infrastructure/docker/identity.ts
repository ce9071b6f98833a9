// Asks a container engine which one it is: for the names of its containers, and for what it can do.
import { OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject } from "#lib/json.ts";
import type { EngineFacts } from "./container-spec.ts";
import { ANSWER_MS, type Engine } from "./engine.ts";

export interface EngineIdentity {
  /** `docker://HOST/var/lib/docker`: the machine of the engine, and where it keeps its containers. */
  base: string;
  facts: EngineFacts;
}

/** Throws `unavailable` with a sentence where no engine answers, `invalid` where something else does. */
export async function identify(engine: Engine): Promise<EngineIdentity> {
  const limit = { withinMs: ANSWER_MS };
  const [version, info] = await Promise.all([engine.ask("GET", "/version", limit), engine.ask("GET", "/info", limit)]);
  const { Version: number, Components: components } = objectIn(version.body);
  const { Name: host, DockerRootDir: folder } = objectIn(info.body);
  if (typeof number !== "string" || info.status !== 200) {
    const words = version.message || info.message || "it speaks another language";
    throw new OrchError("invalid", `What answers at ${engine.endpoint.name} is no container engine: ${words}`);
  }
  const isPodman =
    Array.isArray(components) && components.some((part) => /podman/i.test(String(objectIn(part)["Name"])));
  const hasHostGateway = isPodman ? isAtLeast(number, [4, 7]) : isAtLeast(number, [20, 10]);
  return { base: `docker://${String(host ?? "")}${String(folder ?? "")}`, facts: { isPodman, hasHostGateway } };
}

function isAtLeast(version: string, [major, minor]: [number, number]): boolean {
  const [, first = 0, second = 0] = /^(\d+)\.(\d+)/.exec(version)?.map(Number) ?? [];
  return first > major || (first === major && second >= minor);
}

function objectIn(value: Json | undefined): JsonObject {
  return isObject(value) ? (value as JsonObject) : {}; // JSON holds JSON
}
