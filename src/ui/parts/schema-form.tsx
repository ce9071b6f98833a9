// Makes a form of a JSON schema, with a view of the same values as JSON. No value is lost between the two.
import "../style/schema-form.css";
import { useMemo, useState } from "preact/hooks";
import { isObject, type JsonObject, parseJson } from "#lib/json.ts";
import { Field } from "./field.tsx";
import { Folded, letters, MOST_LETTERS } from "./folded.tsx";
import { fieldsOf, type Schema } from "./schema.ts";
import { SchemaField } from "./schema-field.tsx";
import type { Custom } from "./schema-plain-field.tsx";

export interface SchemaFormProps {
  schema: Schema;
  value: JsonObject;
  /** What each field holds unless it is changed: a field that differs can be set back. */
  defaults: JsonObject;
  /** Faults by the names of fields: the server's. */
  faults?: Record<string, string>;
  onChange: (value: JsonObject) => void;
  /** Draws certain fields in another way. */
  custom?: Custom;
  label: string;
}

export function SchemaForm({ schema, value, defaults, faults = {}, onChange, custom, label }: SchemaFormProps) {
  const [isJson, setJson] = useState(false);
  const fields = fieldsOf(schema, schema);
  return (
    <div class="stack schema-form">
      <div class="line" role="radiogroup" aria-label={`${label}: as`}>
        {[false, true].map((json) => (
          <label class="line small" key={String(json)}>
            <input type="radio" checked={isJson === json} onChange={() => setJson(json)} />
            {json ? "JSON" : "Form"}
          </label>
        ))}
      </div>
      {isJson ? (
        <JsonText value={value} label={label} onChange={onChange} />
      ) : fields.length === 0 ? (
        <p class="quiet">There is nothing to fill in.</p>
      ) : (
        fields.map(({ name, schema: field, isRequired }) => (
          <SchemaField
            key={name}
            {...{ name, isRequired, custom, root: schema }}
            path={[name]}
            schema={field}
            value={value[name]}
            usual={defaults[name]}
            fault={faults[name]}
            onChange={(given) => onChange(withField(value, name, given))}
          />
        ))
      )}
    </div>
  );
}

function withField(value: JsonObject, name: string, given: JsonObject[string] | undefined): JsonObject {
  if (given !== undefined) return { ...value, [name]: given };
  const { [name]: _, ...others } = value;
  return others;
}

/** The text stays as it was typed while it is no JSON; the values are those before. */
function JsonText({
  value,
  label,
  onChange,
}: {
  value: JsonObject;
  label: string;
  onChange: (value: JsonObject) => void;
}) {
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const fault = useMemo(() => faultOf(text), [text]);
  return (
    <Field label={`${label} as JSON`} fault={fault}>
      {(control) => (
        <Folded size={letters(text)} isLong={text.length > MOST_LETTERS}>
          {() => (
            <textarea
              {...control}
              class="mono"
              rows={Math.min(24, Math.max(6, text.split("\n").length + 1))}
              spellcheck={false}
              value={text}
              onInput={({ currentTarget: { value: typed } }) => {
                setText(typed);
                if (faultOf(typed) === undefined) onChange(parseJson(typed) as JsonObject);
              }}
            />
          )}
        </Folded>
      )}
    </Field>
  );
}

function faultOf(text: string): string | undefined {
  try {
    return isObject(parseJson(text)) ? undefined : "This is not an object: begin with {.";
  } catch (error) {
    return `This is not JSON yet: ${error instanceof Error ? error.message : error}`;
  }
}
