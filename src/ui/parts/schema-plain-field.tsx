// Draws one field of a schema form that holds a single value: text, secret, number, choice, a box to tick, or JSON.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { type Json, parseJson } from "#lib/json.ts";
import { Button } from "./button.tsx";
import { Field } from "./field.tsx";
import { Folded, letters, MOST_LETTERS } from "./folded.tsx";
import { isSame, kindOf, type Schema, titleOf } from "./schema.ts";

export type Custom = (path: readonly string[], field: FieldProps) => ComponentChildren | undefined;

export interface FieldProps {
  name: string;
  path: readonly string[];
  schema: Schema;
  root: Schema;
  value: Json | undefined;
  /** What it holds unless it is changed. */
  usual?: Json | undefined;
  isRequired?: boolean;
  fault?: string | undefined;
  custom?: Custom | undefined;
  /** `undefined`: left out. */
  onChange: (value: Json | undefined) => void;
}

/** The title of a field, and the way back to its default where it was changed. */
export function Label({ name, schema, isRequired, value, usual, onChange }: FieldProps) {
  const isChanged = usual !== undefined && !isSame(value, usual);
  return (
    <>
      {titleOf(schema, name)}
      {isRequired && <span class="quiet"> required</span>}
      {isChanged && (
        <Button isSmall kind="plain" onClick={() => onChange(usual)}>
          Reset to default
        </Button>
      )}
    </>
  );
}

function hintOf({ description, format, type }: Schema): string | undefined {
  if (typeof description === "string") return description;
  if (format === "date-time") return "As 2026-11-27T14:00:00+01:00.";
  return type === "integer" ? "A whole number." : undefined;
}

export function PlainField(props: FieldProps) {
  const { name, schema, value, fault, onChange } = props;
  const kind = kindOf(schema);
  const label = titleOf(schema, name);
  const [wrong, setWrong] = useState<string>();
  if (kind === "boolean") {
    return (
      <div class="field">
        <label class="line">
          <input type="checkbox" checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />
          <Label {...props} />
        </label>
        {typeof schema["description"] === "string" && <span class="hint">{schema["description"]}</span>}
        {fault && <span class="fault">{fault}</span>}
      </div>
    );
  }
  return (
    <Field label={label} head={<Label {...props} />} hint={hintOf(schema)} fault={wrong ?? fault}>
      {(control) => {
        if (kind === "choice") return <Choice {...{ control, props }} />;
        if (kind === "number") {
          return (
            <TypedInput
              {...{ control, onChange, setWrong }}
              written={value === undefined || value === null ? "" : JSON.stringify(value)}
              read={(text) =>
                /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) &&
                (schema["type"] !== "integer" || Number.isInteger(Number(text)))
                  ? parseJson(text)
                  : undefined
              }
              problem={schema["type"] === "integer" ? "A whole number." : "A number."}
            />
          );
        }
        if (kind === "json") {
          const written = value === undefined ? "" : JSON.stringify(value, null, 2);
          return (
            <Folded size={letters(written)} isLong={written.length > MOST_LETTERS}>
              {() => (
                <TypedInput
                  {...{ control, onChange, setWrong, written }}
                  isLong
                  read={parsed}
                  problem="This is not JSON."
                />
              )}
            </Folded>
          );
        }
        const text =
          typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
        if (kind === "text" && (text.includes("\n") || text.length > MOST_LETTERS)) {
          return (
            <Folded size={letters(text)} isLong={text.length > MOST_LETTERS}>
              {() => (
                <textarea {...control} rows={6} value={text} onInput={(event) => onChange(event.currentTarget.value)} />
              )}
            </Folded>
          );
        }
        return (
          <input
            {...control}
            type={kind === "secret" ? "password" : "text"}
            autocomplete="off"
            value={text}
            onInput={(event) => onChange(event.currentTarget.value)}
          />
        );
      }}
    </Field>
  );
}

interface TypedInputProps {
  control: object;
  written: string;
  isLong?: boolean;
  /** `undefined` for what makes no sense. */
  read: (text: string) => Json | undefined;
  problem: string;
  setWrong: (problem: string | undefined) => void;
  onChange: (value: Json | undefined) => void;
}

/** Keeps what was typed while it makes no sense: the value is then the one before. */
function TypedInput({ control, written, isLong = false, read, problem, setWrong, onChange }: TypedInputProps) {
  const [typed, setTyped] = useState<string>();
  const onInput = (text: string) => {
    const value = text.trim() === "" ? undefined : read(text.trim());
    const isWrong = text.trim() !== "" && value === undefined;
    setTyped(text);
    setWrong(isWrong ? problem : undefined);
    if (!isWrong) onChange(value);
  };
  // A value that came from elsewhere, such as the default, is shown.
  const isOwn =
    typed !== undefined &&
    (typed.trim() === ""
      ? written === ""
      : read(typed.trim()) === undefined || isSame(read(typed.trim()), read(written)));
  const value = isOwn ? typed : written;
  if (isLong) {
    const rows = Math.min(16, Math.max(2, value.split("\n").length));
    return (
      <textarea
        {...control}
        class="mono"
        rows={rows}
        spellcheck={false}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    );
  }
  return (
    <input {...control} inputMode="decimal" value={value} onInput={(event) => onInput(event.currentTarget.value)} />
  );
}

function Choice({ control, props: { schema, value, isRequired, onChange } }: { control: object; props: FieldProps }) {
  const choices = schema["enum"] as Json[]; // the kind says so
  const at = choices.findIndex((choice) => isSame(choice, value));
  return (
    <select
      {...control}
      value={String(at)}
      onChange={({ currentTarget }) => onChange(choices[Number(currentTarget.value)])}
    >
      {(at < 0 || !isRequired) && (
        <option value="-1">{at < 0 && value !== undefined ? JSON.stringify(value) : "—"}</option>
      )}
      {choices.map((choice, index) => (
        <option value={String(index)} key={index}>
          {typeof choice === "string" ? choice : JSON.stringify(choice)}
        </option>
      ))}
    </select>
  );
}

function parsed(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
