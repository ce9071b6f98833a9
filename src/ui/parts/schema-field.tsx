// Draws one field of a schema form by what its schema says it is; objects and lists hold fields of their own.
import { ArrowDown, ArrowUp, Plus, X } from "lucide-preact";
import { useState } from "preact/hooks";
import { isObject, type Json, type JsonObject } from "#lib/json.ts";
import { Button } from "./button.tsx";
import { emptyOf, fieldsOf, kindOf, resolved, type Schema, titleOf, variantFor, variantsOf } from "./schema.ts";
import { type FieldProps, Label, PlainField } from "./schema-plain-field.tsx";

export function SchemaField(props: FieldProps) {
  const own = props.custom?.(props.path, props);
  if (own !== undefined) return <>{own}</>;
  const kind = kindOf(props.schema);
  if (kind === "object") return <ObjectField {...props} />;
  if (kind === "list") return <ListField {...props} />;
  if (kind === "variants") return <VariantsField {...props} />;
  return <PlainField {...props} />;
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
