// Keeps the server's deployments as the folder has them: each pass applies what has changed, says so, and says once what is
// wrong. Runs that are under way are not touched: they loaded their code when they started.
import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { Client } from "#client/client.ts";
import type { DeploymentSpec } from "#domain/deployment.ts";
import { isImageBased } from "#domain/infrastructure-blocks.ts";
import { messageOf } from "#lib/errors.ts";
import { eachOf } from "#lib/parallel.ts";
import { applyDeployment } from "#project/deployments/apply.ts";
import type { ScheduleInput } from "#wire/deployments/schedules.ts";
import { noteParameters } from "../deployment/parameter-notes.ts";
import { checkPool } from "../deployment/registered.ts";
import type { Io } from "../kit/command.ts";
import { noteSchedule } from "../options/schedule-options.ts";
import type { Described } from "./describe.ts";
import type { Describe } from "./described.ts";
import { fileIn, type Project, type ProjectDeployment } from "./project.ts";
import type { Restorer } from "./restore.ts";

export interface FollowOptions {
  folder: string;
  client: Client;
  io: Pick<Io, "out" | "err">;
  read: () => Project;
  describe: Describe;
  /** Before a deployment is applied: an agent has to be there for its runs. */
  onQueue: (spec: DeploymentSpec) => void;
  /** Knows how deployments were before. */
  restorer: Pick<Restorer, "before" | "after">;
  /** Called with the file of a flow that was deployed, or whose code is new. */
  onCode: (file: string) => void;
  /** Ends `describe`: what goes wrong then is not reported. */
  signal: AbortSignal;
}

interface Followed {
  file: string;
  /** As the file has it; as it was applied. */
  written?: string;
  applied?: string;
  problem?: string | undefined;
  /** What is odd about it, as it was printed. */
  notes?: string;
  /** Absolute paths of the modules it is made of. */
  files: ReadonlySet<string>;
}

export interface Follower {
  /** Takes up what has changed; without paths, everything. */
  pass(changed?: ReadonlySet<string>): Promise<void>;
  /** All modules of all deployments. */
  files(): string[];
}

const PROCESSES_AT_ONCE = 2;
/** What may mend an import: a source file, settings of the compiler, or a whole folder. */
const MENDS = /(?:\.(?:[cm]?[jt]sx?|json|py)|\/[^./]+)$/;

