// Pauses, resumes and deletes work pools and queues.
import type { WorkPool } from "#wire/pools/work-pools.ts";
import type { WorkQueue } from "#wire/pools/work-queues.ts";
import { change, refreshAll, showAlready } from "../../data/query.ts";
import { attempt } from "../../parts/forms/attempt.ts";
import { confirm, named } from "../../parts/forms/confirm.tsx";
import { Switch } from "../../parts/forms/switch.tsx";
import { shellWord } from "../../parts/text/command.tsx";

export function poolSwitch({ name, is_paused }: WorkPool) {
  const flip = (isOn: boolean) => {
    const set = <T extends WorkPool>(pool: T): T => (pool.name === name ? { ...pool, is_paused: !isOn } : pool);
    showAlready("listWorkPools", (pools) => pools.map(set));
    showAlready("readWorkPool", set);
    const act = () => change("updateWorkPool", { params: { name }, body: { is_paused: !isOn } });
    flipped(act, isOn ? `${name} is on: agents get its runs.` : `${name} is paused: no agent gets its runs.`);
  };
  return <Switch isOn={!is_paused} label={`Work pool ${name}`} onChange={flip} />;
}

export function queueSwitch({ id, name, is_paused }: WorkQueue) {
  const flip = (isOn: boolean) => {
    const set = <T extends WorkQueue>(queue: T): T => (queue.id === id ? { ...queue, is_paused: !isOn } : queue);
    showAlready("listPoolQueues", (queues) => queues.map(set));
    showAlready("listWorkQueues", (queues) => queues.map(set));
    showAlready("readPoolQueue", set);
    showAlready("readWorkQueue", set);
    const act = () => change("updateWorkQueue", { params: { id }, body: { is_paused: !isOn } });
    flipped(act, isOn ? `${name} is on: agents get its runs.` : `${name} is paused: no agent gets its runs.`);
  };
  return <Switch isOn={!is_paused} label={`Work queue ${name}`} onChange={flip} />;
}

/** A switch that was refused flips back. */
async function flipped(act: () => Promise<unknown>, done: string): Promise<void> {
  if (!(await attempt(act, done))) refreshAll();
}

/** Resolves to whether they are gone. */
export async function removedPools(names: readonly string[]): Promise<boolean> {
  const body = "Their queues are deleted with them. Scheduled runs stay, and no agent gets them.";
  const command = names.map((name) => `orch work-pool delete ${shellWord(name)}`).join(" && ");
  if (!(await confirm({ title: named("Delete", "work pool", names), body, command, action: "Delete" }))) return false;
  const act = () => Promise.all(names.map((name) => change("deleteWorkPool", { params: { name } })));
  return attempt(act, names.length === 1 ? `Deleted ${names[0]}.` : `Deleted ${names.length} work pools.`);
}

/** Resolves to whether they are gone. */
export async function removedQueues(
  queues: readonly Pick<WorkQueue, "id" | "name">[],
  pool?: string,
): Promise<boolean> {
  const names = queues.map(({ name }) => name);
  const body = "Their scheduled runs stay, and wait for a queue of this name.";
  const where = pool ? ` --pool ${shellWord(pool)}` : "";
  const command = names.map((name) => `orch work-queue delete ${shellWord(name)}${where}`).join(" && ");
  if (!(await confirm({ title: named("Delete", "work queue", names), body, command, action: "Delete" }))) return false;
  const act = () => Promise.all(queues.map(({ id }) => change("deleteWorkQueue", { params: { id } })));
  return attempt(act, names.length === 1 ? `Deleted ${names[0]}.` : `Deleted ${names.length} work queues.`);
}
