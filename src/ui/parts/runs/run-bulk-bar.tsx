// Offers what can be done with many runs at once: retry, cancel, delete; with those that are picked, or with all that the
// filters mean, however many. The server says first how many that is.
import { Ban, RotateCcw, Trash2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { numberText } from "#lib/text/words-of-numbers.ts";
import type { Chosen, FlowRunAction } from "#wire/runs/bulk.ts";
import { CallError, call } from "../../data/call.ts";
import { change } from "../../data/query.ts";
import { Button } from "../button.tsx";
import { confirm } from "../forms/confirm.tsx";
import { toast } from "../forms/toasts.tsx";
import type { LucideIcon } from "../icon.tsx";
import { BulkBar } from "../lists/bulk-bar.tsx";
import type { Picked } from "../lists/picked.ts";
import type { RunFilters } from "./run-rows.ts";

export interface RunBulkBarProps {
  picked: Picked;
  filters: RunFilters;
  /** How many runs the filters mean. */
  count: number;
}

interface Deed {
  verb: string;
  past: string;
  warning: string;
  icon: LucideIcon;
  isDanger?: boolean;
}

const DEEDS: Record<FlowRunAction, Deed> = {
  retry: { verb: "Retry", past: "Retrying", warning: "They start again at once.", icon: RotateCcw },
  cancel: { verb: "Cancel", past: "Cancelling", warning: "Their processes are stopped.", icon: Ban },
  delete: {
    ...{ verb: "Delete", past: "Deleted", icon: Trash2, isDanger: true },
    warning: "Their logs and task runs are deleted with them. This cannot be taken back.",
  },
};
const ACTIONS = ["retry", "cancel", "delete"] as const satisfies FlowRunAction[];
/** As the server takes them. */
const MOST_AT_ONCE = 100;

export function RunBulkBar({ picked, filters, count }: RunBulkBarProps) {
  const [isAll, setAll] = useState(false);
  const [progress, setProgress] = useState<string>();
  const clear = () => {
    setAll(false);
    picked.clear();
  };

  async function act(action: FlowRunAction): Promise<void> {
    const which = isAll ? filters : { flow_runs: { id: { any_: [...picked.ids] } } };
    try {
      const chosen = await call("chooseFlowRuns", { body: { action, ...which } });
      if (chosen.ids.length === 0) return toast({ text: `${noneFits(chosen)}`, isBad: true });
      if (!(await confirm(questionOf(action, chosen)))) return;
      toast(await done(action, chosen.ids, setProgress));
      clear();
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      toast({ text: error.message, isBad: true });
    } finally {
      setProgress(undefined);
    }
  }

  const text = progress ?? (isAll ? `All ${numberText(count)} of these filters` : undefined);
  return (
    <BulkBar picked={picked} onClear={clear} text={text}>
      {!isAll && count > picked.ids.size && (
        <Button kind="plain" onClick={() => setAll(true)}>
          Pick all {numberText(count)}
        </Button>
      )}
      {ACTIONS.map((action) => {
        const { verb, icon, isDanger } = DEEDS[action];
        return (
          <Button
            key={action}
            icon={icon}
            {...(isDanger ? { kind: "danger" } : {})}
            disabled={progress !== undefined}
            onClick={() => act(action)}
          >
            {verb}
          </Button>
        );
      })}
    </BulkBar>
  );
}

const runs = (count: number) => (count === 1 ? "1 run" : `${numberText(count)} runs`);

function questionOf(action: FlowRunAction, { ids, fits, names, unfit }: Chosen) {
  const { verb, warning } = DEEDS[action];
  const more = ids.length > names.length ? `, and ${numberText(ids.length - names.length)} more` : "";
  const first = fits > ids.length ? ` The newest ${numberText(ids.length)} of ${numberText(fits)}.` : "";
  const others = unfit.map(({ reason, count }) => ` Not ${runs(count)}: ${reason}`).join("");
  return {
    title: `${verb} ${runs(ids.length)}: ${names.join(", ")}${more}?`,
    body: `${warning}${first}${others}`,
    action: verb,
    ...(ids.length === 1 ? { command: `orch flow-run ${action} ${ids[0]}` } : {}),
  };
}

function noneFits({ unfit }: Chosen): string {
  return unfit.map(({ reason, count }) => `${runs(count)}: ${reason}`).join(" ") || "There is no such run.";
}

/** Some at a time, until all are done; says how far it is. */
async function done(action: FlowRunAction, ids: readonly string[], say: (progress: string) => void) {
  const { past } = DEEDS[action];
  let waiting = [...ids];
  let changed = 0;
  const refused: string[] = [];
  while (waiting.length > 0) {
    say(`${past} ${numberText(ids.length - waiting.length)} of ${numberText(ids.length)}`);
    const now = waiting.slice(0, MOST_AT_ONCE);
    const outcome = await change("changeFlowRuns", { body: { action, ids: now } });
    changed += outcome.done + outcome.unchanged;
    refused.push(...outcome.refused.map(({ name, reason }) => `${name ?? "A run"}: ${reason}`));
    waiting = [...outcome.left, ...waiting.slice(now.length)];
  }
  const failures = refused.length > 0 ? ` Not ${runs(refused.length)}. ${refused[0]}` : "";
  return { text: `${past} ${runs(changed)}.${failures}`, isBad: refused.length > 0 };
}