export function followProject(options: FollowOptions): Follower {
  const { folder, client, io, read, describe, onQueue, restorer, onCode, signal } = options;
  const known = new Map<string, Followed>();
  let problems: Project["problems"] = new Map();
  let passedOver: Project["passedOver"] = new Map();

  function sayOfFiles(project: Project): void {
    for (const [file, problem] of project.problems) if (problems.get(file) !== problem) io.err(problem);
    for (const file of problems.keys()) {
      if (!project.problems.has(file) && existsSync(join(folder, file))) io.out(`'${file}' can be read again.`);
    }
    for (const [file, used] of project.passedOver) {
      if (passedOver.get(file)?.file === used.file) continue;
      io.out(`'${used.name}' has two files: the newer one, '${used.file}', counts, and '${file}' does not.`);
    }
    ({ problems, passedOver } = project);
    for (const [name, { file }] of known) {
      if (project.deployments.some((one) => one.name === name) || problems.has(file)) continue;
      known.delete(name);
      const how = existsSync(join(folder, file)) ? "names another deployment now" : "is gone";
      io.out(`'${file}' ${how}. '${name}' stays deployed; 'orch deployment delete ${name}' removes it.`);
    }
  }

  async function take(
    { name, file, spec, builtPath }: ProjectDeployment,
    changed?: ReadonlySet<string>,
  ): Promise<void> {
    const before = known.get(name) ?? { file, files: new Set<string>() };
    const written = JSON.stringify([file, spec]);
    const saved = [...(changed ?? [])].filter((path) => before.files.has(path));
    const mended = before.problem !== undefined && [...(changed ?? [])].some((path) => MENDS.test(path));
    if (written !== before.written) saved.push(join(folder, file));
    if (saved.length === 0 && !mended && changed) return;
    const now: Followed = { ...before, file, written, problem: undefined };
    known.set(name, now);
    try {
      const { files, spec: current, flow, source } = await withCode(spec);
      now.files = new Set(files);
      const wanted = JSON.stringify({ ...current, timestamp: null });
      if (wanted !== before.applied) {
        // An agent for a pool that is not there would end, and 'orch dev' with it.
        await checkPool(client, current.work_pool_name);
        await restorer.before(current);
        onQueue(current);
        const applied = await applyDeployment(client, current);
        const { version, parameter_openapi_schema } = spec;
        const path = builtPath && resolve(folder, builtPath); // `.` is this folder, as it was
        restorer.after(current, applied, { path, version, parameter_openapi_schema });
      }
      now.applied = wanted;
      io.out(said(name, before, now, current, saved));
      sayNotes(name, now, notesOf(current, flow));
      if (source) onCode(source);
    } catch (error) {
      if (signal.aborted) return;
      now.problem = messageOf(error);
      if (error instanceof FlowProblem) now.files = new Set(error.files);
      const state = before.applied === undefined ? "is not deployed yet" : "stays as it was";
      if (now.problem !== before.problem) for (const line of [now.problem, `'${name}' ${state}.`]) io.err(line);
    }
  }

  /** Once, as long as they are the same. */
  function sayNotes(name: string, now: Followed, notes: readonly string[]): void {
    const text = notes.join("\n");
    if (text !== (now.notes ?? "")) for (const note of notes) io.err(`'${name}': ${note}`);
    now.notes = text;
  }

  function said(name: string, before: Followed, now: Followed, spec: DeploymentSpec, saved: string[]): string {
    const schedule = scheduleText(spec.schedule);
    if (before.applied === undefined) return `Deployed '${name}'${schedule}.`;
    const reason = saved.length > 0 ? `: ${listed(saved)} changed` : "";
    if (now.applied !== before.applied) return `Deployed '${name}' again${schedule}${reason}.`;
    if (before.problem !== undefined) return `'${name}' is right again${reason}.`;
    return `'${name}' has new code${reason}. It counts from the next run on.`;
  }

  function listed(paths: string[]): string {
    const names = paths.map((path) => relative(folder, path));
    return names.length > 3 ? `${names.slice(0, 2).join(", ")} and ${names.length - 2} more` : names.join(", ");
  }

  /** With what the flow's file says of it. Code in a storage block or an image is not here to be asked. */
  async function withCode(spec: DeploymentSpec): Promise<WithCode> {
    const file = fileIn(spec);
    if (spec.storage || isImageBased(spec.infrastructure) || !file) return { spec, files: [] };
    const path = join(spec.path ?? folder, file);
    const { flow, problem, files } = await describe(path, spec.entrypoint?.slice(file.length + 1) ?? "");
    if (!flow) throw new FlowProblem(problem ?? `'${path}' has no flow.`, [...files, path]);
    const version = spec.version === null || DIGEST.test(spec.version) ? flow.version : spec.version;
    return { spec: { ...spec, version, parameter_openapi_schema: flow.schema }, files, flow, source: path };
  }

  return {
    async pass(changed) {
      const project = read();
      sayOfFiles(project);
      await eachOf(project.deployments, PROCESSES_AT_ONCE, (deployment) => take(deployment, changed));
    },
    files: () => [...known.values()].flatMap(({ files }) => [...files]),
  };
}

interface WithCode {
  spec: DeploymentSpec;
  files: string[];
  /** Of code that could be asked. */
  flow?: Described;
  /** The flow's file. */
  source?: string;
}

function notesOf(spec: DeploymentSpec, flow: Described | undefined): string[] {
  const notes: string[] = [];
  if (flow && flow.name !== spec.flow_name) {
    const build = `'orch deployment build -n ${spec.name} ${spec.entrypoint ?? ""}' makes '${flow.name}/${spec.name}'`;
    notes.push(`The flow is called '${flow.name}' now; this deployment keeps its name. ${build}.`);
  }
  noteSchedule(spec, (note) => notes.push(note));
  noteParameters(spec, (note) => notes.push(note));
  return notes;
}

/** A version that was not chosen. */
const DIGEST = /^[0-9a-f]{32}$/;

class FlowProblem extends Error {
  readonly files: string[];

  constructor(sentence: string, files: string[]) {
    super(sentence);
    this.files = files;
  }
}

function scheduleText(schedule: ScheduleInput | null): string {
  if (!schedule) return "";
  if ("interval" in schedule) return `, every ${schedule.interval} s`;
  return "cron" in schedule ? `, at '${schedule.cron}'` : `, by '${schedule.rrule}'`;
}
