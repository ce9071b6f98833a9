// Draws one field of a schema form that holds a single value: text, secret, number, choice, a box to tick, or JSON.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Json } from "#lib/json.ts";
import { Button } from "../button.tsx";
import { Field } from "../forms/field.tsx";
import { Folded, letters, MOST_LETTERS } from "../text/folded.tsx";
import { drawnKind, isSame, type Kind, type Schema, titleOf } from "./schema.ts";
import { faultOf, HIDDEN } from "./schema-faults.ts";
import { readerOf, refusing, Typed, useTyped } from "./schema-typed-field.tsx";

export type Custom = (path: readonly string[], field: FieldProps) => ComponentChildren | undefined;

export interface FieldProps {
  name: string;
  path: readonly string[];
  schema: Schema;
  root: Schema;
  /** `undefined`: it is left out, and its default holds. */
  value: Json | undefined;
  /** What it holds unless it is changed. */
  usual?: Json | undefined;
  isRequired?: boolean;
  /** Of a list: it is removed, not left out. */
  isItem?: boolean;
  /** It is within a default, or within what is left out: no rule is checked. */
  isWithinDefault?: boolean;
  custom?: Custom | undefined;
  /** What holds while it is left out, in words: "the flow's default". Then it can be left out again, also when it is required. */
  unset?: string | undefined;
  onChange: (value: Json | undefined) => void;
}

/** What is drawn of `null` as of an empty one. */
const HIDE_NULL: ReadonlySet<Kind> = new Set(["list", "object", "boolean"]);

/** The title of a field, and whether it has to be filled in. */
export function Title({ name, schema, value, isRequired }: FieldProps) {
  return (
    <span>
      {titleOf(schema, name)}
      {isRequired && <span class="quiet"> required</span>}
      {value === null && HIDE_NULL.has(drawnKind(schema, value)) && <span class="quiet"> null</span>}
    </span>
  );
}

/** The way back to the default of a field that was changed, or to nothing where it has none. */
export function WayBack({ isRequired, isItem, value, usual, unset, onChange }: FieldProps) {
  if (unset !== undefined)
    return <Unset {...{ unset, onChange }} isUnset={value === undefined} hasUsual={usual !== undefined} />;
  if (value === undefined) return null;
  const canGo = usual === undefined ? !isRequired && !isItem : !isSame(value, usual);
  if (!canGo) return null;
  return (
    <Button isSmall kind="plain" onClick={() => onChange(usual)}>
      {usual === undefined ? "Leave out" : "Reset to default"}
    </Button>
  );
}

interface UnsetProps {
  unset: string;
  isUnset: boolean;
  hasUsual: boolean;
  onChange: (value: undefined) => void;
}

function Unset({ unset, isUnset, hasUsual, onChange }: UnsetProps) {
  if (isUnset) return hasUsual ? <span class="quiet small">{unset}</span> : null;
  return (
    <Button isSmall kind="plain" onClick={() => onChange(undefined)}>
      {hasUsual ? `Use ${unset}` : "Leave out"}
    </Button>
  );
}

/** What is wrong with a group of fields. Groups have no validity: a control that is not seen keeps the form from being sent. */
export function GroupFault({ schema, value, isWithinDefault }: FieldProps) {
  const fault = isWithinDefault ? undefined : faultOf(schema, value);
  if (fault === undefined) return null;
  return (
    <span class="fault" role="alert">
      {fault}
      <input class="refusal" tabIndex={-1} aria-label={fault} ref={refusing(fault)} />
    </span>
  );
}

function hintOf({ description, format, type }: Schema): string | undefined {
  if (typeof description === "string") return description;
  if (format === "date-time") return "As 2026-11-27T14:00:00+01:00.";
  return type === "integer" ? "A whole number." : undefined;
}

