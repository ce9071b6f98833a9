// Draws one field of a schema form by what its schema says it is; objects and lists hold fields of their own.
import { ArrowDown, ArrowUp, Plus, X } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { isObject, type Json, type JsonObject, parseJson } from "#lib/json.ts";
import { Button } from "./button.tsx";
import { Field } from "./field.tsx";
import { emptyOf, fieldsOf, isSame, kindOf, resolved, type Schema, titleOf, variantFor, variantsOf } from "./schema.ts";

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

export function SchemaField(props: FieldProps) {
  const own = props.custom?.(props.path, props);
  if (own !== undefined) return <>{own}</>;
  const kind = kindOf(props.schema);
  if (kind === "object") return <ObjectField {...props} />;
  if (kind === "list") return <ListField {...props} />;
  if (kind === "variants") return <VariantsField {...props} />;
  return <PlainField {...props} />;
}

function Label({ name, schema, isRequired, value, usual, onChange }: FieldProps) {
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

function PlainField(props: FieldProps) {
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
          return (
            <TypedInput
              {...{ control, onChange, setWrong }}
              isLong
              written={value === undefined ? "" : JSON.stringify(value, null, 2)}
              read={parsed}
              problem="This is not JSON."
            />
          );
        }
        const text =
          typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
        if (kind === "text" && text.includes("\n")) {
          return (
            <textarea {...control} rows={6} value={text} onInput={(event) => onChange(event.currentTarget.value)} />
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

function ObjectField(props: FieldProps) {
  const { schema, root, value, usual, path, fault, custom, onChange } = props;
  const held = isObject(value) ? (value as JsonObject) : {};
  return (
    <fieldset class="schema-group">
      <legend class="line">
        <Label {...props} />
      </legend>
      {typeof schema["description"] === "string" && <p class="hint">{schema["description"]}</p>}
      {fieldsOf(schema, root).map(({ name, schema: field, isRequired }) => (
        <SchemaField
          key={name}
          {...{ name, isRequired, root, custom }}
          path={[...path, name]}
          schema={field}
          value={held[name]}
          usual={isObject(usual) ? (usual as JsonObject)[name] : (field["default"] as Json | undefined)}
          onChange={(given) => {
            const { [name]: _, ...others } = held;
            onChange(given === undefined ? others : { ...held, [name]: given });
          }}
        />
      ))}
      {fault && <span class="fault">{fault}</span>}
    </fieldset>
  );
}

function ListField(props: FieldProps) {
  const { schema, root, value, path, fault, custom, onChange } = props;
  const items = Array.isArray(value) ? value : [];
  const item = resolved(schema["items"] as Schema, root); // the kind says so
  const moved = (from: number, to: number) => items.with(to, items[from] ?? null).with(from, items[to] ?? null);
  return (
    <fieldset class="schema-group">
      <legend class="line">
        <Label {...props} />
      </legend>
      {items.map((entry, at) => (
        <div class="schema-item" key={at}>
          <SchemaField
            {...{ root, custom }}
            name={String(at + 1)}
            path={[...path, String(at)]}
            schema={{ ...item, title: `${at + 1}` }}
            value={entry}
            onChange={(given) => onChange(items.with(at, given ?? null))}
          />
          <span class="line">
            <Button
              isSmall
              kind="plain"
              icon={ArrowUp}
              label="Move up"
              disabled={at === 0}
              onClick={() => onChange(moved(at, at - 1))}
            />
            <Button
              isSmall
              kind="plain"
              icon={ArrowDown}
              label="Move down"
              disabled={at === items.length - 1}
              onClick={() => onChange(moved(at, at + 1))}
            />
            <Button isSmall kind="plain" icon={X} label="Remove" onClick={() => onChange(items.toSpliced(at, 1))} />
          </span>
        </div>
      ))}
      <span>
        <Button isSmall icon={Plus} onClick={() => onChange([...items, emptyOf(item)])}>
          Add one
        </Button>
      </span>
      {fault && <span class="fault">{fault}</span>}
    </fieldset>
  );
}

/** One of several kinds of value: what each held is kept while another is looked at. */
function VariantsField(props: FieldProps) {
  const { name, schema, root, value, onChange } = props;
  const variants = variantsOf(schema, root);
  const [at, setAt] = useState(() => variantFor(value, variants));
  const [kept, setKept] = useState<Record<number, Json | undefined>>({});
  const { anyOf: _, oneOf: __, ...own } = schema;
  const variant = variants[at] ?? {};
  const choose = (next: number) => {
    setKept({ ...kept, [at]: value });
    setAt(next);
    onChange(kept[next] ?? emptyOf(variants[next] ?? {}));
  };
  return (
    <div class="stack schema-variants">
      <div class="line small" role="radiogroup" aria-label={`Kind of ${titleOf(schema, name)}`}>
        {variants.map((one, index) => (
          <label class="line" key={index}>
            <input type="radio" checked={index === at} onChange={() => choose(index)} />
            {titleOf(one, "")}
          </label>
        ))}
      </div>
      <SchemaField key={at} {...props} schema={{ ...variant, ...own, title: titleOf(schema, name) }} />
    </div>
  );
}
