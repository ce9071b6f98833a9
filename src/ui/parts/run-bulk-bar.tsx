// Offers what can be done with many runs at once: cancel, retry, delete.
import { Ban, RotateCcw, Trash2 } from "lucide-preact";
import { change } from "../data/query.ts";
import { attempt } from "./attempt.ts";
import { BulkBar } from "./bulk-bar.tsx";
import { Button } from "./button.tsx";
import { confirm } from "./confirm.tsx";
import type { Picked } from "./picked.ts";
import type { RunFilters } from "./run-list.tsx";

export interface RunBulkBarProps {
  picked: Picked;
  filters: RunFilters;
  count: number;
}
export function RunBulkBar({ picked }: RunBulkBarProps) {
  const ids = [...picked.ids];
  const runs = ids.length === 1 ? "1 run" : `${ids.length} runs`;
  async function act(verb: string, past: string, body: string, one: (id: string) => Promise<unknown>): Promise<void> {
    if (!(await confirm({ title: `${verb} ${runs}?`, body, action: verb }))) return;
    if (await attempt(() => Promise.all(ids.map(one)), `${past} ${runs}.`)) picked.clear();
  }
  const state = (type: "CANCELLING" | "SCHEDULED", name: string, message: string) => (id: string) =>
    change("setFlowRunState", { params: { id }, body: { state: { type, name, message }, force: true } });
  return (
    <BulkBar picked={picked}>
      <Button
        icon={RotateCcw}
        onClick={() =>
          act("Retry", "Retrying", "They start again.", state("SCHEDULED", "AwaitingRetry", "Retry from the UI"))
        }
      >
        Retry
      </Button>
      <Button
        icon={Ban}
        onClick={() =>
          act(
            "Cancel",
            "Cancelling",
            "Their processes are stopped.",
            state("CANCELLING", "Cancelling", "Cancelled from the UI"),
          )
        }
      >
        Cancel
      </Button>
      <Button
        icon={Trash2}
        kind="danger"
        onClick={() =>
          act("Delete", "Deleted", "Their logs and task runs are deleted with them. This cannot be taken back.", (id) =>
            change("deleteFlowRun", { params: { id } }),
          )
        }
      >
        Delete
      </Button>
    </BulkBar>
  );
}
