// Draws the fields that most forms have: text, and a whole number.
import { Field, type FieldProps } from "../forms/field.tsx";

export interface PlainFieldProps extends Pick<FieldProps, "label" | "hint" | "fault"> {
  value: string;
  onChange: (value: string) => void;
}

export interface TextFieldProps extends PlainFieldProps {
  isRequired?: boolean;
  /** Lines; one unless given. */
  rows?: number;
}

export function TextField({ value, onChange, isRequired, rows, ...field }: TextFieldProps) {
  return (
    <Field {...field}>
      {(control) =>
        rows === undefined ? (
          <input
            {...control}
            required={isRequired}
            value={value}
            onInput={(event) => onChange(event.currentTarget.value)}
          />
        ) : (
          <textarea {...control} rows={rows} value={value} onInput={(event) => onChange(event.currentTarget.value)} />
        )
      }
    </Field>
  );
}

/** Whether it is a whole number from `least` on, or nothing. */
export function isWhole(text: string, least = 0): boolean {
  return text === "" || (/^\d{1,9}$/.test(text) && Number(text) >= least);
}

/** A whole number, or nothing; says so where it is neither. */
export function NumberField({ value, onChange, least = 0, fault, ...field }: PlainFieldProps & { least?: number }) {
  const wrong = least === 0 ? "A whole number, or nothing." : `A whole number from ${least}, or nothing.`;
  return (
    <Field {...field} fault={isWhole(value, least) ? fault : wrong}>
      {(control) => (
        <input
          {...control}
          inputMode="numeric"
          value={value}
          onInput={(event) => onChange(event.currentTarget.value.trim())}
        />
      )}
    </Field>
  );
}
