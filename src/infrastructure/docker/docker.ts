// A flow run as a container: made by the engine's API, watched to its end, found again by its id.
import { messageOf, OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject } from "#lib/json.ts";
import { retryUntilAvailable } from "#lib/retry.ts";
import { RUN_LABEL } from "../container-labels.ts";
import type { Exit, Infrastructure, InfrastructureOptions, Job, RunningJob, Started } from "../infrastructure.ts";
import { fieldOf, textOf } from "../job-fields.ts";
import type { EndedByAgent } from "../process-exit.ts";
import { type ContainerSpec, containerSpec, furtherNetworks } from "./container-spec.ts";
import { findEndpoint } from "./endpoint.ts";
import { ANSWER_MS, createEngine, type Engine, type EngineAnswer } from "./engine.ts";
import { neverStarted } from "./exit.ts";
import { type EngineIdentity, identify } from "./identity.ts";
import { provideImage } from "./images.ts";
import { followContainer } from "./watch.ts";

const PATIENCE_SECONDS = 600;
const MOST_NAMES = 50;
const CONFLICT = 409;
const NOT_FOUND = 404;
const UNCHANGED = 304;

interface Connected extends EngineIdentity {
  engine: Engine;
}

export function createDockerInfrastructure(options: InfrastructureOptions): Infrastructure {
  const { machine, settings, clock } = options;
  let connecting: Promise<Connected> | undefined;
  let wasConnected = false;
  /** Containers that run, by their ids, with what this agent has done to end them. */
  const followed = new Map<string, EndedByAgent | undefined>();

  /** Asked again after a failure: the engine may be there by then. */
  function connect(): Promise<Connected> {
    connecting ??= open().catch((error) => {
      connecting = undefined;
      throw error;
    });
    return connecting;
  }

  async function open(): Promise<Connected> {
    const engine = createEngine(findEndpoint(machine));
    const identity = await identify(engine);
    wasConnected = true;
    return { engine, ...identity };
  }

  /** An engine that has answered before is waited for: it is restarted, or updated. */
  function connectAgain(say: (line: string) => void, signal: AbortSignal): Promise<Connected> {
    const seconds = wasConnected ? PATIENCE_SECONDS : 0;
    const onWait = (error: unknown) => say(`${messageOf(error)} It is tried again.`);
    return retryUntilAvailable({ clock, seconds, signal, onWait }, async () => {
      const connected = await connect();
      await connected.engine.ask("GET", "/_ping", { signal, withinMs: ANSWER_MS });
      return connected;
    });
  }

  function follow({ engine, base, facts }: Connected, id: string, job: Job, tail?: number): Started {
    const mayCutLog = facts.isPodman;
    followed.set(id, undefined);
    const endedByAgent = () => followed.get(id);
    const following = followContainer({ engine, id, job, clock, tail, mayCutLog, endedByAgent });
    void following.exited.then(() => followed.delete(id));
    return { pid: `${base}:${id}`, ...following };
  }

  return {
    async start(job, giveUp) {
      const say = (line: string) => job.output(`Flow run '${job.run.name}': ${line}`);
      const connected = await connectAgain(say, giveUp).catch(refused);
      const { engine, facts, base } = connected;
      const platform = machine["DOCKER_DEFAULT_PLATFORM"] || undefined;
      const spec = await containerSpec(job, settings, facts);
      const need = { image: spec.image, policy: textOf(job, "image_pull_policy"), ...loginOf(job) };
      await provideImage(engine, { ...need, platform, env: machine, signal: giveUp, say }).catch(refused);
      const id = await create(engine, spec, platform).catch(refused);
      job.named?.(`${base}:${id}`);
      try {
        await begin(engine, id, spec, giveUp);
      } catch (error) {
        await remove(engine, id).catch(() => {}); // the engine went away
        throw refusal(error);
      }
      return follow(connected, id, job);
    },

    async kill(job, graceSeconds) {
      // A machine that never had an engine is not where the job runs.
      const isElsewhere =
        !wasConnected &&
        (await connect().then(
          () => false,
          () => true,
        ));
      const found = isElsewhere ? "not-ours" : await find(job);
      if (typeof found === "string") return found;
      const { engine, id, isRunning, status } = found;
      if (!isRunning && status !== CREATED) return "not-found";
      // Before the engine answers, which is after the end.
      if (followed.has(id)) followed.set(id, graceSeconds > 0 ? "asked" : "killed");
      if (status === PAUSED) await engine.ask("POST", `/containers/${id}/unpause`); // podman ends none that is paused
      const answer = isRunning ? await end(engine, id, graceSeconds) : await remove(engine, id);
      if (answer.status < 300) return "killed";
      if ([NOT_FOUND, CONFLICT, UNCHANGED].includes(answer.status)) return "not-found"; // it has ended meanwhile
      throw new OrchError("internal", `The container could not be ended: ${answer.message}`);
    },

    async isRunning(job) {
      const found = await find(job);
      return typeof found !== "string" && found.isRunning;
    },

    async adopt(pid, job, isAwaited) {
      const found = await find({ pid, flowRunId: job.run.id });
      if (typeof found === "string") return null;
      const isBegun = found.status !== CREATED; // if not, its agent was killed between the two
      if (!isBegun && !(await isAwaited())) {
        await remove(found.engine, found.id);
        return null;
      }
      const refused = isBegun ? undefined : await begun(found, job);
      if (refused) return { pid, exited: Promise.resolve(refused), lastLines: () => [] };
      return follow(await connect(), found.id, job, LINES_OF_ADOPTED);
    },

    close: async () => {},
  };

  /** The container of a pid, as long as it is the run's: the pid came over the wire. */
  async function find({ pid, flowRunId }: RunningJob): Promise<"not-ours" | "not-found" | Found> {
    const { engine, base } = await connect();
    const at = pid.lastIndexOf(":");
    const isOurs = pid.slice(0, at) === base;
    const id = pid.slice(at + 1);
    const { status, body, message } = await engine.ask("GET", `/containers/${id}/json`);
    // Prefect's agents name every local engine alike.
    if (status === NOT_FOUND) return isOurs ? "not-found" : "not-ours";
    if (status !== 200) throw new OrchError("internal", `The container could not be looked at: ${message}`);
    const labels = fieldIn(fieldIn(body, "Config"), "Labels");
    if (fieldIn(labels, RUN_LABEL) !== flowRunId) return "not-found";
    const state = fieldIn(body, "State");
    return { engine, id, isRunning: fieldIn(state, "Running") === true, status: String(fieldIn(state, "Status")) };
  }
}

