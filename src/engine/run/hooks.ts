// Calls onCompletion and onFailure in order once the server has the final state; what they throw is logged. They are called
// within the run, so that what they log and print is in its log.
import type { RunHookSubject } from "#domain/definitions.ts";
import type { RunState } from "#domain/run-state.ts";
import { describeError } from "../logs/stack.ts";
import { currentRun, type RunFrame } from "../session/context.ts";
import { Interruption } from "../session/interruption.ts";
import type { Session } from "../session/session.ts";

type Hook<D> = (definition: D, run: RunHookSubject, state: RunState) => unknown;

export async function runHooks<D>(
  session: Session,
  frame: Omit<RunFrame, "activity">,
  options: { onCompletion?: Hook<D>[]; onFailure?: Hook<D>[] },
  definition: D,
  run: RunHookSubject,
  state: RunState,
): Promise<void> {
  const { logger } = frame;
  const hooks = state.isCompleted() ? options.onCompletion : state.isFailed() ? options.onFailure : undefined;
  for (const hook of hooks ?? []) {
    const name = hook.name || "hook";
    logger.info(`Running hook '${name}' in response to entering state '${state.name}'`);
    try {
      await within(frame, () => hook(definition, run, state));
      logger.info(`Hook '${name}' finished running successfully`);
    } catch (error) {
      logger.error(`An error was encountered while running hook '${name}':\n${textOf(error, session)}`);
    }
  }
}

async function within(frame: Omit<RunFrame, "activity">, call: () => unknown): Promise<void> {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const activity = { ended, signal: frame.signal, pendingCalls: 0, readSignal: undefined };
  try {
    await currentRun.run({ ...frame, activity }, call);
  } finally {
    end();
  }
}

/** A hook that calls process.exit ends the process, which is no fault to look for in a stack. */
function textOf(error: unknown, { folder }: Session): string {
  return error instanceof Interruption ? error.message : describeError(error, folder);
}
