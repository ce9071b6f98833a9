// Edits a schedule: cron, interval or rrule, with what it means as one types, and what becomes of runs that overlap or are late.
import { useState } from "preact/hooks";
import type { Schedule, ScheduleInput } from "#wire/deployments/schedules.ts";
import type { RunPolicyChange } from "#wire/runs/run-policies.ts";
import { CallError } from "../../data/call.ts";
import { browserZone } from "../../data/zone.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { Field } from "../../parts/forms/field.tsx";
import { toast } from "../../parts/forms/toasts.tsx";
import { Command } from "../../parts/text/command.tsx";
import { PolicyFields, policyChangeOf, policyDraftOf, policyOptions, type RunPolicy } from "./run-policies.tsx";
import {
  commandOf,
  type Draft,
  draftOf,
  KINDS,
  scheduleOf,
  secondsOf,
  TITLES,
  UNITS,
  type Unit,
} from "./schedule-draft.ts";
import { PreviewTable, useSchedulePreview } from "./schedule-preview.tsx";

export interface ScheduleDialogProps {
  /** Of the deployment: `flow/name`. */
  title: string;
  schedule: Schedule | null;
  policy: RunPolicy;
  save: (schedule: ScheduleInput, change: RunPolicyChange) => Promise<unknown>;
  onClose: () => void;
}

export function ScheduleDialog({ title, schedule, policy, save, onClose }: ScheduleDialogProps) {
  const [draft, setDraft] = useState(() => draftOf(schedule, browserZone()));
  const [late, setLate] = useState(() => policyDraftOf(policy));
  const policyChange = policyChangeOf(late, policy);
  const [fault, setFault] = useState<string>();
  const set = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const next = scheduleOf(draft);
  const preview = useSchedulePreview(next);
  const problem = next === null ? undefined : preview.data?.problem;
  const isWrong =
    next === null || policyChange === null || (problem !== null && problem !== undefined) || preview.isOld;

  async function store(): Promise<void> {
    if (!next || !policyChange) return;
    try {
      await save(next, policyChange);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      return setFault(error.message);
    }
    onClose();
    toast({ text: `${title} has a new schedule.` });
  }

  const foot = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button kind="main" type="submit" disabled={isWrong}>
        Save
      </Button>
    </>
  );
  return (
    <Dialog title={`Schedule of ${title}`} onClose={onClose} onSubmit={store} foot={foot} isWide>
      <div class="stack">
        <div class="line" role="radiogroup" aria-label="Kind of schedule">
          {KINDS.map((kind) => (
            <label class="line" key={kind}>
              <input type="radio" checked={draft.kind === kind} onChange={() => set({ kind })} />
              {TITLES[kind]}
            </label>
          ))}
        </div>
        <KindFields
          draft={draft}
          set={set}
          fault={problem && !BESIDE.has(problem.field) ? problem.sentence : fault}
          anchorFault={problem?.field === "anchor_date" ? problem.sentence : undefined}
        />
        <Field
          label="Time zone"
          hint="The schedule follows the clocks of this zone."
          fault={problem?.field === "timezone" ? problem.sentence : undefined}
        >
          {(control) => (
            <>
              <input
                {...control}
                list="zones"
                value={draft.zone}
                onInput={(event) => set({ zone: event.currentTarget.value })}
              />
              <datalist id="zones">
                {Intl.supportedValuesOf("timeZone").map((name) => (
                  <option value={name} key={name} />
                ))}
              </datalist>
            </>
          )}
        </Field>
        {next && preview.data && !problem && <PreviewTable preview={preview.data} />}
        <PolicyFields draft={late} set={(part) => setLate({ ...late, ...part })} />
        {next && !problem && <Command>{commandOf(title, draft, policyOptions(late, policy))}</Command>}
      </div>
    </Dialog>
  );
}

/** Faults of these are shown at their own fields. */
const BESIDE = new Set(["timezone", "anchor_date"]);

interface KindProps {
  draft: Draft;
  set: (part: Partial<Draft>) => void;
  fault: string | undefined;
  anchorFault: string | undefined;
}

function KindFields({ draft, set, fault, anchorFault }: KindProps) {
  if (draft.kind === "cron") {
    return (
      <>
        <Field label="Cron" hint="Minute, hour, day of the month, month, day of the week." fault={fault}>
          {(control) => (
            <input
              {...control}
              class="mono"
              value={draft.cron}
              onInput={(event) => set({ cron: event.currentTarget.value })}
            />
          )}
        </Field>
        {hasBothDays(draft.cron) && (
          <label class="line">
            <input type="checkbox" checked={!draft.isDayOr} onChange={() => set({ isDayOr: !draft.isDayOr })} />
            Only days that fit both the day of the month and the day of the week
          </label>
        )}
      </>
    );
  }
  if (draft.kind === "rrule") {
    return (
      <Field label="RRule" hint="As in RFC 5545, for example FREQ=WEEKLY;BYDAY=MO,WE." fault={fault}>
        {(control) => (
          <textarea
            {...control}
            class="mono"
            rows={3}
            value={draft.rrule}
            onInput={(event) => set({ rrule: event.currentTarget.value })}
          />
        )}
      </Field>
    );
  }
  return (
    <>
      <Field label="Every" fault={secondsOf(draft) === null ? "A number above 0." : fault}>
        {(control) => (
          <span class="line nowrap">
            <input
              {...control}
              inputMode="decimal"
              value={draft.every}
              onInput={(event) => set({ every: event.currentTarget.value.trim() })}
            />
            <select
              aria-label="Unit"
              value={draft.unit}
              onChange={({ currentTarget: { value } }) => set({ unit: value in UNITS ? (value as Unit) : draft.unit })}
            >
              {Object.keys(UNITS).map((unit) => (
                <option key={unit}>{unit}</option>
              ))}
            </select>
          </span>
        )}
      </Field>
      <Field
        label="Counted from"
        hint="A date and time in the time zone below, such as 2026-11-27T09:00; empty: from now."
        fault={anchorFault}
      >
        {(control) => (
          <input
            {...control}
            value={draft.anchor}
            onInput={(event) => set({ anchor: event.currentTarget.value.trim() })}
          />
        )}
      </Field>
    </>
  );
}

/** Only then it matters whether both or either have to fit. */
function hasBothDays(cron: string): boolean {
  const [, , day = "*", , weekday = "*"] = cron.trim().split(/\s+/).slice(-5);
  return day !== "*" && weekday !== "*";
}