/** A block's login for the image's registry, or that of a work pool, which has another name for it. */
function loginOf(job: Job): { login: Json; loginField: string } {
  const loginField = fieldOf(job, "image_registry") === null ? "registry_credentials" : "image_registry";
  return { login: fieldOf(job, loginField), loginField };
}

/** The status of a container that was made and not started. */
const CREATED = "created";
const PAUSED = "paused";
/** Of a container that an earlier agent has shown the beginning of. */
const LINES_OF_ADOPTED = 200;

interface Found {
  engine: Engine;
  id: string;
  isRunning: boolean;
  /** CREATED, `running`, `exited` and the like. */
  status: string;
}

/** A name that another container has gets a number: `calm-crow-1`. */
async function create(engine: Engine, { name, body }: ContainerSpec, platform: string | undefined): Promise<string> {
  for (let number = 0; ; number += 1) {
    const tried = name === undefined || number === 0 ? name : `${name}-${number}`;
    const answer = await engine.ask("POST", "/containers/create", { query: { name: tried, platform }, body });
    const id = fieldIn(answer.body, "Id");
    if (answer.status < 300 && typeof id === "string") return id;
    const isTaken = answer.status === CONFLICT || /already in use/.test(answer.message); // podman answers with 500
    if (!isTaken || number >= MOST_NAMES) throw refusal(new Error(answer.message));
  }
}

/** Of a container that is in it already nothing changes. */
async function connectTo(engine: Engine, network: string, id: string): Promise<void> {
  const path = `/networks/${encodeURIComponent(network)}/connect`;
  const { status, message } = await engine.ask("POST", path, { body: { Container: id } });
  if (status >= 300 && !/already (?:connected|exists)/.test(message))
    throw new Error(`It cannot join the network '${network}': ${message}`);
}

async function begin(
  engine: Engine,
  id: string,
  { image, networks }: Pick<ContainerSpec, "image" | "networks">,
  giveUp?: AbortSignal,
): Promise<void> {
  for (const network of networks) await connectTo(engine, network, id);
  giveUp?.throwIfAborted();
  const { status, message } = await engine.ask("POST", `/containers/${id}/start`);
  if (status < 300 || status === UNCHANGED) return;
  const [, command] = /exec: "?([^":]+)"?:.*(?:not found|no such file)/i.exec(message) ?? [];
  if (command === undefined) throw new Error(message);
  throw new Error(`The image '${image}' has no command '${command}'. (${message})`);
}

/** Undefined when it executes. Throws `unavailable` where no engine answers. */
async function begun({ engine, id }: Found, job: Job): Promise<Exit | undefined> {
  try {
    await begin(engine, id, { image: textOf(job, "image") ?? "", networks: furtherNetworks(job) });
    return undefined;
  } catch (error) {
    if (error instanceof OrchError && error.code === "unavailable") throw error;
    await remove(engine, id).catch(() => {}); // the engine went away
    return neverStarted(job.run.name, messageOf(refusal(error)));
  }
}

function end(engine: Engine, id: string, graceSeconds: number): Promise<EngineAnswer> {
  if (graceSeconds <= 0) return engine.ask("POST", `/containers/${id}/kill`);
  return engine.ask("POST", `/containers/${id}/stop`, { query: { t: String(Math.ceil(graceSeconds)) } });
}

function remove(engine: Engine, id: string): Promise<EngineAnswer> {
  return engine.ask("DELETE", `/containers/${id}`, { query: { force: "1", v: "1" } });
}

/** Not `unavailable`, which would make all runs of the agent wait: one run cannot be started, and says why. */
function refusal(error: unknown): unknown {
  if (error instanceof OrchError && error.code !== "unavailable") return error;
  if (!(error instanceof Error) || error.name === "AbortError") return error;
  if (error instanceof OrchError) return new OrchError("invalid", error.message, { cause: error });
  const words = /[.!?)]$/.test(error.message) ? error.message : `${error.message}.`;
  return new OrchError("invalid", `The container could not be started: ${words}`, { cause: error });
}

function refused(error: unknown): never {
  throw refusal(error);
}

function fieldIn(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) ? (value as JsonObject)[name] : undefined; // JSON holds JSON
}