export function PlainField(props: FieldProps) {
  const { name, schema, value, usual, onChange } = props;
  const drawn = drawnKind(schema, value);
  const kind = drawn === "object" ? "json" : drawn; // one that lies too deep to be drawn field by field
  const label = titleOf(schema, name);
  const typed = useTyped(props, readerOf(kind, schema));
  if (kind === "boolean") {
    return (
      <div class="field">
        <span class="line field-head">
          <label class="line">
            <input
              type="checkbox"
              checked={(value === undefined ? usual : value) === true}
              onChange={(event) => onChange(event.currentTarget.checked)}
            />
            <Title {...props} />
          </label>
          <WayBack {...props} />
        </span>
        {typeof schema["description"] === "string" && <span class="hint">{schema["description"]}</span>}
      </div>
    );
  }
  return (
    <Field
      label={label}
      head={<Title {...props} />}
      actions={<WayBack {...props} />}
      hint={hintOf(schema)}
      fault={typed.fault}
    >
      {(control) => {
        const { fault } = typed;
        if (kind === "choice") return <Choice {...{ control, props, fault }} />;
        if (kind === "secret") return <Secret {...{ control, props, fault }} />;
        if (kind === "text") return <Text {...{ control, props, fault }} />;
        return <Typed {...{ control, typed }} isLong={kind !== "number"} placeholder={placeholderOf(props)} />;
      }}
    </Field>
  );
}

/** What holds when the field is left out, in grey. */
function placeholderOf({ value, usual }: FieldProps): string | undefined {
  if (value !== undefined) return value === null ? "null" : undefined;
  return usual === undefined ? undefined : typeof usual === "string" ? usual : JSON.stringify(usual);
}

interface PartProps {
  control: object;
  props: FieldProps;
  fault: string | undefined;
}

/** A text with line breaks has lines; what became long under the reader's hands stays so, and keeps the focus. */
function Text({ control, props, fault }: PartProps) {
  const { value, onChange } = props;
  const text = typeof value === "string" ? value : "";
  const [isLong, setLong] = useState(/[\r\n]/.test(text) || text.length > MOST_LETTERS);
  const area = useRef<HTMLTextAreaElement>(null);
  const [pasted, setPasted] = useState<number>();
  const refuse = refusing(fault);
  useLayoutEffect(() => {
    if (pasted === undefined) return;
    area.current?.focus();
    area.current?.setSelectionRange(pasted, pasted);
  }, [pasted]);
  const common = { ...control, value: text, placeholder: placeholderOf(props) };
  if (isLong || text.includes("\n")) {
    return (
      <Folded size={letters(text)} isLong={text.length > MOST_LETTERS}>
        {() => (
          <textarea
            {...common}
            ref={(element) => {
              area.current = element;
              refuse(element);
            }}
            rows={6}
            onInput={(event) => onChange(event.currentTarget.value)}
          />
        )}
      </Folded>
    );
  }
  return (
    <input
      {...common}
      ref={refuse}
      type="text"
      autocomplete="off"
      onInput={(event) => onChange(event.currentTarget.value)}
      onPaste={(event) => {
        const added = event.clipboardData?.getData("text/plain") ?? "";
        if (!added.includes("\n")) return;
        // The browser would take the line breaks out.
        event.preventDefault();
        const { selectionStart, selectionEnd } = event.currentTarget;
        const [from, end] = [selectionStart ?? text.length, selectionEnd ?? text.length];
        setLong(true);
        setPasted(from + added.length);
        onChange(text.slice(0, from) + added + text.slice(end));
      }}
    />
  );
}

/** The server answers a secret as asterisks, and keeps it when they come back. They are not shown: typing begins with nothing. */
function Secret({ control, props: { value, onChange }, fault }: PartProps) {
  const [stored] = useState(value === HIDDEN ? value : undefined);
  return (
    <input
      {...control}
      ref={refusing(fault)}
      type="password"
      autocomplete="new-password"
      placeholder={value === HIDDEN ? "Stored; what you type replaces it" : undefined}
      value={typeof value === "string" && value !== HIDDEN ? value : ""}
      onInput={({ currentTarget: { value: text } }) => onChange(text === "" && stored !== undefined ? stored : text)}
    />
  );
}

function Choice({ control, props: { schema, value, usual, isRequired, onChange }, fault }: PartProps) {
  const choices = schema["enum"] as Json[]; // the kind says so
  const at = choices.findIndex((choice) => isSame(choice, value));
  return (
    <select
      {...control}
      ref={refusing(fault)}
      value={String(at)}
      onChange={({ currentTarget }) => onChange(choices[Number(currentTarget.value)])}
    >
      {(at < 0 || !isRequired) && (
        <option value="-1">
          {at < 0 && value !== undefined ? JSON.stringify(value) : usual === undefined ? "—" : `— (${wordOf(usual)})`}
        </option>
      )}
      {choices.map((choice, index) => (
        <option value={String(index)} key={index}>
          {wordOf(choice)}
        </option>
      ))}
    </select>
  );
}

function wordOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
