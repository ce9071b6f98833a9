// Makes a form of a JSON schema, with a view of the same values as JSON. No value is lost between the two.
import "../../style/schema-form.css";
import { useMemo, useState } from "preact/hooks";
import { isObject, type JsonObject, parseJson } from "#lib/json.ts";
import { own } from "#lib/own.ts";
import { Button } from "../button.tsx";
import { Field } from "../forms/field.tsx";
import { Folded, letters, MOST_LETTERS } from "../text/folded.tsx";
import { fieldsOf, type Schema } from "./schema.ts";
import { SchemaField } from "./schema-field.tsx";
import type { Custom } from "./schema-plain-field.tsx";

export interface SchemaFormProps {
  schema: Schema;
  value: JsonObject;
  /** What each field holds unless it is changed: a field that differs can be set back. */
  defaults: JsonObject;
  onChange: (value: JsonObject) => void;
  /** Draws certain fields in another way. */
  custom?: Custom;
  label: string;
}

export function SchemaForm({ schema, value, defaults, onChange, custom, label }: SchemaFormProps) {
  const [isJson, setJson] = useState(false);
  /** The form shows values, so it waits until the text is JSON: else it would be lost. */
  const [isUnreadable, setUnreadable] = useState(false);
  const fields = fieldsOf(schema, schema);
  const others = Object.keys(value).filter((name) => fields.every((field) => field.name !== name));
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
        <JsonText value={value} label={label} onChange={onChange} onReadable={(is) => setUnreadable(!is)} />
      ) : fields.length === 0 ? (
        <p class="quiet">There is nothing to fill in.</p>
      ) : (
        fields.map(({ name, schema: field, isRequired }) => (
          <SchemaField
            key={name}
            {...{ name, isRequired, custom, root: schema }}
            path={[name]}
            schema={field}
            value={own(value, name)}
            usual={own(defaults, name) ?? field["default"]}
            onChange={(given) => onChange(withField(value, name, given))}
          />
        ))
      )}
      {!isJson && others.length > 0 && (
        <p class="quiet">{`Not in the form, and kept: ${others.join(", ")}. JSON shows all values.`}</p>
      )}
    </div>
  );
}

function withField(value: JsonObject, name: string, given: JsonObject[string] | undefined): JsonObject {
  if (given !== undefined) return { ...value, [name]: given };
  const { [name]: _, ...others } = value;
  return others;
}

interface JsonTextProps {
  value: JsonObject;
  label: string;
  onChange: (value: JsonObject) => void;
  onReadable: (isReadable: boolean) => void;
}

/** The text stays as it was typed while it is no JSON; nothing is sent then, and the values are those before. */
function JsonText({ value, label, onChange, onReadable }: JsonTextProps) {
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const fault = useMemo(() => faultOf(text), [text]);
  const type = (typed: string) => {
    const isReadable = faultOf(typed) === undefined;
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
                ref={(area) => area?.setCustomValidity(fault ?? "")}
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
      {fault !== undefined && (
        <span>
          <Button isSmall onClick={() => type(JSON.stringify(value, null, 2))}>
            Take back what is no JSON
          </Button>
        </span>
      )}
    </>
  );
}

function faultOf(text: string): string | undefined {
  try {
    return isObject(parseJson(text)) ? undefined : "This is not an object: begin with {.";
  } catch (error) {
    return `This is not JSON yet: ${error instanceof Error ? error.message : error}`;
  }
}
