// Who runs a flow that is called outside of any run: the program that loaded the user's file, if it offered to.
import type { FlowDefinition } from "#domain/definitions.ts";
import type { RunHere } from "#engine/direct.ts";
import type { SessionOptions } from "#engine/guarded.ts";

export interface Host {
  call(flow: FlowDefinition, args: readonly unknown[]): Promise<unknown>;
}

/** Runs such flows in this process, tracked by the API behind `options.client`. The engine is loaded on the first call. */
export function engineHost(options: SessionOptions): Host {
  let runs: Promise<RunHere> | undefined;
  return {
    async call(flow, args) {
      runs ??= import("#engine/direct.ts").then(({ directRuns }) => directRuns(options));
      const state = await (await runs)(flow, args);
      return state.result();
    },
  };
}
