// Draws one field of a schema form by what its schema says it is; objects and lists hold fields of their own.
import { ArrowDown, ArrowUp, Plus, X } from "lucide-preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { isObject, type Json, type JsonObject } from "#lib/json.ts";
import { own } from "#lib/own.ts";
import { Button } from "../button.tsx";
import { drawnKind, emptyOf, fieldsOf, fitOf, resolved, type Schema, titleOf, variantsOf } from "./schema.ts";
import { bestVariantFor, isDefault, twiceIn, withRulesOf } from "./schema-faults.ts";
import { type FieldProps, GroupFault, PlainField, Title, WayBack } from "./schema-plain-field.tsx";

/** Levels of objects that require each other: what is deeper is JSON. */
const MOST_LEVELS = 12;

export function SchemaField(props: FieldProps) {
  const custom = props.custom?.(props.path, props);
  if (custom !== undefined) return <>{custom}</>;
  const kind = drawnKind(props.schema, props.value);
  if (kind === "object" && props.path.length < MOST_LEVELS) return <ObjectField {...props} />;
  if (kind === "list") return <ListField {...props} />;
  if (kind === "variants") return <VariantsField {...props} />;
  return <PlainField {...props} />;
}

function ObjectField(props: FieldProps) {
  const { schema, root, value, usual, path, custom, onChange } = props;
  const held = isObject(value) ? (value as JsonObject) : {}; // a JSON value
  const before = isObject(usual) ? (usual as JsonObject) : {}; // as above
  const whole = value === undefined ? before : held;
  const isWithinDefault = props.isWithinDefault === true || isDefault(schema, value);
  // What may be left out is opened when asked for: one that holds another of its kind would have no end.
  const isClosed = value === null || (!isObject(value) && !isObject(usual) && !props.isRequired);
  const fields = fieldsOf(schema, root);
  return (
    <fieldset class="schema-group">
      <legend class="line">
        <Title {...props} />
        <WayBack {...props} />
      </legend>
      {typeof schema["description"] === "string" && <p class="hint">{schema["description"]}</p>}
      {isClosed ? (
        <span>
          <Button isSmall icon={Plus} onClick={() => onChange({})}>
            Fill in
          </Button>
        </span>
      ) : (
        fields.map(({ name, schema: field, isRequired }) => (
          <SchemaField
            key={name}
            {...{ name, isRequired, root, custom, isWithinDefault }}
            path={[...path, name]}
            schema={field}
            value={own(held, name)}
            usual={own(before, name) ?? field["default"]}
            onChange={(given) => {
              const { [name]: _, ...others } = whole;
              onChange(given === undefined ? others : { ...whole, [name]: given });
            }}
          />
        ))
      )}
      {!isClosed && <Unseen of={whole} {...{ fields }} />}
      <GroupFault {...props} />
    </fieldset>
  );
}

/** Which entries of an object have no field. */
export function Unseen({ of, fields }: { of: JsonObject; fields: readonly { name: string }[] }) {
  const others = Object.keys(of).filter((name) => fields.every((field) => field.name !== name));
  if (others.length === 0) return null;
  return <p class="quiet">{`Not in the form, and kept: ${others.join(", ")}. JSON shows all values.`}</p>;
}

function ListField(props: FieldProps) {
  const { schema, root, value, usual, path, custom, onChange } = props;
  const usualItems = value === undefined && Array.isArray(usual) ? usual : [];
  const items = Array.isArray(value) ? value : usualItems;
  const isWithinDefault = props.isWithinDefault === true || value === undefined || isDefault(schema, value);
  const twice = twiceIn(schema, items);
  const item = resolved(schema["items"] as Schema, root); // the kind says so
  const keys = useItemKeys(items.length);
  const move = (from: number, to: number) => {
    keys.splice(to, 0, ...keys.splice(from, 1));
    onChange(items.toSpliced(from, 1).toSpliced(to, 0, items[from] ?? null));
  };
  const remove = (at: number) => {
    keys.splice(at, 1);
    onChange(items.toSpliced(at, 1));
  };
  return (
    <fieldset class="schema-group">
      <legend class="line">
        <Title {...props} />
        <WayBack {...props} />
      </legend>
      {items.map((entry, at) => (
        <div class="schema-item" key={keys[at]}>
          <SchemaField
            {...{ root, custom, isWithinDefault }}
            isItem
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
              onClick={() => move(at, at - 1)}
            />
            <Button
              isSmall
              kind="plain"
              icon={ArrowDown}
              label="Move down"
              disabled={at === items.length - 1}
              onClick={() => move(at, at + 1)}
            />
            <Button isSmall kind="plain" icon={X} label="Remove" onClick={() => remove(at)} />
          </span>
        </div>
      ))}
      <span>
        <Button isSmall icon={Plus} onClick={() => onChange([...items, emptyOf(item, root)])}>
          Add one
        </Button>
      </span>
      {twice !== undefined && <span class="quiet small">{twice}</span>}
      <GroupFault {...props} />
    </fieldset>
  );
}

/** A number for each item that stays with it when others move or go, so that what is half typed does not change places. */
function useItemKeys(length: number): number[] {
  const keys = useRef<number[]>([]);
  const last = useRef(0);
  while (keys.current.length < length) {
    last.current += 1;
    keys.current.push(last.current);
  }
  keys.current.length = length;
  return keys.current;
}

/** One of several kinds of value: what each held is kept while another is looked at. */
function VariantsField(props: FieldProps) {
  const { name, schema, root, value, usual, onChange } = props;
  const variants = variantsOf(schema, root);
  const shown = value === undefined ? usual : value;
  const [chosen, setChosen] = useState<number>();
  const [kept, setKept] = useState<Record<number, Json | undefined>>({});
  // What the reader chose, as long as the value is such a one: it may come from elsewhere, as the default does.
  const best = useMemo(() => bestVariantFor(shown, variants, root), [shown, root]);
  const isOfChosen =
    value === undefined ||
    fitOf(value, variants[chosen ?? 0] ?? {}, root) >= 0 ||
    fitOf(value, variants[best] ?? {}, root) < 0;
  const at = chosen !== undefined && isOfChosen ? chosen : best;
  const variant = variants[at] ?? {};
  const choose = (next: number) => {
    setKept({ ...kept, [at]: value });
    setChosen(next);
    onChange(kept[next] ?? emptyOf(variants[next] ?? {}, root));
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
      {variant["type"] === "null" ? (
        <span class="line">
          <Title {...props} />
          <WayBack {...props} />
        </span>
      ) : (
        <SchemaField
          key={at}
          {...props}
          schema={{ ...withRulesOf(schema, variant), title: titleOf(schema, name) }}
          onChange={(given) => {
            setChosen(at); // what is typed may be of another one too
            onChange(given);
          }}
        />
      )}
    </div>
  );
}
