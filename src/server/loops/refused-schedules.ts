// Remembers the schedules that cannot be expanded, so that each is tried and logged once.
import { messageOf } from "#lib/errors.ts";
import type { ScheduledDeployment } from "./scheduled-runs.ts";

/** The place of a deployment's schedules together. */
export const ALL = -1;

/** The schedules that cannot be expanded, by their place in the deployment. */
export interface Refusals {
  has(deployment: ScheduledDeployment, index: number): boolean;
  add(deployment: ScheduledDeployment, index: number, error: unknown): void;
}

/** Remembers nothing. */
export const NO_REFUSALS: Refusals = { has: () => false, add() {} };

/** Logs each once. It is left out until its deployment changes. */
export function createRefusals(
  log: (message: string) => void,
): Refusals & { keep(known: readonly { id: string }[]): void } {
  const refused = new Map<string, { updated: string; indexes: Set<number> }>();
  const ofDeployment = ({ id, updated }: ScheduledDeployment) => {
    const known = refused.get(id);
    return known?.updated === updated ? known : undefined;
  };
  return {
    has: (deployment, index) => ofDeployment(deployment)?.indexes.has(index) ?? false,
    add(deployment, index, error) {
      const { id, updated } = deployment;
      const entry = ofDeployment(deployment) ?? { updated, indexes: new Set() };
      entry.indexes.add(index);
      refused.set(id, entry);
      const sentence = `A schedule of deployment ${id} cannot be expanded: ${messageOf(error)}`;
      log(`${sentence}. It is left out until the deployment changes.`);
    },
    keep(known) {
      const ids = new Set(known.map(({ id }) => id));
      for (const id of refused.keys()) if (!ids.has(id)) refused.delete(id);
    },
  };
}
