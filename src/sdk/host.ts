// The program that loaded the user's file: how files reach the API outside of any run, and who runs their flows there.
import type { FlowDefinition } from "#domain/definitions.ts";
import type { RunState } from "#domain/run-state.ts";
import type { RunHere } from "#engine/direct.ts";
import type { SessionOptions } from "#engine/process/open-session.ts";
import type { UserApi } from "#engine/session/api.ts";
import { currentRun } from "#engine/session/context.ts";
import { OrchError } from "#lib/errors.ts";

export interface Host {
  /** Runs a flow that is called outside of any run. Without it such a call does nothing but say so. */
  call?(flow: FlowDefinition, args: readonly unknown[]): Promise<RunState>;
  /** The API, opened on first use. */
  api(): Promise<UserApi>;
}

/** Runs such flows in this process, tracked by the API behind `options.client`. The engine is loaded on the first call. */
export function engineHost(options: SessionOptions): Required<Host> {
  let runs: Promise<RunHere> | undefined;
  return {
    async call(flow, args) {
      runs ??= import("#engine/direct.ts").then(({ directRuns }) => directRuns(options));
      return (await runs)(flow, args);
    },
    api: async () => options,
  };
}

/** For files that are only loaded, not run: their flows are not called, their blocks can be read. */
export function apiHost(open: () => Promise<UserApi>): Host {
  let opened: Promise<UserApi> | undefined;
  return { api: () => (opened ??= open()) };
}

/** The API of the run around the call, else of the host. `what` was called, as people wrote it. */
export async function apiFor(host: Host | null, what: string): Promise<UserApi> {
  const engine = currentRun.getStore()?.engine;
  if (engine) return engine.api;
  if (host) return host.api();
  throw new OrchError(
    "invalid",
    `${what} was called where no API is known: call it in a flow, or in a file run by orch.`,
  );
}
