// Says and edits what becomes of a deployment's runs that would overlap, and of those that could not start in time.
import { useState } from "preact/hooks";
import { durationText } from "#lib/text/words-of-time.ts";
import type { Catchup, Overlap, RunPolicyChange } from "#wire/runs/run-policies.ts";
import { CallError } from "../../data/call.ts";
import { change, useQuery } from "../../data/query.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { Field } from "../../parts/forms/field.tsx";
import { toast } from "../../parts/forms/toasts.tsx";
import { Command, shellWord } from "../../parts/text/command.tsx";

export interface RunPolicy {
  overlap: Overlap;
  catchup: Catchup;
}

/** `undefined` until it is read. */
export function useRunPolicy(id: string): RunPolicy | undefined {
  const query = useQuery("readRunPolicies", { body: { deployment_ids: [id] } });
  return query.data && (query.data[0] ?? { overlap: "allow", catchup: "all" });
}

const OVERLAPS: Record<Overlap, [choice: string, words: string]> = {
  allow: ["Starts beside it", "Its runs may be under way at the same time."],
  skip: ["Is skipped", "A run that is due while another one is under way is skipped."],
  wait: ["Waits until the other has ended", "A run that is due while another one is under way waits for its end."],
  "cancel-older": ["Cancels the older one", "A run that is due cancels the one that is still under way."],
};
const CATCHUPS = {
  all: ["Start later, all of them", "Runs that could not start in time start later."],
  last: ["Only the newest starts later", "Of the runs that could not start in time, only the newest starts later."],
  none: ["Are skipped", "Runs that could not start in time are skipped."],
  within: ["Start while they are not too late", ""],
} as const;
type CatchupWord = keyof typeof CATCHUPS;
/** As the command line writes them. */
const UNITS = { minutes: [60, "m"], hours: [3600, "h"], days: [86_400, "d"] } as const;
type Unit = keyof typeof UNITS;

/** Two sentences; none for what is usual. */
export function policyWords({ overlap, catchup }: RunPolicy): string[] {
  const late =
    typeof catchup === "string"
      ? CATCHUPS[catchup][1]
      : `Runs that could not start in time start later, those that are ${durationText(catchup.within)} late at most.`;
  return [...(overlap === "allow" ? [] : [OVERLAPS[overlap][1]]), ...(catchup === "all" ? [] : [late])];
}

export interface PolicyDraft {
  overlap: Overlap;
  catchup: CatchupWord;
  within: string;
  unit: Unit;
}

export function policyDraftOf({ overlap, catchup }: RunPolicy): PolicyDraft {
  if (typeof catchup === "string") return { overlap, catchup, within: "6", unit: "hours" };
  const unit = (["days", "hours"] as const).find((each) => catchup.within % UNITS[each][0] === 0) ?? "minutes";
  return { overlap, catchup: "within", within: String(catchup.within / UNITS[unit][0]), unit };
}

/** What differs from the policy of before; `null` while it is none. */
export function policyChangeOf(draft: PolicyDraft, before: RunPolicy): RunPolicyChange | null {
  const seconds = Number(draft.within) * UNITS[draft.unit][0];
  if (draft.catchup === "within" && !(seconds > 0)) return null;
  const catchup = draft.catchup === "within" ? { within: seconds } : draft.catchup;
  return {
    ...(draft.overlap === before.overlap ? {} : { overlap: draft.overlap }),
    ...(JSON.stringify(catchup) === JSON.stringify(before.catchup) ? {} : { catchup }),
  };
}

/** The options of `orch deployment set-schedule` for what was changed, each with a blank before it. */
export function policyOptions(draft: PolicyDraft, before: RunPolicy): string {
  const { overlap, catchup } = policyChangeOf(draft, before) ?? {};
  const late = draft.catchup === "within" ? `'within ${draft.within}${UNITS[draft.unit][1]}'` : draft.catchup;
  return `${overlap ? ` --overlap ${overlap}` : ""}${catchup ? ` --catchup ${late}` : ""}`;
}

export function PolicyFields({ draft, set }: { draft: PolicyDraft; set: (part: Partial<PolicyDraft>) => void }) {
  const isWrong = draft.catchup === "within" && !(Number(draft.within) > 0);
  return (
    <>
      <Field label="A run that is due while another one is under way">
        {(control) => (
          <select
            {...control}
            value={draft.overlap}
            onChange={({ currentTarget: { value } }) => set({ overlap: value as Overlap })} // one of the options
          >
            {Object.entries(OVERLAPS).map(([value, [choice]]) => (
              <option value={value} key={value}>
                {choice}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Runs that could not start in time" fault={isWrong ? "A number above 0." : undefined}>
        {(control) => (
          <span class="line">
            <select
              {...control}
              value={draft.catchup}
              onChange={({ currentTarget: { value } }) => set({ catchup: value as CatchupWord })} // one of the options
            >
              {Object.entries(CATCHUPS).map(([value, [choice]]) => (
                <option value={value} key={value}>
                  {choice}
                </option>
              ))}
            </select>
            {draft.catchup === "within" && (
              <span class="line nowrap">
                <span>at most</span>
                <input
                  aria-label="How late at most"
                  class="short-field"
                  inputMode="decimal"
                  value={draft.within}
                  onInput={(event) => set({ within: event.currentTarget.value.trim() })}
                />
                <select
                  aria-label="Unit of how late"
                  value={draft.unit}
                  onChange={({ currentTarget: { value } }) => set({ unit: value as Unit })} // one of the options
                >
                  {Object.keys(UNITS).map((unit) => (
                    <option key={unit}>{unit}</option>
                  ))}
                </select>
              </span>
            )}
          </span>
        )}
      </Field>
    </>
  );
}

export interface PolicyDialogProps {
  id: string;
  /** Of the deployment: `flow/name`. */
  title: string;
  policy: RunPolicy;
  onClose: () => void;
}

export function PolicyDialog({ id, title, policy, onClose }: PolicyDialogProps) {
  const [draft, setDraft] = useState(() => policyDraftOf(policy));
  const [fault, setFault] = useState<string>();
  const next = policyChangeOf(draft, policy);
  const isSame = next !== null && Object.keys(next).length === 0;

  async function store(): Promise<void> {
    if (!next) return;
    try {
      await change("updateDeployment", { params: { id }, body: { run_policy: next } });
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      return setFault(error.message);
    }
    onClose();
    toast({ text: `Changed how runs of ${title} overlap and catch up.` });
  }

  const foot = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button kind="main" type="submit" disabled={!next || isSame}>
        Save
      </Button>
    </>
  );
  return (
    <Dialog title={`Overlap and catch-up of ${title}`} onClose={onClose} onSubmit={store} foot={foot}>
      <div class="stack">
        <PolicyFields draft={draft} set={(part) => setDraft({ ...draft, ...part })} />
        {fault && (
          <p class="notice bad" role="alert">
            {fault}
          </p>
        )}
        {next && !isSame && (
          <Command>{`orch deployment set-schedule ${shellWord(title)}${policyOptions(draft, policy)}`}</Command>
        )}
      </div>
    </Dialog>
  );
}
