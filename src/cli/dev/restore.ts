// Undoes at the end of `orch dev` what it did to deployments: schedules that it started are paused, and code that it pointed at the
// folder is the build's copy again, with the parameters of that copy. Until then it is noted in the home: see `undo.ts`.
import type { Client } from "#client/client.ts";
import type { DeploymentSpec } from "#domain/deployment.ts";
import { messageOf } from "#lib/errors.ts";
import { readExisting } from "#project/deployments/build.ts";
import type { Io } from "../kit/command.ts";
import { type Applied, type Built, type Left, noteLeft, readLeft } from "./left-note.ts";
import { pause, putBack } from "./undo.ts";

export interface RestorerOptions {
  client: Client;
  home: string;
  io: Pick<Io, "out" | "err">;
}

export interface Restorer {
  /** Called before a deployment is applied. */
  before(spec: DeploymentSpec): Promise<void>;
  /** Called after it was applied. `built`: what its file says of the code. */
  after(spec: DeploymentSpec, applied: Applied, built: Built): void;
  restore(): Promise<void>;
}

interface Changed {
  /** It had a schedule that made runs before. */
  wasScheduled: boolean;
  /** Undefined until it was applied. */
  left?: Left;
}

/** Made after what an earlier `orch dev` has left was undone. */
export function createRestorer({ client, home, io }: RestorerOptions): Restorer {
  const changed = new Map<string, Changed>();

  function note(): void {
    // What could not be undone at the start is kept.
    const earlier = readLeft(home).filter(({ name }) => !changed.has(name));
    noteLeft(home, [...earlier, ...[...changed.values()].flatMap(({ left }) => left ?? [])]);
  }

  return {
    async before(spec) {
      const name = nameOf(spec);
      if (changed.has(name)) return;
      const { deployment } = (await readExisting(client, spec.flow_name, spec.name)) ?? {};
      const isLeftOn = readLeft(home).some((left) => left.name === name && left.pauses);
      const isScheduled = Boolean(deployment?.schedule && deployment.is_schedule_active);
      changed.set(name, { wasScheduled: isScheduled && !isLeftOn });
    },
    after(spec, { id, updated, path, version }, built) {
      const name = nameOf(spec);
      const { wasScheduled } = changed.get(name) ?? { wasScheduled: false };
      const isScheduled = spec.schedule !== null && spec.is_schedule_active !== false;
      const left = { name, applied: { id, updated, path, version }, pauses: isScheduled && !wasScheduled };
      // Unless the code was in the folder before.
      changed.set(name, { wasScheduled, left: built.path === spec.path ? left : { ...left, built } });
      note();
    },
    async restore() {
      const paused: string[] = [];
      for (const [name, { left }] of changed) {
        try {
          if (left?.pauses && (await pause(client, left.applied.id))) paused.push(`'${name}'`);
          if (left) await putBack(client, left.applied.id, left.built);
          changed.set(name, { wasScheduled: false });
        } catch (error) {
          io.err(`'${name}' could not be left as it was; the next start tries again: ${messageOf(error)}`);
        }
      }
      note();
      const what = paused.length === 1 ? "the schedule" : "the schedules";
      if (paused.length > 0) io.out(`Paused ${what} of ${paused.join(", ")} until 'orch dev' runs again.`);
    },
  };
}

function nameOf({ flow_name, name }: DeploymentSpec): string {
  return `${flow_name}/${name}`;
}
