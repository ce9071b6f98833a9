import { produce } from "immer";
import { flow, getRunLogger, task } from "orch";

interface State {
  readonly done: readonly string[];
  readonly left: number;
}

/** A result that is frozen goes from task to task. */
const finish = task(async function finish(state: State, name: string) {
  return produce(state, (draft) => {
    draft.done.push(name);
    draft.left -= 1;
  });
});

export const example = flow(async function example(state: State = { done: [], left: 2 }) {
  const after = await finish(await finish(state, "a"), "b");
  getRunLogger().info(`${JSON.stringify(after)} ${Object.isFrozen(after)} ${state.left}`);
});
