// Draws the field of a number or of JSON, and keeps what was typed into it while it makes no sense.
import { useMemo, useState } from "preact/hooks";
import { type Json, parseJson } from "#lib/json.ts";
import { Folded, letters, MOST_LETTERS } from "../text/folded.tsx";
import { isSame, type Kind, type Schema } from "./schema.ts";
import { faultOf, faultsWithin, textOfFault } from "./schema-faults.ts";

export interface Reader {
  /** `undefined` for what makes no sense. */
  read: (text: string) => Json | undefined;
  problem: string;
}

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const READERS: Record<string, Reader> = {
  number: { read: (text) => (NUMBER.test(text) ? parseJson(text) : undefined), problem: "A number." },
  integer: {
    read: (text) => (NUMBER.test(text) && Number.isInteger(Number(text)) ? parseJson(text) : undefined),
    problem: "A whole number.",
  },
  json: { read: parsed, problem: "This is not JSON." },
};

/** Of fields of other kinds: none. */
export function readerOf(kind: Kind, { type }: Schema): Reader | undefined {
  return READERS[kind === "number" && type === "integer" ? "integer" : kind];
}

export interface TypedInput {
  value: Json | undefined;
  schema: Schema;
  root: Schema;
  isWithinDefault?: boolean;
  onChange: (value: Json | undefined) => void;
}

export interface TypedText {
  text: string;
  fault: string | undefined;
  onInput: (text: string) => void;
}

/** Keeps what was typed while it makes no sense: the value is then the one before. Fields without a reader type nothing. */
export function useTyped(
  { value, schema, root, isWithinDefault, onChange }: TypedInput,
  reader: Reader | undefined,
): TypedText {
  const [typed, setTyped] = useState<{ text: string; before: string }>();
  const isJson = reader === READERS["json"];
  const isNumber = reader !== undefined && !isJson;
  const within = useMemo(() => (isJson ? faultsWithin(schema, value, root)[0] : undefined), [value, isJson, root]);
  const broken = isJson ? within && textOfFault(within) : faultOf(schema, value);
  const ruleFault = isWithinDefault ? undefined : broken;
  const written = useMemo(
    () => (value === undefined || (isNumber && value === null) ? "" : JSON.stringify(value, null, isNumber ? 0 : 2)),
    [value, isNumber],
  );
  if (!reader) return { text: "", fault: ruleFault, onInput: () => {} };
  const { read, problem } = reader;
  const text = typed?.text.trim() ?? "";
  const meant = text === "" ? undefined : read(text);
  const isWrong = text !== "" && meant === undefined;
  // A value that came from elsewhere, such as the default, is shown in place of what was typed.
  const isOwn = typed && (isWrong ? typed.before === written : isSame(meant ?? null, value ?? null));
  return {
    text: isOwn ? typed.text : written,
    fault: isOwn && isWrong ? problem : ruleFault,
    onInput(next) {
      const given = next.trim() === "" ? undefined : read(next.trim());
      setTyped({ text: next, before: written });
      if (given !== undefined || next.trim() === "") onChange(given);
    },
  };
}

/** As the `ref` of a control: a form is not sent while one of its controls has a fault. */
export function refusing(fault: string | undefined) {
  return (control: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement | null) =>
    control?.setCustomValidity(fault ?? "");
}

interface TypedProps {
  control: object;
  typed: TypedText;
  isLong: boolean;
  placeholder: string | undefined;
}

export function Typed({ control, typed: { text, fault, onInput }, isLong, placeholder }: TypedProps) {
  const refuse = refusing(fault);
  if (!isLong) {
    return (
      <input
        {...{ ...control, placeholder }}
        ref={refuse}
        inputMode="decimal"
        value={text}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    );
  }
  return (
    <Folded size={letters(text)} isLong={text.length > MOST_LETTERS}>
      {() => (
        <textarea
          {...{ ...control, placeholder }}
          ref={refuse}
          class="mono"
          rows={Math.min(16, Math.max(2, text.split("\n").length))}
          spellcheck={false}
          value={text}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Folded>
  );
}

function parsed(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
