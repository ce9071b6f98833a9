// Makes a form of a JSON schema, with a view of the same values as JSON. No value is lost between the two.
import "../../style/schema-form.css";
import { useMemo, useState } from "preact/hooks";
import { isObject, type JsonObject, parseJson } from "#lib/json.ts";
import { own } from "#lib/own.ts";
import { Button } from "../button.tsx";
import { Field } from "../forms/field.tsx";
import { Folded, letters, MOST_LETTERS } from "../text/folded.tsx";
import { fieldsOf, type Schema } from "./schema.ts";
import { faultsOfFields, textOfFault } from "./schema-faults.ts";
import { SchemaField, Unseen } from "./schema-field.tsx";
import type { Custom } from "./schema-plain-field.tsx";
import { refusing } from "./schema-typed-field.tsx";

export interface SchemaFormProps {
  schema: Schema;
  value: JsonObject;
  /** What each field holds unless it is changed: a field that differs can be set back. */
  defaults: JsonObject;
  onChange: (value: JsonObject) => void;
  /** Draws certain fields in another way. */
  custom?: Custom;
  label: string;
  /** What holds while a field is left out, in words: each can be left out then. */
  unset?: string;
  /** What JSON shows in place of the values: an object that they are a part of. */
  whole?: { value: JsonObject; onChange: (value: JsonObject) => void };
}

export function SchemaForm({ schema, value, defaults, onChange, custom, label, unset, whole }: SchemaFormProps) {
  const [isJson, setJson] = useState(false);
  /** The form shows values, so it waits until the text is JSON: else it would be lost. */
  const [isUnreadable, setUnreadable] = useState(false);
  const fields = fieldsOf(schema, schema);
  const broken = useMemo(() => (isJson ? brokenRules(schema, value) : undefined), [isJson, schema, value]);
  return (
    <div class="stack schema-form">
      <div class="line" role="radiogroup" aria-label={`${label}: as`}>
        {[false, true].map((json) => (
          <label class="line small" key={String(json)}>
            <input
              type="radio"
              checked={isJson === json}
              disabled={isUnreadable && !json}
              onChange={() => setJson(json)}
            />
            {json ? "JSON" : "Form"}
          </label>
        ))}
      </div>
      {isJson ? (
        <JsonText
          {...(whole ?? { value, onChange })}
          {...{ label, broken }}
          onReadable={(isReadable) => setUnreadable(!isReadable)}
        />
      ) : fields.length === 0 ? (
        <p class="quiet">There is nothing to fill in.</p>
      ) : (
        fields.map(({ name, schema: field, isRequired }) => (
          <SchemaField
            key={name}
            {...{ name, isRequired, custom, unset, root: schema }}
            path={[name]}
            schema={field}
            value={own(value, name)}
            usual={own(defaults, name) ?? field["default"]}
            onChange={(given) => onChange(withField(value, name, given))}
          />
        ))
      )}
      {!isJson && <Unseen of={value} fields={fields} />}
    </div>
  );
}

const MOST_SENTENCES = 3;

/** Required values that are missing: the page lists them for the whole form. */
function brokenRules(schema: Schema, value: JsonObject): string | undefined {
  const faults = faultsOfFields(schema, value).filter(({ isMissing }) => !isMissing);
  const more = faults.length > MOST_SENTENCES ? [`And ${faults.length - MOST_SENTENCES} more.`] : [];
  return faults.length === 0 ? undefined : [...faults.slice(0, MOST_SENTENCES).map(textOfFault), ...more].join(" ");
}

function withField(value: JsonObject, name: string, given: JsonObject[string] | undefined): JsonObject {
  if (given !== undefined) return { ...value, [name]: given };
  const { [name]: _, ...others } = value;
  return others;
}

interface JsonTextProps {
  value: JsonObject;
  label: string;
  /** The rules of the schema that the values break. */
  broken: string | undefined;
  onChange: (value: JsonObject) => void;
  onReadable: (isReadable: boolean) => void;
}

/** The text stays as it was typed while it is no JSON; nothing is sent then, and the values are those before. */
function JsonText({ value, label, broken, onChange, onReadable }: JsonTextProps) {
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const unreadable = useMemo(() => unreadableFor(text), [text]);
  const fault = unreadable ?? broken;
  const type = (typed: string) => {
    const isReadable = unreadableFor(typed) === undefined;
    setText(typed);
    onReadable(isReadable);
    if (isReadable) onChange(parseJson(typed) as JsonObject); // it has no fault
  };
  return (
    <>
      <Field label={`${label} as JSON`} fault={fault}>
        {(control) => (
          <Folded size={letters(text)} isLong={text.length > MOST_LETTERS}>
            {() => (
              <textarea
                {...control}
                ref={refusing(fault)}
                class="mono"
                rows={Math.min(24, Math.max(6, text.split("\n").length + 1))}
                spellcheck={false}
                value={text}
                onInput={(event) => type(event.currentTarget.value)}
              />
            )}
          </Folded>
        )}
      </Field>
      {unreadable !== undefined && (
        <span>
          <Button isSmall onClick={() => type(JSON.stringify(value, null, 2))}>
            Take back what is no JSON
          </Button>
        </span>
      )}
    </>
  );
}

/** Why the text is no JSON object. */
function unreadableFor(text: string): string | undefined {
  try {
    return isObject(parseJson(text)) ? undefined : "This is not an object: begin with {.";
  } catch (error) {
    return `This is not JSON yet: ${error instanceof Error ? error.message : error}`;
  }
}
