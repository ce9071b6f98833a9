// Calls onCompletion and onFailure in order once the server has the final state; what they throw is logged.
import type { RunHookSubject } from "#domain/definitions.ts";
import type { RunState } from "#domain/run-state.ts";
import { describeError } from "../logs/stack.ts";
import type { RunLogger } from "../session/context.ts";
import type { Session } from "../session/session.ts";

type Hook<D> = (definition: D, run: RunHookSubject, state: RunState) => unknown;

export async function runHooks<D>(
  session: Session,
  logger: RunLogger,
  options: { onCompletion?: Hook<D>[]; onFailure?: Hook<D>[] },
  definition: D,
  run: RunHookSubject,
  state: RunState,
): Promise<void> {
  const hooks = state.isCompleted() ? options.onCompletion : state.isFailed() ? options.onFailure : undefined;
  for (const hook of hooks ?? []) {
    const name = hook.name || "hook";
    logger.info(`Running hook '${name}' in response to entering state '${state.name}'`);
    try {
      await hook(definition, run, state);
      logger.info(`Hook '${name}' finished running successfully`);
    } catch (error) {
      logger.error(`An error was encountered while running hook '${name}':\n${describeError(error, session.folder)}`);
    }
  }
}
