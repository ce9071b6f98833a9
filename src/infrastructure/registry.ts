// Opens the infrastructure of each run by the type of its block. A kind is loaded when its first run comes.
import { OrchError } from "#lib/errors.ts";
import { mostProcesses, openDescriptors } from "./descriptors.ts";
import type { Infrastructure, InfrastructureOptions, Infrastructures, Job, Started } from "./infrastructure.ts";
import { createLeftJobs } from "./left-jobs.ts";
import { createProcessInfrastructure } from "./process.ts";

interface Kind {
  /** The form of its pids, which no other kind shares. */
  pid: RegExp;
  open(options: InfrastructureOptions): Infrastructure | Promise<Infrastructure>;
}

/** By the slugs of the block types. */
const KINDS: Readonly<Record<string, Kind>> = {
  process: { pid: /^[^:/]*:[^:/]*$/, open: createProcessInfrastructure },
  "docker-container": {
    pid: /^(?:docker|http\+docker|https?|tcp):\/\/.*:[0-9a-f]+$/, // Prefect's agents write `http+docker://localhost:ID`
    open: async (options) => (await import("./docker/docker.ts")).createDockerInfrastructure(options),
  },
  "kubernetes-job": {
    pid: /^[^:/]+:[^:/]+:[^:/]+$/, // CLUSTER:NAMESPACE:JOB
    open: async (options) => (await import("./kubernetes/kubernetes.ts")).createKubernetesInfrastructure(options),
  },
};

/** Throws `invalid` with a sentence for a type that cannot be started. */
export async function openInfrastructure(type: string, options: InfrastructureOptions): Promise<Infrastructure> {
  return kindOf(type).open(options);
}

/** The type whose jobs have such names: `process` for `HOST:PID`. Undefined for the form of none. */
export function typeOfPid(pid: string): string | undefined {
  return Object.keys(KINDS).find((type) => KINDS[type]?.pid.test(pid));
}

/** Where an agent starts its jobs. Of the types, `first` is opened at once: it may start processes ahead. */
export function createInfrastructures(options: InfrastructureOptions, first = "process"): Infrastructures {
  const opened = new Map<string, Infrastructure | Promise<Infrastructure>>();
  const left = createLeftJobs(options.settings["ORCH_HOME"]);
  const files = openDescriptors();

  function open(type: string): Infrastructure | Promise<Infrastructure> {
    const known = opened.get(type);
    if (known) return known;
    const opening = kindOf(type).open(options);
    opened.set(type, opening);
    if (opening instanceof Promise) opening.catch(() => opened.delete(type));
    return opening;
  }

  /** What outlives its agent is remembered for the next one. */
  function remembered(place: Infrastructure, job: Job, started: Started): Started {
    if (!place.adopt) return started;
    left.remember(job, started.pid);
    void started.exited.then(() => left.forget(job.run.id));
    return started;
  }

  const opening = open(first);
  if (opening instanceof Promise) opening.catch(() => {}); // it is opened again by the first job, which says what is wrong
  return {
    most: files && { jobs: mostProcesses(files), reason: `this process may open ${files.limit} files (ulimit -n)` },
    async start(job, giveUp) {
      const place = await open(job.type);
      const named = place.adopt && ((pid: string) => left.remember(job, pid));
      try {
        return remembered(place, job, await place.start({ ...job, named }, giveUp));
      } catch (error) {
        if (named) left.forget(job.run.id);
        throw error;
      }
    },
    async kill(job, graceSeconds) {
      const type = typeOfPid(job.pid);
      return type === undefined ? "not-ours" : (await open(type)).kill(job, graceSeconds);
    },
    async isRunning(job) {
      const type = typeOfPid(job.pid);
      return type !== undefined && (await open(type)).isRunning(job);
    },
    takeLeft: left.take,
    async adopt(pid, job, isAwaited) {
      const place = await open(typeOfPid(pid) ?? "");
      const started = await place.adopt?.(pid, job, isAwaited);
      if (started) return remembered(place, job, started);
      left.forget(job.run.id);
      return null;
    },
    async close() {
      const all = await Promise.allSettled(opened.values());
      await Promise.all(all.map((one) => (one.status === "fulfilled" ? one.value.close() : undefined)));
    },
  };
}

function kindOf(type: string): Kind {
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  if (kind) return kind;
  const known = Object.keys(KINDS).join(", ");
  throw new OrchError(
    "invalid",
    `Infrastructure of type '${type}' cannot be started by this agent: it starts ${known}.`,
  );
}
